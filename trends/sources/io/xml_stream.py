"""XML from outside, one element at a time: nothing is fetched, no entity is expanded.

A document type that only names its definition, as PubMed's files do, is passed over; one that
declares entities of its own is refused, which makes external entities and exponential expansion
harmless.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

from trends.errors import DataError
from trends.sources.io.bounded import Stream, open_stream

if TYPE_CHECKING:
    from lxml.etree import _Element

#: Most elements of one record; texts and depth are bounded by libxml2 (ten million bytes, 256
#: levels), which ``huge_tree=False`` keeps.
MAX_PARTS = 200_000
#: Most bytes of one record.
MAX_BYTES = 64 * 2**20


def elements(
    path: Path, wanted: Collection[str], *, opened: Collection[str] = ()
) -> Iterator[tuple[str, str, _Element]]:
    """Walk through a file, plain or gzip; an element is emptied when the next is asked for.

    Parameters
    ----------
    path : Path
        The file.
    wanted : collection of str
        Local names (without name space) of the elements that are handed out when they are complete;
        not those inside of another.
    opened : collection of str
        Local names of elements that are also handed out when they begin, with their attributes
        only.

    Yields
    ------
    tuple of str, str, element
        ``"start"`` or ``"end"``, the local name and the element.

    Raises
    ------
    DataError
        If the file is not well-formed, breaks off, declares entities, or is deeper or has longer
        texts than libxml2 reads.
    """
    from lxml import etree

    with open_stream(path) as stream:
        raw = cast(Stream, stream.raw)
        root, inside, parts, begun = None, 0, 0, 0
        try:
            walk = etree.iterparse(
                stream,
                events=("start", "end"),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                dtd_validation=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
                collect_ids=False,
            )
            for event, element in walk:
                if root is None:
                    root = element
                    _refuse_entities(element, path)
                name = local(element)
                if event == "start":
                    if name in wanted:
                        parts, begun = (parts, begun) if inside else (0, raw.unpacked)
                        inside += 1
                    parts += 1
                    if inside and (parts > MAX_PARTS or raw.unpacked - begun > MAX_BYTES):
                        message = (
                            f"{path}, line {element.sourceline}: one record has more than "
                            f"{MAX_PARTS:,} elements or {MAX_BYTES / 2**20:,.0f} MiB, the most "
                            "that is read."
                        )
                        raise DataError(message)
                    if name in opened:
                        yield event, name, element
                    continue
                if name in wanted:
                    inside -= 1
                    if not inside:
                        yield event, name, element
                if not inside:
                    _forget(element)
        except etree.XMLSyntaxError as error:
            message = (
                f"{path} is not well-formed XML: {_clause(error)}; it may be cut off. Fetch or "
                "save it again."
            )
            raise DataError(message) from error


def is_xml(path: Path) -> bool:
    """Whether the first character of a file, plain or gzip, opens a tag."""
    with open_stream(path) as stream:
        return stream.peek(64)[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<")


def root_of(start: bytes) -> tuple[str, str]:
    """Local name and name space of the root element in the first bytes of a file, or empty."""
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("start",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    with contextlib.suppress(etree.XMLSyntaxError):
        parser.feed(start)
    for _, element in parser.read_events():
        # Not by etree.QName, which refuses names whose prefix stands for nothing.
        space, _, name = str(element.tag).rpartition("}")
        return name, space.removeprefix("{")
    return "", ""


def local(element: _Element) -> str:
    """Name of an element without its name space."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: _Element | None, *names: str) -> _Element | None:
    """Go down by local names; ``None`` where there is no such child."""
    for name in names:
        if element is None:
            return None
        element = next((inner for inner in element if local(inner) == name), None)
    return element


def children(element: _Element | None, name: str) -> list[_Element]:
    """All children with this local name."""
    return [] if element is None else [inner for inner in element if local(inner) == name]


def content(element: _Element | None) -> str:
    """All text in an element, also of inline markup; unknown entities stay as written."""
    if element is None:
        return ""
    return " ".join("".join(element.itertext()).split())


def _refuse_entities(root: _Element, path: Path) -> None:
    kind = root.getroottree().docinfo.internalDTD
    if kind is not None and (
        next(iter(kind.iterentities()), None) is not None
        or next(iter(kind.iterelements()), None) is not None
    ):
        message = (
            f"{path} declares entities or elements of its own in its document type, which no "
            "source of records does; this is refused as unsafe."
        )
        raise DataError(message)


def _forget(element: _Element) -> None:
    """Empty an element and remove its earlier siblings, so that memory does not grow."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _clause(error: Exception) -> str:
    shown = str(error).partition(" (<")[0].rstrip(".")
    return shown[:1].lower() + shown[1:200]
