"""Shapes of the topics of a run: seasons, curves, bursts, changes, forecasts and words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from trends import files, plots, store
from trends.core.computing.cost import Cost
from trends.core.computing.rng import seeds_from
from trends.core.shown.shapes import phrase, spoken
from trends.runs.config.settings import RunConfig
from trends.runs.engine.task import task
from trends.runs.tasks import backends
from trends.runs.tasks.analysis import leading
from trends.runs.tasks.analysis_parts.periods import clusters_of, periods_of
from trends.runs.tasks.figures import Sheets, draw_shapes
from trends.runs.tasks.parts import estimated

if TYPE_CHECKING:
    from trends.analysis.shapes.view import Shapes


@task(
    "shapes",
    cost=Cost(300, all_shares=8),
    reads=("shapes", "prevalence", "models.backends", "figures", "rng"),
    loads=backends.none,
)
def find(
    folder: Path,
    corpus: Path,
    split: Path | None,
    terms: Path,
    analysis: Path,
    fits: Mapping[str, Mapping[int, Path]],
    *,
    config: RunConfig,
) -> dict[str, Any]:
    """Look for shapes in the topics of the prototype: tables, sentences, a figure a topic."""
    from trends.analysis.prevalence.estimate import estimate
    from trends.analysis.shapes.view import Material, find_shapes

    p = config.prevalence
    documents = estimated(corpus, split)
    backend, seed, labels = leading(analysis, config)
    topics = store.read_topics(fits[backend][seed])
    periods = periods_of(documents, **p.calendar)
    shares = estimate(
        topics,
        periods,
        labels=labels,
        theta=p.theta,
        level=p.level,
        clusters=clusters_of(documents, p.cluster),
    )
    found = find_shapes(
        shares,
        Material(topics, store.read_counts(terms), periods),
        spans=p.spans,
        level=p.level,
        ahead=config.shapes.ahead,
        most=config.shapes.terms,
        rng=seeds_from(config.rng, "shapes", 1)[0],
    )
    _write(folder, found)
    about = {"backend": backend, "seed": seed, "sentences": found.sentences(), **found.settings}
    files.write_json(folder / "shapes.json", about)
    # The report shows the SVG.
    formats = tuple(dict.fromkeys((*config.figures.formats, "svg")))
    with plots.style(config.figures.venue, font=config.figures.font):
        draw_shapes(Sheets(folder / "figures", formats), folder, config)
    return {}


def _write(folder: Path, found: Shapes) -> None:
    table = found.frame()
    for name in ("start", "stop"):
        table[name] = [_day(v) for v in table[name]]
    files.write_csv(folder / "shapes.csv", table)
    files.write_csv(folder / "shapes_over_time.csv", found.courses)
    if len(found.seasons):
        files.write_csv(folder / "shapes_seasons.csv", found.seasons)
    if found.terms is not None:
        files.write_csv(folder / "term_trends.csv", found.terms.terms)
        files.write_csv(folder / "term_topics.csv", found.terms.topics)


def _day(value: Any) -> str:
    """A first day as ISO 8601, the name of a season as it is, nothing where it is missing."""
    if isinstance(value, str):
        return value
    return "" if pd.isna(value) else pd.Timestamp(value).date().isoformat()


def with_shapes(claims: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """The table of claims with a column that says the shapes of each topic.

    Parameters
    ----------
    claims : pandas.DataFrame
        As in ``claims.csv``.
    folder : Path
        Where :func:`find` wrote.
    """
    table = store.read_csv(folder / "shapes.csv")
    period = str(files.read_json(folder / "shapes.json")["period"])
    found = table[table["found"].astype(bool)]
    said = {
        str(topic): "; ".join(phrase(row, period) for row in spoken(own))
        for topic, own in found.groupby("topic")
    }
    return claims.assign(shapes=[said.get(str(t), "") for t in claims["topic"]])
