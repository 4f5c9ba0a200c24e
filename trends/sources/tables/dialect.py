"""How a table is written: what the user says of it; the rest is found out from its first rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trends.errors import UsageError
from trends.sources.io import encodings

#: How quotes inside of cells are written: twice, after a backslash, or as they are, since no cell
#: is quoted.
QUOTING = ("double", "backslash", "none")
#: Rows in which the header is looked for.
MOST_BEFORE = 30


@dataclass(frozen=True)
class Dialect:
    """How a table is written, as far as the user knows it.

    Parameters
    ----------
    delimiter, encoding : str
        Of CSV; found out by evidence if empty.
    quoting : str
        One of :data:`QUOTING`; found out by evidence if empty.
    sheet : str
        Worksheet of an Excel file that has several.
    header_row : int
        Number of the line (of the row, in Excel) that names the columns, from 1; 0 to find it.
    skip_rows : int
        Lines before that one: another way to say the same.
    records : str
        Of JSON: where the records lie in an object, by names of fields with dots between.

    Raises
    ------
    UsageError
        If a value cannot be one.
    """

    delimiter: str = ""
    encoding: str = ""
    quoting: str = ""
    sheet: str = ""
    header_row: int = 0
    skip_rows: int = 0
    records: str = ""

    def __post_init__(self) -> None:
        if self.delimiter and (len(self.delimiter) != 1 or self.delimiter in '"\r\n'):
            message = f"The delimiter is one character, such as ',' or ';'; got {self.delimiter!r}."
            raise UsageError(message)
        if self.quoting not in ("", *QUOTING):
            message = f"quoting is one of {', '.join(QUOTING)}; got {self.quoting!r}."
            raise UsageError(message)
        for option in ("header_row", "skip_rows"):
            value = getattr(self, option)
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                message = f"{option} is a whole number, 0 or more; got {value!r}."
                raise UsageError(message)
        if self.header_row and self.skip_rows not in (0, self.header_row - 1):
            message = (
                f"header_row = {self.header_row} and skip_rows = {self.skip_rows} contradict each "
                "other; give one of them."
            )
            raise UsageError(message)
        if self.encoding:
            encodings.named(self.encoding)

    @property
    def before(self) -> int | None:
        """Lines before the header, if the user says so."""
        return self.header_row - 1 if self.header_row else self.skip_rows or None


def header_at(rows: Sequence[Sequence[Any]], named: Sequence[str]) -> int:
    """Which of the first rows names the columns.

    Parameters
    ----------
    rows : sequence of sequence
        Cells of the first rows.
    named : sequence of str
        Columns that the user named.

    Returns
    -------
    int
        The first row with all of these names; without such a row, or names, the first that is as
        wide as most rows: what exporters put before a header is narrower.
    """
    cells = [["" if c is None else str(c).strip() for c in row] for row in rows]
    if named:
        for i, row in enumerate(cells[:MOST_BEFORE]):
            if set(named) <= set(row):
                return i
    widths = [len(row) for row in cells if any(row)]
    usual = Counter(widths).most_common(1)[0][0] if widths else 0
    return next((i for i, row in enumerate(cells[:MOST_BEFORE]) if len(row) >= usual > 1), 0)


def passed_over(name: str, rows: Sequence[str]) -> list[str]:
    """The sentence about rows before the header, if there are any."""
    if not rows:
        return []
    more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    first = " ".join(rows[0].split())[:80]
    return [f"{name}: rows before the names of the columns were passed over: {first!r}{more}."]
