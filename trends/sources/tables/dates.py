"""Dates in a table: cells of the columns that the user named, each with its precision."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from typing import Any

from trends.core.dates import DocDate, Precision, day_of, range_date
from trends.errors import UsageError, reason
from trends.sources.dates import words
from trends.sources.dates.column import DateColumn, Dated
from trends.sources.dates.reading import Reading, from_parts
from trends.sources.dates.rules import DateRules
from trends.sources.dates.written import EMPTY
from trends.sources.tables.date_forms import DateForms

#: What a date may be split into, in this order.
PARTS = ("year", "month", "day")
# Directives of strptime by what they make known.
_DAY, _MONTH, _YEAR = frozenset("djxcDF"), frozenset("mbBh"), frozenset("YyGxcD")
_WHOLE = re.compile(r"([0-9]{1,4})(?:\.0+)?\Z")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?\Z")
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


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
    """Cells → dates, by one rule for a whole column.

    All cells are looked at (:meth:`look`), the column is judged (:meth:`settle`), and then each
    cell is read (:meth:`read`).

    Parameters
    ----------
    rules : DateRules, optional
        What the user said about the dates.
    name : str
        How messages call the column.

    Raises
    ------
    UsageError
        If a format lacks the year or has a directive that strptime does not know.
    """

    def __init__(self, rules: DateRules | None = None, name: str = "") -> None:
        self.rules = rules or DateRules()
        self.column = DateColumn(self.rules, name)
        #: What forms the dates had.
        self.forms = DateForms(self.rules, name)
        self._formats = [(form, _precision_of(form)) for form in self.rules.formats]

    def look(self, value: Any) -> None:
        """Count one cell of a column that holds whole dates."""
        text = None if self._formats else self._text(value)
        if text is not None and not (self.rules.unit and _NUMBER.match(text)):
            self.column.look(text)

    def settle(self) -> None:
        """Judge the column.

        Raises
        ------
        DataError
            If more than a few cells can be read in more than one way.
        """
        self.column.settle()
        self.forms.mixed = self.column.mixed

    def read(self, cells: Sequence[Any]) -> Dated:
        """The date of one record.

        Parameters
        ----------
        cells : sequence
            One cell, or two or three: year, month and day. A missing month leaves the year, a
            missing day the month.
        """
        found = self._one(cells[0]) if len(cells) == 1 else self._parts(*cells)
        self.forms.count(found, " ".join(str(cell) for cell in cells if not missing(cell)))
        return found

    def _one(self, value: Any) -> Dated:
        if missing(value):
            return Dated(None, EMPTY)
        if isinstance(value, DocDate):
            return Dated(value, "date")
        if isinstance(value, dt.datetime):
            day = day_of(value, self.rules.zone)
            zoned = frozenset(("zone",) if value.tzinfo is not None else ())
            return Dated(DocDate(day), "moment", marks=zoned)
        if isinstance(value, dt.date):
            return Dated(DocDate(value), "day")
        if type(value).__name__ == "Period" and hasattr(value, "start_time"):
            return Dated(range_date(value.start_time.date(), value.end_time.date()), "period")
        text = self._text(value)
        if text is None:
            kind = "true or false" if isinstance(value, bool) else type(value).__name__
            return Dated(None, f"({kind})", f"A value of the kind {kind} is not a date.")
        if self._formats:
            return self._formatted(text)
        if self.rules.unit and _NUMBER.match(text):
            return self._counted(text)
        return self.column.read(text)

    def _text(self, value: Any) -> str | None:
        """A cell as text; none for what is no text and no number."""
        if isinstance(value, str):
            return value
        if isinstance(value, bool) or not isinstance(value, int | float) or missing(value):
            return None
        return str(int(value)) if value == value // 1 and abs(value) < 2**63 else repr(value)

    def _counted(self, text: str) -> Dated:
        """A number of seconds since 1970, or of days of Excel."""
        unit, number = self.rules.unit, float(text)
        form = f"number ({unit})"
        try:
            if unit == "excel":
                # Excel counts a 29 February 1900 that never was.
                first = dt.date(1899, 12, 30 if number >= 61 else 31)
                return Dated(DocDate(first + dt.timedelta(days=math.floor(number))), form)
            moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(
                seconds=math.floor(number / _PER_SECOND[unit])
            )
            return Dated(DocDate(day_of(moment, self.rules.zone)), form, marks=frozenset(("zone",)))
        except OverflowError:
            return Dated(None, form, f"{text[:40]!r} lies outside the calendar.")

    def _formatted(self, text: str) -> Dated:
        found: dict[DocDate, tuple[str, frozenset[str]]] = {}
        if text.strip().casefold() in words.NOTHING:
            return Dated(None, EMPTY)
        for form, precision in self._formats:
            try:
                moment = dt.datetime.strptime(text.strip(), form)  # noqa: DTZ007
            except ValueError:
                continue
            marks = {"zone"} if moment.tzinfo is not None else set()
            year = moment.year
            if "%y" in form.replace("%%", ""):
                year = self.rules.century(year % 100)
                marks.add("century")
            if precision is Precision.DAY and moment.tzinfo is not None:
                moment = dt.datetime.combine(day_of(moment, self.rules.zone), dt.time())
                year = moment.year
            reading = from_parts(
                year,
                moment.month if precision is not Precision.YEAR else None,
                moment.day if precision is Precision.DAY else None,
            )
            if reading is not None and reading.date is not None:
                found.setdefault(reading.date, (form, frozenset(marks)))
        if len(found) == 1:
            ((date, (form, stated)),) = found.items()
            return Dated(date, form, marks=stated)
        if found:
            ways = " and ".join(form for form, _ in found.values())
            why = f"{text.strip()[:60]!r} is another date by each of the formats {ways}."
            return Dated(None, "(several formats)", why)
        allowed = " or ".join(repr(form) for form in self.rules.formats)
        why = f"{text.strip()[:60]!r} is not a date of the form {allowed}."
        return Dated(None, "(other forms)", why)

    def _parts(self, year: Any, month: Any, day: Any = None) -> Dated:
        """Year, month and day in columns of their own; the finer part may be missing."""
        form = "+".join(PARTS[: 2 if missing(day) else 3])
        cells = [None if missing(cell) else cell for cell in (year, month, day)]
        stated = [(self._text(cell) or "").strip() for cell in cells]
        if not any(stated) or stated[0].casefold() in words.NOTHING:
            why = "the month or day is given, but no year." if any(stated[1:]) else ""
            return Dated(None, form if any(stated[1:]) else EMPTY, why)
        first = _WHOLE.match(stated[0])
        if first is None or int(first[1]) < min(1000, self.rules.earliest):
            return Dated(None, form, f"{stated[0][:60]!r} is not a year.")
        numbers = [_WHOLE.match(text) for text in stated[1:]]
        reading: Reading | None
        if not stated[1]:
            reading = from_parts(int(first[1]), None, None)
            if stated[2] and reading is not None:
                reading = Reading(reading.date, "the day is given, but no month")
        elif numbers[0] is not None and (numbers[1] is not None or not stated[2]):
            at = int(numbers[1][1]) if numbers[1] is not None else None
            reading = from_parts(int(first[1]), int(numbers[0][1]), at)
        else:
            found = self.column.read(f"{stated[2]} {stated[1]} {first[1]}".strip())
            date = found.date or from_parts(int(first[1]), None, None).date  # type: ignore[union-attr]
            return Dated(date, form, found.problem, found.marks)
        if reading is None:
            return Dated(None, form, f"{' '.join(stated)[:60]!r} is not a date.")
        why = f"{'-'.join(filter(None, stated))[:60]}: {reading.rest}." if reading.rest else ""
        return Dated(reading.date, form, why)


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
    if not found & _YEAR:
        message = (
            f"The date format {form!r} has no year; write it as for strptime, for example "
            "'%d.%m.%Y'."
        )
        raise UsageError(message)
    if found & _DAY:
        return Precision.DAY
    return Precision.MONTH if found & _MONTH else Precision.YEAR
