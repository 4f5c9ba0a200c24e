"""Shuffled dates on the corpus of a run: how often its tests find what is not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trends import files, store
from trends.analysis.robustness.placebo import placebo
from trends.core.rng import seeds_from
from trends.runs.config.settings import RunConfig
from trends.runs.engine import publish
from trends.runs.engine.cache import Cache, Stage
from trends.runs.engine.lock import alone_in
from trends.runs.studies import recipe
from trends.runs.studies.road import NUMERICS, Report, Road, lay_out
from trends.runs.tasks import choose
from trends.runs.tasks.analysis_parts.periods import periods_of

TABLES = ("placebo.csv", "placebo.json")


def run(config: RunConfig, out: Path, *, report: Report | None = None) -> dict[str, Any]:
    """Carry out the run, where it has not been, and shuffle the dates under the prototype of each backend.

    Parameters
    ----------
    config : RunConfig
        All settings; ``[placebo]`` says how often and in which blocks.
    out : Path
        Folder of the results: ``placebo.csv`` (one row per backend and shuffle) and
        ``placebo.json`` join the files of the run.
    report : callable, optional
        Called with (stage, state, done, total).

    Returns
    -------
    dict
        What is in ``placebo.json``: settings, seeds, and per backend the share of shuffles with any
        discovery, its standard error, the discoveries with the real dates, the joint p, the p of
        each topic, and a sentence.
    """
    say = report or (lambda *_: None)
    asked = config
    config, chosen = choose.resolve(config, out, say)
    laid, cache = lay_out(config, chosen), Cache(out / ".cache")
    total = len(laid.stages) + 1
    if any(cache.find(s) is None for s in laid.stages) or not (out / "manifest.json").is_file():
        recipe.run(asked, out, report=lambda stage, state, done, _: say(stage, state, done, total))
    stage = Stage(
        "placebo",
        files.plain(
            {
                "analysis": laid.analysis.key,
                "placebo": config.placebo.model_dump(),
                "rng": config.rng,
            }
        ),
        ("analysis", "runs/studies/placebo"),
        NUMERICS,
    )
    with alone_in(out):
        folder = cache.find(stage)
        if folder is None:
            say(stage.name, "start", total - 1, total)
            folder = cache.make(stage, lambda target: _write(target, laid, cache, config))
        say(stage.name, "done", total, total)
        publish.add(folder, TABLES, out)
        return json.loads((folder / "placebo.json").read_text(encoding="utf-8"))


def _write(folder: Path, laid: Road, cache: Cache, config: RunConfig) -> dict[str, Any]:
    p, settings = config.prevalence, config.placebo
    periods = periods_of(laid.corpus, period=p.period, imprecise=p.imprecise)
    # A block as large as a period fills several of the small periods and makes neighbours alike,
    # which is not what is tested here: any discovery came in 8 and 16 % of shuffles at the median
    # period, 5 % at a quarter of it (experiments/calibration, A12).
    block = settings.block or max(
        1, round(float(np.median(periods.n_docs[periods.n_docs > 0])) / 4)
    )
    notes = json.loads((cache.folder(laid.analysis) / "analysis.json").read_text(encoding="utf-8"))
    frames, results = [], {}
    for backend, by_seed in laid.fits.items():
        chosen = int(notes["prototypes"][backend]["seed"])
        rng = seeds_from(config.rng, f"placebo {backend}", 1)[0]
        topics = store.read_topics(cache.folder(by_seed[chosen]))
        found = placebo(
            topics,
            periods,
            theta=p.theta,
            shuffles=settings.shuffles,
            block=block,
            q=settings.q,
            rng=rng,
        )
        frame = found.frame()
        frame.insert(0, "backend", backend)
        frames.append(frame)
        results[backend] = {
            "sentence": found.sentence(),
            "any_discovery": found.any_discovery,
            "any_error": found.any_error,
            "observed": found.observed,
            "joint_p": found.joint_p,
            "topic_p": found.topic_p,
            "seed": chosen,
            "rng": rng,
            "settings": found.settings,
        }
    files.write_csv(folder / "placebo.csv", pd.concat(frames, ignore_index=True))
    files.write_json(
        folder / "placebo.json", {"rng": config.rng, "period": p.period, "backends": results}
    )
    return {}
