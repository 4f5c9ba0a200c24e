"""Collections of the ACL Anthology, from its repository: an XML file for each conference and year.

There is no search: the query names collections, as they begin the identifiers of papers
(``2023.acl``, ``2024.naacl``, ``P19``).

References
----------
ACL Anthology, "How can I programmatically access the Anthology's data?",
https://aclanthology.org/faq/api/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from trends.errors import UsageError
from trends.sources.fetch.http.answer import UnusableAnswer, parse_xml
from trends.sources.fetch.service import Page, Request, Service
from trends.sources.io.xml_stream import child, children, local

if TYPE_CHECKING:
    from lxml.etree import _Element

_COLLECTION = re.compile(r"(?:[0-9]{4}\.[a-z0-9_]{1,40}|[A-Z][0-9]{2})\Z")
_PARTS = ("frontmatter", "paper")


def collections(request: Request) -> list[str]:
    """The collections that a query names, each once.

    Raises
    ------
    UsageError
        If one is no identifier of a collection; none becomes part of an address unchecked.
    """
    names = list(dict.fromkeys(request.query.replace(",", " ").split()))
    for name in names:
        if not _COLLECTION.match(name):
            message = (
                f"{name[:60]!r} is no collection of the ACL Anthology, which has no search. Name "
                "collections as in the identifiers of their papers, such as 2023.acl, 2024.naacl "
                "or P19, several with blanks between them."
            )
            raise UsageError(message)
    return names


def start(request: Request) -> str:
    """The first collection."""
    request.require_query()
    if request.first is not None or request.last is not None:
        message = (
            "The ACL Anthology is fetched by collection, which has the year in its name; leave "
            "--from and --until out."
        )
        raise UsageError(message)
    collections(request)
    return "0"


def page_query(request: Request, cursor: str, _contact: str) -> tuple[str, dict[str, str]]:
    """Path of the file of a collection."""
    return f"/acl-org/acl-anthology/master/data/xml/{collections(request)[int(cursor)]}.xml", {}


def parse(body: bytes, request: Request, cursor: str) -> Page:
    """The papers of a collection with their volumes, and the front matter, which reading drops."""
    names, at = collections(request), int(cursor)
    root = parse_xml(body)
    if local(root) != "collection" or root.get("id") != names[at]:
        problem = f"it is {local(root)[:40]!r}, not the collection {names[at]}"
        raise UnusableAnswer(problem)
    lines = [
        _line(names[at], volume.get("id", ""), child(volume, "meta"), part)
        for volume in children(root, "volume")
        for part in volume
        if local(part) in _PARTS
    ]
    return Page(lines, str(at + 1) if at + 1 < len(names) else None)


def _line(collection: str, volume: str, meta: _Element | None, part: _Element) -> str:
    """One paper as a collection of its own, in one line; line ends mean no more than blanks."""
    from lxml import etree

    inside = "".join(
        etree.tostring(each, encoding="unicode", with_tail=False)
        for each in (meta, part)
        if each is not None
    )
    volume = f"<volume id={quoteattr(volume)}>{inside}</volume>"
    text = f"<collection id={quoteattr(collection)}>{volume}</collection>"
    return " ".join(text.split())


SERVICE = Service(
    "acl-anthology",
    "https://raw.githubusercontent.com",
    1.0,
    start,
    page_query,
    parse,
    by_date=False,
    head='<?xml version="1.0" encoding="UTF-8"?>\n<collections>',
    tail="</collections>",
)
