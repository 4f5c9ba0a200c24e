"""Groups of documents: whether the topics of a run change alike in all of them."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from trends import files, plots, store
from trends.analysis.groups.division import groups_of
from trends.analysis.groups.table import group_trends
from trends.core.given.columns import name_of
from trends.errors import UsageError
from trends.runs.config.settings import RunConfig
from trends.runs.engine.engine import Engine, Need, Report
from trends.runs.engine.task import task
from trends.runs.studies.run import finished
from trends.runs.tasks import backends, publish
from trends.runs.tasks.analysis_parts.periods import clusters_of, periods_of
from trends.runs.tasks.parts import estimated

TABLES = ("groups.csv", "group_differences.csv", "group_pairs.csv", "groups.json")


def run(config: RunConfig, out: Path, *, report: Report | None = None) -> dict[str, Any]:
    """Carry out the run if needed, and compare groups under the leading backend's prototype.

    Parameters
    ----------
    config : RunConfig
        All settings; ``[groups]`` names the column.
    out : Path
        Folder of the results: ``groups.csv``, ``group_differences.csv``, ``group_pairs.csv``,
        ``groups.json`` and ``figures/groups.*`` join the files of the run.
    report : callable, optional
        Called with (task, state, done, total).

    Returns
    -------
    dict
        What is in ``groups.json``: the groups, the spans, a sentence for each topic.

    Raises
    ------
    UsageError
        If no column is named, or the corpus has no such column.
    """
    if not config.groups.by:
        message = "Name the column of the groups: --by venue, or by under [groups] in the config."
        raise UsageError(message)
    engine = Engine(out, report)
    return engine.carry_out(study(engine, config))


def study(engine: Engine, config: RunConfig) -> Generator[Need, bool, dict[str, Any]]:
    """The comparison as a study."""
    p = yield from finished(engine, config)
    given = p.inputs
    compared = compare(
        corpus=given.corpus, split=given.split, analysis=p.analysis, fits=p.fits, config=p.config
    )
    yield Need([compared])
    if engine.dry:
        return {}
    folder = engine.folder(compared)
    pictures = tuple(f"figures/{p.name}" for p in sorted((folder / "figures").iterdir()))
    return publish.add(folder, (*pictures, *TABLES), engine.out)


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
    p, settings = config.prevalence, config.groups
    documents = estimated(corpus, split)
    frame = documents.documents
    column = frame[name_of(frame, settings.by, "groups.by")].rename(settings.by)
    notes = json.loads((analysis / "analysis.json").read_text(encoding="utf-8"))
    backend = config.models.backends[0]
    seed = int(notes["prototypes"][backend]["seed"])
    topics = store.read_csv(analysis / "topics.csv")
    mine = (topics["backend"] == backend) & (topics["topic"] >= 0)
    found = group_trends(
        store.read_topics(fits[backend][seed]),
        periods_of(documents, **p.calendar),
        groups_of(column, smallest=settings.smallest, ranges=settings.ranges),
        labels=topics.loc[mine, "label"].astype(str).tolist(),
        theta=p.theta,
        spans=p.spans,
        level=p.level,
        clusters=clusters_of(documents, p.cluster),
    )
    frames = {
        "groups": found.groups,
        "group_differences": found.differences,
        "group_pairs": found.pairs,
    }
    for name, frame in frames.items():
        files.write_csv(folder / f"{name}.csv", frame)
    drawn = plots.plot("groups", found.over_time(), noun=settings.by)
    plots.save(drawn, folder / "figures", config.figures.formats)
    about = {"by": settings.by, "backend": backend, "seed": seed, "sentences": found.sentences()}
    files.write_json(folder / "groups.json", {**about, **found.settings})
    return {}
