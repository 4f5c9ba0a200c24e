"""Clean shards as later steps read them: in batches, without the rows that are left out."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from trends import files
from trends.core.corpus import OBSERVED
from trends.runs.tasks.sharded.numbered import ACCOUNT, LEFT_OUT, NEAR, marked, numbered

#: Column that says whether a document nearly repeats an earlier one.
REPEATS = "repeats"
#: Documents that are worked on at a time.
BATCH = 4096


@dataclass(frozen=True)
class CleanShard:
    """One file of documents that were read and cleaned.

    Parameters
    ----------
    path : str
        A Parquet file.
    number : int
        Its place among all shards.
    repeats : str
        Folder of what is known of repeats.
    """

    path: str
    number: int
    repeats: str

    def __str__(self) -> str:
        return Path(self.path).name

    def batches(self, columns: Sequence[str], size: int = BATCH) -> Iterator[pa.Table]:
        """Documents that count, some at a time, in the order of the file.

        With their :data:`REPEATS` beside the columns.
        """
        gone, near = (
            _rows(str(Path(self.repeats) / name)).get(self.number) for name in (LEFT_OUT, NEAR)
        )
        first = 0
        with pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(size, columns=list(columns), use_threads=False):
                table = pa.Table.from_batches([batch])
                again = pa.array(marked(near, first, len(batch)))
                table = table.append_column(REPEATS, again)
                table = table.filter(pa.array(~marked(gone, first, len(batch))))
                first += len(batch)
                if len(table):
                    yield table


@functools.lru_cache(maxsize=4)
def _rows(path: str) -> dict[int, NDArray[np.int64]]:
    table = pq.read_table(path, partitioning=None)
    shard, row = table["shard"].to_numpy(), table["row"].to_numpy().astype(np.int64)
    return {int(n): row[shard == n] for n in np.unique(shard)}


def vectors_of(batch: pa.Table) -> NDArray[np.float32] | None:
    """The vectors that came with documents, in half precision like all vectors."""
    if "vector" not in batch.column_names:
        return None
    if not len(batch):
        return np.zeros((0, 0), dtype=np.float32)
    flat = batch["vector"].combine_chunks().flatten().to_numpy()
    return flat.reshape(len(batch), -1).astype(np.float16).astype(np.float32)


def span_of(repeats: Path) -> tuple[dt.date | None, dt.date | None]:
    """First and last day that the source covers as a whole, as reading knows them."""
    account = files.read_json(repeats / ACCOUNT)
    first, last = (account.get(name) for name in OBSERVED)
    return _day(first), _day(last)


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def shards_of(read: Path, repeats: Path) -> tuple[CleanShard, ...]:
    """All shards, in the order in which they were read."""
    return tuple(CleanShard(one.path, one.number, str(repeats)) for one in numbered(read))
