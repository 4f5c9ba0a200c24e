"""From printed dates to days: the year that a page leaves out.

A page prints the year of every date but those of the year in which it was saved. The year of the
snapshot is therefore the smallest one after every printed year in which the days without a year
exist. Days after the snapshot, days that no calendar has and years that cannot be meant are
returned as problems, record by record, and date nothing.
"""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from trends.core.dates import DocDate, Evidence, Precision
from trends.errors import UsageError
from trends.sources.daily_papers.grammar import Page, Record
from trends.sources.daily_papers.lines import PrintedDate

#: Years that a printed date can mean; outside it is a typing error.
YEARS = range(1900, 2101)
#: A year that runs ahead of all others on its page by more than this is a typing error and says
#: nothing about the snapshot.
MAX_LEAD = 20
#: A year that runs ahead by at least this, in one record alone, is used and reported.
DOUBTFUL_LEAD = 3


@dataclass(frozen=True)
class DatedPage:
    """A page with its snapshot day, the date of each record, if any, and what was wrong."""

    page: Page
    snapshot: dt.date | None
    dates: tuple[DocDate | None, ...]
    #: (record, printed date, reason) of each date that was refused.
    problems: tuple[tuple[Record, str, str], ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass
class _Log:
    problems: list[tuple[Record, str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    #: Dates with two readings.
    doubtful: list[str] = field(default_factory=list)


def resolve(page: Page, year: int | None = None) -> DatedPage:
    """Give every printed date of a page its year.

    Parameters
    ----------
    page : Page
        As it was parsed.
    year : int, optional
        Year in which the page was saved, where the user knows it.

    Raises
    ------
    UsageError
        If the given year cannot be meant.
    """
    if year is not None and year not in YEARS:
        message = (
            f"snapshot_years: {year} for {page.name} is not a year from {YEARS[0]} to {YEARS[-1]}."
        )
        raise UsageError(message)
    log = _Log()
    printed = [r for r in page.records if r.date is not None]
    typos = _typos(printed)
    if year is None:
        year = _snapshot_year(page, printed, typos, log)
    snapshot = _snapshot(page, year, log)
    dates = tuple(_date(r, year, snapshot, typos, log) for r in page.records)
    if log.doubtful:
        log.warnings.append(
            f"{page.name}: the number of comments stands right behind the day, so "
            f"{log.doubtful[0]!r} may be that day, or its first digit and a number; of "
            f"{len(log.doubtful)} such dates the month is kept."
        )
    if printed and len(printed) < len(page.records):
        lines = [r.line for r in page.records if r.date is None]
        shown = ", ".join(map(str, lines[:5])) + (", ..." if len(lines) > 5 else "")
        log.warnings.append(
            f"{page.name}: {len(lines)} of {len(page.records)} records carry no date (lines "
            f"{shown})."
        )
    return DatedPage(page, snapshot, dates, tuple(log.problems), tuple(log.warnings))


def _years(printed: list[Record]) -> Counter[int]:
    years = [r.date.year for r in printed if r.date is not None and r.date.year is not None]
    return Counter(y for y in years if y in YEARS)


def _typos(printed: list[Record]) -> set[int]:
    """Years that run so far ahead of all others on the page that they must be misprints."""
    years = sorted(_years(printed))
    for before, after in itertools.pairwise(years):
        if after - before > MAX_LEAD and sum(1 for y in years if y >= after) < sum(
            1 for y in years if y <= before
        ):
            return {y for y in years if y >= after}
    return set()


def _snapshot_year(page: Page, printed: list[Record], typos: set[int], log: _Log) -> int | None:
    """The smallest year after every printed one in which the days without a year exist."""
    day = page.snapshot
    if day is not None and day.year is not None:
        return day.year if day.year in YEARS else None
    counts = _years(printed)
    years = sorted(y for y in counts if y not in typos)
    if not years:
        return None
    if len(years) > 1 and years[-1] - years[-2] >= DOUBTFUL_LEAD and counts[years[-1]] == 1:
        record = next(r for r in printed if r.date is not None and r.date.year == years[-1])
        assert record.date is not None
        log.warnings.append(
            f"{page.name}: the year of the snapshot rests on one record alone (line "
            f"{record.date.line}, {record.date.text!r}; the next "
            f"latest printed year is {years[-2]}); if that is a misprint, set snapshot_years."
        )
    without = [r.date for r in printed if r.date is not None and r.date.year is None] + (
        [day] if day is not None else []
    )
    candidates = range(
        years[-1] + 1, years[-1] + 9
    )  # nine years hold a leap year, also across 1900
    return min(candidates, key=lambda y: (sum(not _exists(y, d.month, d.day) for d in without), y))


def _snapshot(page: Page, year: int | None, log: _Log) -> dt.date | None:
    day = page.snapshot
    if day is None:
        log.warnings.append(
            f"{page.name}: no snapshot day is printed in the header; it is not known up to when "
            "this page reaches."
        )
        return None
    if day.year is not None and day.year not in YEARS:
        log.warnings.append(
            f"{page.name}, line {day.line}: {day.text!r} has a year that cannot be meant; the "
            "snapshot is not dated."
        )
        return None
    if not _exists(year if year is not None else 2000, day.month, day.day):
        log.warnings.append(
            f"{page.name}, line {day.line}: {day.text!r} is not a day of the calendar; the "
            "snapshot is not dated."
        )
        return None
    return None if year is None else dt.date(year, day.month, day.day)


def _date(
    record: Record, year: int | None, snapshot: dt.date | None, typos: set[int], log: _Log
) -> DocDate | None:
    printed = record.date
    if printed is None:
        return None
    reason = ""
    meant = printed.year if printed.year is not None else year
    if printed.year is not None and (printed.year not in YEARS or printed.year in typos):
        reason = f"the year {printed.year} cannot be meant (a typing error?)"
    elif meant is None:
        reason = (
            "the year is left out and the year of the snapshot is not known; set snapshot_years"
        )
    elif not _exists(meant, printed.month, printed.day):
        reason = (
            f"{calendar.month_name[printed.month]} {printed.day}, {meant} is not a day of the "
            "calendar"
        )
    elif snapshot is not None and dt.date(meant, printed.month, printed.day) > snapshot:
        reason = (
            f"{dt.date(meant, printed.month, printed.day)} lies after the day on which the page "
            f"was saved, {snapshot}"
        )
    if printed.day_alone is not None and meant is not None:
        found = _two_ways(meant, printed, snapshot)
        if found is not None:
            if found.precision is Precision.MONTH:
                log.doubtful.append(printed.text)
            return found
    if reason:
        log.problems.append((record, printed.text, reason))
        return None
    assert meant is not None
    evidence = Evidence.STATED if printed.year is not None else Evidence.SNAPSHOT_YEAR
    return DocDate(dt.date(meant, printed.month, printed.day), Precision.DAY, evidence)


def _two_ways(year: int, printed: PrintedDate, snapshot: dt.date | None) -> DocDate | None:
    """The month of a date with two readings, or the one that lies before the day of saving.

    Nothing if the two digits are the day, or neither reading is possible.
    """
    days = [
        dt.date(year, printed.month, day)
        for day in (printed.day, printed.day_alone or 0)
        if _exists(year, printed.month, day)
    ]
    days = [day for day in days if snapshot is None or day <= snapshot]
    if not days or (len(days) == 1 and days[0].day == printed.day):
        return None
    precision = Precision.MONTH if len(days) > 1 else Precision.DAY
    first = days[0].replace(day=1) if len(days) > 1 else days[0]
    return DocDate(first, precision, Evidence.SNAPSHOT_YEAR)


def not_before(page: Page, latest: dt.date | None) -> dt.date | None:
    """The first day on which a page can have been saved, given the latest date of its papers."""
    day = page.snapshot
    if latest is None or day is None:
        return latest
    for year in range(latest.year, latest.year + 9):
        if _exists(year, day.month, day.day) and dt.date(year, day.month, day.day) >= latest:
            return dt.date(year, day.month, day.day)
    return latest


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def check_years(options: object, names: list[str]) -> dict[str, int]:
    """Check the option ``snapshot_years``: file name to year.

    Raises
    ------
    UsageError
        If it is not a mapping of known files to whole numbers.
    """
    if options is None:
        return {}
    if not isinstance(options, Mapping) or not all(
        isinstance(k, str) and type(v) is int for k, v in options.items()
    ):
        message = (
            f"snapshot_years maps names of files to years, for example {{'page.txt': 2025}}; got "
            f"{options!r}."
        )
        raise UsageError(message)
    unknown = sorted(set(options) - set(names))
    if unknown:
        message = (
            f"snapshot_years names files that are not read: {', '.join(unknown)}; read are "
            f"{', '.join(names)}."
        )
        raise UsageError(message)
    return dict(options)
