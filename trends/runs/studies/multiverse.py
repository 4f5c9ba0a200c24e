"""The claims of a run under every choice that the config lists.

Fits shared and kept, results published in one go.
"""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Any

from trends.errors import UsageError
from trends.runs.config.settings import RunConfig
from trends.runs.engine.engine import Engine, Need, Report
from trends.runs.engine.task import Task
from trends.runs.studies import multiverse_tables
from trends.runs.studies import run as runs
from trends.runs.studies.multiverse_plan import lay_out, seed_of
from trends.runs.studies.pipeline import Pipeline
from trends.runs.tasks import report as reports
from trends.runs.tasks.curation import edits_file


def plan(config: RunConfig, out: Path) -> list[dict[str, Any]]:
    """What a multiverse would do: each task, and whether its result is kept from before."""
    return runs.plan(config, out, study)


def run(config: RunConfig, out: Path, *, report: Report | None = None) -> dict[str, Any]:
    """Carry out the run, where it has not been, and all specifications.

    Publish the tables, figures and the report.

    Parameters
    ----------
    config : RunConfig
        All settings; ``[multiverse]`` lists the choices.
    out : Path
        Folder of the results. Finished tasks are kept in ``<out>/.cache``, those of the run and of
        every single fit among them, so that a stopped multiverse goes on where it was.
    report : callable, optional
        Called with (task, state, done, total).

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    TrendsError
        With one sentence that says what is wrong, where, and what to do.
    """
    engine = Engine(out, report)
    return engine.carry_out(study(engine, config))


def study(engine: Engine, config: RunConfig) -> Generator[Need, bool, dict[str, Any]]:
    """The multiverse as a study: a fit that a backend cannot make is counted, not fatal."""
    if config.split.share:
        message = (
            "The main specification of a multiverse learns topics and estimates trends on the same "
            "documents; set split.share=0 and "
            f"multiverse.split=[0.0, {config.split.share:g}], which has both, or use `trends run`."
        )
        raise UsageError(message)
    p = yield from runs.finished(engine, config)
    tables = yield from tabulated(engine, p)
    drawn = multiverse_tables.draw(tables=tables, figures=p.figures, config=p.config)
    page = partial(reports.compose, "multiverse", corpus=p.inputs.corpus, split=None)
    page_task = page(
        terms=p.inputs.terms,
        analysis=tables,
        figures=drawn,
        groups=p.groups,
        shapes=p.shapes,
        config=p.config,
    )
    yield Need([page_task])
    if engine.dry:
        return {}
    folders = {"analysis": tables, "figures": drawn, "report": page_task}
    return runs.publish_run(engine, p, **{n: engine.folder(t) for n, t in folders.items()})


def tabulated(engine: Engine, p: Pipeline) -> Generator[Need, bool, Task]:
    """Fit all specifications of a run whose analysis is done; the task of their tables."""
    laid = lay_out(p)
    yield Need(laid.fits.values(), p.need.sizes, p.need.workers, may_fail=True)
    failed = {w: engine.failed[t.key] for w, t in laid.fits.items() if t.key in engine.failed}
    backend = p.config.models.backends[0]
    return multiverse_tables.tabulate(
        corpus=p.inputs.corpus,
        analysis=p.analysis,
        prototypes=p.fits[backend],
        fits=[t for w, t in laid.fits.items() if w not in failed],
        matched=laid.counts.get((False, "matched")),
        splits={share: given.split for share, given in laid.parts.items()},
        fitted=[(w, seed_of(t)) for w, t in laid.fits.items() if w not in failed],
        failed=[(w, laid.fits[w].name, why) for w, why in failed.items()],
        terms=p.inputs.terms,
        config=p.config,
        depends=edits_file.inputs(p.config.edits),
    )
