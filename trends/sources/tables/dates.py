"""Dates in a table: cells of the columns that the user named, each with its precision."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from collections.abc import Sequence
from typing import Any

from trends.core.date_parsing import parse_date
from trends.core.dates import DocDate, Evidence, Precision, day_of, make_date
from trends.errors import DataError, UsageError, reason

#: What a date may be split into, in this order.
PARTS = ("year", "month", "day")
# Directives of strptime by what they make known.
_DAY, _MONTH, _YEAR = frozenset("djxcDF"), frozenset("mbBh"), frozenset("YyG")
_MONTHS = {name.lower(): i for i, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): i for i, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_WHOLE = re.compile(r"[0-9]{1,4}(?:\.0)?\Z")


def missing(value: Any) -> bool:
    """Whether a cell holds nothing: none, blank, NaN, NaT, NA."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, float):
        return math.isnan(value)
    return type(value).__name__ in ("NaTType", "NAType")


class DateReader:
    """Cells → dates, by one rule for a whole table.

    Parameters
    ----------
    date_format : str
        Directives of ``strptime`` for cells that are text; empty for ISO 8601 and the unambiguous
        forms of
        :mod:`trends.core.date_parsing`. The precision is that of the finest directive: ``%Y`` is a
        year, ``%b %Y`` a month.
    zone : str
        Time zone in which moments with a zone become days.

    Raises
    ------
    UsageError
        If the format lacks the year or has a directive that strptime does not know, or the zone is
        unknown.
    """

    def __init__(self, date_format: str = "", zone: str = "UTC") -> None:
        self.format, self.zone = date_format, zone
        #: Cells with a clock and a time zone that were put into :attr:`zone`.
        self.moved = 0
        day_of(dt.datetime(2000, 1, 1, tzinfo=dt.UTC), zone)
        self._precision = _precision_of(date_format) if date_format else Precision.DAY

    def read(self, cells: Sequence[Any]) -> DocDate | None:
        """The date of one record.

        Parameters
        ----------
        cells : sequence
            One cell, or two or three: year, month and day. A missing month leaves the year, a
            missing day the month.

        Returns
        -------
        DocDate or None
            ``None`` where nothing is written.

        Raises
        ------
        DataError
            If what is written is not a date.
        """
        if len(cells) == 1:
            return None if missing(cells[0]) else self._one(cells[0])
        year, month, *rest = cells
        day = rest[0] if rest else None
        if missing(year):
            if missing(month) and missing(day):
                return None
            message = "the month is given, but no year"
            raise DataError(message)
        if missing(month):
            if not missing(day):
                message = "the day is given, but no month"
                raise DataError(message)
            return _made(_number(year, "year"), None, None, Precision.YEAR)
        if (
            missing(day)
            and isinstance(month, str)
            and month.strip().lower() not in _MONTHS
            and not _WHOLE.match(month.strip())
        ):
            return parse_date(f"{_number(year, 'year'):04d} {month}")  # "May/June", "Spring"
        precision = Precision.MONTH if missing(day) else Precision.DAY
        return _made(
            _number(year, "year"),
            _number(month, "month"),
            None if missing(day) else _number(day, "day"),
            precision,
        )

    def _one(self, value: Any) -> DocDate:
        if isinstance(value, DocDate):
            return value
        if isinstance(value, bool):
            message = f"{value} is not a date"
            raise DataError(message)
        if isinstance(value, dt.datetime):
            return self._day(value)
        if isinstance(value, dt.date):
            return _made(value.year, value.month, value.day, Precision.DAY)
        if isinstance(value, int | float):
            return _made(_number(value, "year"), None, None, Precision.YEAR)
        if not isinstance(value, str):
            message = f"a value of type {type(value).__name__} is not a date"
            raise DataError(message)
        if self.format:
            return self._formatted(value.strip())
        found = parse_date(value, zone=self.zone)
        if _zoned(value):
            self.moved += 1
        return found

    def _day(self, value: dt.datetime) -> DocDate:
        if value.tzinfo is not None:
            self.moved += 1
        day = day_of(value, self.zone)
        return _made(day.year, day.month, day.day, Precision.DAY)

    def _formatted(self, text: str) -> DocDate:
        try:
            # Whether there is a time zone is a matter of the format.
            found = dt.datetime.strptime(text, self.format)  # noqa: DTZ007
        except ValueError as error:
            message = f"{text[:60]!r} is not a date of the form {self.format!r}"
            raise DataError(message) from error
        if self._precision is Precision.DAY:
            return self._day(found)
        return _made(
            found.year,
            found.month if self._precision is Precision.MONTH else None,
            None,
            self._precision,
        )


def _made(year: int, month: int | None, day: int | None, precision: Precision) -> DocDate:
    return make_date(year, month, day, precision, Evidence.STATED)


def _precision_of(form: str) -> Precision:
    found = set(re.findall(r"%(.)", form.replace("%%", "")))
    try:
        sample = dt.datetime(2019, 5, 3, tzinfo=dt.UTC).strftime(form)
        dt.datetime.strptime(sample, form)  # noqa: DTZ007 - only whether the directives are known
    except (ValueError, re.error) as error:
        message = (
            f"The date format {form!r} cannot be used ({reason(error)}); it is written as for "
            "strptime, for example '%d.%m.%Y'."
        )
        raise UsageError(message) from error
    if not found & (_YEAR | set("xcD")):
        message = (
            f"The date format {form!r} has no year; write it as for strptime, for example "
            "'%d.%m.%Y'."
        )
        raise UsageError(message)
    if found & _DAY:
        return Precision.DAY
    return Precision.MONTH if found & _MONTH else Precision.YEAR


def _number(value: Any, what: str) -> int:
    """A year of four digits, a month as number or English name, a day."""
    if isinstance(value, str):
        text = value.strip()
        if what == "month" and text.lower() in _MONTHS:
            return _MONTHS[text.lower()]
        if not _WHOLE.match(text):
            message = f"{text[:60]!r} is not a {what}"
            raise DataError(message)
        value = float(text)
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not math.isfinite(value)
        or value != int(value)
    ):
        message = f"{str(value)[:60]} is not a {what}"
        raise DataError(message)
    number = int(value)
    if what == "year" and not 1000 <= number <= 9999:
        message = f"the number {number} is not a year of four digits"
        raise DataError(message)
    if what != "year" and not 1 <= number <= 31:
        message = f"the number {number} is not a {what}"
        raise DataError(message)
    return number


_ZONE = re.compile(r"[0-9]{2}:[0-9]{2}\S*\s?(?:Z|z|[A-Z]{2,3}|[+-][0-9]{2}:?[0-9]{0,2})\s*\Z")


def _zoned(text: str) -> bool:
    return bool(_ZONE.search(text))
