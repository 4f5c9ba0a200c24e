"""Papers of arXiv from its API, oldest first, so that papers that come in during a fetch stand at its end.

An entry of the Atom feed becomes one line in the form of the metadata snapshot, which the source
``arxiv`` reads: the day of the first version and, where there are more, that of the latest; those
in between are not told by the API.

References
----------
arXiv, "arXiv API User's Manual", https://info.arxiv.org/help/api/user-manual.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from trends.errors import NetworkError, UsageError
from trends.sources.fetch.http.body import Unfit
from trends.sources.fetch.http.xml import tree
from trends.sources.fetch.service import Page, Service, Wanted, line, needs_query
from trends.sources.io.xml_stream import child, children, content, local
from trends.sources.records import fields

if TYPE_CHECKING:
    from lxml.etree import _Element

PER_PAGE = 200
#: The API pages through no more results than this.
MOST_RESULTS = 30_000

_VERSION = re.compile(r"v([0-9]{1,3})\Z")


def start(wanted: Wanted) -> str:
    """The first result."""
    needs_query(wanted)
    return "0"


def address(wanted: Wanted, cursor: str, _contact: str) -> tuple[str, dict[str, str]]:
    """Path and parameters of a page; days are those of the first version, in UTC."""
    query = wanted.query.strip()
    if wanted.first is not None or wanted.last is not None:
        first = f"{wanted.first:%Y%m%d}0000" if wanted.first is not None else "199101010000"
        last = f"{wanted.last:%Y%m%d}2359" if wanted.last is not None else "209912312359"
        query = f"({query}) AND submittedDate:[{first} TO {last}]"
    return "/api/query", {
        "search_query": query,
        "start": cursor,
        "max_results": str(PER_PAGE if wanted.limit is None else min(PER_PAGE, wanted.limit)),
        "sortBy": "submittedDate",
        "sortOrder": "ascending",
    }


def parse(data: bytes, wanted: Wanted, cursor: str) -> Page:
    """One page; an empty one before the stated end, which the API sometimes gives, is asked for again."""
    feed = parsed(data)
    found = [entry(element) for element in children(feed, "entry")]
    stated = content(child(feed, "totalResults"))
    total = int(stated[:12]) if stated.isascii() and stated.isdecimal() else None
    if (
        total is not None
        and total > MOST_RESULTS
        and (wanted.limit is None or wanted.limit > MOST_RESULTS)
    ):
        message = f"arXiv finds {total:,} papers and pages through no more than {MOST_RESULTS:,}; fetch several spans of time with --from and --until."
        raise UsageError(message)
    at = int(cursor) + len(found)
    if not found and total is not None and at < total:
        message = f"it is empty although {total - at:,} more papers were stated"
        raise Unfit(message)
    more = found and (at < total if total is not None else len(found) >= PER_PAGE)
    return Page([line(paper) for paper in found], str(at) if more else None, total)


def parsed(data: bytes) -> _Element:
    """The feed of an answer; nothing outside of it is loaded and no entity is expanded.

    Raises
    ------
    Unfit
        If it is not a feed.
    NetworkError
        If the feed reports an error, as arXiv does in the form of an entry.
    """
    feed = tree(data)
    if local(feed) != "feed":
        message = f"it is {local(feed)[:40]!r}, not a feed"
        raise Unfit(message)
    for element in children(feed, "entry"):
        if content(child(element, "title")) == "Error" or "arxiv.org/api/errors" in content(
            child(element, "id")
        ):
            message = f"arXiv answers with an error: {content(child(element, 'summary'))[:300]}. Correct the query."
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


SERVICE = Service("arxiv", "https://export.arxiv.org", 3.0, start, address, parse)
