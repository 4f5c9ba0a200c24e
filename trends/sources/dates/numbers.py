"""Readings of dates that are written in numbers alone."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Sequence

from trends.core.dates import DocDate
from trends.sources.dates.reading import Reading, days, fiscal, from_parts, months, whole_year
from trends.sources.dates.rules import DateRules

_SEPARATED = re.compile(r"([0-9]+)\s?([-/._ ])\s?([0-9]+)(?:\s?\2\s?([0-9]+))?\.?\Z")
_PLAIN = re.compile(r"([0-9]+)(?:\.0+)?\Z")
#: Season codes of EDTF in place of a month, as quarters of the publishing year.
_SEASONS = {21: 2, 22: 3, 23: 4, 24: 1}


def read(text: str, rules: DateRules) -> dict[str, Reading]:
    """All readings of a text of numbers and separators; none for any other text."""
    if match := _PLAIN.match(text):
        return block(match[1], rules)
    if match := _SEPARATED.match(text):
        found = [part for part in (match[1], match[3], match[4]) if part]
        return parts(found, match[2], rules)
    return {}


def parts(found: Sequence[str], separator: str, rules: DateRules) -> dict[str, Reading]:
    """Readings of two or three numbers with a separator."""
    lengths = tuple(min(len(part), 5) for part in found)
    values = [int(part) for part in found]
    if len(found) == 2:
        if lengths == (4, 3):
            return _kept({"YDDD": _day_of_year(*values)})
        if lengths[0] == 4 and lengths[1] < 3:
            if separator == "." and lengths[1] == 1:
                return {}  # 2021.1 is January, or October that lost its zero
            if separator == "." and values[1] > 12:
                return {}  # 2021.25 is a decimal year, not the years to 2025
            return _year_and_two(values[0], values[1], lengths[1], rules)
        if lengths[1] == 4 and lengths[0] < 3:
            return _kept({"MY": from_parts(values[1], values[0], None)}) if values[0] else {}
        return {}
    if lengths[0] == 4 and max(lengths[1:]) < 3:
        first, a, b = values
        return _kept({"YMD": from_parts(first, a, b), "YDM": from_parts(first, b, a)})
    if lengths[2] == 4 and max(lengths[:2]) < 3:
        return _day_and_month(values[0], values[1], values[2])
    if lengths[2] == 2 and max(lengths) < 3 and 0 not in values[:2]:
        last = _day_and_month(values[0], values[1], rules.century(values[2]))
        return {**last, **_year_of_two(found, rules)}
    return _year_of_two(found, rules) if lengths == (2, 2, 2) else {}


def _year_of_two(found: Sequence[str], rules: DateRules) -> dict[str, Reading]:
    """A year of two digits before month and day."""
    year, month, day = (int(part) for part in found)
    if len(found[0]) != 2 or not month or not day:
        return {}
    return _kept({"YMD": from_parts(rules.century(year), month, day)})


def block(digits: str, rules: DateRules) -> dict[str, Reading]:
    """Readings of digits in a row: 2021, 20210518, 2021138, 202105, 20210518053131."""
    n = len(digits)
    if n == 4 or (n == 3 and rules.earliest < 1000):
        return _kept({"Y": _year(int(digits))})
    year = rules.century
    if n == 8:
        a, b, last = _cut(digits, 2, 2, 4)
        return {**_kept({"YMD": from_parts(*_cut(digits, 4, 2, 2))}), **_day_and_month(a, b, last)}
    if n == 7:
        a, b, last = _cut(digits, 1, 2, 4)
        first = _kept({"YDDD": _day_of_year(int(digits[:4]), int(digits[4:]))})
        return {**first, **_day_and_month(a, b, last)}
    if n == 6:
        a, b, c = _cut(digits, 2, 2, 2)
        return {
            **_kept({"YM": from_parts(int(digits[:4]), c, None)}),
            **_kept({"MY": from_parts(int(digits[2:]), a, None) if a else None}),
            **_kept({"YMD": from_parts(year(a), b, c) if b and c else None}),
            **(_day_and_month(a, b, year(c)) if a and b else {}),
        }
    if n in (12, 14):
        y, m, d, hour, minute = _cut(digits, 4, 2, 2, 2, 2)
        if hour < 24 and minute < 60:
            return _kept({"YMD": from_parts(y, m, d)})
    return {}


def _cut(digits: str, *lengths: int) -> list[int]:
    ends = list(itertools.accumulate(lengths))
    return [int(digits[end - n : end]) for n, end in zip(lengths, ends, strict=True)]


def two_years(first: int, last: int, rules: DateRules) -> dict[str, Reading]:
    """Readings of two years: all days from one to the other, or a fiscal year."""
    found = {"years": Reading(days(first, last - first + 1))}
    if last == first + 1:
        found["fiscal"] = Reading(fiscal(first, rules.fiscal_year))
    return found


def decade(year: int) -> dict[str, Reading]:
    """The ten years from ``year`` on; of the first in a century also the whole century."""
    found = {"decade": Reading(days(year, 10))}
    return found | ({} if year % 100 else {"century": Reading(days(year, 100))})


def _year(year: int) -> Reading | None:
    date = whole_year(year)
    return None if date is None else Reading(date)


def _kept(readings: dict[str, Reading | None]) -> dict[str, Reading]:
    return {k: each for k, each in readings.items() if each is not None and each.date is not None}


def _day_and_month(a: int, b: int, year: int) -> dict[str, Reading]:
    return _kept({"DMY": from_parts(year, b, a), "MDY": from_parts(year, a, b)})


def _day_of_year(year: int, day: int) -> Reading | None:
    if not (1 <= year <= 9999 and 1 <= day <= 366):
        return None
    date = dt.date(year, 1, 1) + dt.timedelta(days=day - 1) if year < 9999 else None
    return Reading(DocDate(date)) if date is not None and date.year == year else None


def _year_and_two(year: int, two: int, length: int, rules: DateRules) -> dict[str, Reading]:
    """2019-05 is a month, 2019-20 a fiscal year or two years, 2019-21 a season too."""
    found: dict[str, Reading | None] = {}
    if two <= 12:
        found["YM"] = found["season"] = from_parts(year, two, None)
    if two in _SEASONS:
        quarter = _SEASONS[two]
        found["season"] = Reading(months(year, 3 * quarter - 2, 3 * quarter))
    if length == 1 and two == (year + 1) % 10:  # 1850-1 may be a month, or two years
        found["fiscal"] = Reading(fiscal(year, rules.fiscal_year))
    if length == 2 and (span := (two - year) % 100):
        if span == 1:
            found["fiscal"] = Reading(fiscal(year, rules.fiscal_year))
        if two > year % 100 or span == 1:
            found["years"] = Reading(days(year, span + 1))
    return _kept(found) or _kept({"YM": from_parts(year, two, None)})
