"""Cleaned records ⇄ the table of a corpus: one list a column, filled record by record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from trends.core.corpus import LAST, ROW
from trends.core.dates import DocDate, Evidence, Precision
from trends.sources.records.record import Record

#: Columns of identifiers by their kind; other kinds keep their name.
ID_COLUMNS = {"arxiv": "arxiv_id", "acl": "acl_id", "openalex": "openalex_id", "s2": "s2_id"}
_FIXED = ("id", "title", "date", LAST, "date_precision", "date_evidence", "text", "source", ROW)
#: Values of this length at most are looked up among earlier ones, and so many are kept for it.
_SHORT, _MOST_SAME = 40, 20_000
#: Columns of ours beside those, and what is put behind the name of one in a source.
MARKED = "_in_source"
OWN = ("venue", "language", "language_known", "language_probability", "url", "flags")


class Rows:
    """Columns that grow by one value a record; a column that comes up late is empty before."""

    def __init__(self) -> None:
        self._fixed: dict[str, list[Any]] = {name: [] for name in _FIXED}
        self._own: dict[str, list[Any]] = {name: [] for name in OWN}
        self._ids: dict[str, list[Any]] = {}
        self._days: dict[str, list[Any]] = {}
        self._extra: dict[str, list[Any]] = {}
        self._same: dict[Any, Any] = {}
        self.n = 0

    def add(
        self,
        record: Record,
        row: int,
        name: str,
        date: DocDate | None,
        language: tuple[str, str, float | None],
    ) -> None:
        """Append the record of a row under the id ``name``, with its date and language."""
        values: tuple[Any, ...] = (
            name,
            fit(record.title),
            self._once(date.first) if date is not None else None,
            self._once(date.until) if date is not None else None,
            date.precision.value if date is not None else None,
            date.evidence.value if date is not None else Evidence.NONE.value,
            fit(record.text),
            record.source,
            row,
        )
        for column, value in zip(self._fixed.values(), values, strict=True):
            column.append(value)
        own = (
            self._once(record.venue),
            language[0],
            language[1],
            language[2],
            record.url,
            ";".join(dict.fromkeys(record.flags)),
        )
        for column, value in zip(self._own.values(), own, strict=True):
            column.append(fit(value))
        self._put(self._ids, record.ids)
        self._put(self._days, dict(record.other_dates))
        self._put(self._extra, record.extra)
        self.n += 1

    @property
    def dates(self) -> list[tuple[str, dt.date | None, str]]:
        """Id, first day and precision of each document."""
        return list(zip(*(self._fixed[c] for c in ("id", "date", "date_precision")), strict=True))

    def undate(self, row: int) -> None:
        """Take the date of one document away."""
        for column in ("date", LAST, "date_precision"):
            self._fixed[column][row] = None
        self._fixed["date_evidence"][row] = Evidence.NONE.value

    def _put(self, columns: dict[str, list[Any]], values: dict[str, Any]) -> None:
        for name, value in values.items():
            column = columns.setdefault(name, [])
            column.extend([None] * (self.n - len(column)))
            column.append(self._once(fit(value)))

    def _once(self, value: Any) -> Any:
        """One object for equal short values, of which a column may hold a million."""
        if isinstance(value, dt.date) or (isinstance(value, str) and len(value) <= _SHORT):
            if len(self._same) >= _MOST_SAME:
                self._same.clear()
            return self._same.setdefault(value, value)
        return value

    def frame(self) -> pd.DataFrame:
        """The table; columns without a single value are left out, and the lists are given up."""
        out: dict[str, Any] = {}
        for name, column in self._fixed.items():
            kind = "Int64" if name == ROW else object
            out[name] = _days(column) if name in ("date", LAST) else pd.Series(column, dtype=kind)
        if Precision.RANGE.value not in self._fixed["date_precision"]:
            del out[LAST]
        self._fixed.clear()
        for name, column in self._own.items():
            if any(v not in (None, "") for v in column):
                out[name] = pd.Series(
                    column, dtype="float64" if name == "language_probability" else object
                )
        groups: tuple[
            tuple[dict[str, list[Any]], Callable[[str], str], Callable[[list[Any]], pd.Series]], ...
        ] = (
            (
                self._ids,
                lambda n: ID_COLUMNS.get(n, n),
                lambda c: pd.Series([v or "" for v in c], dtype=object),
            ),
            (self._days, lambda n: n if n.startswith("date_") else f"date_{n}", _days),
            (self._extra, lambda n: n, _typed),
        )
        for columns, called, made in groups:
            for name in sorted(columns):
                column = columns[name]
                column.extend([None] * (self.n - len(column)))
                if any(v is not None and v != "" for v in column):
                    out[_free(called(name), out)] = made(column)
        return pd.DataFrame(out)


def fit(value: Any) -> Any:
    """A value that can be stored: half characters, which no encoding has, are replaced."""
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "replace").decode("utf-8")
    return value


def _free(name: str, taken: dict[str, Any]) -> str:
    """A name that no other column has: that of the source, marked if it is one of ours."""
    while name in taken or name in _FIXED or name in OWN:
        name = f"{name}{MARKED}"
    return name


def _days(column: list[dt.date | None]) -> pd.Series:
    return pd.Series(
        np.array(column, dtype="datetime64[s]")
    )  # pandas' own conversion knows only the years 1678 to 2261


def _typed(column: list[Any]) -> pd.Series:
    """A column of one type that Parquet can hold: truth values, whole numbers, numbers, text."""
    kinds = {type(v) for v in column if v is not None}
    if kinds == {bool}:
        return pd.Series(column, dtype="boolean")
    if kinds == {int} and all(v is None or abs(v) < 2**63 for v in column):
        return pd.Series(column, dtype="Int64")
    if kinds <= {int, float}:
        return pd.Series([None if v is None else float(v) for v in column], dtype="float64")
    return pd.Series([None if v is None else str(v) for v in column], dtype=object)
