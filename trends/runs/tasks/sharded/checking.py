"""What the rule for new documents does to the shares of those on which topics were learnt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trends import store
from trends.core import Topics
from trends.core.computing.cost import Cost
from trends.runs.config.settings import RunConfig
from trends.runs.engine.task import task
from trends.runs.tasks import backends, documents
from trends.runs.tasks.sample import write_check
from trends.runs.tasks.terms import known_counts
from trends.runs.tasks.updating import shares


@task("sharded-check", cost=Cost(600, characters=2.5, entries=60, shares=40),
      reads=("prevalence.theta",), loads=backends.none)  # fmt: skip
def check(
    folder: Path,
    corpus: Path,
    rule: Path,
    fits: Mapping[str, Mapping[int, Path]],
    *,
    config: RunConfig,
) -> dict[str, Any]:
    """``sample.csv`` (one row per backend, seed and topic) and ``sample.json`` (sentences)."""
    drawn = documents.load(corpus)
    near, vectors = shares.read_near(rule)

    def pairs() -> Iterator[tuple[str, int, Topics, Topics]]:
        counts = None
        for backend, by_seed in fits.items():
            for seed, place in by_seed.items():
                fit = store.read_topics(place)
                counts = counts or known_counts(drawn, fit.vocabulary)
                yield backend, seed, fit, shares.rule_of(fit, near, vectors).own(counts)

    write_check(folder, drawn, pairs(), config.prevalence.theta)
    return {}
