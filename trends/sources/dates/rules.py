"""What a user may say about the dates of a corpus, and the rules that hold if nothing is said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from trends.core.dates import day_of
from trends.errors import UsageError

#: Years before this one are taken for typing errors, unless the user says that the corpus is older.
EARLIEST = 1600
#: The first of the hundred years that years of two digits mean (POSIX).
PIVOT = 1969
#: Orders of the parts of a date that is written in numbers.
ORDERS = ("dmy", "mdy", "ymd")
#: What numbers may count, by the name of the unit.
UNITS = ("s", "ms", "us", "ns", "excel")

#: What a reader of the notes of a corpus should know about its dates; ``{zone}`` is the time zone.
RULES = (
    (
        "A date is kept as precisely as it is written: a year stays a year, a season or a double "
        "month stays a range of days. A part that is no day of the calendar is left off and listed."
    ),
    (
        "Clock times with a time zone become days of {zone}; clock times without one keep the day "
        "that is written."
    ),
    (
        "Seasons are quarters of the publishing year (northern hemisphere): winter is January to "
        "March, autumn October to December. Weeks are those of ISO 8601."
    ),
)


@dataclass(frozen=True)
class DateRules:
    """What is known about the dates of a corpus before they are read.

    Parameters
    ----------
    formats : tuple of str
        Formats of ``strptime``, tried one after the other; no other form is then read.
    order : {"", "dmy", "mdy", "ymd"}
        Order of dates in numbers; found out from the whole column if not given.
    unit : {"", "s", "ms", "us", "ns", "excel"}
        What numbers count: seconds (milliseconds, …) since 1970, days of Excel.
    fiscal_year : int, optional
        Month in which fiscal or academic years (2019-20) begin; 0 for all of both years.
    pivot : int
        The first of the hundred years that years of two digits mean.
    earliest : int
        Years before are left out of time.
    latest : datetime.date, optional
        Days after are left out of time.
    zone : str
        Time zone in which moments become days.

    Raises
    ------
    UsageError
        If a rule is none of those allowed.
    """

    formats: tuple[str, ...] = ()
    order: str = ""
    unit: str = ""
    fiscal_year: int | None = None
    pivot: int = PIVOT
    earliest: int = EARLIEST
    latest: dt.date | None = None
    zone: str = "UTC"

    def __post_init__(self) -> None:
        day_of(dt.datetime(2000, 1, 1, tzinfo=dt.UTC), self.zone)
        for name, value, allowed in (
            ("date_order", self.order, ORDERS),
            ("date_unit", self.unit, UNITS),
        ):
            if value and value not in allowed:
                message = f"{name} is one of {', '.join(allowed)}; got {value!r}."
                raise UsageError(message)
        if self.fiscal_year is not None and not 0 <= self.fiscal_year <= 12:
            message = (
                "fiscal_year is the month in which fiscal years begin, 1 to 12, or 0 for all of "
                f"both calendar years; got {self.fiscal_year}."
            )
            raise UsageError(message)
        if not 1 <= self.earliest <= 9999 or not 1 <= self.pivot <= 9900:
            message = f"earliest and pivot are years; got {self.earliest} and {self.pivot}."
            raise UsageError(message)

    def plausible(self, first: dt.date) -> bool:
        """Whether a date may begin on this day."""
        return first.year >= self.earliest and (self.latest is None or first <= self.latest)

    def century(self, two_digits: int) -> int:
        """The year that two digits mean."""
        return self.pivot + (two_digits - self.pivot) % 100


def formats_of(value: str | Sequence[str]) -> tuple[str, ...]:
    """One format or several."""
    return tuple(v for v in ((value,) if isinstance(value, str) else value) if v)
