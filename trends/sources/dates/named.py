"""Readings of dates with words: names of months, seasons, quarters, weeks, fiscal years."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass, field

from trends.core.dates import DocDate, range_date
from trends.sources.dates import words
from trends.sources.dates.reading import Reading, days, fiscal, from_parts, months
from trends.sources.dates.rules import DateRules

_TOKEN = re.compile(r"[0-9]+|[^0-9\s.,/_';:+\-]+|[-/']")
_KINDS = (
    (words.QUARTERS, "q"),
    (words.HALVES, "h"),
    (words.WEEKS, "w"),
    (words.FISCAL, "f"),
)


@dataclass
class Named:
    """Readings of a text with words; neither readings nor a problem if it is no date."""

    readings: dict[str, Reading] = field(default_factory=dict)
    problem: str = ""
    marks: set[str] = field(default_factory=set)
    words: frozenset[str] = frozenset()


#: Kind of a token (n number, m month, s season, - link, ' apostrophe, …), its value and its text.
_Item = tuple[str, int, str]


def named(text: str, rules: DateRules, languages: Collection[str]) -> Named:
    """Readings of a text without clock time and weekday."""
    out = Named()
    items: list[_Item] = []
    seen: set[str] = set()
    for token in _TOKEN.findall(text):
        if token.isdecimal():
            items.append(("n", int(token), token))
        elif token in "-/" or token in words.LINKS:
            if not items or items[-1][0] != "-":
                items.append(("-", 0, token))
        elif token == "'":
            items.append(("'", 0, token))
        elif token in words.BEFORE_OUR_ERA:
            out.problem = "lies before the first year of our era; such years cannot be kept"
            return out
        elif meant := words.months(token):
            month = _month(meant, languages)
            seen.add(token)
            if month is None:
                out.problem = f"cannot be read: {token!r} is another month in another language"
            items.append(("m", month or 0, token))
        elif token in words.SEASONS:
            items.append(("s", words.SEASONS[token], token))
        elif token in words.ORDINAL_WORDS:
            items.append(("n", words.ORDINAL_WORDS[token], str(words.ORDINAL_WORDS[token])))
        elif kind := next((kind for names, kind in _KINDS if token in names), ""):
            items.append((kind, 0, token))
        elif token in words.ABOUT:
            out.marks.add("about")
        elif token not in words.FILLERS:
            return out
    out.words = frozenset(seen)
    if not out.problem:
        out.readings = _read(items, rules, out.marks)
    return out


def _month(meant: dict[int, set[str]], languages: Collection[str]) -> int | None:
    if len(meant) == 1:
        return next(iter(meant))
    fitting = [month for month, spoken in meant.items() if spoken & set(languages)]
    return fitting[0] if len(fitting) == 1 else None


def _read(items: list[_Item], rules: DateRules, marks: set[str]) -> dict[str, Reading]:
    kinds = "".join(kind for kind, _, _ in items if kind not in "-'")
    numbers = [(value, raw) for kind, value, raw in items if kind == "n"]
    years = [value for value, raw in numbers if len(raw) == 4]
    small = [(value, raw) for value, raw in numbers if len(raw) < 3]
    if any(len(raw) == 3 or len(raw) > 4 for _, raw in numbers) and "w" not in kinds:
        return {}
    if kinds.count("m") == 1 and not set(kinds) - set("mn") and len(years) + len(small) <= 2:
        return _one_month(items, kinds, years, [v for v, _ in small], rules, marks)
    if kinds.count("q") + kinds.count("h") == 1 and len(kinds) == 3 and not set(kinds) - set("qhn"):
        return _part_of_year(kinds, years, small, rules, marks)
    if "w" in kinds and set(kinds) <= set("wn"):
        return _week(numbers)
    if "f" in kinds and numbers and set(kinds) <= set("fn"):
        return _fiscal(numbers, rules)
    if kinds == "snn" and len(small) == 1 and len(years) == 1:  # Winter 2020/21
        two = small[0][0] == (years[0] + 1) % 100
        why = "the season lies in two years, which are both kept"
        return {"years": Reading(days(years[0], 2), why)} if two else {}
    return _sides(items)


def _one_month(
    items: list[_Item],
    kinds: str,
    years: list[int],
    small: list[int],
    rules: DateRules,
    marks: set[str],
) -> dict[str, Reading]:
    month = next(value for kind, value, _ in items if kind == "m")
    if years:
        if len(years) > 1:
            return {}
        return _known(
            "MY" if not small else "DMY", from_parts(years[0], month, small[0] if small else None)
        )
    if not small:
        return {"MD": Reading(None, "")}
    marks.add("century")
    marked = [i for i, (kind, _, _) in enumerate(items) if kind == "'"]
    if len(small) == 1:
        readings = _known("MY", from_parts(rules.century(small[0]), month, None))
        if not marked and 1 <= small[0] <= 31:
            readings["MD"] = Reading(None)
        return readings
    first, second = small
    readings = _known("MDY" if kinds == "mnn" else "DMY", _of(rules, second, month, first))
    if kinds == "nmn" and not marked:
        readings |= _known("YMD", _of(rules, first, month, second))
    return readings if kinds != "nnm" else {}


def _of(rules: DateRules, year: int, month: int, day: int) -> Reading | None:
    return from_parts(rules.century(year), month, day) if day else None


def _known(key: str, reading: Reading | None) -> dict[str, Reading]:
    return {} if reading is None or reading.date is None else {key: reading}


def _part_of_year(
    kinds: str, years: list[int], small: list[tuple[int, str]], rules: DateRules, marks: set[str]
) -> dict[str, Reading]:
    """Quarters and half-years: Q2 2021, 2Q21, 2021-H1."""
    if not years:
        two = [value for value, raw in small if len(raw) == 2]
        small = [(value, raw) for value, raw in small if len(raw) == 1]
        if len(two) != 1 or len(small) != 1:
            return {}
        years = [rules.century(two[0])]
        marks.add("century")
    length, most = (3, 4) if "q" in kinds else (6, 2)
    if len(small) != 1 or not 1 <= small[0][0] <= most:
        return {}
    last = length * small[0][0]
    return _known("Q", Reading(months(years[0], last - length + 1, last)))


def _week(numbers: list[tuple[int, str]]) -> dict[str, Reading]:
    """Weeks of ISO 8601 and their days: 2021-W20, 2021-W20-3, 2021W203."""
    year = [value for value, raw in numbers if len(raw) == 4]
    rest = [raw for _, raw in numbers if len(raw) < 4]
    if len(year) != 1 or not rest or len(rest) > 2:
        return {}
    if len(rest) == 1 and len(rest[0]) == 3:
        rest = [rest[0][:2], rest[0][2]]
    try:
        if len(rest) == 2:
            day = dt.date.fromisocalendar(year[0], int(rest[0]), int(rest[1]))
            return {"W": Reading(DocDate(day))}
        monday = dt.date.fromisocalendar(year[0], int(rest[0]), 1)
        return {"W": Reading(range_date(monday, monday + dt.timedelta(days=6)))}
    except (ValueError, OverflowError):
        return {}


def _fiscal(numbers: list[tuple[int, str]], rules: DateRules) -> dict[str, Reading]:
    """FY2021 is called after the year in which it ends; FY 2020-21 names both."""
    year = numbers[0][0] if len(numbers[0][1]) == 4 else rules.century(numbers[0][0])
    if len(numbers) == 1:
        year -= 1 if rules.fiscal_year != 1 else 0
    elif len(numbers) > 2 or numbers[1][0] % 100 != (year + 1) % 100:
        return {}
    # Both readings need a rule: the second makes them differ until there is one.
    stated = {"years": Reading(days(year, 2))} if rules.fiscal_year is None else {}
    return _known("fiscal", Reading(fiscal(year, rules.fiscal_year))) | stated


@dataclass
class _Side:
    year: int | None = None
    first: int | None = None
    last: int | None = None
    day: int | None = None


def _sides(items: list[_Item]) -> dict[str, Reading]:
    """A range, of which one side may leave out what the other says: 12-14 June 2019."""
    sides: list[list[_Item]] = [[]]
    for item in items:
        if item[0] == "-":
            sides.append([])
        else:
            sides[-1].append(item)
    if len(sides) > 2 or not all(sides):
        return {}
    found = [_side(side) for side in sides]
    if None in found:
        return {}
    known = [side for side in found if side is not None]
    if len(known) == 1:
        date = _date(known[0])
        return {} if date is None else {"R": Reading(date)}
    a, b = known
    if a.year is None and b.year is None:
        return {"MD": Reading(None)}
    if a.first is None and a.day is not None:  # 12-14 June
        a.first, a.last = b.first, b.last
    if b.first is None and b.day is not None:  # June 12-14
        b.first, b.last = a.first, a.last
    # A range goes forward: December to January ends in the next year.
    backward = (
        a.first is not None
        and b.first is not None
        and (a.first, a.day or 0) > (b.first, b.day or 31)
        and (a.year is None or b.year is None)
    )
    if a.year is None:
        a.year = (b.year or 0) - backward
    if b.year is None:
        b.year = (a.year or 0) + backward
    begin, end = _date(a), _date(b)
    if begin is None or end is None or end.last < begin.first:
        return {}
    return {"R": Reading(range_date(begin.first, end.last))}


def _side(items: list[_Item]) -> _Side | None:
    side = _Side()
    kinds = "".join(kind for kind, _, _ in items)
    for kind, value, raw in items:
        if kind == "n" and len(raw) == 4 and side.year is None:
            side.year = value
        elif kind == "n" and "q" in kinds and side.first is None and 1 <= value <= 4:
            side.first, side.last = 3 * value - 2, 3 * value
        elif kind == "n" and side.day is None and "q" not in kinds and 1 <= value <= 31:
            side.day = value
        elif kind == "m" and side.first is None:
            side.first = side.last = value
        elif kind == "s" and side.first is None and side.day is None:
            side.first, side.last = 3 * value - 2, 3 * value
        elif kind != "q":
            return None
    if side.day is not None and ("s" in kinds or "q" in kinds):
        return None
    return side if "q" not in kinds or side.first is not None else None


def _date(side: _Side) -> DocDate | None:
    if side.year is None or not 1 <= side.year <= 9998:
        return None
    if side.first is None or side.last is None:
        return None if side.day is not None else days(side.year)
    if side.day is None:
        return months(side.year, side.first, side.last)
    if side.day > calendar.monthrange(side.year, side.first)[1]:
        return None
    return DocDate(dt.date(side.year, side.first, side.day))
