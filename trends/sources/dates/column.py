"""A column of dates, judged as a whole: one reading for all cells of a form, or none.

The first pass (:meth:`DateColumn.look`) counts, for each form, how many cells each reading explains
and how many contradict it. :meth:`DateColumn.settle` keeps the readings that no cell contradicts;
where several are left that would date a cell differently, the column is refused. The second pass
(:meth:`DateColumn.read`) dates cells by what was settled.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from trends.core.dates import DocDate, Precision
from trends.core.wording import plural
from trends.errors import DataError
from trends.sources.dates import words
from trends.sources.dates.reading import whole_year
from trends.sources.dates.rules import DateRules
from trends.sources.dates.written import EMPTY, NO_FORM, Written, parse

#: More than this part of the cells unread or undecided is said (or refused).
MANY = 0.03
#: Cells that contradict a reading are errors of typing if so many times as many decide for it.
CLEARLY = 20
#: Forms that are counted one by one; a column of free text has as many as cells.
MOST_FORMS = 200
_CACHED = 20_000
OTHER = "(other forms)"
#: The choice for years with decimals (2019.08, 2019.25), of which some look like months.
DECIMAL = "decimal"

#: What is wrong with a cell that is open, as its problem says.
TWO_WAYS = "can be read in more than one way"

Groups = tuple[tuple[str, ...], ...]

#: What a reading is called in messages.
CALLED = {
    "DMY": "day-month-year",
    "MDY": "month-day-year",
    "YMD": "year-month-day",
    "YDM": "year-day-month",
    "YM": "year and month",
    "MY": "month and year",
    "Y": "a year",
    "YDDD": "year and day of the year",
    "fiscal": "a fiscal or academic year",
    "years": "a range of years",
    "season": "a season (EDTF)",
    "decade": "a decade",
    "century": "a century",
    "MD": "a day without a year",
}


@dataclass
class _Form:
    """What is known about the cells of one form."""

    example: str = ""
    cells: int = 0
    groups: Counter[Groups] = field(default_factory=Counter)
    open_example: str = ""
    choice: str = ""

    @property
    def keys(self) -> set[str]:
        """All readings that some cell allows."""
        return {key for groups in self.groups for group in groups for key in group}

    @property
    def open(self) -> int:
        """Cells that several readings date differently."""
        return sum(n for groups, n in self.groups.items() if len(groups) > 1)

    def misses(self, keys: Collection[str]) -> Counter[str]:
        """Cells that a reading does not explain, though another one of ``keys`` does."""
        found: Counter[str] = Counter(dict.fromkeys(keys, 0))
        for groups, n in self.groups.items():
            explain = {key for group in groups for key in group}.intersection(keys)
            if explain:
                found.update({key: n for key in keys if key not in explain})
        return found

    def differ(self, keys: Collection[str]) -> bool:
        """Whether some cell has another date by one of these readings than by another one."""
        return any(
            sum(1 for group in groups if set(group) & set(keys)) > 1 for groups in self.groups
        )


@dataclass(frozen=True, slots=True)
class Dated:
    """A cell: its date, the row of the table of forms, and why it has no (finer) date."""

    date: DocDate | None
    form: str
    problem: str = ""
    marks: frozenset[str] = frozenset()


class DateColumn:
    """The texts of a column of dates.

    Parameters
    ----------
    rules : DateRules
        What the user said.
    name : str
        How messages call the column.
    """

    def __init__(self, rules: DateRules, name: str = "") -> None:
        self.rules, self.name = rules, name
        self.languages: Collection[str] = ()
        #: Cells that the order of most others does not explain.
        self.mixed = 0
        self._forms: dict[str, _Form] = {}
        self._spoken: Counter[frozenset[str]] = Counter()
        self._parsed: dict[str, Written] = {}

    def _parse(self, text: str) -> Written:
        found = self._parsed.get(text)
        if found is None:
            if len(self._parsed) >= _CACHED:
                self._parsed.clear()
            found = self._parsed[text] = parse(text, self.rules, self.languages)
        return found

    def look(self, text: str) -> None:
        """Count one cell."""
        found = self._parse(text)
        if found.form == EMPTY:
            return
        key = found.form
        if key not in self._forms and len(self._forms) >= MOST_FORMS:
            key = OTHER
        form = self._forms.setdefault(key, _Form(text.strip()[:40]))
        form.cells += 1
        groups = _groups(found.plausible(self.rules))
        if groups:
            form.groups[groups] += 1
        if len(groups) > 1 and not form.open_example:
            form.open_example = text.strip()[:40]
        if found.words and len(self._spoken) < MOST_FORMS:
            self._spoken[found.words] += 1

    def settle(self) -> None:
        """Choose one reading for each form.

        Raises
        ------
        DataError
            If more than a few cells can be read in two ways.
        """
        self._settle_language()
        for key, form in self._forms.items():
            if key == "YYYY.N" and form.cells - form.groups.total() > MANY * form.cells:
                form.choice = DECIMAL
        forms = [f for f in self._forms.values() if f.groups]
        self._settle_order(forms)
        days = any("YMD" in f.keys and key.startswith("YYYY-N-N") for key, f in self._forms.items())
        for form in forms:
            if not form.choice:
                form.choice = self._choose(form, days)
        undecided = [f for f in forms if f.open and not f.choice]
        n, cells = sum(f.open for f in undecided), sum(f.cells for f in self._forms.values())
        if n > MANY * cells:
            raise DataError(self._two_ways(undecided, n, cells))

    def _settle_language(self) -> None:
        """Languages that know all names of months, if one of these is two months."""
        spoken = set().union(*self._spoken)
        if any(len(words.months(word)) > 1 for word in spoken):
            self.languages = set.intersection(*(words.languages(word) for word in spoken))
            self._parsed.clear()

    def _settle_order(self, forms: list[_Form]) -> None:
        """One order of day and month for the whole column."""
        both = [f for f in forms if {"DMY", "MDY"} <= f.keys]
        if self.rules.order:
            key = self.rules.order.upper()
            for form in forms:
                misses = form.misses(form.keys)
                if key in misses and (not misses[key] or 0 not in misses.values()):
                    form.choice = key
            return
        pooled: Counter[str] = Counter()
        for form in both:
            pooled += form.misses(("DMY", "MDY"))
        pooled = Counter({key: pooled[key] for key in ("DMY", "MDY")})
        self.mixed = min(pooled.values())
        if key := _clear(pooled, sum(f.cells for f in both)):
            for form in both:
                rest = form.keys - {"DMY", "MDY"}
                form.choice = _clear(form.misses({key, *rest}), form.cells) if rest else key

    def _choose(self, form: _Form, days: bool) -> str:
        keys = form.keys
        if self.rules.fiscal_year is not None and "fiscal" in keys:
            return "fiscal"
        if days and "YM" in keys:
            return "YM"
        misses = form.misses(keys)
        if "YDM" in keys:
            # ISO 8601: a year before two numbers is followed by the month, unless several cells
            # say otherwise and none agrees.
            if misses["YDM"] or not misses["YMD"]:
                return "YMD"
            return "YDM" if misses["YMD"] >= 3 else ""
        if choice := _clear(misses, form.cells):
            return choice
        alive = [key for key in keys if misses[key] == min(misses.values())]
        if misses[alive[0]] * CLEARLY > form.cells:
            return ""
        # ISO 8601: what may be a year and a month is that, unless it may be a fiscal year.
        if "YM" in alive and set(alive) <= {"YM", "season", "years"}:
            return "YM"
        return "" if form.differ(alive) else min(alive)

    def _two_ways(self, forms: list[_Form], n: int, cells: int) -> str:
        first = max(forms, key=lambda f: f.open)
        groups = max((g for g in first.groups if len(g) > 1), key=lambda g: first.groups[g])
        ways = [CALLED.get(group[0], group[0]) for group in groups]
        keys = {key for group in groups for key in group}
        where = f"The column {self.name!r}: " if self.name else ""
        return (
            f"{where}{n:,} of {plural(cells, 'date')} can be read in more than one way, such as "
            f"{first.open_example!r} ({' or '.join(ways)}), and no other cell of the column "
            f"decides. {_remedy(keys)}"
        )

    def read(self, text: str) -> Dated:
        """The date of one cell, by the reading that was settled."""
        found = self._parse(text)
        choice = self._forms[found.form].choice if found.form in self._forms else ""
        if choice == DECIMAL and "YM" in found.readings:
            why = f"{text.strip()[:60]!r} may be a decimal year; only the year is kept."
            date = found.readings["YM"].date
            return Dated(whole_year(date.first.year) if date else None, found.form, why)
        if choice != "YDM" and "YDM" in found.readings:
            # A year first is followed by the month, unless the column says otherwise.
            rest = {key: each for key, each in found.readings.items() if key != "YDM"}
            found = replace(found, readings=rest, problem=NO_FORM)
        if not found.readings:
            why = f"{text.strip()[:60]!r} {found.problem or NO_FORM}."
            return Dated(None, found.form, "" if found.form == EMPTY else why, found.marks)
        plausible = found.plausible(self.rules)
        if self.rules.order and choice not in found.readings:
            choice = ""
        if choice in found.readings and (choice in plausible or self.rules.order):
            return self.dated(text, found, choice)
        groups = _groups(plausible)
        if len(groups) == 1:
            return self.dated(text, found, groups[0][0])
        if len(groups) > 1:
            return self._undecided(text, found, groups)
        whole = [key for key, each in found.readings.items() if not each.rest]
        key = choice if choice in found.readings else (whole or list(found.readings))[0]
        if not whole and not choice and len(found.readings) > 1:
            return self._undecided(text, found, tuple((k,) for k in found.readings))
        return self.dated(text, found, key)

    def dated(self, text: str, found: Written, key: str) -> Dated:
        """A cell by one of its readings."""
        reading = found.readings[key]
        form = shown(found.form, key)
        if reading.date is None:
            return Dated(None, form, f"{text.strip()[:60]!r} has no year.", found.marks)
        why = f"{text.strip()[:60]!r}: {reading.rest}." if reading.rest else ""
        return Dated(reading.date, form, why, found.marks)

    def _undecided(self, text: str, found: Written, groups: Groups) -> Dated:
        """What all readings have in common: a month, a year, or nothing."""
        dates = [found.readings[group[0]].date for group in groups]
        ways = " or ".join(CALLED.get(group[0], group[0]) for group in groups)
        why = f"{text.strip()[:60]!r} {TWO_WAYS}, {ways}"
        common = _common([d for d in dates if d is not None]) if None not in dates else None
        kept = f"; {common.written} is kept." if common is not None else "."
        return Dated(common, found.form, why + kept, found.marks)


def _groups(plausible: Mapping[str, DocDate | None]) -> Groups:
    """Readings that give the same date, together."""
    by: dict[DocDate | None, list[str]] = {}
    for key, date in plausible.items():
        by.setdefault(date, []).append(key)
    return tuple(sorted(tuple(sorted(keys)) for keys in by.values()))


def _clear(misses: Mapping[str, int], cells: int) -> str:
    """The reading that explains (nearly) all cells, where others do not; empty if none does."""
    order = sorted(misses, key=lambda key: (misses[key], key))
    if len(order) == 1:
        return order[0] if misses[order[0]] * CLEARLY <= cells else ""
    if not order or misses[order[0]] == misses[order[1]]:
        return ""
    least = misses[order[0]]
    return order[0] if least * CLEARLY <= min(cells, misses[order[1]]) else ""


def _common(dates: Collection[DocDate]) -> DocDate | None:
    """The month or year in which all dates lie."""
    for size, precision in ((7, Precision.MONTH), (4, Precision.YEAR)):
        units = {day.isoformat()[:size] for d in dates for day in (d.first, d.last)}
        if len(units) == 1 and dates:
            first = min(d.first for d in dates)
            month = first.month if precision is Precision.MONTH else 1
            return DocDate(first.replace(month=month, day=1), precision)
    return None


def _remedy(keys: Collection[str]) -> str:
    if "fiscal" in keys:
        return (
            "Say in which month its fiscal or academic years begin, such as --fiscal-year 7 "
            "(fiscal_year=7; 0 keeps all of both years), or how dates are written: --date-format "
            "%Y-%m."
        )
    if "YM" in keys:
        return "Say how dates are written, such as --date-format %Y%m (date_format=…)."
    if "DMY" in keys and ("MDY" in keys or "YMD" in keys):
        return "Say which is meant: --date-order dmy, mdy or ymd (date_order=…)."
    if "MD" in keys:
        return "Say how dates are written, such as --date-format %b-%y (date_format=…)."
    if "decade" in keys:
        return "Write decades as ranges, such as 1900/1909, and centuries as 1900/1999."
    return "Say how dates are written, such as --date-format %Y%m%d (date_format=…)."


def shown(form: str, key: str) -> str:
    """A form with the parts that its numbers were read as: DD.MM.YYYY for N.N.YYYY."""
    if key == "YDDD":
        return form.replace("9999999", "YYYYDDD").replace("YYYY-999", "YYYY-DDD")
    if not re.fullmatch(r"[DMY]{1,3}", key):
        return form
    if match := re.match(r"9{6,14}", form):
        two = len(match[0]) == 6 and len(key) == 3
        made = "".join("YYYY" if c == "Y" and not two else c * 2 for c in key)
        return (made + "hhmmss"[: len(match[0]) - 8])[-14:] + form[match.end() :]
    letters = [
        c for c in key if not (c == "Y" and "YYYY" in form) and not (c == "M" and "Month" in form)
    ]
    parts = iter(letters)
    return (
        re.sub(r"N", lambda _: next(parts, "N") * 2, form.replace("Month", "\0"))
        .replace("\0", "Month")
        .replace("NN", "N")
    )
