"""Files of a corpus in shards: clean shards by number, rows of them, arrays for all workers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from trends import files

#: In the folder of reading: that of the clean shards, notes of the corpus, what became of the
#: records of each file and of each piece.
SHARDS, ACCOUNT, READING, PIECES = "shards", "account.json", "reading.csv", "pieces.csv"
#: In the folder of repeats, beside later notes and table: rows that are left out, and rows that
#: nearly repeat an earlier one.
LEFT_OUT, NEAR = "left_out.parquet", "near.parquet"
#: Documents that are read at a time.
BATCH = 5_000
#: Where a document lies: the number of its shard, and its row there from 0.
PLACE = pa.schema([pa.field("shard", pa.int32()), pa.field("row", pa.int64())])


@dataclass(frozen=True)
class Numbered:
    """A file of clean documents, and its number among all."""

    path: str
    number: int

    def batches(self, *columns: str) -> Iterator[pa.RecordBatch]:
        """Its documents, some at a time."""
        with pq.ParquetFile(self.path) as file:
            yield from file.iter_batches(BATCH, columns=list(columns), use_threads=False)


def numbered(read: Path) -> list[Numbered]:
    """All shards in the folder of a reading, in the order in which they were read."""
    paths = sorted((read / SHARDS).glob("*.parquet"))
    return [Numbered(str(path), n) for n, path in enumerate(paths)]


def marked(rows: NDArray[np.int64] | None, first: int, n: int) -> NDArray[np.bool_]:
    """Which of ``n`` rows from ``first`` on are among some."""
    out = np.zeros(n, dtype=bool)
    if rows is not None:
        out[rows[(rows >= first) & (rows < first + n)] - first] = True
    return out


def among(values: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each value is among some that are sorted."""
    if not len(known):
        return np.zeros(values.shape, dtype=bool)
    at = np.searchsorted(known, values)
    return np.asarray(known[np.minimum(at, len(known) - 1)] == values)


def save(path: Path, array: NDArray[Any]) -> None:
    """Write an array for workers to read, whole or not at all."""
    with files.replacing(path) as temporary, temporary.open("wb") as f:
        np.save(f, array, allow_pickle=False)


@lru_cache(maxsize=4)
def load(path: str) -> NDArray[np.int64]:
    """An array that was written so, once a process."""
    return np.asarray(np.load(path, allow_pickle=False))
