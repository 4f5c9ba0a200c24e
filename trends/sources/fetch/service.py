"""What a service is: where it answers, how a page of it is asked for, and what is read of the answer."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from trends.errors import UsageError
from trends.sources.fetch.http.body import Unfit
from trends.sources.io import json_stream


@dataclass(frozen=True)
class Wanted:
    """What the user asked for.

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
        if len(self.query) > 4_000 or not all(c.isprintable() for c in self.query):
            message = "A query is one line of at most 4,000 characters."
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
        Number of records of the whole answer, as the service says.
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
    base : str
        Its public address.
    interval : float
        Seconds between two requests, by the rules of the service.
    start : callable
        Takes what is wanted and gives the first cursor; refuses what the service cannot do.
    address : callable
        Takes what is wanted, a cursor and the contact; gives path and parameters.
    parse : callable
        Takes a body, what is wanted and the cursor; gives the page, or raises :class:`Unfit`.
    key : tuple of str, optional
        Environment variable with the user's key, and how it is sent: ``parameter:NAME`` or
        ``header:NAME``.
    lifetime : float, optional
        Seconds after which a cursor is no longer good.
    by_date : bool
        Whether days of the request are days of the documents, so that the answer covers all of
        them.
    head, tail : str
        Lines around the records in the finished file; empty for JSON lines.
    """

    name: str
    base: str
    interval: float
    start: Callable[[Wanted], str]
    address: Callable[[Wanted, str, str], tuple[str, dict[str, str]]]
    parse: Callable[[bytes, Wanted, str], Page]
    key: tuple[str, str] | None = None
    lifetime: float | None = None
    by_date: bool = True
    head: str = ""
    tail: str = ""


def loads(data: bytes) -> Any:
    """A JSON answer.

    Raises
    ------
    Unfit
        If it is something else, such as a page for people.
    """
    try:
        return json_stream.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        message = "it is not UTF-8"
        raise Unfit(message) from error
    except ValueError as error:
        what = "a page of HTML" if data.lstrip()[:1] == b"<" else "not JSON"
        message = f"it is {what} ({error})"
        raise Unfit(message) from error


def objects(value: Any, name: str) -> list[Mapping[str, Any]]:
    """The list of records of an answer.

    Raises
    ------
    Unfit
        If it is not a list of objects.
    """
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        message = f"its field {name!r} is not a list of records"
        raise Unfit(message)
    return value


def line(record: Mapping[str, Any]) -> str:
    """A record as one line, its fields in the order in which the service gave them."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def count(value: Any) -> int | None:
    """A number of records that a service states, if it is one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def needs_query(wanted: Wanted) -> None:
    """Refuse an empty query.

    Raises
    ------
    UsageError
    """
    if not wanted.query.strip():
        message = f"The source {wanted.source} needs a query."
        raise UsageError(message)
