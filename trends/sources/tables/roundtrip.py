"""The layout of an exported corpus, and the corpus read back from it.

An exported table has the columns of the corpus under their own names, days as ``YYYY-MM-DD``, and
ends with the column ``trends_export``, which holds the version of the layout. In version 1 (all
CSV and TSV of the first release, later those written for spreadsheets) a cell that a spreadsheet
might take for a formula has an apostrophe in front; reading takes it off.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trends.core.corpus import COLUMNS, OBSERVED, Corpus
from trends.errors import DataError, UsageError
from trends.files import sha256
from trends.sources.io.paths import unpacked_name
from trends.sources.records.record import Dropped
from trends.sources.stored import corpus_file
from trends.sources.stored import notes as corpus_notes
from trends.sources.tables.spreadsheet import restore
from trends.sources.tables.table import Row, Table

#: Last column of every exported table; it holds the version of the layout.
MARK = "trends_export"
VERSION = "2"
#: The version in which cells of CSV and TSV are protected from spreadsheets.
PROTECTED = "1"
#: Days about the whole corpus, in columns because a plain table has no other place; there only if
#: they are known.
SPAN = OBSERVED
#: Columns that are text whatever they look like.
TEXT = frozenset({"id", "title", "text", "date_evidence", "source"})


def is_own(columns: Sequence[str]) -> bool:
    """Whether a table was exported by this program, by its header."""
    return MARK in columns and set(COLUMNS) <= set(columns)


def read(tables: Sequence[Table], paths: Sequence[Any], *, name: str | None = None) -> Corpus:
    """The corpus in an exported table.

    Parameters
    ----------
    tables : sequence of Table
        Exactly one.
    paths : sequence
        Its path, or the frame.
    name : str, optional
        How reports call the corpus; by default as the file.

    Raises
    ------
    UsageError
        If several tables are given, or the table is in another version of the layout.
    DataError
        If the table was changed so that it is no corpus any more; the message names the row.
    """
    if len(tables) != 1:
        message = f"An exported corpus is read alone; {len(tables)} were given."
        raise UsageError(message)
    table, path = tables[0], Path(str(paths[0])) if isinstance(paths[0], str | Path) else None
    plain = path is not None and unpacked_name(path.name).endswith((".csv", ".tsv", ".tab"))
    cells: dict[str, list[Any]] = {column: [] for column in table.columns}
    rows = table.rows(table.columns)
    first = next(rows, None)
    written = str(first.cells.get(MARK)) if isinstance(first, Row) else VERSION
    bare = restore if plain and written == PROTECTED else str
    for row in chain([] if first is None else [first], rows):
        if isinstance(row, Dropped):
            message = (
                f"{row.place}: {row.detail or row.reason} The exported corpus {table.name} was "
                "changed; export it again."
            )
            raise DataError(message)
        if str(row.cells.get(MARK)) != written or written not in (PROTECTED, VERSION):
            message = (
                f"{row.place}: {MARK} is {row.cells.get(MARK)!r}; this program reads versions "
                f"{PROTECTED} and {VERSION} of the layout. Export the corpus again."
            )
            raise UsageError(message)
        for column, values in cells.items():
            values.append(_value(row.cells.get(column), column, plain, bare))
    frame = pd.DataFrame({bare(c): _series(c, v) for c, v in cells.items() if c != MARK})
    where = path or Path(table.name)
    for column in ("date", "date_last"):
        if column in frame.columns:
            frame[column] = _days(frame[column], column, where)
    days = {c: _first(frame.pop(c)) for c in SPAN if c in frame.columns}
    span = corpus_notes.stored_span(days, where)
    notes = corpus_notes.stored(None, len(frame), where, sha256(path) if path is not None else "")
    return corpus_file.make(
        frame, where, name=name or table.name.partition(".")[0], notes=notes, **span
    )


def _value(value: Any, column: str, plain: bool, bare: Callable[[str], str]) -> Any:
    if column in TEXT:
        return bare("" if value is None else value)
    if value is None or (plain and not value):
        return None
    return bare(value) if isinstance(value, str) else value


def _series(column: str, values: list[Any]) -> pd.Series:
    kinds = {type(v) for v in values if v is not None}
    if column in TEXT or str in kinds or not kinds:
        return pd.Series(values, dtype=object)
    if kinds in ({bool}, {int}):
        return pd.Series(values, dtype="boolean" if kinds == {bool} else "Int64")
    return pd.Series(values)


def _days(column: pd.Series, name: str, path: Path) -> pd.Series:
    days: list[dt.date | None] = []
    for i, value in enumerate(column, start=1):
        try:
            days.append(None if value is None or value != value else _day(value))
        except (TypeError, ValueError) as error:
            message = (
                f"{path.name}, record {i}: {name} is {str(value)[:40]!r}, not a day YYYY-MM-DD; a "
                "spreadsheet may have changed it. Export again."
            )
            raise DataError(message) from error
    return pd.Series(np.array(days, dtype="datetime64[s]"))


def _day(value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)


def _first(column: pd.Series) -> Any:
    return column.iloc[0] if len(column) else None
