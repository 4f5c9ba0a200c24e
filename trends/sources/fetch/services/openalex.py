"""Works of OpenAlex by cursor, which fixes their order.

References
----------
OpenAlex, "Paging", https://developers.openalex.org/guides/page-through-results
"""

from __future__ import annotations

import re

from trends.errors import UsageError
from trends.sources.fetch.service import Page, Request, Service, json_page

PER_PAGE = 100

_FILTER = re.compile(r"[a-z][a-z_.]*:\S")


def start(request: Request) -> str:
    """The first cursor; a request for all of OpenAlex is refused."""
    if not request.query.strip() and request.first is None:
        message = (
            "The source openalex needs a query or --from; all of OpenAlex comes as a snapshot, not "
            "from its API."
        )
        raise UsageError(message)
    return "*"


def page_query(request: Request, cursor: str, contact: str) -> tuple[str, dict[str, str]]:
    """Path and parameters of a page; a query such as ``name:value`` is a filter, else a search."""
    params = {"per_page": str(PER_PAGE), "cursor": cursor}
    days = {"from_publication_date": request.first, "to_publication_date": request.last}
    filters = [f"{name}:{day}" for name, day in days.items() if day is not None]
    query = request.query.strip()
    if query and all(_FILTER.match(part.strip()) for part in query.split(",")):
        filters.insert(0, query)
    elif query:
        params["search"] = request.query
    if filters:
        params["filter"] = ",".join(filters)
    return "/works", params | ({"mailto": contact} if contact else {})


def parse(body: bytes, _request: Request, _cursor: str) -> Page:
    """One page."""
    return json_page(body, "results", "meta.next_cursor", "meta.count")


SERVICE = Service(
    "openalex",
    "https://api.openalex.org",
    0.2,
    start,
    page_query,
    parse,
    key=("TRENDS_OPENALEX_KEY", "parameter:api_key"),
)
