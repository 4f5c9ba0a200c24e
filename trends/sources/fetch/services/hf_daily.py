"""Hugging Face Daily Papers, day by day.

References
----------
Hugging Face, "Hub API Endpoints", https://huggingface.co/docs/hub/api
"""

from __future__ import annotations

import datetime as dt

from trends.errors import UsageError
from trends.sources.fetch.http.body import Unfit
from trends.sources.fetch.service import Page, Service, Wanted, line, loads, objects

PER_PAGE = 100
#: More pages of one day than any list has had; a server that gives them repeats itself.
MOST_PAGES = 20


def start(wanted: Wanted) -> str:
    """The first day and its first page."""
    if wanted.query.strip():
        message = "The source hf-daily lists whole days and has no query; leave it out."
        raise UsageError(message)
    if wanted.first is None or wanted.last is None:
        message = (
            "The source hf-daily is fetched day by day; say which days with --from and --until."
        )
        raise UsageError(message)
    return f"{wanted.first}/0"


def address(_wanted: Wanted, cursor: str, _contact: str) -> tuple[str, dict[str, str]]:
    """Path and parameters of a page of a day."""
    day, _, page = cursor.partition("/")
    return "/api/daily_papers", {"date": day, "limit": str(PER_PAGE), "p": page}


def parse(data: bytes, wanted: Wanted, cursor: str) -> Page:
    """One page of a day; a full one is followed by the next of that day, another by the next day."""
    day, _, page = cursor.partition("/")
    papers = objects(loads(data), "papers")
    if len(papers) >= PER_PAGE:
        if int(page) + 1 >= MOST_PAGES:
            message = f"the list of {day} has no end"
            raise Unfit(message)
        return Page([line(paper) for paper in papers], f"{day}/{int(page) + 1}")
    following = dt.date.fromisoformat(day) + dt.timedelta(days=1)
    assert wanted.last is not None
    return Page(
        [line(paper) for paper in papers], f"{following}/0" if following <= wanted.last else None
    )


SERVICE = Service("hf-daily", "https://huggingface.co", 1.0, start, address, parse, by_date=False)
