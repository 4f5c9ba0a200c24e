"""Dates of which each is read by itself, since no column is there to decide between readings."""

from __future__ import annotations

from contextlib import suppress

from trends.errors import DataError
from trends.sources.dates.column import DateColumn, Dated
from trends.sources.dates.rules import DateRules

_CACHED = 20_000


class EachAlone(DateColumn):
    """A column of which each cell is read as if it were the only one.

    What only one reading explains is read, and so are the forms of ISO 8601; a cell that can be
    read in two ways stays open, whatever others say, unless the rules decide.

    Parameters
    ----------
    rules : DateRules
        What the user said.
    name : str
        How messages call the column.

    Examples
    --------
    >>> column = EachAlone(DateRules())
    >>> column.read("25.12.2019").date.written
    '2019-12-25'
    >>> column.read("05.12.2019").problem[:45]
    "'05.12.2019' can be read in more than one way"
    """

    def __init__(self, rules: DateRules, name: str = "") -> None:
        super().__init__(rules, name)
        self._read: dict[str, Dated] = {}

    def read(self, text: str) -> Dated:
        """The date of one cell."""
        found = self._read.get(text)
        if found is None:
            column = DateColumn(self.rules, self.name)
            column.look(text)
            with suppress(DataError):
                column.settle()
            found = column.read(text)
            if len(self._read) >= _CACHED:
                self._read.clear()
            self._read[text] = found
        return found
