"""A table of documents ⇄ Parquet, with what belongs to the corpus as JSON in the metadata."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from trends.core.corpus import COLUMNS, LAST
from trends.errors import DataError, reason
from trends.files import plain
from trends.sources.io.parquet_batches import parquet_batches

#: Key of our metadata in the file.
KEY = b"trends"
#: A file that unpacks to more than this is refused before it is unpacked.
MAX_UNPACKED = 16 * 2**30
#: Documents whose texts are converted and written at a time.
GROUP = 10_000
_MAX_JSON = 64 * 2**20


def write(frame: pd.DataFrame, path: Path, about: dict[str, Any]) -> None:
    """Write documents; the same values give the same bytes with the same version of pyarrow.

    Raises
    ------
    DataError
        If a column mixes values that no Parquet type holds.
    """
    out = frame.copy(deep=False)
    for column in ("id", "title", "text", "date_evidence", "source"):
        if column in out.columns:
            out[column] = out[column].astype(str)
    text = json.dumps(plain(about), sort_keys=True, ensure_ascii=False, allow_nan=False)
    try:
        calendar = [c for c in ("date", LAST) if c in out.columns]
        # Texts are most of a corpus: they are converted group by group, so that there is no second
        # copy of all of them.
        texts = out["text"] if "text" in out.columns else None
        table = pa.Table.from_pandas(
            out.drop(columns=[*calendar, "text"], errors="ignore"), preserve_index=False
        )
        order = [c for c in out.columns if c != "text"]
        for column in calendar:  # in the order of the columns, so that each finds its place
            days = pa.array(
                [None if pd.isna(d) else d.date() for d in out[column]], type=pa.date32()
            )
            table = table.add_column(order.index(column), column, days)
        _put(
            table.replace_schema_metadata({KEY: text.encode("utf-8")}),
            texts,
            list(out.columns),
            path,
        )
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        message = (
            f"The documents cannot be written to {path.name}: a column mixes kinds of values "
            f"({reason(error)}); make it all text or all numbers."
        )
        raise DataError(message) from error


def _put(table: pa.Table, texts: pd.Series | None, columns: list[str], path: Path) -> None:
    """Write a table without its texts, and each group of texts with its rows."""
    schema, place = table.schema, -1
    if texts is not None:
        place = columns.index("text")
        schema = schema.insert(place, pa.field("text", pa.string()))
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for at in range(0, max(table.num_rows, 1), GROUP):
            part = table.slice(at, GROUP)
            if texts is not None:
                words = pa.array(texts.iloc[at : at + GROUP], type=pa.string(), from_pandas=True)
                part = part.add_column(place, schema.field("text"), words)
            writer.write_table(part, row_group_size=GROUP)
    # A copy of a group of texts, which Arrow would keep for later.
    pa.default_memory_pool().release_unused()


def read(data: bytes, path: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Read documents and what was written about them (empty for a file made elsewhere).

    Raises
    ------
    DataError
        If the bytes are not Parquet, unpack to too much or lack the columns of a corpus.
    """
    try:
        file = pq.ParquetFile(io.BytesIO(data))
        groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
        size = sum(group.total_byte_size for group in groups)
        if size > MAX_UNPACKED:
            message = (
                f"{path} unpacks to {size / 2**30:,.0f} GiB; at most {MAX_UNPACKED / 2**30:,.0f} "
                "GiB are read. Split the corpus."
            )
            raise DataError(message)
        found = list(parquet_batches(file, path, size=len(data)))
        table = pa.Table.from_batches(found, schema=file.schema_arrow)
        del found
        metadata = (table.schema.metadata or {}).get(KEY)
        missing = [c for c in COLUMNS if c not in table.column_names]
        if missing:
            message = (
                f"{path} is not a corpus: a corpus has the columns {', '.join(COLUMNS)}; missing: "
                f"{', '.join(missing)}. "
                "Make one with: trends read INPUT -o corpus.parquet."
            )
            raise DataError(message)
        if len(set(table.column_names)) < len(table.column_names):
            message = f"{path}: two columns have the same name; every column needs its own."
            raise DataError(message)
        days = table.schema.field("date").type
        if not (pa.types.is_date(days) or pa.types.is_timestamp(days) or pa.types.is_null(days)):
            message = (
                f"{path}: the column 'date' holds {days}; it must hold days (a date or timestamp "
                "type)."
            )
            raise DataError(message)
        frame = table.replace_schema_metadata(None).to_pandas(date_as_object=False)
    except (
        pa.ArrowException,
        OSError,
        ValueError,
        TypeError,
        KeyError,
        OverflowError,
        UnicodeDecodeError,
    ) as error:
        if isinstance(error, DataError):
            raise
        message = (
            f"{path} is not a Parquet file that can be read ({reason(error)}); make it again with: "
            "trends read INPUT -o corpus.parquet."
        )
        raise DataError(message) from error
    for column in frame.columns:
        if frame[column].dtype == object:
            frame[column] = frame[column].where(frame[column].notna(), None)
    about = load_json(metadata, path) if metadata else {}
    return frame, about


def load_json(data: bytes, path: Path) -> dict[str, Any]:
    """A JSON object of bounded size.

    Raises
    ------
    DataError
        If the bytes are something else.
    """
    try:
        if len(data) > _MAX_JSON:
            message = f"more than {_MAX_JSON / 2**20:.0f} MiB"
            raise ValueError(message)
        value = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        message = (
            f"{path}: what describes the corpus is not JSON ({reason(error)}); the file is "
            "damaged, make it again."
        )
        raise DataError(message) from error
    if not isinstance(value, dict):
        message = (
            f"{path}: what describes the corpus is not a JSON object; the file is damaged, make it "
            "again."
        )
        raise DataError(message)
    return value


def _no_constant(name: str) -> float:
    message = f"{name} is not a number of JSON"
    raise ValueError(message)
