"""Shuffled dates on the corpus of a run: how often its tests find what is not there."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trends import files, store
from trends.analysis.robustness.placebo import placebo
from trends.core.computing.rng import seeds_from
from trends.runs.config.settings import RunConfig
from trends.runs.engine.engine import Engine, Need, Report
from trends.runs.engine.task import Task, task
from trends.runs.studies.pipeline import Pipeline
from trends.runs.studies.run import finished
from trends.runs.tasks import backends, publish
from trends.runs.tasks.analysis import prototypes
from trends.runs.tasks.analysis_parts.periods import clusters_of, periods_of
from trends.runs.tasks.parts import estimated

TABLES = ("placebo.csv", "placebo.json")


def run(config: RunConfig, out: Path, *, report: Report | None = None) -> dict[str, Any]:
    """Carry out the run if needed, and shuffle the dates under each backend's prototype.

    Parameters
    ----------
    config : RunConfig
        All settings; ``[placebo]`` says how often and in which blocks.
    out : Path
        Folder of the results: ``placebo.csv`` (one row per backend and shuffle) and
        ``placebo.json`` join the files of the run.
    report : callable, optional
        Called with (task, state, done, total).

    Returns
    -------
    dict
        What is in ``placebo.json``: settings, seeds, and per backend the share of shuffles with any
        discovery, its standard error, the discoveries with the real dates, the joint p, the p of
        each topic, and a sentence.
    """
    engine = Engine(out, report)
    return engine.carry_out(study(engine, config))


def study(engine: Engine, config: RunConfig) -> Generator[Need, bool, dict[str, Any]]:
    """The placebo as a study."""
    p = yield from finished(engine, config)
    shuffled = shuffled_of(p)
    yield Need([shuffled])
    return {} if engine.dry else publish.add(engine.folder(shuffled), TABLES, engine.out)


def read(folder: Path) -> dict[str, Any]:
    """What a shuffle left."""
    found: dict[str, Any] = files.read_json(folder / TABLES[-1])
    return found


def shuffled_of(p: Pipeline) -> Task:
    """The task that shuffles the dates under the prototypes of a run."""
    given = p.inputs
    return shuffle(
        corpus=given.corpus, split=given.split, analysis=p.analysis, fits=p.fits, config=p.config
    )


@task("placebo", reads=("rng", "placebo", "prevalence"), loads=backends.none)
def shuffle(
    folder: Path,
    corpus: Path,
    split: Path | None,
    analysis: Path,
    fits: Mapping[str, Mapping[int, Path]],
    *,
    config: RunConfig,
) -> dict[str, Any]:
    """Test the prototype of each backend again and again with shuffled dates."""
    p, settings = config.prevalence, config.placebo
    documents = estimated(corpus, split)
    periods = periods_of(documents, **p.calendar)
    typical = float(np.median(periods.n_docs[periods.n_docs > 0]))
    block = settings.block or max(1, round(typical))
    chosen = prototypes(analysis)
    frames, results = [], {}
    for backend, by_seed in fits.items():
        rng = seeds_from(config.rng, f"placebo {backend}", 1)[0]
        found = placebo(
            store.read_topics(by_seed[chosen[backend]]),
            periods,
            theta=p.theta,
            shuffles=settings.shuffles,
            block=block,
            spans=p.spans,
            q=settings.q,
            clusters=clusters_of(documents, p.cluster),
            rng=rng,
        )
        frame = found.frame()
        frame.insert(0, "backend", backend)
        frames.append(frame)
        kept = found.record()
        settings_used = kept.pop("settings")
        results[backend] = {**kept, "seed": chosen[backend], "rng": rng, "settings": settings_used}
    files.write_csv(folder / "placebo.csv", pd.concat(frames, ignore_index=True))
    files.write_json(
        folder / "placebo.json", {"rng": config.rng, "period": periods.period, "backends": results}
    )
    return {}
