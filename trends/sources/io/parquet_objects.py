"""Rows of Parquet as the JSON objects that they are in other files of the same source."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from trends.errors import DataError, reason
from trends.sources.io import json_stream
from trends.sources.io.parquet_batches import parquet_batches

#: Bytes that the description of a file may take.
MAX_FOOTER = 64 * 2**20
#: Most items of all lists of a few rows: each becomes an object of some ten bytes.
MAX_ITEMS = 4_000_000
#: What reading a damaged file raises.
DAMAGED = (pa.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError)


def is_parquet(path: Path) -> bool:
    """Whether a file begins as Parquet does; not so for what is no file."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as f:
            return f.read(4) == b"PAR1"
    except OSError:
        return False


def open_parquet_file(path: Path) -> pq.ParquetFile:
    """A file of Parquet with bounds on its description; damaged pages are errors."""
    return pq.ParquetFile(
        path,
        thrift_string_size_limit=MAX_FOOTER,
        thrift_container_size_limit=1_000_000,
        page_checksum_verification=True,
    )


def damaged(error: Exception, path: Path) -> DataError:
    """The error for a file that cannot be read, as a sentence."""
    if isinstance(error, DataError):
        return error
    return DataError(
        f"{path} is not a Parquet file that can be read ({reason(error)}); write it again."
    )


def parquet_objects(
    path: Path, first: int = 0, stop: int | None = None, *, nested: Collection[str] = ()
) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """The rows of a file as JSON objects: maps and structures as objects, days as texts.

    Parameters
    ----------
    path : Path
        The file.
    first, stop : int
        The first row that is read, from 0, and the first one after the last; by default all.
    nested : collection of str
        Columns that hold objects or lists; where they hold texts, these are read as JSON.

    Yields
    ------
    int, dict or str
        The number of the row from 1, and the object or the clause that says why there is none.

    Raises
    ------
    DataError
        If the file is damaged, or unpacks to too much at once.
    """
    try:
        number = first
        for batch in parquet_batches(open_parquet_file(path), path, first=first, stop=stop):
            names = batch.schema.names
            columns = [values(column) for column in batch.columns]
            written = [name for name in names if name in nested]
            for cells in zip(*columns, strict=True):
                number += 1
                row = dict(zip(names, cells, strict=True))
                yield number, _problem(row, written) or row
    except DAMAGED as error:
        raise damaged(error, path) from error


def _problem(row: dict[str, Any], nested: Collection[str]) -> str:
    """Read texts of JSON in place; the clause that says what is wrong with the row."""
    for name, value in row.items():
        if isinstance(value, _Undecodable):
            return f"the column {name!r} is not UTF-8"
    for name in nested:
        if isinstance(value := row[name], str):
            try:
                row[name] = json_stream.loads(value) if value.strip() else None
            except ValueError as error:
                return f"the column {name!r} is not JSON: {error}"
    return ""


class _Undecodable(str):
    """A text whose bytes are not UTF-8, with signs in their place."""

    __slots__ = ()


def values(column: pa.Array) -> list[Any]:
    """The values of a column as those of JSON; bytes, which JSON has not, become nothing."""
    kind = column.type
    if isinstance(column, pa.ExtensionArray):
        return values(column.storage)
    if pa.types.is_dictionary(kind):
        return values(column.dictionary_decode())
    if pa.types.is_struct(kind):
        fields = [values(column.field(i)) for i in range(kind.num_fields)]
        names = [field.name for field in kind]
        here = column.is_valid().to_pylist()
        rows = zip(*fields, strict=True) if fields else (() for _ in here)
        return [
            {n: v for n, v in zip(names, row, strict=True) if v is not None} if there else None
            for there, row in zip(here, rows, strict=True)
        ]
    inner = column.values if pa.types.is_list(kind) or pa.types.is_large_list(kind) else ()
    inner = column.keys if pa.types.is_map(kind) else inner
    if len(inner) > MAX_ITEMS:
        message = f"the lists of a few rows hold more than {MAX_ITEMS:,} items"
        raise ValueError(message)
    if pa.types.is_map(kind):
        keys, found = values(column.keys), values(column.items)
        return [
            None if cut is None else dict(zip(keys[cut], found[cut], strict=True))
            for cut in _cuts(column)
        ]
    if pa.types.is_fixed_size_list(kind):
        return values(column.cast(pa.list_(kind.value_field)))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        found = values(column.values)
        return [None if cut is None else found[cut] for cut in _cuts(column)]
    if pa.types.is_temporal(kind):
        return _days(column)
    if pa.types.is_floating(kind):
        return [v if v is None or math.isfinite(v) else None for v in column.to_pylist()]
    if pa.types.is_decimal(kind):
        return [None if v is None else float(v) for v in column.to_pylist()]
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return _texts(column)
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind):
        return list(column.to_pylist())
    return [None] * len(column)


def _texts(column: pa.Array) -> list[str | None]:
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        raw = [cell.as_buffer() for cell in column]
    out: list[str | None] = []
    for cell in raw:
        data = None if cell is None else cell.to_pybytes()
        try:
            out.append(None if data is None else data.decode())
        except UnicodeDecodeError:
            out.append(_Undecodable(data.decode("utf-8", "replace")))  # type: ignore[union-attr]
    return out


def _cuts(column: Any) -> list[slice | None]:
    """Where the values of each row lie among those of all rows; none for a row without any."""
    offsets = column.offsets.to_pylist()
    here = column.is_valid().to_pylist()
    found = zip(here, pairwise(offsets), strict=True)
    return [slice(a, b) if there else None for there, (a, b) in found]


def _days(column: pa.Array) -> list[str | None]:
    """Days and moments as ISO writes them; one outside of the calendar becomes no date."""
    kind = column.type
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    elif pa.types.is_date64(kind):
        column = column.cast(pa.date32())
    out: list[str | None] = []
    for cell in column:
        try:
            value = cell.as_py()
        except (OverflowError, ValueError):
            value = f"a {kind} outside the calendar"
        out.append(value.isoformat() if hasattr(value, "isoformat") else value and str(value))
    return out
