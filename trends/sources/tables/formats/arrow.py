"""Columns in memory or in Parquet → rows: Arrow tables, pandas frames, Hugging Face datasets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from trends.errors import DataError, UsageError, reason
from trends.sources.io.parquet_batches import parquet_batches
from trends.sources.io.parquet_objects import DAMAGED, damaged, open_parquet_file
from trends.sources.records.record import Dropped, Place
from trends.sources.tables.table import Row, Table, scalar

#: Rows that are turned into Python values at a time.
BATCH = 2_000
_SAMPLE = 20


def open_parquet(path: Path, label: str, first: int = 0, stop: int | None = None) -> Table:
    """A Parquet file, or its rows from ``first`` (0) up to ``stop``.

    It is read in batches and only in the columns that are needed.

    Raises
    ------
    DataError
        If the file is not Parquet, is damaged, or unpacks to too much at once.
    """
    try:
        file = open_parquet_file(path)
        schema = file.schema_arrow
        sample = _first(file, [f.name for f in schema if not _nested(f.type)], path)
    except DAMAGED as error:
        raise damaged(error, path) from error

    def rows(columns: Sequence[str]) -> Iterator[Row | Dropped]:
        try:
            found = parquet_batches(open_parquet_file(path), path, columns, first=first, stop=stop)
            yield from _rows(found, label, first)
        except DAMAGED as error:
            raise damaged(error, path) from error

    return Table(label, tuple(schema.names), rows, sample, _all_nested(schema))


def _first(file: pq.ParquetFile, columns: list[str], path: Path) -> list[dict[str, Any]]:
    if not file.metadata.num_rows or not columns:
        return []
    batch = next(parquet_batches(file, path, columns), None)
    rows = [] if batch is None else _rows([batch.slice(0, _SAMPLE)], path.name)
    return [dict(row.cells) for row in rows]


def open_frame(frame: Any, name: str) -> Table:
    """A frame in memory; it is only read.

    Parameters
    ----------
    frame : DataFrame, pyarrow.Table, Dataset or any object with ``__arrow_c_stream__``
        Hugging Face datasets are known by their methods, so that their package is not needed.
    name : str
        How messages call it.

    Raises
    ------
    UsageError
        If the object is none of these.
    """
    if isinstance(frame, pd.DataFrame):
        return _open_pandas(frame, name)
    if isinstance(frame, pa.Table):
        return _open_arrow(frame, name)
    if hasattr(frame, "with_format") and hasattr(frame, "iter") and hasattr(frame, "features"):
        return _open_dataset(frame, name)
    if hasattr(frame, "with_format") and isinstance(frame, dict):
        message = (
            f"{name} is a set of datasets ({', '.join(map(str, frame))}); read one of them, for "
            f"example dataset[{next(iter(frame), 'train')!r}]."
        )
        raise UsageError(message)
    if hasattr(frame, "__arrow_c_stream__"):
        try:
            return _open_arrow(pa.table(frame), name)
        except (pa.ArrowException, TypeError, ValueError) as error:
            message = (
                f"{name} cannot be read as an Arrow table ({reason(error)}); give a pandas "
                "DataFrame or a pyarrow Table."
            )
            raise DataError(message) from error
    message = (
        f"{type(frame).__name__!r} is nothing that can be read; give paths, a pandas DataFrame, a "
        "pyarrow Table, a Hugging Face Dataset, "
        "or a frame that exports Arrow."
    )
    raise UsageError(message)


def _open_arrow(table: pa.Table, name: str) -> Table:
    plain = [f.name for f in table.schema if not _nested(f.type)]

    def rows(columns: Sequence[str]) -> Iterator[Row | Dropped]:
        yield from _rows(table.select(list(columns)).to_batches(max_chunksize=BATCH), name)

    repeated = len(set(plain)) < len(plain)
    sample = (
        []
        if repeated
        else [
            dict(row.cells)
            for row in _rows(table.slice(0, _SAMPLE).select(plain).to_batches(), name)
        ]
    )
    return Table(name, tuple(table.column_names), rows, sample, _all_nested(table.schema))


def _open_dataset(dataset: Any, name: str) -> Table:
    names = list(dataset.column_names or ())
    nested = {}
    for column, feature in (dataset.features or {}).items():
        kind = str(getattr(feature, "dtype", ""))
        if isinstance(feature, dict | list) or type(feature).__name__ not in (
            "Value",
            "ClassLabel",
        ):
            nested[column] = kind if kind not in ("", "dict", "list") else "lists or structures"
    plain = [c for c in names if c not in nested]

    def rows(columns: Sequence[str]) -> Iterator[Row | Dropped]:
        # Through its own iterator, so that a selection or an order of rows that the dataset only
        # notes is respected.
        tables = dataset.select_columns(list(columns)).with_format("arrow").iter(batch_size=BATCH)
        yield from _rows((batch for t in tables for batch in t.to_batches()), name)

    first: Iterable[Any] = (
        dataset.select_columns(plain).with_format("arrow").iter(batch_size=_SAMPLE) if plain else ()
    )
    batch = next(iter(first), None)
    sample = [] if batch is None else [dict(row.cells) for row in _rows(batch.to_batches(), name)]
    return Table(name, tuple(names), rows, sample, nested)


def _open_pandas(frame: pd.DataFrame, name: str) -> Table:
    for column in frame.columns:
        if not isinstance(column, str):
            message = (
                f"{name}: the column {column!r} has no text as its name; rename the columns, for "
                "example with frame.columns = […]."
            )
            raise UsageError(message)

    def rows(columns: Sequence[str]) -> Iterator[Row | Dropped]:
        for start in range(0, len(frame), BATCH):
            part = frame.iloc[start : start + BATCH]
            values = [part[c].tolist() for c in columns]
            for i, cells in enumerate(zip(*values, strict=True), start=start + 1):
                yield Row(
                    Place(name, i), {c: scalar(v) for c, v in zip(columns, cells, strict=True)}
                )

    repeated = frame.columns.has_duplicates
    head = frame.iloc[:_SAMPLE]
    sample = (
        []
        if repeated
        else [{str(c): scalar(v) for c, v in row.items()} for row in head.to_dict(orient="records")]
    )
    kinds = (list, tuple, dict, set)
    nested = (
        {}
        if repeated
        else {
            c: "lists or structures"
            for c in frame.columns
            if any(isinstance(v, kinds) for v in head[c])
        }
    )
    return Table(name, tuple(frame.columns), rows, sample, nested)


def _rows(batches: Iterable[pa.RecordBatch], name: str, number: int = 0) -> Iterator[Row]:
    for batch in batches:
        for start in range(0, batch.num_rows, BATCH):
            part = batch.slice(start, BATCH)
            columns = part.schema.names
            values = [_values(part.column(i), part.schema.field(i)) for i in range(len(columns))]
            for cells in zip(*values, strict=True):
                number += 1
                yield Row(Place(name, number), dict(zip(columns, cells, strict=True)))


def _values(column: pa.Array, field: pa.Field) -> list[Any]:
    kind = column.type
    if freq := _period(field):
        numbers = column.storage if isinstance(column, pa.ExtensionArray) else column
        return [None if v is None else pd.Period(ordinal=v, freq=freq) for v in numbers.to_pylist()]
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        # Python's clock ends at microseconds; what lies below says nothing about the day.
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    elif pa.types.is_date64(kind):
        column = column.cast(pa.date32())
    try:
        return [scalar(v) for v in column.to_pylist()]
    except (OverflowError, ValueError):
        return [_value_or_text(v) for v in column]


def _period(field: pa.Field) -> str:
    """The frequency of a column of pandas periods, which Arrow keeps as numbers."""
    if isinstance(field.type, pa.ExtensionType):
        return str(getattr(field.type, "freq", ""))
    about = field.metadata or {}
    if about.get(b"ARROW:extension:name") != b"pandas.period":
        return ""
    return str(json.loads(about[b"ARROW:extension:metadata"])["freq"])


def _value_or_text(value: pa.Scalar) -> Any:
    """One value; a moment that Python's calendar does not know becomes a text that is no date."""
    try:
        return scalar(value.as_py())
    except (OverflowError, ValueError):
        return f"a {value.type} outside the calendar"


def _nested(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _nested(kind.value_type)
    return bool(
        pa.types.is_nested(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
    )


def _all_nested(schema: pa.Schema) -> dict[str, str]:
    return {f.name: str(f.type)[:60] for f in schema if _nested(f.type)}
