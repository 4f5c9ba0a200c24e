"""The whole road: read, count, embed, fit, analyse, draw, report, publish."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from trends import store
from trends.core import Topics
from trends.errors import DataError
from trends.runs.config.settings import RunConfig
from trends.runs.engine import memory, publish
from trends.runs.engine.cache import Cache, Stage
from trends.runs.engine.executor import FitJob, fit_all
from trends.runs.engine.lock import alone_in
from trends.runs.studies.road import Report, Road, lay_out
from trends.runs.tasks import choose, sample, split
from trends.runs.tasks.inputs import Inputs, Step, prepare_inputs


def plan(config: RunConfig, out: Path) -> list[dict[str, Any]]:
    """What a run would do: each stage, and whether its result is kept from before."""
    config, chosen, known = choose.look(config, out)
    road, cache = lay_out(config, chosen), Cache(out / ".cache")
    # Without a number it is not known which fits there will be: what comes after the choice is not
    # kept.
    after = (
        set()
        if known or chosen is None
        else {s.key for s in road.stages[road.stages.index(chosen) :]}
    )
    return [
        {"stage": s.name, "cached": s.key not in after and cache.find(s) is not None}
        for s in road.stages
    ]


def run(config: RunConfig, out: Path, *, report: Report | None = None) -> dict[str, Any]:
    """Carry out a run and publish its files.

    Parameters
    ----------
    config : RunConfig
        All settings.
    out : Path
        Folder of the results. Finished stages are kept in ``<out>/.cache``; the files of an earlier
        run stay as they are until every stage of this one is done.
    report : callable, optional
        Called with (stage, state, done, total).

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    TrendsError
        With one sentence that says what is wrong, where, and what to do.
    """
    say = report or (lambda *_: None)
    config, chosen = choose.resolve(config, out, say)
    road = lay_out(config, chosen)
    with alone_in(out):
        cache = Cache(out / ".cache")
        return _run(
            road,
            out,
            cache,
            memory.budget(road, lambda stage: not cache.folder(stage).exists()),
            say,
        )


def _run(road: Road, out: Path, cache: Cache, budget: memory.Budget, say: Report) -> dict[str, Any]:
    cache.sweep()
    total, done = len(road.stages), 0
    cached: dict[str, bool] = {}

    def step(stage: Stage, write: Callable[[Path], dict[str, Any]]) -> Path:
        nonlocal done
        folder = cache.find(stage)
        cached[stage.name] = folder is not None
        if folder is None:
            say(stage.name, "start", done, total)
            folder = cache.make(stage, write)
        done += 1
        say(stage.name, "cached" if cached[stage.name] else "done", done, total)
        return folder

    given = prepare_inputs(road, step, lambda state, what: say(what, state, done, total))
    if road.chosen:
        step(road.chosen, _no_choice)
    jobs = []
    for backend, by_seed in road.learnt.items():
        for seed, stage in by_seed.items():
            cached[stage.name] = cache.find(stage) is not None
            if cached[stage.name]:
                done += 1
                say(stage.name, "cached", done, total)
                continue
            if cache.folder(stage).exists():
                shutil.rmtree(cache.folder(stage), ignore_errors=True)
            settings = dict(stage.inputs["settings"])
            uses = given.learn_vectors if stage.inputs["vectors"] else None
            n_topics, about = road.config.models.number, given.learnt_on
            jobs.append(
                FitJob(stage, backend, seed, n_topics, settings, given.learn_terms, uses, about)
            )

    def fitted(name: str) -> None:
        nonlocal done
        done += 1
        say(name, "done", done, total)

    if jobs:
        say(jobs[0].stage.name, "start", done, total)
    fit_all(jobs, cache, budget.workers, fitted)
    near = _find_near(road, given, step)
    for backend, by_seed in road.fits.items() if road.learning else ():
        for seed, stage in by_seed.items():
            fit, clusters = cache.folder(road.learnt[backend][seed]), bool(stage.inputs["vectors"])
            write = partial(
                split.write_transfer,
                fit=fit,
                terms=given.terms,
                vectors=given.vectors if clusters else None,
                learn_vectors=given.learn_vectors if clusters else None,
                fingerprint=road.corpus.fingerprint,
                near=near if clusters else None,
            )
            step(stage, write)
    check = _check_sample(road, cache, step)

    def load_fits() -> dict[str, list[Topics]]:
        return {
            b: [store.read_topics(cache.folder(s)) for s in by_seed.values()]
            for b, by_seed in road.fits.items()
        }

    # Imported where a stage is made: a run that finds all of them needs no statistics and no
    # pictures.
    def write_analysis(folder: Path) -> dict[str, Any]:
        from trends.runs.tasks import analyse, audit

        info = analyse.write(
            folder, road.corpus, given.terms, given.vectors, load_fits(), road.config
        )
        audit.write_of_run(folder, road.corpus, road.config)
        if road.chosen:
            choose.add_to_analysis(folder, cache.folder(road.chosen))
        if check is not None:
            sample.add_to_analysis(folder, check)
        return info

    def write_figures(folder: Path) -> dict[str, Any]:
        from trends.runs.tasks import draw

        return draw.write(folder, analysis, road.config)

    def write_report(folder: Path) -> dict[str, Any]:
        from trends.runs.tasks import compose

        return compose.write(folder, analysis, figures, road.corpus, road.config)

    analysis = step(road.analysis, write_analysis)
    figures = step(road.figures, write_figures)
    page = step(road.report, write_report)
    folders = publish.Folders(
        given.terms,
        given.embedded,
        {b: {s: cache.folder(g) for s, g in f.items()} for b, f in road.fits.items()},
        analysis,
        figures,
        page,
        given.table,
        road.learning.parts.name if road.learning else "",
    )
    recorded = {s.name: cache.info(s) for s in road.stages}
    return publish.publish(out, road.corpus, road.config, folders, recorded, cached, asdict(budget))


def _find_near(road: Road, given: Inputs, step: Step) -> Path | None:
    before = road.learning
    if (
        before is None
        or before.near is None
        or given.vectors is None
        or given.learn_vectors is None
    ):
        return None
    return step(
        before.near,
        partial(
            split.write_near,
            vectors=given.vectors,
            learn_vectors=given.learn_vectors,
            split=before.parts,
        ),
    )


def _check_sample(road: Road, cache: Cache, step: Step) -> Path | None:
    before = road.learning
    if before is None or before.check is None:
        return None
    pairs = {
        b: {seed: (s, road.fits[b][seed]) for seed, s in by_seed.items()}
        for b, by_seed in before.fits.items()
    }
    theta = road.config.prevalence.theta
    return step(
        before.check, lambda folder: sample.write_check(folder, road.corpus, pairs, cache, theta)
    )


def _no_choice(folder: Path) -> dict[str, Any]:
    message = f"The choice of the number of topics is not in {folder.parent}, though it was finished; run the same command again."
    raise DataError(message)
