"""What a server answered, as JSON or XML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trends.sources.io import json_stream

if TYPE_CHECKING:
    from lxml.etree import _Element


class UnusableAnswer(Exception):
    """An answer that cannot be used; asking again may help.

    Parameters
    ----------
    problem : str
        A clause for the message to the user.
    wait : float
        Seconds that the server asks to wait.
    """

    def __init__(self, problem: str, wait: float = 0.0) -> None:
        super().__init__(problem)
        self.wait = wait


def parse_json(body: bytes) -> Any:
    """A JSON answer.

    Raises
    ------
    UnusableAnswer
        If it is something else, such as a web page.
    """
    try:
        return json_stream.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        problem = "it is not UTF-8"
        raise UnusableAnswer(problem) from error
    except ValueError as error:
        problem = f"it is {'a web page' if body.lstrip()[:1] == b'<' else 'not JSON'} ({error})"
        raise UnusableAnswer(problem) from error


def at(answer: Any, path: str) -> Any:
    """The value of a JSON answer at field names joined by dots; ``None`` where there is none."""
    for name in path.split("."):
        answer = answer.get(name) if isinstance(answer, Mapping) else None
    return answer


def objects(answer: Any, path: str = "") -> list[Mapping[str, Any]]:
    """The list of records in a JSON answer, at a path or the answer itself.

    Raises
    ------
    UnusableAnswer
        If there is no list of objects.
    """
    found = at(answer, path) if path else answer
    if not isinstance(found, list) or not all(isinstance(item, Mapping) for item in found):
        problem = f"it holds no list of records{f' in the field {path!r}' if path else ''}"
        raise UnusableAnswer(problem)
    return found


def parse_xml(body: bytes) -> _Element:
    """The root of an XML answer.

    Nothing outside of it is loaded and no entity is expanded; libxml2 bounds depth and length.

    Raises
    ------
    UnusableAnswer
        If it is not well-formed, or declares entities of its own.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        problem = f"it is not well-formed XML ({str(error).partition(' (<')[0][:120]})"
        raise UnusableAnswer(problem) from error
    kind = root.getroottree().docinfo.internalDTD
    if kind is not None and next(iter(kind.iterentities()), None) is not None:
        problem = "it declares entities of its own, which no service does"
        raise UnusableAnswer(problem)
    return root
