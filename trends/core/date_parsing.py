"""The ways in which bibliographic sources write dates, each read as precisely as it is written.

===================================  =================================  ====================
written                              read as                            where it occurs
===================================  =================================  ====================
2019, 2019-05, 2019-05-03, 20190503  year, month, day                   ISO 8601
2014//, 2014/05/, 2014/05/01         year, month, day                   RIS, PubMed
2019-05-03T23:30:00-05:00            the day in ``zone``                APIs
Mon, 2 Apr 2007 19:18:42 GMT         the day in ``zone``                RFC 822 and 5322
May 2019, May 3rd, 2019, 3 May 2019  month, day                         BibTeX, PubMed
2013 Jan-Mar, May/June 2019          range                              PubMed, BibTeX
12-14 June 2019, 2019 Dec-2020 Jan   range                              conferences
2013-01/2013-03, 2001-2002           range                              EDTF, PubMed
Spring 2013, 2013 3rd Quart          range: the quarter of the season   PubMed, EDTF
===================================  =================================  ====================

Seasons are those of the publishing year, in which Winter is the first quarter (January to March),
Spring the second, Summer the third and Autumn or Fall the fourth: the convention of quarterly
journals on the northern hemisphere, not the weather. A year without month never becomes the first
of January. Refused because they can be read in two ways: 03/05/2019, years of two digits, ranges
without an end.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re

from trends.core.dates import DocDate, Evidence, Precision, day_of, make_date, parse_iso, range_date
from trends.errors import DataError

#: Longer texts are no dates.
MAX_LENGTH = 80

#: What a reader of the notes of a corpus should know about its dates; ``{zone}`` is the time zone.
RULES = (
    (
        "A date is kept as precisely as it is written: a year stays a year, a season or a double "
        "month stays a range of days."
    ),
    (
        "Clock times with a time zone become days of {zone}; clock times without one keep the day "
        "that is written."
    ),
    (
        "Seasons are quarters of the publishing year (northern hemisphere): winter is January to "
        "March, autumn October to December."
    ),
)

_PLAIN = re.compile(r"[0-9]{4}(?:-[0-9]{1,2}){0,2}\Z")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})\Z")
_SLASHED = re.compile(r"([0-9]{4})/([0-9]{1,2})?/?([0-9]{1,2})?/?\Z")
_STAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt "
    r"]\s?([0-9]{2}:[0-9]{2})(:[0-9]{2})?(?:[.,][0-9]{1,12})?\s?(Z|z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})?\Z"
)
_MAIL = re.compile(
    r"(?:[A-Za-z]{3,9},?\s)?\s?([0-9]{1,2})\s([A-Za-z]{3,9})\s([0-9]{4})\s([0-9]{2}:[0-9]{2})(:[0-9]{2})?\s?([A-Za-z]{1,3}|[+-][0-9]{4})?\Z"
)
# The zones that RFC 822 names, in hours from UTC; other names are not known and refused.
_ZONES = {
    "": None,
    "Z": 0,
    "UT": 0,
    "UTC": 0,
    "GMT": 0,
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
}
_ISO_PART = r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?"
_ISO_RANGE = re.compile(
    rf"({_ISO_PART})\s?(?:/|\sto\s|–|—|--|\s-\s)\s?({_ISO_PART})\Z|([0-9]{{4}})-([0-9]{{4}})\Z"
)
_AMBIGUOUS = re.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?:[0-9]{4}|[0-9]{2})\Z")
_TOKEN = re.compile(r"([0-9]+)(st|nd|rd|th)?(?![0-9])|([a-z]+)|([-/])")

_MONTHS = {name.lower(): i for i, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): i for i, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_SEASONS = {"winter": 1, "spring": 2, "summer": 3, "autumn": 4, "fall": 4}
_QUARTER_WORDS = frozenset({"q", "quart", "quarter", "qtr"})
_DASHES = str.maketrans(
    {"–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", ",": " ", ".": " ", "\u00a0": " "}
)

#: One side of a range: year, first month, last month, day.
_Side = tuple[int | None, int | None, int | None, int | None]


def parse_date(text: str, evidence: Evidence = Evidence.STATED, *, zone: str = "UTC") -> DocDate:
    """Read one date.

    Parameters
    ----------
    text : str
        In one of the forms above.
    evidence : Evidence
        What the result carries.
    zone : str
        Time zone in which moments become days.

    Returns
    -------
    DocDate

    Raises
    ------
    DataError
        If the text is not a date, names a day that does not exist or can be read in two ways.
    """
    found = " ".join(text.split()) if len(text) <= MAX_LENGTH * 4 else text
    if not found:
        message = "The date is empty."
        raise DataError(message)
    if len(found) > MAX_LENGTH:
        message = f"{found[:40]!r}… is too long for a date."
        raise DataError(message)
    if _PLAIN.match(found):
        return _season_code(found, evidence) or parse_iso(found, evidence)
    if match := _STAMP.match(found):
        day, clock, seconds, name = match.groups()
        return _moment(f"{day}T{clock}{_second(seconds)}", name or "", evidence, zone, found)
    if match := _MAIL.match(found):
        number, month, year, clock, seconds, name = match.groups()
        at = _MONTHS.get(month.lower())
        if at is not None:
            return _moment(
                f"{year}-{at:02d}-{int(number):02d}T{clock}{_second(seconds)}",
                name or "",
                evidence,
                zone,
                found,
            )
    if match := _COMPACT.match(found):
        return parse_iso("-".join(match.groups()), evidence)
    if match := _ISO_RANGE.match(found):
        first, last = (parse_iso(part, evidence) for part in match.groups() if part)
        return _between(first, last, evidence, found)
    if (match := _SLASHED.match(found)) and not re.fullmatch(r"[0-9]{4}/", found):
        return parse_iso("-".join(part for part in match.groups() if part), evidence)
    if _AMBIGUOUS.match(found):
        message = f"{found!r} can be read in two ways, day or month first; write it as YYYY-MM-DD."
        raise DataError(message)
    return _words(found, evidence)


def _season_code(text: str, evidence: Evidence) -> DocDate | None:
    """EDTF level 1: 21 to 24 in place of the month are spring, summer, autumn and winter."""
    year, _, code = text.partition("-")
    if code not in ("21", "22", "23", "24"):
        return None
    return _quarter(int(year), {"21": 2, "22": 3, "23": 4, "24": 1}[code], evidence)


def _quarter(year: int, number: int, evidence: Evidence) -> DocDate:
    return _months(year, 3 * number - 2, 3 * number, evidence)


def _months(year: int, first: int, last: int, evidence: Evidence) -> DocDate:
    begin = make_date(year, first, None, Precision.MONTH, evidence)
    end = make_date(year, last, None, Precision.MONTH, evidence)
    return range_date(begin.first, end.last, evidence)


def _second(text: str | None) -> str:
    # A leap second belongs to the day that it ends.
    return ":59" if text == ":60" else text or ":00"


def _moment(stamp: str, name: str, evidence: Evidence, zone: str, text: str) -> DocDate:
    try:
        moment = dt.datetime.fromisoformat(stamp)
        if name[:1] in ("+", "-"):
            digits = name[1:].replace(":", "").ljust(4, "0")
            shift = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (
                -1 if name[0] == "-" else 1
            )
            moment = moment.replace(tzinfo=dt.timezone(shift))
        elif (hours := _ZONES[name.upper()]) is not None:
            moment = moment.replace(tzinfo=dt.timezone(dt.timedelta(hours=hours)))
    except KeyError as error:
        message = (
            f"{text!r} is in the time zone {name!r}, which is not known; write the difference to "
            "UTC, such as +0200."
        )
        raise DataError(message) from error
    except ValueError as error:
        message = f"{text!r} is not a moment of the calendar."
        raise DataError(message) from error
    day = day_of(moment, zone)
    return make_date(day.year, day.month, day.day, Precision.DAY, evidence)


def _between(first: DocDate, last: DocDate, evidence: Evidence, text: str) -> DocDate:
    if last.last < first.first:
        message = f"{text!r} ends before it begins."
        raise DataError(message)
    return range_date(first.first, last.last, evidence)


def _words(text: str, evidence: Evidence) -> DocDate:
    """Dates with names of months, seasons or quarters."""
    lowered = re.sub(r"\b(?:to|until|through|and)\b|&|-{2,}", "-", text.lower().translate(_DASHES))
    sides = _sides(lowered, text)
    if len(sides) == 1:
        return _date(*sides[0], evidence, text)
    (y1, a1, b1, d1), (y2, a2, b2, d2) = sides
    if y1 is None and y2 is None:
        message = f"{text!r} has no year."
        raise DataError(message)
    if a1 is None and d1 is not None:  # 12-14 June
        a1, b1 = a2, b2
    if a2 is None and d2 is not None:  # June 12-14
        a2, b2 = a1, b1
    # A range goes forward: December to January ends in the next year.
    turn = int(
        a1 is not None
        and a2 is not None
        and (a1, d1 or 0) > (a2, d2 or 31)
        and (y1 is None or y2 is None)
    )
    y1, y2 = (
        (y1 if y1 is not None else (y2 or 0) - turn),
        (y2 if y2 is not None else (y1 or 0) + turn),
    )
    return _between(
        _date(y1, a1, b1, d1, evidence, text), _date(y2, a2, b2, d2, evidence, text), evidence, text
    )


def _sides(lowered: str, text: str) -> list[_Side]:
    """The one or two sides of a range, each with what is written there."""
    sides: list[dict[str, int]] = [{}]
    pending: int | None = None
    at = 0
    for match in _TOKEN.finditer(lowered):
        if lowered[at : match.start()].strip():
            raise _no_date(text)
        at = match.end()
        number, ordinal, word, dash = match.groups()
        side = sides[-1]
        if dash:
            if not side and len(sides) == 1:
                raise _no_date(text)
            sides.append({})
        elif number is not None:
            value = int(number)
            if len(number) == 4 and not ordinal:
                _put(side, "year", value, text)
            elif len(number) <= 2 and "quarter-mark" in side and "quarter" not in side:  # Q3
                _put(side, "quarter", value, text)
            elif len(number) <= 2 and 1 <= value <= 31:
                _put(side, "day", value, text)
            else:
                raise _no_date(text)
            pending = value
            continue
        elif word in _MONTHS:
            _put(side, "month", _MONTHS[word], text)
        elif word in _SEASONS:
            _put(side, "quarter", _SEASONS[word], text)
        elif word in _QUARTER_WORDS:
            side["quarter-mark"] = 1
            if pending is not None and side.pop("day", None) is not None:  # 3rd Quarter
                _put(side, "quarter", pending, text)
        elif word not in ("of", "the"):
            raise _no_date(text)
        pending = None
    if lowered[at:].strip() or len(sides) > 2 or not all(sides):
        raise _no_date(text)
    return [_side(side, text) for side in sides]


def _put(side: dict[str, int], name: str, value: int, text: str) -> None:
    if name in side:
        raise _no_date(text)
    side[name] = value


def _side(side: dict[str, int], text: str) -> _Side:
    quarter, month = side.get("quarter"), side.get("month")
    if quarter is None:
        if "quarter-mark" in side:
            raise _no_date(text)
        return side.get("year"), month, month, side.get("day")
    if not 1 <= quarter <= 4 or month is not None or "day" in side:
        raise _no_date(text)
    return side.get("year"), 3 * quarter - 2, 3 * quarter, None


def _date(
    year: int | None,
    first: int | None,
    last: int | None,
    day: int | None,
    evidence: Evidence,
    text: str,
) -> DocDate:
    if year is None:
        message = f"{text!r} has no year."
        raise DataError(message)
    if first is None or last is None:
        if day is not None:
            raise _no_date(text)
        return make_date(year, None, None, Precision.YEAR, evidence)
    if day is not None:
        return make_date(year, first, day, Precision.DAY, evidence)
    return _months(year, first, last, evidence)


def _no_date(text: str) -> DataError:
    return DataError(
        f"{text!r} is not a date in a form that is known; write it as YYYY, YYYY-MM or YYYY-MM-DD."
    )
