"""Tables of a run together with all its updates, every document under one rule."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trends import files, plots
from trends.analysis.prevalence.estimate import estimate, estimate_each
from trends.analysis.shapes.bands import fit_curves, with_bands
from trends.analysis.trend.fit import fit_trends
from trends.core import Corpus
from trends.core.computing.cost import Cost
from trends.core.computing.rng import seeds_from
from trends.runs.config.settings import RunConfig
from trends.runs.engine.task import Task, task
from trends.runs.tasks import backends
from trends.runs.tasks.analysis_parts.aligned import aligned
from trends.runs.tasks.analysis_parts.periods import clusters_of, periods_of
from trends.runs.tasks.analysis_parts.tables import tagged
from trends.runs.tasks.updating import incoming, shares
from trends.runs.tasks.updating.frozen import Frozen
from trends.sources.stored import corpus_file

TABLES = ("coverage", "prevalence", "trends", "curves")


@task("update-tables", cost=Cost(500, all_shares=40), how=("run", "start", "parts"),
      reads=("prevalence", "figures.formats", "figures.top", "rng"),
      loads=backends.none)  # fmt: skip
def tables(
    folder: Path, *, run: str, start: str, parts: tuple[str, ...], config: RunConfig
) -> dict[str, Any]:
    """Shares and trends over all documents, and a figure of them."""
    frozen, matched = Frozen(Path(run)), shares.Matched(Path(start))
    corpus, order, sizes = together(frozen, [Path(p) for p in parts])
    p = config.prevalence
    periods, clusters = periods_of(corpus, **p.calendar), clusters_of(corpus, p.cluster)
    _, bootstrap, _, bands = seeds_from(config.rng, "analysis", 4)
    out: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    for n, (backend, seeds) in enumerate(frozen.seeds.items()):
        rows = []
        alignments = matched.fits(backend)
        for seed in seeds:
            pieces = [
                shares.read(place, backend, seed, size)
                for place, size in zip([Path(start), *map(Path, parts)], sizes, strict=True)
            ]
            topics = shares.stacked(frozen.published(backend, seed), pieces, order)
            rows.append(aligned(topics, alignments[seed], p.theta))
        about: dict[str, Any] = {
            "labels": matched.labels(backend), "theta": p.theta, "level": p.level,
            "clusters": clusters,
        }  # fmt: skip
        found = estimate(rows, periods, interval=p.interval, rng=bootstrap, **about)
        trend = fit_trends(estimate_each(rows, periods, **about), spans=p.spans, level=p.level)
        out["prevalence"].append(tagged(found.frame(), backend))
        out["trends"].append(tagged(trend.frame(), backend))
        smooth = fit_curves(found, level=p.level, rng=bands, claims=False)
        curves = with_bands(trend.curves(), smooth)
        out["curves"].append(tagged(curves, backend))
        if n == 0:
            covered = {
                "period": found.periods.astype("datetime64[s]"),
                "n_docs": found.n_docs,
                "complete": found.complete,
            }
            out["coverage"].append(pd.DataFrame(covered))
            drawn = plots.plot("prevalence", found, trends=trend.frame(), top=config.figures.top)
            plots.save(drawn, folder / "figures", config.figures.formats)
    for name, frames in out.items():
        files.write_csv(folder / f"{name}.csv", pd.concat(frames, ignore_index=True))
    return {"documents": len(corpus)}


def together(
    frozen: Frozen, parts: list[Path]
) -> tuple[Corpus, np.ndarray[Any, np.dtype[np.int64]], list[int]]:
    """All documents, where each stands among those of the parts, and the sizes of these."""
    joined = [frozen.corpus, *(corpus_file.read([p / incoming.CORPUS]) for p in parts)]
    frame = pd.concat([one.documents for one in joined], ignore_index=True)
    # Rows of several files are no rows of one.
    frame["source_row"] = pd.NA
    place = {doc: i for i, doc in enumerate(frame["id"])}
    corpus = Corpus(frame, name=frozen.corpus.name, observed_from=frozen.corpus.observed_from)
    corpus = replace(corpus, observed_until=_until([one.observed_until for one in joined], corpus))
    order = np.array([place[doc] for doc in corpus.ids], dtype=np.int64)
    return corpus, order, [len(one) for one in joined]


def _until(stated: list[dt.date | None], corpus: Corpus) -> dt.date | None:
    """The last day that was stated to be covered; nothing where documents are later than it."""
    days = [day for day in stated if day is not None]
    last = corpus.documents["date"].max()
    return max(days) if days and not last.date() > max(days) else None


def task_of(frozen: Frozen, start: Path, parts: list[Path], config: RunConfig) -> Task:
    """The task of the tables; its key holds all shares that go into them."""
    return tables(
        run=str(frozen.out),
        start=str(start),
        parts=tuple(map(str, parts)),
        config=config,
        depends={
            "run": frozen.fingerprint,
            "base": incoming.content(start),
            "parts": [incoming.content(part) for part in parts],
        },
    )
