"""Documents that repeat an earlier one in another shard: by their id, and by nearly the same text.

Repeated ids are left out: the first in the order of the input stays. Texts that are nearly the same
are flagged, not left out: whether they matter is for a diagnostic to say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trends import files
from trends.core.dates import DocDate, Precision
from trends.runs.config.sections.engine import EngineConfig
from trends.runs.config.settings import RunConfig
from trends.runs.engine.engine import Context
from trends.runs.engine.mapping.choose import mapper_of
from trends.runs.engine.mapping.mapper import Mapper
from trends.runs.engine.task import Task, task
from trends.runs.tasks import backends
from trends.runs.tasks.sharded.accounts import with_repeats
from trends.runs.tasks.sharded.near_repeats import SIMILAR, near_repeats
from trends.runs.tasks.sharded.numbered import (
    ACCOUNT,
    LEFT_OUT,
    NEAR,
    PIECES,
    PLACE,
    READING,
    Numbered,
    among,
    load,
    numbered,
    save,
)
from trends.sources.records.steps import digest

#: Why a document is left out.
SAME, OTHER_DATE, OTHER = (
    "repeated record",
    "repeated record with another date",
    "repeated id with another text",
)


_EPOCH = dt.date(1970, 1, 1)


@task("sharded-repeats", how=("engine",), loads=backends.none)
def find(
    folder: Path, read: Path, *, engine: EngineConfig, near: bool, context: Context
) -> dict[str, Any]:
    """``left_out.parquet``: repeated ids; ``near.parquet``: texts that nearly repeat others.

    Both have ``shard`` (the number of the file among the sorted files of the reading) and ``row``
    within it, from 0, in ascending order. ``account.json`` and ``reading.csv`` are those of the
    reading, with what was left out here.
    """
    shards = numbered(read)
    with mapper_of(engine, folder, context.shards, context.shelf) as mapper:
        gone = _repeated(mapper, shards, folder)
        pq.write_table(gone.drop(["id"]), folder / LEFT_OUT)
        found = PLACE.empty_table()
        if near:
            found = near_repeats(mapper, shards, folder, folder / LEFT_OUT)
    pq.write_table(found, folder / NEAR)
    files.write_json(folder / "near.json", {"documents": len(found), "similarity": SIMILAR})
    pieces = pd.read_csv(read / PIECES)
    file_of = dict(zip(pieces["piece"].astype(str), pieces["file"].astype(str), strict=True))
    of = [file_of[str(int(Path(shards[n].path).name[:6]))] for n in gone["shard"].to_pylist()]
    rows = zip(of, gone["id"].to_pylist(), gone["reason"].to_pylist(), strict=True)
    about, table = with_repeats(
        files.read_json(read / ACCOUNT), pd.read_csv(read / READING), list(rows)
    )
    files.write_json(folder / ACCOUNT, about)
    files.write_csv(folder / READING, table)
    return {"repeated": len(gone), "nearly_repeated": len(found)}


def task_of(config: RunConfig, read: Task) -> Task:
    """The task that looks for repeats in all that was read."""
    return find(read=read, engine=config.engine, near=config.diagnostics.duplicates)


def _repeated(mapper: Mapper, shards: Sequence[Numbered], folder: Path) -> pa.Table:
    """Documents whose id an earlier one has: ``shard``, ``row``, ``id`` and ``reason``."""
    keys = mapper.sum(mapper.map(count_keys, shards), ["key"], above=1)["key"]
    schema = pa.schema([*PLACE, pa.field("id", pa.string()), pa.field("reason", pa.string())])
    if not len(keys):
        return schema.empty_table()
    path = folder / "keys.npy"
    save(path, keys.to_numpy())
    rows = mapper.map(WithKeys(str(path)), shards).collect().to_pandas()
    path.unlink()
    rows = rows.sort_values(["id", "shard", "row"], kind="stable").reset_index(drop=True)
    when = pd.Series(list(zip(rows["day"], rows["last"], rows["precision"], strict=True)))
    first = rows.assign(when=when).groupby("id")[["content", "when"]].transform("first")
    agree = [_agree(one, other) for one, other in zip(first["when"], when, strict=True)]
    why = np.where(rows["content"] != first["content"], OTHER, np.where(agree, SAME, OTHER_DATE))
    out = rows.assign(reason=why)[rows.duplicated("id")].sort_values(["shard", "row"])
    return pa.Table.from_pandas(out[schema.names], schema=schema, preserve_index=False)


_When = tuple[int, int, str]


def _agree(first: _When, other: _When) -> bool:
    """Whether the dates of two records do not contradict each other; none contradicts nothing."""
    if first == other or not other[2]:
        return True
    return bool(first[2]) and _date(first).agrees(_date(other))


def _date(when: _When) -> DocDate:
    precision = Precision(when[2])
    first, last = (_EPOCH + dt.timedelta(days=n) for n in when[:2])
    return DocDate(first, precision, until=last if precision is Precision.RANGE else None)


def count_keys(shard: Numbered) -> pa.Table:
    """Each key of a shard with its documents."""
    keys = np.concatenate(
        [np.zeros(0, np.int64), *(b.column(0).to_numpy() for b in shard.batches("key"))]
    )
    found, n = np.unique(keys, return_counts=True)
    return pa.table({"key": found, "n": n.astype(np.int64)})


@dataclass(frozen=True)
class WithKeys:
    """Documents with one of some keys, and what tells whether they are the same.

    Parameters
    ----------
    keys : str
        An array of these keys, ascending.
    """

    keys: str

    def __call__(self, shard: Numbered) -> pa.Table:
        """Their place, id, text (as a number) and date."""
        keys = load(self.keys)
        parts: list[pa.Table] = []
        at = 0
        columns = ("key", "id", "title", "text", "date", "date_last", "date_precision")
        for batch in shard.batches(*columns):
            here = np.flatnonzero(among(batch.column(0).to_numpy(), keys))
            some = pa.Table.from_batches([batch]).take(pa.array(here))
            pairs = zip(some["title"].to_pylist(), some["text"].to_pylist(), strict=True)
            content = [int.from_bytes(digest(*pair)[:8], "big", signed=True) for pair in pairs]
            first = some["date"].cast(pa.int32())
            parts.append(
                pa.table(
                    {
                        "shard": pa.array([shard.number] * len(here), pa.int32()),
                        "row": pa.array(here + at, pa.int64()),
                        "id": some["id"].cast(pa.string()),
                        "content": pa.array(content, pa.int64()),
                        "day": pc.fill_null(first, 0),
                        "last": pc.fill_null(some["date_last"].cast(pa.int32()), 0),
                        "precision": pc.fill_null(some["date_precision"], ""),
                    }
                )
            )
            at += len(batch)
        return pa.concat_tables(parts)
