"""Works of Crossref by cursor.

A cursor is good for five minutes, and the same one may stand for page after page; so an interrupted
fetch that is resumed later starts again, and the number of works tells whether all pages came.

References
----------
Crossref, "REST API", https://github.com/CrossRef/rest-api-doc
"""

from __future__ import annotations

from dataclasses import replace

from trends.sources.fetch.service import Page, Request, Service, json_page

PER_PAGE = 200


def start(request: Request) -> str:
    """The first cursor."""
    request.require_query()
    return "*"


def page_query(request: Request, cursor: str, contact: str) -> tuple[str, dict[str, str]]:
    """Path and parameters of a page."""
    params = {"query.bibliographic": request.query, "rows": str(PER_PAGE), "cursor": cursor}
    days = {"from-pub-date": request.first, "until-pub-date": request.last}
    if filters := ",".join(f"{name}:{day}" for name, day in days.items() if day is not None):
        params["filter"] = filters
    return "/works", params | ({"mailto": contact} if contact else {})


def parse(body: bytes, _request: Request, _cursor: str) -> Page:
    """One page; one that is not full is the last."""
    page = json_page(body, "message.items", "message.next-cursor", "message.total-results")
    return page if len(page.lines) >= PER_PAGE else replace(page, cursor=None)


SERVICE = Service(
    "crossref", "https://api.crossref.org", 1.0, start, page_query, parse, cursor_lifetime=240.0
)
