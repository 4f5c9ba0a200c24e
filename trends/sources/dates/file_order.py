"""Dates in numbers of a bibliographic file: its records as a whole say whether the day comes first.

Records are parsed one at a time, each by itself. While they are, :meth:`FileOrder.over` makes the
file known to :mod:`trends.sources.dates.alone`, which shows it every date that two orders explain.
If other records decide, the file is read once more, and such dates by what was settled.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from contextvars import ContextVar
from typing import TypeVar

from trends.core.wording import plural
from trends.errors import DataError
from trends.sources.dates.column import DateColumn, Dated
from trends.sources.dates.rules import DateRules
from trends.sources.dates.written import Written

T = TypeVar("T")
_ORDERS = frozenset(("DMY", "MDY"))
_FILE: ContextVar[FileOrder | None] = ContextVar("file", default=None)


class FileOrder:
    """What the dates of one file say about their order.

    Parameters
    ----------
    name : str
        How messages call the file.
    order : {"", "dmy", "mdy", "ymd"}
        As the user said.
    """

    def __init__(self, name: str = "", order: str = "") -> None:
        self.name, self.order = name, order
        self._columns: dict[DateRules, DateColumn] = {}
        #: Dates that can be read in two ways, one of them, and whether this was settled.
        self.open, self.example, self.settled = 0, "", bool(order)

    def over(self, records: Iterator[T]) -> Iterator[T]:
        """The records, each parsed while the file is known."""
        while True:
            before = _FILE.set(self)
            try:
                found = next(records, None)
            finally:
                _FILE.reset(before)
            if found is None:
                return
            yield found

    def settle(self) -> bool:
        """Whether the records decide about dates that can be read in two ways."""
        if self.settled or not self.open:
            return False
        try:
            for column in self._columns.values():
                column.settle()
        except DataError:
            return False
        self.settled = True
        return True

    def sentence(self) -> str:
        """What a user should know, with the option that helps; empty if nothing is open."""
        if self.settled or not self.open:
            return ""
        return (
            f"{self.name}: {plural(self.open, 'date')} such as {self.example!r} can be read with "
            "the day or the month first, and the other records do not decide; what both have in "
            "common is kept. --date-order says which is meant."
        )

    def read(self, text: str, found: Written, rules: DateRules) -> Dated | None:
        """A date by the order of the file; ``None`` where none is settled or it has no say."""
        if not _ORDERS & found.readings.keys():
            return None
        if self.order:  # what the user said holds for each date by itself
            column = DateColumn(rules)
            column.look(text)
            with suppress(DataError):
                column.settle()
            return column.read(text)
        column = self._columns.setdefault(rules, DateColumn(rules))
        if self.settled:
            return column.read(text)
        column.look(text)
        if len(set(found.plausible(rules).values())) > 1:
            self.open += 1
            self.example = self.example or text.strip()[:40]
        return None


def of_file() -> FileOrder | None:
    """The file whose records are being parsed."""
    return _FILE.get()
