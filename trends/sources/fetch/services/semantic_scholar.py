"""Papers of Semantic Scholar by its bulk search, in the order of their ids.

References
----------
Semantic Scholar, "Academic Graph API", https://api.semanticscholar.org/api-docs/graph
"""

from __future__ import annotations

from trends.sources.fetch.service import Page, Request, Service, json_page

#: What is asked about each paper; ``tldr`` is written by a model and left out.
FIELDS = (
    "paperId,corpusId,externalIds,url,title,abstract,venue,journal,year,publicationDate,"
    "publicationTypes,citationCount"
)


def start(request: Request) -> str:
    """The first page has no token."""
    request.require_query()
    return ""


def page_query(request: Request, cursor: str, _contact: str) -> tuple[str, dict[str, str]]:
    """Path and parameters of a page."""
    params = {"query": request.query, "fields": FIELDS, "sort": "paperId"}
    if request.first is not None or request.last is not None:
        params["publicationDateOrYear"] = f"{request.first or ''}:{request.last or ''}"
    return "/graph/v1/paper/search/bulk", params | ({"token": cursor} if cursor else {})


def parse(body: bytes, _request: Request, _cursor: str) -> Page:
    """One page."""
    return json_page(body, "data", "token", "total")


SERVICE = Service(
    "semantic-scholar",
    "https://api.semanticscholar.org",
    1.1,
    start,
    page_query,
    parse,
    key=("TRENDS_SEMANTIC_SCHOLAR_KEY", "header:x-api-key"),
)
