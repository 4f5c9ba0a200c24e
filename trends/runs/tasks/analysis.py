"""From fits to the tables of a run.

Prevalence, trends, diagnostics, composition, quality, agreement, claims.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from trends import files, store
from trends.core.computing.cost import Cost
from trends.runs.config.settings import RunConfig
from trends.runs.engine.cache import RECORD
from trends.runs.engine.task import task
from trends.runs.tasks import audit, backends, sample, topic_number
from trends.runs.tasks.parts import estimated


class Leading(NamedTuple):
    """The topics that a run speaks of: those of one fit of its first backend."""

    backend: str
    seed: int
    labels: list[str]


def prototypes(analysis: Path) -> dict[str, int]:
    """Backend → seed of the fit that stands for all of it."""
    notes = json.loads((analysis / "analysis.json").read_text(encoding="utf-8"))
    return {backend: int(about["seed"]) for backend, about in notes["prototypes"].items()}


def leading(analysis: Path, config: RunConfig) -> Leading:
    """Which topics a run speaks of, and what they are called."""
    backend = config.models.backends[0]
    topics = store.read_csv(analysis / "topics.csv")
    mine = (topics["backend"] == backend) & (topics["topic"] >= 0)
    labels = topics.loc[mine, "label"].astype(str).tolist()
    return Leading(backend, prototypes(analysis)[backend], labels)


@task(
    "analysis",
    cost=Cost(500, characters=2.5, entries=60, vectors=12, all_shares=24),
    reads=(
        "rng", "labels.path", "edits", "embed", "figures.map", "diagnostics",
        "models.backends", "models.settings", "prevalence",
    ),
    loads=backends.of_run,
)  # fmt: skip
def analyse_fits(
    folder: Path,
    corpus: Path,
    split: Path | None,
    terms: Path,
    vectors: Path | None,
    fits: Mapping[str, Mapping[int, Path]],
    choice: Path | None,
    sample_check: Path | None,
    *,
    config: RunConfig,
) -> dict[str, Any]:
    """Analyse fits and write every table of the contract that is about them."""
    from trends.runs.tasks.analysis_parts.analyse import analyse

    documents, counts = estimated(corpus, split), store.read_counts(terms)
    array = store.read_vectors(vectors) if vectors is not None else None
    read = {b: [store.read_topics(f) for f in by_seed.values()] for b, by_seed in fits.items()}
    result = analyse(documents, counts, read, array, config)
    of_inputs = [w for f in (terms, vectors) if f is not None for w in _info(f).get("warnings", [])]
    result["notes"]["warnings"][:0] = of_inputs
    for name, frame in result["tables"].items():
        files.write_csv(folder / f"{name}.csv", frame)
    files.write_json(folder / "analysis.json", result["notes"])
    audit.write_of_run(folder, documents, config)
    if choice is not None:
        topic_number.add_to_analysis(folder, choice)
    if sample_check is not None:
        sample.add_to_analysis(folder, sample_check)
    return {}


def _info(folder: Path) -> dict[str, Any]:
    """What a finished task said of its result."""
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    return dict(record["info"])
