"""A run: from the corpus to the report, published in its folder."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trends.runs.config.settings import RunConfig
from trends.runs.engine import unchanged

# What plans and publishes is imported where it is called: a run of which nothing changed needs it
# not, and ends before such imports would.
if TYPE_CHECKING:
    from trends.runs.engine.engine import Engine, Need, Report
    from trends.runs.studies.pipeline import Pipeline
    from trends.runs.tasks import publish

    #: A study: given the engine and the settings, what it needs and what it returns.
    Make = Callable[[Engine, RunConfig], Generator[Need, bool, dict[str, Any]]]
    #: Lays out the tasks of a run; nothing where a dry run cannot know them.
    Lay = Callable[[Engine, RunConfig], Generator[Need, bool, Pipeline | None]]


def plan(config: RunConfig, out: Path, make: Make | None = None) -> list[dict[str, Any]]:
    """What a run (or another study) would do.

    Each task, and whether its result is kept from before.
    """
    from trends.runs.engine.engine import Engine

    engine = Engine(out, dry=True)
    engine.carry_out((make or study)(engine, config))
    return engine.plan


def run(config: RunConfig, out: Path, *, report: Report | None = None) -> dict[str, Any]:
    """Carry out a run and publish its files.

    Parameters
    ----------
    config : RunConfig
        All settings.
    out : Path
        Folder of the results. Finished tasks are kept in ``<out>/.cache``; the files of an earlier
        run stay as they are until every task of this one is done.
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
    # Before anything is read: what changes while the run is carried out makes it another one.
    state = _state(config)
    found = unchanged.find(state, config, out, report)
    if found is not None:
        return found
    from trends.runs.engine.engine import Engine

    engine = Engine(out, report)
    return engine.carry_out(study(engine, config, state))


def study(
    engine: Engine, config: RunConfig, state: str = ""
) -> Generator[Need, bool, dict[str, Any]]:
    """The run as a study; ``state`` is what tells it again while nothing has changed."""
    laid_out: Lay
    if config.engine.name == "memory":
        from trends.runs.studies.pipeline import plan as laid_out
    else:
        from trends.runs.studies.sharded.plan import plan as laid_out
    pipeline = yield from laid_out(engine, config)
    if pipeline is not None:
        yield pipeline.need
    if engine.dry or pipeline is None:
        return {}
    manifest = publish_run(engine, pipeline)
    unchanged.keep(engine.out, state, engine.tasks.values())
    return manifest


def _state(config: RunConfig) -> str:
    """What tells whether a finished run would come out as it is, as far as files and code go."""
    if config.engine.name != "memory":
        return ""  # shards may be many and are named by patterns; their reading tells
    if not config.edits:
        return unchanged.state_of(config)
    from trends.runs.tasks.curation import edits_file

    return unchanged.state_of(config, edits_file.inputs(config.edits))


def finished(engine: Engine, config: RunConfig) -> Generator[Need, bool, Pipeline]:
    """The run that another study stands on: carried out and published, where it has not been."""
    from trends.runs.studies.pipeline import plan as plan_run

    pipeline = yield from plan_run(engine, config)
    yield pipeline.need
    whole = all(engine.kept.values()) and (engine.out / "manifest.json").is_file()
    if not engine.dry and not whole:
        publish_run(engine, pipeline)
    return pipeline


def publish_run(engine: Engine, pipeline: Pipeline, **instead: Path) -> dict[str, Any]:
    """Publish the results of a run.

    ``instead`` names folders that take the place of its own analysis, figures or report.
    """
    from trends.runs.tasks import publish

    given, folders = pipeline.inputs, folders_of(engine, pipeline, **instead)
    return publish.publish(engine, given.estimated, pipeline.config, folders, given.documents)


def folders_of(engine: Engine, pipeline: Pipeline, **instead: Path) -> publish.Folders:
    """Where the finished tasks of a run lie, those of ``instead`` in the place of its own."""
    from trends.runs.tasks import publish

    own = {"analysis": pipeline.analysis, "figures": pipeline.figures, "report": pipeline.report}
    places = {name: engine.folder(task) for name, task in own.items() if name not in instead}
    places |= instead
    computed = computed_of(engine, pipeline, places["analysis"])
    return publish.Folders(
        **vars(computed),
        figures=places["figures"],
        report=places["report"],
        groups=engine.folder(pipeline.groups) if pipeline.groups else None,
        shapes=engine.folder(pipeline.shapes) if pipeline.shapes else None,
    )


def computed_of(engine: Engine, pipeline: Pipeline, analysis: Path) -> publish.Computed:
    """Where the numbers of a run lie; ``analysis`` is the folder of its tables."""
    from trends.runs.tasks import publish

    given, folder = pipeline.inputs, engine.folder
    drew = pipeline.drawn or given.split
    return publish.Computed(
        terms=folder(given.terms),
        vectors=folder(given.embedded) if given.embedded else None,
        fits={b: {s: folder(f) for s, f in of.items()} for b, of in pipeline.fits.items()},
        analysis=analysis,
        split=folder(drew) if drew else None,
        drawn="sample" if pipeline.drawn else given.parts.name if given.parts else "",
    )
