"""Works of OpenAlex by cursor, in the order that a cursor fixes.

References
----------
OpenAlex, "Paging", https://developers.openalex.org/guides/page-through-results
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from trends.errors import UsageError
from trends.sources.fetch.http.body import Unfit
from trends.sources.fetch.service import Page, Service, Wanted, count, line, loads, objects

PER_PAGE = 100

_FILTER = re.compile(r"[a-z][a-z_.]*:\S")


def start(wanted: Wanted) -> str:
    """The first cursor; something must be asked for, since the whole of OpenAlex is had as a snapshot."""
    if not wanted.query.strip() and wanted.first is None:
        message = "The source openalex needs a query or --from; all of OpenAlex comes as a snapshot, not from its API."
        raise UsageError(message)
    return "*"


def address(wanted: Wanted, cursor: str, contact: str) -> tuple[str, dict[str, str]]:
    """Path and parameters of a page. A query of the form ``name:value,…`` is a filter, anything else is searched for."""
    asked = {"per_page": str(PER_PAGE), "cursor": cursor}
    filters = []
    if wanted.query.strip():
        if all(_FILTER.match(part.strip()) for part in wanted.query.split(",")):
            filters.append(wanted.query.strip())
        else:
            asked["search"] = wanted.query
    if wanted.first is not None:
        filters.append(f"from_publication_date:{wanted.first}")
    if wanted.last is not None:
        filters.append(f"to_publication_date:{wanted.last}")
    if filters:
        asked["filter"] = ",".join(filters)
    if contact:
        asked["mailto"] = contact
    return "/works", asked


def parse(data: bytes, _wanted: Wanted, _cursor: str) -> Page:
    """One page."""
    answer = loads(data)
    if not isinstance(answer, Mapping) or not isinstance(answer.get("meta"), Mapping):
        message = "it is not a list of works"
        raise Unfit(message)
    meta = answer["meta"]
    works = objects(answer.get("results"), "results")
    following = meta.get("next_cursor")
    return Page(
        [line(work) for work in works],
        following if isinstance(following, str) and following and works else None,
        count(meta.get("count")),
    )


SERVICE = Service(
    "openalex",
    "https://api.openalex.org",
    0.2,
    start,
    address,
    parse,
    key=("TRENDS_OPENALEX_KEY", "parameter:api_key"),
)
