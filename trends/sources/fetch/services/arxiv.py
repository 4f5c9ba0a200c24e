"""Papers of arXiv from its API, oldest first: what comes in during a fetch stands at its end.

An entry of the Atom feed becomes one line in the form of the metadata snapshot, which the source
``arxiv`` reads: the day of the first version and, where there are more, that of the latest; the
API does not give those in between.

References
----------
arXiv, "arXiv API User's Manual", https://info.arxiv.org/help/api/user-manual.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from trends.errors import NetworkError
from trends.sources.fetch.http.answer import UnusableAnswer, parse_xml
from trends.sources.fetch.service import Page, Request, Service, json_line
from trends.sources.io.xml_stream import child, children, content, local
from trends.sources.records import fields

if TYPE_CHECKING:
    from lxml.etree import _Element

PER_PAGE = 200
#: The API gives no more results of one query.
MAX_RESULTS = 30_000

_VERSION = re.compile(r"v([0-9]{1,3})\Z")


def start(request: Request) -> str:
    """The first result."""
    request.require_query()
    return "0"


def page_query(request: Request, cursor: str, _contact: str) -> tuple[str, dict[str, str]]:
    """Path and parameters of a page; days are those of the first version, in UTC."""
    query = request.query.strip()
    if request.first is not None or request.last is not None:
        first = f"{request.first:%Y%m%d}0000" if request.first is not None else "199101010000"
        last = f"{request.last:%Y%m%d}2359" if request.last is not None else "209912312359"
        query = f"({query}) AND submittedDate:[{first} TO {last}]"
    return "/api/query", {
        "search_query": query,
        "start": cursor,
        "max_results": str(min(PER_PAGE, request.limit or PER_PAGE)),
        "sortBy": "submittedDate",
        "sortOrder": "ascending",
    }


def parse(body: bytes, request: Request, cursor: str) -> Page:
    """One page; the API sometimes gives an empty one too early, which is asked for again."""
    feed = parse_feed(body)
    lines = [json_line(entry(element)) for element in children(feed, "entry")]
    stated = content(child(feed, "totalResults"))
    total = int(stated[:12]) if stated.isascii() and stated.isdecimal() else None
    request.check_total(total, MAX_RESULTS)
    following = int(cursor) + len(lines)
    more = following < total if total is not None else len(lines) >= PER_PAGE
    if more and not lines:
        problem = f"it is empty, though {total:,} papers were stated"
        raise UnusableAnswer(problem)
    return Page(lines, str(following) if more else None, total)


def parse_feed(body: bytes) -> _Element:
    """The feed of an answer.

    Raises
    ------
    UnusableAnswer
        If it is not a feed.
    NetworkError
        If the feed reports an error, as arXiv does in the form of an entry.
    """
    feed = parse_xml(body)
    if local(feed) != "feed":
        problem = f"it is {local(feed)[:40]!r}, not a feed"
        raise UnusableAnswer(problem)
    for element in children(feed, "entry"):
        if content(child(element, "title")) == "Error" or "arxiv.org/api/errors" in content(
            child(element, "id")
        ):
            reason = content(child(element, "summary"))[:300]
            message = f"arXiv answers with an error: {reason}. Correct the query."
            raise NetworkError(message)
    return feed


def entry(element: _Element) -> dict[str, Any]:
    """An entry in the form of the metadata snapshot."""
    address = content(child(element, "id"))
    published, updated = content(child(element, "published")), content(child(element, "updated"))
    match = _VERSION.search(address)
    count = int(match[1]) if match else 1
    versions: list[dict[str, str]] = [{"version": "v1", "created": published}]
    versions += [
        {"version": f"v{n}", "created": updated if n == count else ""} for n in range(2, count + 1)
    ]
    return {
        "id": fields.arxiv_id(address) or address,
        "title": content(child(element, "title")),
        "abstract": content(child(element, "summary")),
        "authors": ", ".join(
            content(child(author, "name")) for author in children(element, "author")
        ),
        "categories": " ".join(
            term
            for c in children(element, "category")
            if not set(term := c.get("term", "")) & set(" ;,")
        ),
        "comments": content(child(element, "comment")),
        "journal-ref": content(child(element, "journal_ref")),
        "doi": content(child(element, "doi")),
        "versions": versions,
        "update_date": updated[:10],
    }


SERVICE = Service("arxiv", "https://export.arxiv.org", 3.0, start, page_query, parse)
