"""Hugging Face Daily Papers, day by day.

References
----------
Hugging Face, "Hub API Endpoints", https://huggingface.co/docs/hub/api
"""

from __future__ import annotations

import datetime as dt

from trends.errors import UsageError
from trends.sources.fetch.http.answer import UnusableAnswer, objects, parse_json
from trends.sources.fetch.service import Page, Request, Service, json_line

PER_PAGE = 100
#: More pages of one day than any list has had; a server that gives them repeats itself.
MAX_PAGES = 20


def start(request: Request) -> str:
    """The first day and its first page."""
    if request.query.strip():
        message = "The source hf-daily lists whole days and has no query; leave it out."
        raise UsageError(message)
    if request.first is None or request.last is None:
        message = (
            "The source hf-daily is fetched day by day; say which days with --from and --until."
        )
        raise UsageError(message)
    return f"{request.first}/0"


def page_query(_request: Request, cursor: str, _contact: str) -> tuple[str, dict[str, str]]:
    """Path and parameters of a page of a day."""
    day, _, page = cursor.partition("/")
    return "/api/daily_papers", {"date": day, "limit": str(PER_PAGE), "p": page}


def parse(body: bytes, request: Request, cursor: str) -> Page:
    """One page of a day; after a full one comes the next of that day, else the next day."""
    day, _, page = cursor.partition("/")
    lines = [json_line(paper) for paper in objects(parse_json(body))]
    if len(lines) < PER_PAGE:
        following = dt.date.fromisoformat(day) + dt.timedelta(days=1)
        assert request.last is not None
        return Page(lines, f"{following}/0" if following <= request.last else None)
    if int(page) + 1 >= MAX_PAGES:
        problem = f"the list of {day} has no end"
        raise UnusableAnswer(problem)
    return Page(lines, f"{day}/{int(page) + 1}")


SERVICE = Service(
    "hf-daily", "https://huggingface.co", 1.0, start, page_query, parse, by_date=False
)
