"""Groups of documents: whether the topics of a run change alike in all of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trends import files, plots, store
from trends.analysis.groups.division import Groups, column_of, groups_of
from trends.core import Corpus
from trends.runs.config.sections.studies import GroupsConfig
from trends.runs.config.settings import RunConfig
from trends.runs.engine.task import task
from trends.runs.tasks import backends
from trends.runs.tasks.analysis import leading
from trends.runs.tasks.analysis_parts.periods import clusters_of, periods_of
from trends.runs.tasks.parts import estimated


def check(corpus: Corpus, config: RunConfig) -> None:
    """Refuse groups that a corpus cannot be divided into, before anything is fitted.

    Raises
    ------
    UsageError, DataError
        If there is no such column, one group, or too many.
    """
    settings = config.groups
    if settings.by:
        _divided(corpus, settings)
    if settings.by and settings.standardize_by:
        from trends.runs.tasks.analysis_parts.standardized import strata

        strata(corpus, settings.standardize_by, "groups.standardize_by")


def _divided(corpus: Corpus, settings: GroupsConfig) -> Groups:
    column = column_of(corpus, settings.by, "groups.by")
    return groups_of(column, smallest=settings.smallest, ranges=settings.ranges)


@task(
    "groups",
    reads=("groups", "prevalence", "models.backends", "figures.formats"),
    loads=backends.none,
)
def compare(
    folder: Path,
    corpus: Path,
    split: Path | None,
    analysis: Path,
    fits: Mapping[str, Mapping[int, Path]],
    *,
    config: RunConfig,
) -> dict[str, Any]:
    """Test the topics of the prototype in every group, and whether the groups differ."""
    from trends.analysis.groups.mix import Mix
    from trends.analysis.groups.table import group_trends
    from trends.runs.tasks.analysis_parts.standardized import strata

    p, settings = config.prevalence, config.groups
    held = settings.standardize_by
    documents = estimated(corpus, split)
    backend, seed, labels = leading(analysis, config)
    found = group_trends(
        store.read_topics(fits[backend][seed]),
        periods_of(documents, **p.calendar),
        _divided(documents, settings),
        labels=labels,
        theta=p.theta,
        spans=p.spans,
        level=p.level,
        clusters=clusters_of(documents, p.cluster),
        mix=Mix(held, strata(documents, held, "groups.standardize_by")) if held else None,
    )
    frames = {
        "groups": found.groups,
        "group_differences": found.differences,
        "group_pairs": found.pairs,
    }
    for name, frame in frames.items():
        files.write_csv(folder / f"{name}.csv", frame)
    drawn = plots.plot("groups", found.over_time(), noun=settings.by)
    # The report shows the SVG.
    plots.save(drawn, folder / "figures", tuple(dict.fromkeys((*config.figures.formats, "svg"))))
    about = {"by": settings.by, "backend": backend, "seed": seed, "sentences": found.sentences()}
    files.write_json(folder / "groups.json", {**about, **found.settings})
    return {}
