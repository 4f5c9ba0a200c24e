"""The common form of every kind of table: its columns, and its rows one after the other."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trends.sources.records.record import Dropped, Place

#: A table with more columns than this is not one of documents.
MAX_COLUMNS = 16_384
#: Longest text of one cell, in characters; a book has a million.
MAX_CELL = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands, and its cells by column."""

    place: Place
    cells: Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """An opened table.

    Parameters
    ----------
    name : str
        How messages and counts call it: the name of the file, or ``table 1`` for one that is in
        memory.
    columns : tuple of str
        Names in the order of the table. For JSON lines those of the first records.
    rows : callable
        ``rows(columns)`` yields every row, with the named columns at least.
    sample : sequence of mapping
        The first rows, for messages about columns.
    nested : mapping of str to str
        Columns that hold lists or structures, with their type; they cannot be read.
    open_ended : bool
        Whether later rows may have columns that the first have not.
    said : list of str
        Sentences for the user about how the table was taken; complete when all rows were read.
    repeated : frozenset of str
        Names that several columns have; the second is called ``name (2)``.
    hint : str
        What to say where a column is not there.
    """

    name: str
    columns: tuple[str, ...]
    rows: Callable[[Sequence[str]], Iterator[Row | Dropped]]
    sample: Sequence[Mapping[str, Any]] = ()
    nested: Mapping[str, str] | None = None
    open_ended: bool = False
    said: list[str] = field(default_factory=list)
    repeated: frozenset[str] = frozenset()
    hint: str = ""

    def listed(self, most: int = 60) -> str:
        """A sentence that names the columns."""
        shown = ", ".join(self.columns[:most])
        more = len(self.columns) - most
        return f"Its columns: {shown}{f' and {more:,} more' if more > 0 else ''}."


def distinct(names: Iterable[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Names of columns, numbered where they repeat (``note (2)``), and those that do."""
    seen: dict[str, int] = {}
    out: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(out), frozenset(name for name, n in seen.items() if n > 1)


def scalar(value: Any) -> Any:
    """A cell as Python's own kind of value: numpy scalars, decimals and the like are unpacked."""
    if value is None or type(value) in (str, int, float, bool):
        return value
    if isinstance(value, decimal.Decimal):
        if not value.is_finite():
            return None
        return (
            int(value)
            if value == value.to_integral_value() and abs(value) < 2**63
            else float(value)
        )
    if (
        type(value).__module__ == "numpy"
        and hasattr(value, "item")
        and getattr(value, "ndim", 1) == 0
    ):
        # Nanoseconds would become a number.
        return (value.astype("datetime64[us]") if value.dtype.kind == "M" else value).item()
    return value
