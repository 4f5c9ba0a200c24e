"""One date as it is written: its form, and every reading that this form allows.

Readings have keys, by which a column chooses one for all of its cells: ``DMY``, ``MDY`` and so on
for the order of parts, ``years`` and ``fiscal`` for 2019-20, and others.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from trends.core.dates import DocDate, Precision, day_of, range_date
from trends.errors import DataError
from trends.sources.dates import clock, numbers, words
from trends.sources.dates.named import named
from trends.sources.dates.reading import Reading, days, whole_year
from trends.sources.dates.rules import DateRules

#: Longer texts are no dates.
MAX_LENGTH = 80
#: The form of a cell in which nothing is stated.
EMPTY = "(no date stated)"
NO_FORM = "is not a date in a form that is known"

_SIGNS = str.maketrans("–—‐‑−’‘`´年،、", "-----''''年,,", '"“”«»[](){}<>*\u200e\u200f\u200b\ufeff')
# Months, days and years that a sign or a word marks: 5月, 5월, tháng 5, 18日, 2021年.
_MONTH_SIGN = re.compile(r"([0-9]{1,2})\s?[月월]|\b(?:thang|thg)\s?([0-9]{1,2})(?:,?\snam\b)?")
_SIGN = re.compile(r"(?<=[0-9])\s?[年년日号號일]")
_NUMERALS = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]
_ROMAN = re.compile(
    rf"\A([0-9]{{1,2}})[-./ ] ?({'|'.join(_NUMERALS)})[-./ ] ?([0-9]{{4}})\b"
    r"|\A([0-9]{4})m([0-9]{1,2})\Z"
)
#: Milliseconds since 1970, as older services of Microsoft write them.
_DOTNET = re.compile(r"/Date\((-?[0-9]{1,13})(?:[+-][0-9]{4})?\)/\Z")
#: What says that a date is not sure, before it.
_ABOUT = re.compile(r"(?<![^\s.,])(?:c|ca|circa|approx|about|around)\.?\s?(?=[0-9])|~")
_DECADE = re.compile(r"(?:the )?([0-9]{3}0)\s?'?(?:s|er)\Z|([0-9]{3})[-xu?_]\??\Z")
_CENTURY = re.compile(r"([0-9]{2})(?:--|xx|uu|\?\?)\??\Z")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_LINK = re.compile(r"\s(?:to|until|till|through|bis|and|or)\s|\s?(?:--|\.\.)\s?|\s-\s")
#: 2021-22 and 2021- say more than their first year.
_TWO_YEARS = re.compile(r"[0-9]{4}\s?[-/]\s?(?:[0-9]{1,2}(?![-/0-9])|\Z)")
_YEAR = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9]|'?s\b|er\b)")


@dataclass(frozen=True, slots=True)
class Written:
    """A date as it is written.

    Parameters
    ----------
    form : str
        What it looks like: ``N.N.YYYY``; the same for all dates that are written alike.
    readings : mapping of str to Reading
        By key; empty where nothing can be read.
    problem : str
        Why there is no reading; empty where nothing is stated.
    marks : frozenset of str
        ``zone`` (a time zone is stated), ``about`` (the date is not sure), ``century`` (the year
        has two digits).
    words : frozenset of str
        Names of months of which the language matters.
    """

    form: str
    readings: Mapping[str, Reading] = field(default_factory=dict)
    problem: str = ""
    marks: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    def plausible(self, rules: DateRules) -> dict[str, DocDate | None]:
        """Readings without a rest whose day may be meant; those without a year are among them."""
        return {
            key: each.date
            for key, each in self.readings.items()
            if not each.rest and (each.date is None or rules.plausible(each.date.first))
        }


def parse(text: str, rules: DateRules, languages: Collection[str] = ()) -> Written:
    """All readings of a text.

    Parameters
    ----------
    text : str
        One cell.
    rules : DateRules
        Pivot, fiscal years and zone are taken from it; order and limits are left to the column.
    languages : collection of str
        Languages of the column, where they are known.
    """
    found = _clean(text)
    if found in words.NOTHING or not found:
        return Written(EMPTY)
    if len(found) > MAX_LENGTH:
        return Written("(long text)", {}, "is too long for a date")
    if match := _DOTNET.match(text.strip()):
        moment = _EPOCH + dt.timedelta(milliseconds=int(match[1]))
        day = Reading(DocDate(day_of(moment, rules.zone)))
        return Written("/Date(ms)/", {"ms": day}, "", frozenset(("zone",)))
    if _ISO.match(found):
        return Written("YYYY-N-N", numbers.parts(found.split("-"), "-", rules))
    try:
        return _split(found, rules, languages) or _moment(found, rules, languages)
    except DataError as error:
        return Written(_form(found), {}, f"is not a date: {str(error).rstrip('.')}")


def _clean(text: str) -> str:
    if len(text) > 4 * MAX_LENGTH:
        return text[: MAX_LENGTH + 1]
    found = unicodedata.normalize("NFKC", text)
    if not found.isascii():
        found = "".join(
            str(unicodedata.decimal(c)) if c.isdecimal() and not c.isascii() else c for c in found
        )
    found = re.sub(r"(:[0-9]{2}.*)\([^()]*\)\s*\Z", r"\1", found)  # the name of a zone
    found = re.sub(r"(?<=[0-9zZ])\[([A-Za-z_/]+)\]", r" \1", found)
    found = " ".join(words.plain(found).translate(_SIGNS).split())
    if found.endswith(("//", "/")) and re.fullmatch(r"[0-9]{4}(//|/[0-9]{1,2}/)", found):
        found = found.rstrip("/")  # 2014//, 2014/05/ of RIS
    found = _ROMAN.sub(_roman, found)
    found = re.sub(
        r" ([0-9]{2})\.([0-9]{2})\.([0-9]{2})(?:\.[0-9]+)? (?=[ap]m\b)", r" \1:\2:\3 ", found
    )
    found = re.sub(r"(:[0-9]{2}) ([0-9]{4}) ([+-][0-9]{4})\Z", r"\1 \3 \2", found)  # git
    found = re.sub(r"(?<![:0-9])([0-9]{1,2})\s?([ap])\.?m\b", r"\1:00 \2m", found)  # 5 pm
    found = re.sub(r"\A([0-9]{4}):([0-9]{2}):([0-9]{2})\b", r"\1-\2-\3", found)  # EXIF
    found = re.sub(r"([0-9]{4}):([0-9]{2}:[0-9]{2}:)", r"\1 \2", found)  # logs of servers
    if found.isascii() and "th" not in found:
        return found
    return " ".join(_SIGN.sub(" ", _MONTH_SIGN.sub(_name, found)).split())


def _roman(match: re.Match[str]) -> str:
    """3.IV.2019, and 2019m4 of statistics programs."""
    month = int(match[5]) if match[5] else _NUMERALS.index(match[2]) + 1
    if not 1 <= month <= 12:
        return match[0]
    return f"{match[1] or ''} {calendar.month_abbr[month].lower()} {match[3] or match[4]}".strip()


def _name(match: re.Match[str]) -> str:
    number = int(match[1] or match[2])
    return f" {calendar.month_abbr[number].lower()} " if 1 <= number <= 12 else match[0]


def _form(text: str) -> str:
    """A text with its numbers and words replaced by what they may be."""

    def word(match: re.Match[str]) -> str:
        token = match[0]
        if token.isdecimal():
            n = len(token)
            return "N" if n < 3 else "YYYY" if n == 4 else "9" * min(n, 20)
        if words.months(token):
            return "Month"
        if words.weekday(token) is not None:
            return "Weekday"
        known = words.QUARTERS | words.HALVES | words.WEEKS | words.FISCAL | words.LINKS
        return token if token in known or token in words.SEASONS or len(token) < 4 else "word"

    return re.sub(r"[0-9]+|[^0-9\s.,/_';:+\-]+", word, text)[:40]


def _moment(found: str, rules: DateRules, languages: Collection[str]) -> Written:
    rest, at = clock.take(found)
    unsure = ""
    if at is not None and (zone := clock.unknown_zone(f" {rest}")) and not _known(zone):
        rest = " ".join(rest.replace(zone, " ", 1).split())
        unsure = f"the time zone {zone.upper()!r} is not known; the day is the one that is written"
    one = _day(rest, rules, languages)
    if at is None:
        return one
    form = f"{one.form} hh:mm" + (" zone" if at.zone is not None else "")
    readings = {}
    for key, each in one.readings.items():
        date, note = each.date, each.rest or at.problem or unsure
        if date is not None and date.precision is Precision.DAY and at.at and at.zone:
            moment = dt.datetime.combine(date.first, at.at, at.zone)
            date = DocDate(day_of(moment, rules.zone))
        readings[key] = Reading(date, note)
    marks = one.marks | ({"zone"} if at.zone is not None else set())
    return Written(form, readings, one.problem, marks, one.words)


def _known(word: str) -> bool:
    return bool(words.months(word)) or words.weekday(word) is not None or word in words.SEASONS


def _split(found: str, rules: DateRules, languages: Collection[str]) -> Written | None:
    """The two ends of a range, where each is a date of its own."""
    clocks = clock.count(found)
    if clocks == 1 or words.FISCAL & set(re.findall(r"[a-z]+", found)):
        return None
    for pattern in (_LINK, re.compile("/"), re.compile("-")):
        cuts = list(pattern.finditer(found))
        if len(cuts) != 1:
            continue
        left, right = found[: cuts[0].start()], found[cuts[0].end() :]
        left = re.sub(r"\A(?:between|from)\s", "", left)
        if re.search(r"[0-9]{4}", left) and re.search(r"[0-9]{4}", right):
            return _range(left, right, cuts[0][0], rules, languages)
    return None


def _range(
    left: str, right: str, link: str, rules: DateRules, languages: Collection[str]
) -> Written:
    a, b = _moment(left, rules, languages), _moment(right, rules, languages)
    form, marks = f"{a.form}{link}{b.form}", a.marks | b.marks
    readings, backward = {}, False
    for key, first in a.readings.items():
        last = b.readings.get(key) or (
            next(iter(b.readings.values())) if len(a.readings) == len(b.readings) == 1 else None
        )
        if last is not None and first.date is not None and last.date is not None:
            if last.date.last < first.date.first:
                backward = True
                continue
            date = range_date(first.date.first, last.date.last)
            readings[key] = Reading(date, first.rest or last.rest)
    if link in ("-", "/") and a.form == b.form == "YYYY" and (range_ := readings.get("Y")):
        assert range_.date is not None
        years = range_.date.first.year, range_.date.last.year
        return Written(form, numbers.two_years(*years, rules), "", marks)
    problem = "ends before it begins" if backward else a.problem or b.problem or NO_FORM
    problem = "" if readings else problem
    return Written(form, readings, problem, marks, a.words | b.words)


def _day(rest: str, rules: DateRules, languages: Collection[str]) -> Written:
    """A date without a clock time."""
    marks: set[str] = set()
    rest = " ".join(_ABOUT.sub(_about(marks), rest).split())
    if match := _DECADE.match(rest):
        year = int(match[1] or f"{match[2]}0")
        return Written("YYY0s", numbers.decade(year), "", frozenset(marks))
    if match := _CENTURY.match(rest):
        return Written("YY--", {"century": Reading(days(int(match[1]) * 100, 100))})
    if "?" in rest:
        sure = _day(rest.replace("?", "").strip(" ,"), rules, languages)
        return replace(sure, marks=sure.marks | {"about"})
    whole = re.sub(r"(?<=[0-9])(?:st|nd|rd|th|er|ere|e|eme|o|a|и|го)\b", "", rest)
    whole = re.sub(r"(?<=[0-9])\.?\s(?:г|р|g|r|m|gada)\.?\Z", "", whole)
    rest, named_day = _without_weekday(whole)
    form = _form(rest)
    if in_numbers := numbers.read(rest, rules):
        if re.search(r"(?:\A|[^0-9])[0-9]{2}\Z|\A[0-9]{6}\Z", rest) and "YYYY" not in form:
            marks.add("century")
        known = _on_weekday(in_numbers, named_day) or _only_year(rest)
        return Written(form, known, "", frozenset(marks))
    found = named(rest, rules, languages)
    if not found.readings and not found.problem and re.search(r"[^\W\d_]", rest):
        one_word_each = words.without_phrases(whole)
        if one_word_each != whole:
            return _day(one_word_each, rules, languages)
    marks |= found.marks
    if found.readings or found.problem:
        readings = _on_weekday(found.readings, named_day)
        return Written(form, readings, found.problem, frozenset(marks), found.words)
    return Written(form, _only_year(rest), NO_FORM, frozenset(marks), found.words)


def _about(marks: set[str]) -> Callable[[re.Match[str]], str]:
    def mark(_: re.Match[str]) -> str:
        marks.add("about")
        return ""

    return mark


def _without_weekday(text: str) -> tuple[str, int | None]:
    """A text without the name of a weekday, and its number, -1 if languages differ."""
    tokens = re.findall(r"[^0-9\s.,/_';:+\-]+", text)
    for token in tokens:
        day = words.weekday(token)
        if day is None or token in words.OTHER:
            continue
        # "mar" is Tuesday in French where it stands before a day and another month.
        if words.months(token) and not (
            re.match(rf"{re.escape(token)}[.,]? [0-9]", text)
            and any(words.months(other) for other in tokens[1:])
        ):
            continue
        rest = re.sub(rf"(?<!\w){re.escape(token)}(?!\w)[.,]?", " ", text, count=1)
        return " ".join(rest.split()).strip(" ,"), day
    return text, None


def _on_weekday(readings: Mapping[str, Reading], day: int | None) -> Mapping[str, Reading]:
    """Only days have a weekday; of several those that fall on the one that is named."""
    if day is None:
        return readings
    readings = {
        key: each
        for key, each in readings.items()
        if each.date is not None and each.date.precision is Precision.DAY
    }
    fitting = {
        key: each
        for key, each in readings.items()
        if each.date is not None and not each.rest and each.date.first.weekday() == day
    }
    return fitting or readings


def _only_year(text: str) -> dict[str, Reading]:
    """The year of a text of which nothing else can be read."""
    others = [n for n in re.findall(r"[0-9]+", text) if len(n) != 4]
    years = set(_YEAR.findall(text))
    if len(years) != 1 or any(len(n) > 2 for n in others) or text.startswith("-"):
        return {}
    if _TWO_YEARS.search(text):
        return {}
    if set(re.findall(r"[^\W\d_]+", text)) & (words.BEFORE_OUR_ERA | words.ELSEWHERE):
        return {}
    date = whole_year(int(next(iter(years))))
    return {} if date is None else {"year": Reading(date, "only the year can be read")}
