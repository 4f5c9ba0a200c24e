"""The page of a run with its updates: when each was, whether its documents fit, and trends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from trends import files, plots, store
from trends.analysis.prevalence.estimate import estimate
from trends.analysis.trend.fit import fit_trends
from trends.core.computing.cost import Cost
from trends.core.wording import plural
from trends.runs.config.settings import RunConfig
from trends.runs.engine.task import Task, task
from trends.runs.tasks import backends, report
from trends.runs.tasks.analysis_parts.periods import clusters_of, periods_of
from trends.runs.tasks.updating import drift, incoming, shares
from trends.runs.tasks.updating.frozen import Frozen
from trends.runs.tasks.updating.tables import together

#: What is kept of the record of each update.
SAID = ("number", "date", "documents", "first", "last")


@task("update-page", cost=Cost(500, all_shares=40), how=("run", "start", "parts", "records"),
      reads=("prevalence", "figures"), loads=backends.none)  # fmt: skip
def page(
    folder: Path,
    judged: Path,
    *,
    run: str,
    start: str,
    parts: tuple[str, ...],
    records: tuple[dict[str, Any], ...],
    config: RunConfig,
) -> dict[str, Any]:
    """``report.html``, ``drift.csv`` (the alarm's table of every update), and its figure."""
    frozen, p = Frozen(Path(run)), config.prevalence
    places = [*map(Path, parts[:-1]), judged]
    table = measured(places, records)
    files.write_csv(folder / "drift.csv", table)
    venue = config.figures
    more = []
    with plots.style(venue.venue, font=venue.font):
        if table["share"].notna().any():
            more.append(plots.drift(table))
            plots.save(more[0], folder / "figures", venue.formats)
        corpus, order, sizes = together(frozen, [Path(part) for part in parts])
        matched, backend = shares.Matched(Path(start)), next(iter(frozen.seeds))
        seed = matched.prototype(backend)
        pieces = [
            shares.read(place, backend, seed, size)
            for place, size in zip([Path(start), *map(Path, parts)], sizes, strict=True)
        ]
        topics = shares.stacked(frozen.published(backend, seed), pieces, order)
        found = estimate(
            topics,
            periods_of(corpus, **p.calendar),
            labels=matched.labels(backend),
            theta=p.theta,
            level=p.level,
            clusters=clusters_of(corpus, p.cluster),
        )
        trend = fit_trends(found, spans=p.spans, level=p.level)
        said = [line for place, record in zip(places, records, strict=True)
                for line in lines(place, record)]  # fmt: skip
        report.single(
            folder / "report.html", corpus, topics, found, trend, updates=said, figures=more
        )
    return {}


def measured(places: list[Path], records: tuple[dict[str, Any], ...]) -> pd.DataFrame:
    """The tables of the alarm of all updates, each about its own documents."""
    out = []
    for place, record in zip(places, records, strict=True):
        own = store.read_csv(place / drift.DRIFT)
        own = own[own["set"] == "update"].drop(columns="set")
        own.insert(0, "update", record["number"])
        own.insert(1, "date", record["date"])
        out.append(own)
    return pd.concat(out, ignore_index=True)


def lines(place: Path, record: dict[str, Any]) -> list[str]:
    """When an update was and what came with it, and what it says of the topics."""
    came = (
        f"Update {record['number']} ({record['date']}): {plural(record['documents'], 'document')} "
        f"from {record['first'] or 'no date'} to {record['last'] or 'no date'}."
    )
    return [" ".join([came, *files.read_json(place / drift.SAID)["sentences"]])]


def task_of(
    frozen: Frozen,
    judged: Task,
    start: Path,
    parts: list[Path],
    records: list[dict[str, Any]],
    config: RunConfig,
) -> Task:
    """The task of the page; its key holds all that it shows."""
    kept = tuple({name: record[name] for name in SAID} for record in records)
    return page(
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
