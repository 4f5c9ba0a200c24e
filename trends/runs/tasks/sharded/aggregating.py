"""Every document gets its shares of all fits where it lies, and only sums of them leave."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from trends import files, store
from trends.analysis.prevalence.totals import DRAWS, Sums, drawn_sums, sums_of
from trends.core import TermCounts, Topics
from trends.core.computing.cost import Cost
from trends.embed import EMBEDDERS
from trends.errors import UsageError
from trends.models.inference.neighbours import Near, Searcher, find
from trends.models.inference.transfer import transfer
from trends.runs.config.sections.embed import EmbedConfig
from trends.runs.config.sections.engine import EngineConfig
from trends.runs.config.settings import RunConfig
from trends.runs.engine.engine import Context
from trends.runs.engine.mapping.choose import mapper_of
from trends.runs.engine.task import task
from trends.runs.tasks import backends
from trends.runs.tasks.sharded.counting import Days
from trends.runs.tasks.sharded.shards import REPEATS, CleanShard, shards_of, span_of, vectors_of
from trends.runs.tasks.terms import titled
from trends.runs.tasks.updating import shares
from trends.sources.shards.schema import key_of
from trends.text.counting.fixed_vocabulary import count_vocabulary

#: The table of a finished aggregation, and how many clusters of documents there are.
TOTALS, CLUSTERS = "totals.parquet", "clusters.json"
#: Keys of the table; ``topic`` is -1 for what no topic has.
KEYS = ("fit", "cell", "topic")
#: Stands for a fit in rows that count documents with words.
WORDED = "documents"
#: Ends the name of a fit in rows that count documents that nearly repeat an earlier one.
AGAIN = ", repeats"


@task(
    "sharded-rule", cost=Cost(600, vectors=12), reads=("prevalence.calendar",), loads=backends.none
)
def rule(
    folder: Path,
    repeats: Path,
    days: Path,
    fits: Mapping[str, Mapping[int, Path]],
    vectors: Path | None,
    *,
    config: RunConfig,
) -> dict[str, Any]:
    """All that a worker needs beside the fits: the periods of each date, and who votes.

    ``places.npz`` has, of each date, the periods in which it counts and with what part;
    ``near.npz`` the neighbours of the documents for learning, where clusters vote.
    """
    counted = Days.of(days)
    periods = counted.periods(config.prevalence.calendar, span_of(repeats))
    weights = periods.weights.tocoo()
    times = counted.dates["documents"].to_numpy(np.float64)
    # Documents outside time count in a cell after the last period.
    outside = np.flatnonzero(periods.index < 0)
    with (folder / "places.npz").open("wb") as f:
        np.savez(
            f,
            allow_pickle=False,
            date=np.concatenate([weights.row, outside]).astype(np.int64),
            cell=np.concatenate([weights.col, np.full(len(outside), len(periods))]).astype(int),
            part=np.concatenate([weights.data / times[weights.row], np.ones(len(outside))]),
            size=np.array([len(times), len(periods) + 1]),
        )
    if vectors is not None:
        array = store.read_vectors(vectors)
        topics = [store.read_topics(f) for of in fits.values() for f in of.values()]
        near = find(array, array[:0]) if any(shares.votes(fit) for fit in topics) else None
        shares.write_near(folder, near, array)
    return {"periods": len(periods)}


def _embedder(settings: Mapping[str, Any]) -> backends.Loads:
    model = settings["config"].embed.model
    return {**backends.none(settings), "trends.embed": [EMBEDDERS.module(model)]}


@task(
    "sharded-totals",
    how=("engine",),
    reads=("prevalence.theta", "prevalence.interval", "prevalence.cluster", "embed"),
    loads=_embedder,
)
def add_up(
    folder: Path,
    read: Path,
    repeats: Path,
    days: Path,
    rule: Path,
    fits: Mapping[str, Mapping[int, Path]],
    *,
    engine: EngineConfig,
    config: RunConfig,
    context: Context,
) -> dict[str, Any]:
    """``totals.parquet``: sums over all documents by fit, period and topic."""
    p = config.prevalence
    names = {f"{b}/{seed}": str(path) for b, of in fits.items() for seed, path in of.items()}
    job = AddUp(
        days=str(days),
        rule=str(rule),
        fits=tuple(names.items()),
        theta=p.theta,
        draws=p.interval == "bootstrap" or bool(p.cluster),
        cluster=p.cluster,
        embed=EmbedConfig(**config.embed.model_dump()),
    )
    with mapper_of(engine, folder, context.shards, context.shelf) as mapper:
        shards = shards_of(read, repeats)
        table = mapper.sum(mapper.map(job, shards), KEYS)
        if p.cluster:
            named = partial(by_cluster, column=p.cluster)
            of = mapper.sum(mapper.map(named, shards), ["named", "cluster"])
            files.write_json(folder / CLUSTERS, clusters_in(of, p.cluster))
    pq.write_table(table, folder / TOTALS)
    return {"sums": len(table)}


def clusters_in(counted: pa.Table, column: str) -> dict[str, Any]:
    """How many clusters there are, as estimates of shares tell of them.

    Raises
    ------
    UsageError
        If all documents are in one.
    """
    named = counted["named"].to_numpy()
    clusters, alone = int(named.sum()), int(counted["documents"].to_numpy()[named == 0].sum())
    if clusters == 1 and not alone:
        message = (
            f"prevalence.cluster is {column!r}, but all documents have one {column}: as one "
            "cluster they say nothing about a share. Name another column."
        )
        raise UsageError(message)
    return {"column": column, "clusters": clusters, "alone": alone}


def by_cluster(shard: CleanShard, column: str) -> pa.Table:
    """Documents of a shard by their cluster, those without one together."""
    found: Counter[tuple[int, int]] = Counter()
    for batch in shard.batches([column], 65_536):
        names = [(name or "").strip() for name in batch[column].to_pylist()]
        found.update((1, key_of(name)) if name else (0, 0) for name in names)
    named, cluster = zip(*found, strict=True) if found else ((), ())
    return pa.table(
        {
            "named": pa.array(named, pa.int64()),
            "cluster": pa.array(cluster, pa.int64()),
            "documents": pa.array(list(found.values()), pa.int64()),
        }
    )


@dataclass(frozen=True)
class AddUp:
    """Sums of a shard; see :func:`add_up`.

    Parameters
    ----------
    days, rule : str
        Folders of these tasks.
    fits : tuple of (str, str)
        Name and folder of each fit.
    theta : {"hard", "mean"}
        What is drawn again, where draws are made.
    draws : bool
        Whether documents are drawn again.
    cluster : str
        Column whose documents are drawn together; each alone if empty.
    embed : EmbedConfig
        How documents that came without vectors get theirs, where fits are clusters of vectors.
    """

    days: str
    rule: str
    fits: tuple[tuple[str, str], ...]
    theta: str
    draws: bool
    cluster: str
    embed: EmbedConfig

    def __call__(self, shard: CleanShard) -> pa.Table:
        """One row for each fit, period and topic."""
        places = _places(self.rule)
        sums: dict[str, list[Sums]] = {}

        def add(name: str, found: list[Sums]) -> None:
            old = sums.get(name)
            sums[name] = found if old is None else [a + b for a, b in zip(old, found, strict=True)]

        for batch in shard.batches(self._columns(shard)):
            where = places.of(_days(self.days).place(batch))
            again = batch[REPEATS].to_numpy()[where[0]]
            keys = self._keys(batch) if self.draws else np.zeros(0, np.int64)
            texts = titled(batch["title"].to_pandas(), batch["text"].fill_null("").to_pylist())
            counts = self._counts(texts)
            # One topic that all documents with words have, so that they are counted as topics are.
            worded = (counts.tokens > 0).astype(np.float64)[:, None]
            label = np.where(worded[:, 0] > 0, 0, -1)
            add(WORDED, self._sums(keys, worded, label, where, places.cells))
            vectors, near = self._vectors(batch, texts)
            for name, folder in self.fits:
                voted = near if shares.votes(_fit(folder)) else None
                found = transfer(_fit(folder), counts, vectors=vectors, near=voted, compiled=True)
                theta, hard = found.theta, found.hard
                add(name, self._sums(keys, theta, hard, where, places.cells))
                repeats = tuple(part[again] for part in where)
                add(f"{name}{AGAIN}", self._sums(keys, theta, hard, repeats, places.cells))
        return self._table(sums, places.cells)

    def _sums(
        self, keys: NDArray[np.int64], theta: Any, hard: Any, where: tuple[Any, ...], cells: int
    ) -> list[Sums]:
        document, cell, part = where
        found = list(sums_of(theta, hard, document, cell, part, cells))
        if self.draws:
            counted = hard if self.theta == "hard" else None
            found.append(drawn_sums(keys, theta, counted, document, cell, part, cells))
        return found

    def _columns(self, shard: CleanShard) -> list[str]:
        needed = ["key", "title", "text", "date", "date_last", "date_precision"]
        needed += [self.cluster] if self.cluster else []
        return needed + ["vector"] * ("vector" in pq.read_schema(shard.path).names)

    def _keys(self, batch: pa.Table) -> NDArray[np.int64]:
        own = batch["key"].to_numpy()
        if not self.cluster:
            return own
        named = [(v or "").strip() for v in batch[self.cluster].to_pylist()]
        return np.array(
            [key_of(v) if v else k for v, k in zip(named, own.tolist(), strict=True)],
            dtype=np.int64,
        )

    def _counts(self, texts: list[str]) -> TermCounts:
        """Counts over the vocabulary, which is that of all fits of a run."""
        ids = [str(i) for i in range(len(texts))]
        return count_vocabulary(ids, texts, _fit(self.fits[0][1]).vocabulary)

    def _vectors(self, batch: pa.Table, texts: list[str]) -> tuple[Any, Near | None]:
        """Vectors of documents and who is near them, where fits are clusters of vectors."""
        search = _searcher(self.rule)
        if search is None:
            return None, None
        vectors = vectors_of(batch)
        if vectors is None:
            how, given = self.embed, self.embed.path or None
            make = EMBEDDERS.load(how.model)
            found, _ = make(texts, model=given, engine=how.engine, device=how.device, store="none")
            vectors = found.astype(np.float16).astype(np.float32)
        return vectors, search(vectors)

    def _table(self, sums: dict[str, list[NDArray[np.int64]]], cells: int) -> pa.Table:
        parts = []
        widths = {WORDED: 2}
        for name, folder in self.fits:
            widths[name] = widths[f"{name}{AGAIN}"] = _fit(folder).n_topics + 1
        for name, width in widths.items():
            none = np.zeros((cells, width), np.int64)
            found = sums.get(name) or [none] * 3 + (
                [np.zeros((cells, width, DRAWS), np.int64)] if self.draws else []
            )
            cell, topic = np.divmod(np.arange(cells * width), width)
            columns = {
                "fit": pa.array([name] * (cells * width)),
                "cell": pa.array(cell),
                "topic": pa.array(np.where(topic == width - 1, -1, topic)),
                **dict(zip(("hard", "mass", "squares"), (pa.array(a.ravel()) for a in found[:3]),
                           strict=True)),
            }  # fmt: skip
            if self.draws:
                drawn = found[3].reshape(cells * width, DRAWS)
                columns |= {f"draw_{d:03d}": pa.array(drawn[:, d]) for d in range(DRAWS)}
            parts.append(pa.table(columns))
        return pa.concat_tables(parts)


@dataclass(frozen=True)
class Places:
    """Where each date counts: sorted by date."""

    first: NDArray[np.int64]
    width: NDArray[np.int64]
    cell: NDArray[np.int64]
    part: NDArray[np.float64]
    cells: int

    def of(
        self, dates: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Document, cell and part of it for all places in which documents of these dates count."""
        width = self.width[dates]
        document = np.repeat(np.arange(len(dates)), width)
        within = np.arange(len(document)) - np.repeat(np.cumsum(width) - width, width)
        at = self.first[dates][document] + within
        return document, self.cell[at], self.part[at]


@functools.lru_cache(maxsize=2)
def _places(folder: str) -> Places:
    with np.load(Path(folder) / "places.npz", allow_pickle=False) as found:
        date, cell, part, (dates, cells) = (found[n] for n in ("date", "cell", "part", "size"))
    order = np.lexsort((cell, date))
    width = np.bincount(date, minlength=int(dates))
    return Places(np.cumsum(width) - width, width, cell[order], part[order], int(cells))


@functools.lru_cache(maxsize=2)
def _days(folder: str) -> Days:
    return Days.of(Path(folder))


@functools.lru_cache(maxsize=64)
def _fit(folder: str) -> Topics:
    return store.read_topics(Path(folder))


@functools.lru_cache(maxsize=2)
def _searcher(folder: str) -> Callable[[Any], Near | None] | None:
    """Finds who is near documents; nobody where centres decide, nothing without vectors."""
    near, vectors = shares.read_near(Path(folder))
    if vectors is None:
        return None
    return Searcher.of(near, vectors) if near is not None else lambda _: None
