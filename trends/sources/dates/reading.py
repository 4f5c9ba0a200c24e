"""One reading of a date, and the parts that it is made of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from trends.core.dates import DocDate, Precision, range_date


@dataclass(frozen=True, slots=True)
class Reading:
    """A date, and what of it could not be read.

    ``date`` is missing where what is written has no year.
    """

    date: DocDate | None
    rest: str = ""


def from_parts(year: int, month: int | None, day: int | None) -> Reading | None:
    """The date of these parts; one that the calendar does not have leaves the coarser part.

    A month or day 0 stands for one that is not known.
    """
    whole = whole_year(year)
    if whole is None or (not month and day):
        return None
    if not month:
        return Reading(whole)
    written = f"{year:04d}-{month:02d}"
    if not 1 <= month <= 12:
        return Reading(whole, f"{written} is not a month of the calendar")
    by_month = DocDate(dt.date(year, month, 1), Precision.MONTH)
    if not day:
        return Reading(by_month)
    try:
        return Reading(DocDate(dt.date(year, month, day)))
    except ValueError:
        return Reading(by_month, f"{written}-{day:02d} is not a day of the calendar")


def whole_year(year: int) -> DocDate | None:
    """A year, if the calendar has it."""
    return DocDate(dt.date(year, 1, 1), Precision.YEAR) if 1 <= year <= 9999 else None


def days(year: int, years: int = 1) -> DocDate | None:
    """All days of one or more years."""
    if not 1 <= year <= year + years - 1 <= 9999:
        return None
    return range_date(dt.date(year, 1, 1), dt.date(year + years - 1, 12, 31))


def months(year: int, first: int, last: int) -> DocDate | None:
    """All days from one month of a year to another one."""
    if not 1 <= year <= 9998:
        return None
    after = dt.date(year + last // 12, last % 12 + 1, 1)
    return range_date(dt.date(year, first, 1), after - dt.timedelta(days=1))


def fiscal(year: int, begins: int | None) -> DocDate | None:
    """The fiscal year that begins in a month of ``year``; 0 means both calendar years."""
    if begins == 0:
        return days(year, 2)
    # Without a rule, July stands for "some part of both years", which is neither of them.
    begins = begins or 7
    return months(year, begins, begins + 11) if begins > 1 else days(year)
