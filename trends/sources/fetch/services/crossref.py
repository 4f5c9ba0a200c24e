"""Works of Crossref by cursor.

A cursor is good for five minutes, and the same one may stand for page after page; so an interrupted
fetch that is taken up later begins again, and whether all pages came is told by the number of
works.

References
----------
Crossref, "REST API", https://github.com/CrossRef/rest-api-doc
"""

from __future__ import annotations

from collections.abc import Mapping

from trends.sources.fetch.http.body import Unfit
from trends.sources.fetch.service import (
    Page,
    Service,
    Wanted,
    count,
    line,
    loads,
    needs_query,
    objects,
)

ROWS = 200


def start(wanted: Wanted) -> str:
    """The first cursor."""
    needs_query(wanted)
    return "*"


def address(wanted: Wanted, cursor: str, contact: str) -> tuple[str, dict[str, str]]:
    """Path and parameters of a page."""
    asked = {"query.bibliographic": wanted.query, "rows": str(ROWS), "cursor": cursor}
    filters = []
    if wanted.first is not None:
        filters.append(f"from-pub-date:{wanted.first}")
    if wanted.last is not None:
        filters.append(f"until-pub-date:{wanted.last}")
    if filters:
        asked["filter"] = ",".join(filters)
    if contact:
        asked["mailto"] = contact
    return "/works", asked


def parse(data: bytes, _wanted: Wanted, _cursor: str) -> Page:
    """One page; an empty one, or one that is not full, is the last."""
    answer = loads(data)
    message = answer.get("message") if isinstance(answer, Mapping) else None
    if not isinstance(message, Mapping):
        what = "it is not a list of works"
        raise Unfit(what)
    works = objects(message.get("items"), "items")
    following = message.get("next-cursor")
    more = isinstance(following, str) and following and len(works) >= ROWS
    return Page(
        [line(work) for work in works],
        following if more else None,
        count(message.get("total-results")),
    )


SERVICE = Service(
    "crossref", "https://api.crossref.org", 1.0, start, address, parse, lifetime=240.0
)
