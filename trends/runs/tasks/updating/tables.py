"""Tables and page of a run together with all its updates, every document under one rule."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trends import files, plots
from trends.analysis.prevalence.estimate import estimate, estimate_each
from trends.analysis.shapes.bands import fit_curves, with_bands
from trends.analysis.trend.fit import fit_trends
from trends.core import Corpus, Prevalence, Topics, Trend
from trends.core.computing.cost import Cost
from trends.core.computing.rng import seeds_from
from trends.runs.config.settings import RunConfig
from trends.runs.engine.task import Task, task
from trends.runs.tasks import backends, report
from trends.runs.tasks.analysis_parts.aligned import aligned
from trends.runs.tasks.analysis_parts.periods import clusters_of, periods_of
from trends.runs.tasks.analysis_parts.tables import tagged
from trends.runs.tasks.figures import Sheets
from trends.runs.tasks.updating import incoming, page, shares
from trends.runs.tasks.updating.frozen import Frozen
from trends.sources.stored import corpus_file

TABLES = ("coverage", "prevalence", "trends", "curves")


@task("update-tables", cost=Cost(500, all_shares=40), how=("run", "start", "parts", "records"),
      reads=("prevalence", "figures", "rng"), loads=backends.none)  # fmt: skip
def tables(
    folder: Path,
    judged: Path,
    *,
    run: str,
    start: str,
    parts: tuple[str, ...],
    records: tuple[dict[str, Any], ...],
    config: RunConfig,
) -> dict[str, Any]:
    """Shares and trends over all documents, measures of every update, their figures and page."""
    frozen, matched = Frozen(Path(run)), shares.Matched(Path(start))
    corpus, order, sizes = together(frozen, [Path(p) for p in parts])
    p = config.prevalence
    periods, clusters = periods_of(corpus, **p.calendar), clusters_of(corpus, p.cluster)
    _, bootstrap, _, bands = seeds_from(config.rng, "analysis", 4)
    out: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    for n, (backend, seeds) in enumerate(frozen.seeds.items()):
        rows, alignments, leading = [], matched.fits(backend), matched.prototype(backend)
        for seed in seeds:
            pieces = [
                shares.read(place, backend, seed, size)
                for place, size in zip([Path(start), *map(Path, parts)], sizes, strict=True)
            ]
            topics = shares.stacked(frozen.published(backend, seed), pieces, order)
            rows.append(aligned(topics, alignments[seed], p.theta))
            if n == 0 and seed == leading:
                shown = topics
        about: dict[str, Any] = {
            "labels": matched.labels(backend), "theta": p.theta, "level": p.level,
            "clusters": clusters,
        }  # fmt: skip
        found = estimate(rows, periods, interval=p.interval, rng=bootstrap, **about)
        trend = fit_trends(estimate_each(rows, periods, **about), spans=p.spans, level=p.level)
        smooth = fit_curves(found, level=p.level, rng=bands, claims=False)
        curves = with_bands(trend.curves(), smooth)
        for name, frame in (
            ("prevalence", found.frame()), ("trends", trend.frame()), ("curves", curves),
        ):  # fmt: skip
            out[name].append(tagged(frame, backend))
        if n == 0:
            covered = {
                "period": found.periods.astype("datetime64[s]"),
                "n_docs": found.n_docs,
                "complete": found.complete,
            }
            out["coverage"].append(pd.DataFrame(covered))
            lead = (shown, found, trend, curves)
    for name, frames in out.items():
        files.write_csv(folder / f"{name}.csv", pd.concat(frames, ignore_index=True))
    _show(folder, [*map(Path, parts[:-1]), judged], records, corpus, lead, config)
    return {"documents": len(corpus)}


def _show(
    folder: Path,
    places: list[Path],
    records: tuple[dict[str, Any], ...],
    corpus: Corpus,
    lead: tuple[Topics, Prevalence, Trend, pd.DataFrame],
    config: RunConfig,
) -> None:
    """Figures of the first backend and of the alarm, and the page that shows them."""
    topics, found, trend, curves = lead
    measured = page.measured(places, records)
    files.write_csv(folder / "drift.csv", measured)
    looks, target = config.figures, folder / "figures"
    # The page shows the SVG, whatever else is wanted.
    sheets = Sheets(target, tuple(dict.fromkeys((*looks.formats, "svg"))))
    with plots.style(looks.venue, font=looks.font):
        sheets.keep(
            "prevalence",
            lambda top: plots.plot("prevalence", found, trends=trend.frame(), top=top),
            looks.top,
        )
        if measured["share"].notna().any():
            sheets.keep("drift", lambda _: plots.drift(measured))
        said = [line for place, record in zip(places, records, strict=True)
                for line in page.lines(place, record)]  # fmt: skip
        report.single(
            folder / "report.html", corpus, topics, found, trend,
            curves=curves, updates=said, figures=report.pictures(target, [topics.backend]),
        )  # fmt: skip
    if "svg" not in looks.formats:
        for path in target.glob("*.svg"):
            path.unlink()


def together(
    frozen: Frozen, parts: list[Path]
) -> tuple[Corpus, np.ndarray[Any, np.dtype[np.int64]], list[int]]:
    """All documents, where each stands among those of the parts, and the sizes of these."""
    joined = [frozen.corpus, *(corpus_file.read([p / incoming.CORPUS]) for p in parts)]
    frame = pd.concat([one.documents for one in joined], ignore_index=True)
    # Rows of several files are no rows of one.
    frame["source_row"] = pd.NA
    place = {doc: i for i, doc in enumerate(frame["id"])}
    corpus = Corpus(
        frame,
        name=frozen.corpus.name,
        observed_from=frozen.corpus.observed_from,
        observed_until=_until([one.observed_until for one in joined], frame["date"].max()),
    )
    order = np.array([place[doc] for doc in corpus.ids], dtype=np.int64)
    return corpus, order, [len(one) for one in joined]


def _until(stated: list[dt.date | None], last: pd.Timestamp) -> dt.date | None:
    """The last day that was stated to be covered; nothing where documents are later than it."""
    days = [day for day in stated if day is not None]
    return max(days) if days and not last.date() > max(days) else None


def task_of(
    frozen: Frozen,
    judged: Task,
    start: Path,
    parts: list[Path],
    records: list[dict[str, Any]],
    config: RunConfig,
) -> Task:
    """The task of tables and page; its key holds all shares and words that go into them."""
    kept = page.kept(records)
    return tables(
        judged=judged,
        run=str(frozen.out),
        start=str(start),
        parts=tuple(map(str, parts)),
        records=kept,
        config=config,
        depends={
            "run": frozen.fingerprint,
            "base": incoming.content(start),
            "parts": [incoming.content(part) for part in parts],
            "records": list(kept),
        },
    )
