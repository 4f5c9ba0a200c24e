"""Limits of a Parquet file, held while it is read: one value may stand for any number of rows.

A column states a text once (in a dictionary, or as the beginning of the next one) and repeats it in
a few bits a row, so that a thousand bytes unpack to many gigabytes. No value is longer than what
its row group unpacks to, which bounds a batch of few rows; what the rows hold is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from trends.errors import DataError

#: A row group that unpacks to more than this is refused before it is unpacked.
MAX_GROUP = 2 * 2**30
#: Rows that are unpacked at a time, and bytes that they could then take: of a whole file, and of a
#: part, which a worker reads, since few rows at a time take twice as long.
MAX_BATCH, WHOLE, PART = 2_000, 64 * 2**20, 256 * 2**20
#: Most bytes of all rows beside those of the file. Texts stay below 30.
RATIO, _RATIO_FROM = 200, 64 * 2**20
#: What a row takes at least, also if it is empty.
_ROW = 48


def parquet_batches(
    file: pq.ParquetFile,
    path: Path,
    columns: Sequence[str] | None = None,
    size: int | None = None,
    *,
    first: int = 0,
    stop: int | None = None,
) -> Iterator[pa.RecordBatch]:
    """The rows of a file, or of a part of it, few at a time.

    Parameters
    ----------
    file : ParquetFile
        The file.
    path : Path
        How messages call it.
    columns : sequence of str, optional
        Those that are read; by default all.
    size : int, optional
        Bytes of the file; by default those of ``path``.
    first, stop : int
        The first row that is read, from 0, and the first one after the last; by default all.

    Raises
    ------
    DataError
        If a row group, or what all rows hold, is more than a table of documents has.
    """
    # By what the groups state of themselves: asking for a column of a damaged file may end the
    # process (pyarrow 26.0.1 lets a C++ exception through).
    about = file.metadata
    groups, at = _groups(about, first, stop)
    largest = max((about.row_group(g).total_byte_size for g in groups), default=0)
    if largest > MAX_GROUP:
        message = (
            f"{path} unpacks to {largest / 2**30:,.1f} GiB in one row group; at most "
            f"{MAX_GROUP / 2**30:,.0f} GiB are read at a time. Write it again with smaller row "
            "groups."
        )
        raise DataError(message)
    at_once = WHOLE if stop is None else PART
    rows = min(MAX_BATCH, max(1, at_once // max(largest, 1)))
    most = max(_RATIO_FROM, RATIO * (path.stat().st_size if size is None else size))
    held = 0
    names = None if columns is None else list(columns)
    for batch in file.iter_batches(rows, groups, columns=names, use_threads=False):
        held += sum(map(_held, batch.columns)) + _ROW * batch.num_rows
        if held > most:
            message = (
                f"{path} unpacks to more than {RATIO} times its size, which no table of texts "
                "does: it repeats values without end. If you trust it, save it as CSV."
            )
            raise DataError(message)
        begin = max(first - at, 0)
        end = batch.num_rows if stop is None else min(stop - at, batch.num_rows)
        at += batch.num_rows
        if begin < end:
            yield batch.slice(begin, end - begin)


def _groups(about: pq.FileMetaData, first: int, stop: int | None) -> tuple[list[int], int]:
    """The row groups that hold some of the rows, and the row with which the first one begins."""
    sizes = [about.row_group(g).num_rows for g in range(about.num_row_groups)]
    ends = list(accumulate(sizes))
    groups = [
        g
        for g, (n, end) in enumerate(zip(sizes, ends, strict=True))
        if n and end > first and (stop is None or end - n < stop)
    ]
    return groups, ends[groups[0]] - sizes[groups[0]] if groups else 0


def _held(column: pa.Array) -> int:
    return int(
        (column.dictionary_decode() if pa.types.is_dictionary(column.type) else column).nbytes
    )
