"""Dates as evidence: a day, how precise it is, and how it is known.

The many ways to write one are in :mod:`trends.sources.dates`.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import zoneinfo
from dataclasses import dataclass
from enum import StrEnum

from trends.errors import DataError, UsageError

#: Earliest year that is taken as a date and not as a typing error.
EARLIEST_YEAR = 1600


class Precision(StrEnum):
    """How finely a date is known.

    Calendar units from fine to coarse, then a range between two days (a season, a double month).
    """

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    RANGE = "range"


class Evidence(StrEnum):
    """How a date is known.

    The order of the members is the order of trust: the earlier wins when two disagree.
    """

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
    """The first day that a date may mean, its precision and its evidence.

    Parameters
    ----------
    first : datetime.date
        First day that the date may mean.
    precision : Precision
        Which of its parts are known.
    evidence : Evidence
        How it is known.
    until : datetime.date, optional
        Last day of a range; given for ranges and only for them. :func:`range_date` builds them.

    Raises
    ------
    DataError
        If ``until`` is missing for a range, given for another precision, or lies before ``first``.
    """

    first: dt.date
    precision: Precision = Precision.DAY
    evidence: Evidence = Evidence.STATED
    until: dt.date | None = None

    def __post_init__(self) -> None:
        if (self.until is not None) != (self.precision is Precision.RANGE):
            message = (
                f"A range needs its last day, and only a range has one; got {self.precision.value} "
                f"and {self.until}."
            )
            raise DataError(message)
        if self.until is not None and self.until < self.first:
            message = f"The range ends on {self.until}, before it begins on {self.first}."
            raise DataError(message)

    @property
    def last(self) -> dt.date:
        """The last day that the date may mean."""
        if self.until is not None:
            return self.until
        if self.precision is Precision.DAY:
            return self.first
        if self.precision is Precision.MONTH:
            return self.first.replace(day=calendar.monthrange(self.first.year, self.first.month)[1])
        return self.first.replace(month=12, day=31)

    @property
    def written(self) -> str:
        """The date with no more than is known: 2019, 2019-05, 2019-05-03, 2019-04-01/2019-06-30."""
        day = self.first.isoformat()
        return (
            f"{day}/{self.until}"
            if self.until is not None
            else day[: {"day": 10, "month": 7, "year": 4}[self.precision.value]]
        )

    def agrees(self, other: DocDate) -> bool:
        """Whether some day is meant by both."""
        return self.first <= other.last and other.first <= self.last


_ISO = re.compile(r"(?P<y>[0-9]{4})(?:-(?P<m>[0-9]{1,2})(?:-(?P<d>[0-9]{1,2}))?)?\Z")
_ARXIV = re.compile(r"(?P<yy>\d{2})(?P<mm>\d{2})\.\d{4,5}(?:v\d+)?$")


def parse_iso(text: str, evidence: Evidence = Evidence.STATED) -> DocDate:
    """Read ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; the precision is what is written, never more.

    A month or day ``00`` stands for one that is not known, as some databases write it.

    Raises
    ------
    DataError
        If the text has another form or names a day that does not exist.
    """
    match = _ISO.match(text.strip())
    if not match:
        message = f"{text[:60]!r} is not a date of the form YYYY, YYYY-MM or YYYY-MM-DD."
        raise DataError(message)
    year, month, day = (int(match[g]) if match[g] else None for g in "ymd")
    assert year is not None
    if day and month == 0:
        message = f"{text.strip()!r} has a day but no month."
        raise DataError(message)
    precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
    return make_date(year, month, day, precision, evidence)


def make_date(
    year: int, month: int | None, day: int | None, precision: Precision, evidence: Evidence
) -> DocDate:
    """A date from its parts; days that do not exist and impossible years are refused."""
    if year < EARLIEST_YEAR:
        message = f"The year {year} lies before {EARLIEST_YEAR}; this is taken for a typing error."
        raise DataError(message)
    try:
        first = dt.date(year, month or 1, day or 1)
    except ValueError as error:
        parts = (f"{year:04d}", *(f"{n:02d}" for n in (month, day) if n is not None))
        message = f"{'-'.join(parts)} is not a {'day' if day else 'month'} of the calendar."
        raise DataError(message) from error
    return DocDate(first, precision, evidence)


def arxiv_month(arxiv_id: str) -> DocDate | None:
    """Year and month of first submission from a new-style arXiv identifier (YYMM.number).

    ``None`` for other forms.

    References
    ----------
    arXiv, "Understanding the arXiv identifier", https://info.arxiv.org/help/arxiv_identifier.html
    """
    match = _ARXIV.match(arxiv_id.strip())
    if not match or not 1 <= int(match["mm"]) <= 12:
        return None
    return DocDate(
        dt.date(2000 + int(match["yy"]), int(match["mm"]), 1), Precision.MONTH, Evidence.ARXIV_ID
    )


def range_date(first: dt.date, last: dt.date, evidence: Evidence = Evidence.STATED) -> DocDate:
    """All days from ``first`` to ``last``, both included.

    A day, month or year if that is what they are, else a range.

    Raises
    ------
    DataError
        If the range ends before it begins.
    """
    for precision, begins in (
        (Precision.DAY, first),
        (Precision.MONTH, first.replace(day=1)),
        (Precision.YEAR, first.replace(month=1, day=1)),
    ):
        whole = DocDate(first, precision, evidence)
        if begins == first and whole.last == last:
            return whole
    return DocDate(first, Precision.RANGE, evidence, last)


def day_of(moment: dt.datetime, zone: str = "UTC") -> dt.date:
    """The calendar day of a moment: the one rule by which clock times become days.

    Parameters
    ----------
    moment : datetime.datetime
        With a time zone it is carried into ``zone``; without one its day is taken as it is written.
    zone : str
        Name of the time zone in which days are counted, such as ``"UTC"`` or ``"Europe/Berlin"``.

    Raises
    ------
    UsageError
        If the time zone is unknown.
    DataError
        If the day lies outside the calendar.
    """
    if moment.tzinfo is None:
        return moment.date()
    try:
        return moment.astimezone(dt.UTC if zone == "UTC" else zoneinfo.ZoneInfo(zone)).date()
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError) as error:
        message = f"Unknown time zone {zone!r}; give a name such as 'UTC' or 'Europe/Berlin'."
        raise UsageError(message) from error
    except OverflowError as error:
        message = f"{moment.isoformat()} lies outside the calendar."
        raise DataError(message) from error


def better(a: DocDate, b: DocDate) -> DocDate:
    """The better of two dates: by evidence, then by precision, then the earlier day.

    The finer of two ranges is the one with fewer days.
    """
    nominal = {Precision.DAY: 1, Precision.MONTH: 31, Precision.YEAR: 366}
    return min(
        a,
        b,
        key=lambda d: (
            d.evidence.rank,
            nominal.get(d.precision, (d.last - d.first).days + 1),
            d.first,
        ),
    )
