"""What forms the dates of a column had, how many each, and what a user should know about them."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from trends.core.wording import listed, plural
from trends.sources.dates.column import MANY, MOST_FORMS, OTHER, Dated
from trends.sources.dates.rules import DateRules
from trends.sources.dates.written import EMPTY

#: Cells of a year from which on the part of them without a date is looked at.
ENOUGH = 10
#: Points by which the part without a date may differ between years.
UNEVEN = 0.1
_YEAR = re.compile(r"(?<![0-9])(1[5-9][0-9]{2}|20[0-9]{2})(?![0-9])")


class DateForms:
    """Counts of the forms of a column.

    Parameters
    ----------
    rules : DateRules
        By which the dates were read.
    name : str
        Of the column.
    """

    def __init__(self, rules: DateRules, name: str = "") -> None:
        self.rules, self.name = rules, name
        #: Cells with day and month in another order than the most.
        self.mixed = 0
        self._counts: Counter[tuple[str, str]] = Counter()
        self._examples: dict[tuple[str, str], str] = {}
        self._marks: Counter[str] = Counter()
        self._years: dict[bool, Counter[int]] = {True: Counter(), False: Counter()}
        self._months: Counter[int] = Counter()
        self._coarse: Counter[str] = Counter()

    def count(self, dated: Dated, text: str) -> None:
        """Count one cell."""
        date, whole = dated.date, not dated.problem
        read_as = "undated" if date is None else date.precision.value
        if dated.form == EMPTY:
            read_as = "nothing"
        key = (dated.form, f"{read_as} only" if date is not None and not whole else read_as)
        if key not in self._counts and len(self._counts) >= MOST_FORMS:
            key = (OTHER, key[1])
        self._counts[key] += 1
        self._examples.setdefault(key, text.strip()[:40])
        self._marks.update(dated.marks)
        if dated.form == EMPTY:
            return
        if whole and date is not None:
            self._years[True][date.first.year] += 1
            if date.precision.value in ("day", "month"):
                self._months[date.first.month] += 1
        elif match := _YEAR.search(text):
            self._years[False][int(match[0])] += 1

    def rows(self) -> list[dict[str, Any]]:
        """The table: form, how it was read, how many dates, an example, an option that may help."""
        return [
            {
                "column": self.name,
                "form": form,
                "read_as": read_as,
                "dates": n,
                "example": self._examples[form, read_as],
                "option": self._option(form, read_as),
            }
            for (form, read_as), n in self._counts.most_common()
        ]

    @property
    def stated(self) -> int:
        """Cells that state something."""
        return sum(n for (form, _), n in self._counts.items() if form != EMPTY)

    def _option(self, form: str, read_as: str) -> str:
        if read_as != "undated":
            return ""
        for pattern, option in (
            (r"9{5}(?:\.\w+)?\Z", "--date-unit excel"),
            (r"9{10}(?:\.\w+)?\Z", "--date-unit s"),
            (r"9{13}\Z", "--date-unit ms"),
            (r"9{16}\Z", "--date-unit us"),
            (r"9{19}\Z", "--date-unit ns"),
            (r"999\Z", "--earliest 100"),
            (r"N[-./ ]N\Z", "--date-format %m/%y"),
        ):
            if re.match(pattern, form):
                return option
        return "--date-format" if re.search(r"N|YYYY|9", form) or form == OTHER else ""

    def sentences(self) -> list[str]:
        """What a user should know, with counts and options."""
        n = self.stated
        said = []
        for kind, what in (
            ("undated", "could not be read"),
            (" only", "could be read only in part (the year or month is kept)"),
        ):
            rows = [row for row in self.rows() if row["read_as"].endswith(kind)]
            k = sum(row["dates"] for row in rows)
            if k and k > MANY * n:
                forms = [
                    f"{row['dates']:,} of the form {row['form']} (such as {row['example']!r}"
                    + (f"; {row['option']} may help)" if row["option"] else ")")
                    for row in rows
                ]
                said.append(f"{k:,} of {plural(n, 'date')} ({k / n:.0%}) {what}: {listed(forms)}.")
        if uneven := self._uneven():
            said.append(uneven)
        if self.mixed:
            said.append(
                f"In {plural(self.mixed, 'date')} day and month stand in another order than in the "
                "most; each was read in the only way in which it can be. --date-order says which "
                "order holds."
            )
        said += self._marked()
        return said

    def _marked(self) -> list[str]:
        marks, rules = self._marks, self.rules
        said = []
        if k := marks["zone"]:
            said.append(f"{k:,} dates state a time zone; their day is that in {rules.zone}.")
        if k := marks["century"]:
            said.append(
                f"{k:,} dates have years of two digits, read as {rules.pivot} to "
                f"{rules.pivot + 99}; --pivot says another first year."
            )
        if k := marks["about"]:
            said.append(f"{k:,} dates are marked as not sure (c., ?); they are taken as written.")
        if rules.fiscal_year is not None:
            said.append(
                "Fiscal years are read as both calendar years."
                if not rules.fiscal_year
                else f"Fiscal years begin in month {rules.fiscal_year}; one with a single number "
                "is called after the year in which it ends."
            )
        return said

    def _uneven(self) -> str:
        """Years or months in which dates are missing much more often than in others."""
        read, unread = self._years[True], self._years[False]
        total = {year: read[year] + unread[year] for year in read.keys() | unread.keys()}
        part = {year: unread[year] / k for year, k in total.items() if k >= ENOUGH}
        if len(part) > 1 and max(part.values()) - min(part.values()) >= UNEVEN:
            worst = max(sorted(part), key=lambda year: part[year])
            return (
                f"Dates that cannot be read are not spread evenly: {part[worst]:.0%} of those of "
                f"{worst}, {min(part.values()):.0%} elsewhere. Trends would follow what is missing."
            )
        dated = sum(self._months.values())
        absent = [month for month in range(1, 13) if not self._months[month]]
        if unread.total() and absent and dated >= 12 * ENOUGH:
            return (
                f"Among {dated:,} dates that were read, none lies in month "
                f"{listed([str(m) for m in absent])}; dates that were not read may do so."
            )
        return ""
