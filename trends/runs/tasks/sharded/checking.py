"""What the rule for new documents does to the shares of those on which topics were learnt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from trends import files, store
from trends.analysis.quality.transfer_bias import carried_over, sentences
from trends.core.computing.cost import Cost
from trends.runs.config.settings import RunConfig
from trends.runs.engine.task import task
from trends.runs.tasks import backends, documents
from trends.runs.tasks.sample import NOTES, TABLE
from trends.runs.tasks.terms import known_counts
from trends.runs.tasks.updating import shares
from trends.runs.tasks.updating.base import years_of


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
    years, rows, counts = years_of(drawn), [], None
    for backend, by_seed in fits.items():
        for seed, place in by_seed.items():
            fit = store.read_topics(place)
            counts = counts or known_counts(drawn, fit.vocabulary)
            judged = shares.rule_of(fit, near, vectors).own(counts)
            frame = carried_over(fit, judged, years, theta=config.prevalence.theta)
            frame.insert(0, "seed", seed)
            frame.insert(0, "backend", backend)
            rows.append(frame)
    table = pd.concat(rows, ignore_index=True)
    files.write_csv(folder / TABLE, table)
    summary, warnings = sentences(table)
    files.write_json(folder / NOTES, {"summary": summary, "warnings": warnings})
    return {}
