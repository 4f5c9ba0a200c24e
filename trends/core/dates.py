"""Dates as evidence: a day, how precise it is, and how it is known."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from trends.errors import DataError

#: Earliest year that is taken as a date and not as a typing error.
EARLIEST_YEAR = 1600


class Precision(StrEnum):
    """How finely a date is known; ordered from fine to coarse."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"

    @property
    def days(self) -> int:
        """Longest span in days that a date of this precision can stand for."""
        return {"day": 1, "month": 31, "year": 366}[self.value]


class Evidence(StrEnum):
    """How a date is known. The order of the members is the order of trust: the earlier wins when two disagree."""

    #: The input itself states the whole date.
    STATED = "stated"
    #: The input states day and month; the year is that of the day on which the page was saved.
    SNAPSHOT_YEAR = "snapshot-year"
    #: This record has no date; another page of the input dates the same document.
    OTHER_PAGE = "other-page"
    #: A table that comes with the corpus gives the day or month, with its source.
    LOOKUP = "lookup"
    #: The arXiv identifier gives year and month of the first submission.
    ARXIV_ID = "arxiv-id"
    #: Nothing dates this document.
    NONE = "none"

    @property
    def rank(self) -> int:
        """Position in the order of trust; 0 is best."""
        return list(Evidence).index(self)


@dataclass(frozen=True, order=True)
class DocDate:
    """The first day that a date may mean, its precision and its evidence."""

    first: dt.date
    precision: Precision = Precision.DAY
    evidence: Evidence = Evidence.STATED

    @property
    def last(self) -> dt.date:
        """The last day that the date may mean."""
        if self.precision is Precision.DAY:
            return self.first
        if self.precision is Precision.MONTH:
            return self.first.replace(day=calendar.monthrange(self.first.year, self.first.month)[1])
        return self.first.replace(month=12, day=31)

    def agrees(self, other: DocDate) -> bool:
        """Whether some day is meant by both."""
        return self.first <= other.last and other.first <= self.last


_ISO = re.compile(r"(?P<y>\d{4})(?:-(?P<m>\d{1,2})(?:-(?P<d>\d{1,2}))?)?$")
_ARXIV = re.compile(r"(?P<yy>\d{2})(?P<mm>\d{2})\.\d{4,5}(?:v\d+)?$")


def parse_iso(text: str, evidence: Evidence = Evidence.STATED) -> DocDate:
    """Read ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; the precision is what is written, never more.

    Raises
    ------
    DataError
        If the text has another form or names a day that does not exist.
    """
    match = _ISO.match(text.strip())
    if not match:
        message = f"{text!r} is not a date of the form YYYY, YYYY-MM or YYYY-MM-DD."
        raise DataError(message)
    year, month, day = (int(match[g]) if match[g] else None for g in "ymd")
    assert year is not None
    precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
    return make_date(year, month, day, precision, evidence)


def make_date(year: int, month: int | None, day: int | None, precision: Precision, evidence: Evidence) -> DocDate:
    """Build a date from its parts, refusing days that do not exist and years that cannot be meant."""
    if year < EARLIEST_YEAR:
        message = f"The year {year} lies before {EARLIEST_YEAR}; this is taken for a typing error."
        raise DataError(message)
    try:
        first = dt.date(year, month or 1, day or 1)
    except ValueError as error:
        message = f"{year:04d}-{month or 0:02d}-{day or 0:02d} is not a day of the calendar."
        raise DataError(message) from error
    return DocDate(first, precision, evidence)


def arxiv_month(arxiv_id: str) -> DocDate | None:
    """Year and month of first submission from a new-style arXiv identifier (YYMM.number); ``None`` for other forms.

    References
    ----------
    arXiv, "Understanding the arXiv identifier", https://info.arxiv.org/help/arxiv_identifier.html
    """
    match = _ARXIV.match(arxiv_id.strip())
    if not match or not 1 <= int(match["mm"]) <= 12:
        return None
    return DocDate(dt.date(2000 + int(match["yy"]), int(match["mm"]), 1), Precision.MONTH, Evidence.ARXIV_ID)


def better(a: DocDate, b: DocDate) -> DocDate:
    """The date to keep of two: better evidence first, then finer precision, then the earlier day."""
    order = [Precision.DAY, Precision.MONTH, Precision.YEAR]
    return min(a, b, key=lambda d: (d.evidence.rank, order.index(d.precision), d.first))
