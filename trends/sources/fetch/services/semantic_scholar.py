"""Papers of Semantic Scholar by its bulk search, in the order of their ids.

References
----------
Semantic Scholar, "Academic Graph API", https://api.semanticscholar.org/api-docs/graph
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

#: What is asked about each paper; ``tldr`` is written by a model and left out.
FIELDS = "paperId,corpusId,externalIds,url,title,abstract,venue,journal,year,publicationDate,publicationTypes,citationCount"


def start(wanted: Wanted) -> str:
    """The first page has no token."""
    needs_query(wanted)
    return ""


def address(wanted: Wanted, cursor: str, _contact: str) -> tuple[str, dict[str, str]]:
    """Path and parameters of a page."""
    asked = {"query": wanted.query, "fields": FIELDS, "sort": "paperId"}
    if wanted.first is not None or wanted.last is not None:
        asked["publicationDateOrYear"] = f"{wanted.first or ''}:{wanted.last or ''}"
    if cursor:
        asked["token"] = cursor
    return "/graph/v1/paper/search/bulk", asked


def parse(data: bytes, _wanted: Wanted, _cursor: str) -> Page:
    """One page."""
    answer = loads(data)
    if not isinstance(answer, Mapping):
        message = "it is not a list of papers"
        raise Unfit(message)
    papers = objects(answer.get("data"), "data")
    token = answer.get("token")
    following = token if isinstance(token, str) and token and papers else None
    return Page([line(paper) for paper in papers], following, count(answer.get("total")))


SERVICE = Service(
    "semantic-scholar",
    "https://api.semanticscholar.org",
    1.1,
    start,
    address,
    parse,
    key=("TRENDS_SEMANTIC_SCHOLAR_KEY", "header:x-api-key"),
)
