"""A service: its URL, the query for each of its pages, and how an answer is read."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from trends.errors import UsageError
from trends.sources.fetch.http.answer import UnusableAnswer, at, objects, parse_json


@dataclass(frozen=True)
class Request:
    """What the user asks for.

    Parameters
    ----------
    source : str
        Name of the service.
    query : str
        In the service's own language; empty where it has none.
    first, last : datetime.date, optional
        First and last day of the documents.
    limit : int, optional
        Most records.
    """

    source: str
    query: str
    first: dt.date | None = None
    last: dt.date | None = None
    limit: int | None = None

    def __post_init__(self) -> None:
        if self.first is not None and self.last is not None and self.first > self.last:
            message = (
                f"There is no day from {self.first} until {self.last}; exchange --from and --until."
            )
            raise UsageError(message)
        if self.limit is not None and self.limit < 1:
            message = f"The limit is a number of records from 1, not {self.limit}."
            raise UsageError(message)
        if len(self.query) > 4_000 or not self.query.isprintable():
            message = "A query is one line of at most 4,000 characters."
            raise UsageError(message)

    def require_query(self) -> None:
        """Refuse an empty query.

        Raises
        ------
        UsageError
        """
        if not self.query.strip():
            message = f"The source {self.source} needs a query."
            raise UsageError(message)

    def check_total(self, total: int | None, max_results: int) -> None:
        """Refuse an answer of more records than a service gives.

        Raises
        ------
        UsageError
        """
        if (total or 0) > max_results and (self.limit or math.inf) > max_results:
            message = (
                f"{self.source} finds {total:,} records and gives no more than {max_results:,} of "
                "one query; fetch several spans of time with --from and --until."
            )
            raise UsageError(message)


@dataclass(frozen=True)
class Page:
    """One page of answers.

    Parameters
    ----------
    lines : list of str
        One record a line, without line ends.
    cursor : str, optional
        Where the next page begins; ``None`` after the last.
    total : int, optional
        Number of records of the whole answer, as the service states it.
    """

    lines: list[str]
    cursor: str | None
    total: int | None = None


@dataclass(frozen=True)
class Service:
    """One service.

    Parameters
    ----------
    name : str
        Also the name of the source that reads its records.
    base_url : str
        Its public URL.
    interval : float
        Seconds between two requests, by the rules of the service.
    start : callable
        Takes the request and gives the first cursor; refuses what the service cannot do.
    page_query : callable
        Takes the request, a cursor and the contact; gives path and parameters.
    parse : callable
        Takes a body, the request and the cursor; gives the page, or raises
        :class:`~trends.sources.fetch.http.answer.UnusableAnswer`.
    key : tuple of str, optional
        Environment variable with the user's key, and how it is sent: ``parameter:NAME`` or
        ``header:NAME``.
    cursor_lifetime : float, optional
        Seconds after which a cursor has expired.
    by_date : bool
        Whether the days of the request are days of the documents, so that the answer covers all of
        them.
    head, tail : str
        Lines around the records in the finished file; empty for JSON lines.
    """

    name: str
    base_url: str
    interval: float
    start: Callable[[Request], str]
    page_query: Callable[[Request, str, str], tuple[str, dict[str, str]]]
    parse: Callable[[bytes, Request, str], Page]
    key: tuple[str, str] | None = None
    cursor_lifetime: float | None = None
    by_date: bool = True
    head: str = ""
    tail: str = ""


def json_page(body: bytes, records: str, cursor: str, total: str) -> Page:
    """A page from a JSON answer, given the paths of its records, next cursor and stated total.

    A page without records is the last.

    Raises
    ------
    UnusableAnswer
        If it is not JSON, has no list of records, or does not state how many there are.
    """
    answer = parse_json(body)
    lines = [json_line(record) for record in objects(answer, records)]
    following, stated = at(answer, cursor), at(answer, total)
    if type(stated) is not int or stated < 0:
        problem = f"it does not state in {total!r} how many records there are"
        raise UnusableAnswer(problem)
    more = isinstance(following, str) and following and lines
    return Page(lines, following if more else None, stated)


def json_line(record: Mapping[str, Any]) -> str:
    """A record as one line, its fields in the order in which the service gave them."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))
