"""The documents on which topics are learnt: drawn evenly over time from all shards."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from trends import files
from trends.core import Corpus
from trends.core.computing.rng import seeds_from
from trends.core.corpus import LAST, OBSERVED, WHOLE, observed
from trends.runs.config.sections.engine import EngineConfig
from trends.runs.config.settings import RunConfig
from trends.runs.engine.engine import Context
from trends.runs.engine.mapping.choose import mapper_of
from trends.runs.engine.task import task
from trends.runs.tasks import backends, documents
from trends.runs.tasks import sample as samples
from trends.runs.tasks.sharded.counting import Days
from trends.runs.tasks.sharded.numbered import ACCOUNT
from trends.runs.tasks.sharded.shards import CleanShard, shards_of, span_of, vectors_of
from trends.sources.stored import corpus_file

#: Where the ranks of documents lie.
_RANKS = 2**62


@task(
    "sharded-sample",
    how=("engine",),
    reads=("models.sample", "split.share", "prevalence.calendar", "rng"),
    loads=backends.none,
)
def draw(
    folder: Path,
    read: Path,
    repeats: Path,
    days: Path,
    *,
    engine: EngineConfig,
    name: str,
    config: RunConfig,
    context: Context,
) -> dict[str, Any]:
    """``corpus.parquet``: the documents that are drawn, an ordinary corpus.

    Of each period, and of the documents outside time, the same part: those with the smallest
    numbers, which come from the id and the seed alone, so that the draw is the same however the
    documents lie in shards.
    """
    counted, seed = Days.of(days), seeds_from(config.rng, "sample", 1)[0]
    stratum, many = strata(counted, config, span_of(repeats))
    n = len(counted)
    target = samples.size(config, n) or n
    take = shares_of(many, target)
    job = Draw(str(days), _limits(many, take), tuple(stratum.tolist()), seed)
    with mapper_of(engine, folder, context.shards, context.shelf) as mapper:
        found = mapper.map(job, shards_of(read, repeats)).collect()
    frame = _smallest(found, take)
    corpus = _corpus(frame, repeats, counted, name)
    corpus_file.write(corpus, folder / "corpus.parquet")
    if "vector" in found.column_names:
        text = frame.set_index("id").loc[list(corpus.ids), "vector"]
        array = np.stack([np.frombuffer(bytes.fromhex(v), np.float16) for v in text])
        with (folder / documents.EMBEDDINGS).open("wb") as f:
            np.save(f, array.astype(np.float32), allow_pickle=False)
    outside = int((frame["stratum"] == 0).sum())
    return {"learn": len(corpus), "documents": n, "outside_time": outside, "seed": seed}


def strata(
    days: Days, config: RunConfig, span: tuple[dt.date | None, dt.date | None]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Stratum of each date (0 outside time, then the periods), and documents of each stratum."""
    periods = days.periods(config.prevalence.calendar, span)
    stratum = np.asarray(periods.index) + 1
    many = np.bincount(
        stratum, days.dates["documents"].to_numpy(np.int64), minlength=len(periods) + 1
    )
    return stratum, many.astype(np.int64)


def shares_of(many: NDArray[np.int64], target: int) -> NDArray[np.int64]:
    """How many of each stratum are drawn: its part of all, by largest remainders."""
    exact = many * target / max(int(many.sum()), 1)
    take = np.floor(exact).astype(np.int64)
    rest = target - int(take.sum())
    take[np.argsort(-(exact - take), kind="stable")[:rest]] += 1
    return np.minimum(take, many)


def _limits(many: NDArray[np.int64], take: NDArray[np.int64]) -> tuple[int, ...]:
    """Ranks below which so many documents of a stratum lie that the wanted ones are among them.

    Ranks are uniform: eight standard deviations more than wanted miss one in a thousand million
    million times, and then the draw of that stratum is smaller.
    """
    wide = take + 8 * np.sqrt(take) + 32
    part = np.minimum(wide / np.maximum(many, 1), 1.0)
    return tuple(int(p * _RANKS) for p in part)


def ranks(keys: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """A number for each key that is drawn evenly and is another one for another seed."""
    with np.errstate(over="ignore"):
        x = keys.astype(np.uint64) ^ (np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15))
        x ^= x >> np.uint64(30)
        x *= np.uint64(0xBF58476D1CE4E5B9)
        x ^= x >> np.uint64(27)
        x *= np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
    return (x >> np.uint64(2)).astype(np.int64)


@dataclass(frozen=True)
class Draw:
    """Documents of a shard whose rank is below the limit of their stratum.

    Parameters
    ----------
    days : str
        Folder of the dates that occur.
    limits : tuple of int
        Of each stratum.
    stratum : tuple of int
        Of each date.
    seed : int
    """

    days: str
    limits: tuple[int, ...]
    stratum: tuple[int, ...]
    seed: int

    def __call__(self, shard: CleanShard) -> pa.Table:
        """All that is known of the documents, with ``stratum`` and ``rank``."""
        days, schema = Days.of(Path(self.days)), pq.read_schema(shard.path)
        limits, stratum = np.array(self.limits), np.array(self.stratum)
        parts = []
        for batch in shard.batches(schema.names):
            of = stratum[days.place(batch)]
            rank = ranks(batch["key"].to_numpy(), self.seed)
            kept = np.flatnonzero(rank < limits[of])
            some = batch.select(schema.names).take(pa.array(kept))
            parts.append(_with(some, of[kept], rank[kept]))
        none = np.zeros(0, dtype=np.int64)
        return pa.concat_tables(parts or [_with(schema.empty_table(), none, none)])


def _with(some: pa.Table, stratum: NDArray[np.int64], rank: NDArray[np.int64]) -> pa.Table:
    """Documents with stratum and rank, and their vectors as text."""
    if "vector" in some.column_names:
        rows = vectors_of(some)
        text = pa.array(
            [] if rows is None else [v.astype(np.float16).tobytes().hex() for v in rows]
        )
        at = some.column_names.index("vector")
        some = some.set_column(at, "vector", text.cast(pa.string()))
    some = some.append_column("stratum", pa.array(stratum, pa.int64()))
    return some.append_column("rank", pa.array(rank, pa.int64()))


def _smallest(found: pa.Table, take: NDArray[np.int64]) -> pd.DataFrame:
    """Of each stratum the documents with the smallest ranks."""
    frame = found.to_pandas()
    frame = frame.sort_values(["stratum", "rank", "id"], ignore_index=True)
    place = frame.groupby("stratum").cumcount()
    return frame[place < take[frame["stratum"]]].reset_index(drop=True)


def _corpus(frame: pd.DataFrame, repeats: Path, days: Days, name: str) -> Corpus:
    """The drawn documents as a corpus that knows of all the others."""
    account = files.read_json(repeats / ACCOUNT)
    first, last = days.first_and_last()
    whole = {**days.summary(), "first": first, "last": last}
    frame = frame.drop(columns=["key", "vector", "stratum", "rank"], errors="ignore")
    frame["date"], frame[LAST] = (pd.to_datetime(frame[column]) for column in ("date", LAST))
    # A row of several files is no row of one.
    frame["source_row"] = pd.NA
    notes = {k: v for k, v in account.items() if k not in OBSERVED}
    return Corpus(frame, name=name, notes={**notes, WHOLE: whole}, **observed(*span_of(repeats)))
