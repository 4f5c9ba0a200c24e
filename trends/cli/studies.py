"""Commands that carry out a run, or a study that rests on one."""

from __future__ import annotations

from typing import Annotated

import typer

from trends.cli.options import Changes, Config, DryRun, Json, Progress, Results, Rng, settings_of


def run(
    config: Config,
    output: Results = "",
    rng: Rng = None,
    changes: Changes = None,
    dry_run: DryRun = False,
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Fit models, estimate trends, draw figures and report.

    Finished stages are kept: a run that was stopped goes on where it was.
    """
    from trends.cli import show
    from trends.cli.progress import reporter
    from trends.runs.studies import run as study

    settings, folder = settings_of(config, output, changes, rng)
    if dry_run:
        plan = study.plan(settings, folder)
        show.data(plan) if json else show.plan(plan)
        return
    with reporter(visible=progress) as report:
        manifest = study.run(settings, folder, report=report)
    show.data(manifest) if json else show.finished(manifest, folder)


def multiverse(
    config: Config,
    output: Results = "",
    rng: Rng = None,
    changes: Changes = None,
    dry_run: DryRun = False,
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Repeat the claims of a run over defensible choices.

    The section [multiverse] of the config lists the choices: the model, seed, number of topics,
    embedding, estimator, period, denominator, duplicates and document length.
    """
    from trends.cli import show
    from trends.cli.progress import reporter
    from trends.runs.studies import multiverse as study

    settings, folder = settings_of(config, output, changes, rng)
    if dry_run:
        plan = study.plan(settings, folder)
        show.data(plan) if json else show.plan(plan)
        return
    with reporter(visible=progress) as report:
        manifest = study.run(settings, folder, report=report)
    show.data(show.multiverse_data(folder)) if json else show.multiverse(manifest, folder)


def placebo(
    config: Config,
    output: Results = "",
    rng: Rng = None,
    changes: Changes = None,
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Count the trends found when dates are shuffled."""
    from trends.cli import show
    from trends.cli.progress import reporter
    from trends.runs.studies import placebo as study

    settings, folder = settings_of(config, output, changes, rng)
    with reporter(visible=progress) as report:
        found = study.run(settings, folder, report=report)
    show.data(found) if json else show.placebo(found, folder)


def power(
    config: Config,
    output: Results = "",
    rng: Rng = None,
    changes: Changes = None,
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Show the slope that each topic needs to be detected.

    Detected means: with 80 % power. The run is carried out first where it is not finished.
    """
    from trends import store
    from trends.cli import show
    from trends.cli.progress import reporter
    from trends.runs.studies import run as study

    settings, folder = settings_of(config, output, changes, rng)
    with reporter(visible=progress) as report:
        study.run(settings, folder, report=report)
    finished = store.Run(folder)
    show.data(show.power_data(finished)) if json else show.power(finished)


def stability(
    config: Config,
    output: Results = "",
    rng: Rng = None,
    changes: Changes = None,
    repeats: Annotated[
        int, typer.Option(help="Orders, and draws of documents to leave out, for each backend.")
    ] = 5,
    drop: Annotated[float, typer.Option(help="Share of the documents to leave out.")] = 0.05,
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Compare fits over seeds, orders and fewer documents.

    The run is carried out first where it is not finished. Each backend's prototype (the fit that is
    most like the others) is fitted again with its own seed on the same documents in other orders,
    and on all but a share of them. stability.csv holds one row per pair of fits: the adjusted Rand
    index (ari) and the adjusted mutual information (ami) of the documents' topics, the share of
    topics matched, and the mean similarity, a topic without partner counting 0.
    stability_topics.csv holds the same by topic.
    """
    from trends.cli import show
    from trends.cli.progress import reporter
    from trends.runs.studies import stability as study

    settings, folder = settings_of(config, output, changes, rng)
    with reporter(visible=progress) as report:
        found = study.run(settings, folder, repeats=repeats, drop=drop, report=report)
    show.data(found) if json else show.stability(found, folder)
