"""Commands that carry out a run, or a study that rests on one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from trends.cli.options import Changes, Config, DryRun, Json, Progress, Results, Rng, settings_of
from trends.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from trends.runs.config.settings import RunConfig


def run(
    config: Annotated[
        str,
        typer.Argument(
            metavar="CONFIG", help="A TOML file; or documents: a file or folder that is read."
        ),
    ] = "",
    extra: Annotated[str, typer.Argument(hidden=True)] = "",
    output: Results = "",
    text: Annotated[
        list[str] | None, typer.Option(help="For a table of documents: column of the text.")
    ] = None,
    date: Annotated[
        list[str] | None, typer.Option(help="For a table of documents: column of the date.")
    ] = None,
    date_order: Annotated[
        str, typer.Option(help="For a table: order of dates in numbers: dmy, mdy or ymd.")
    ] = "",
    date_format: Annotated[
        list[str] | None, typer.Option(help="For a table: how dates are written, as %d.%m.%Y.")
    ] = None,
    period: Annotated[
        str, typer.Option(help="For documents: length of a period, such as year or month.")
    ] = "",
    rng: Rng = None,
    changes: Changes = None,
    dry_run: DryRun = False,
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Fit models, estimate trends, draw figures and report.

    Finished tasks are kept: a run that was stopped goes on where it was. A run from documents
    writes the config that it uses, to be changed and run again.
    """
    from trends.runs.config.start import from_data
    from trends.runs.studies import run as study

    if extra:
        message = f"The folder of the results is named by -o: trends run {config} -o {extra}."
        raise UsageError(message)
    made = from_data(
        config,
        text=text or (),
        date=date or (),
        date_order=date_order,
        date_format=date_format or (),
        period=period,
    )
    if made:
        typer.echo(f"The settings of this run are in {made}.", err=True)
        output = output or f"{made.stem}-results"
    given = settings_of(str(made or config), output, changes, rng)
    _carry_out(study, *given, show="run", dry_run=dry_run, progress=progress, json=json)


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
    from trends.runs.studies import multiverse as study

    given = settings_of(config, output, changes, rng)
    _carry_out(study, *given, show="multiverse", dry_run=dry_run, progress=progress, json=json)


def placebo(
    config: Config,
    output: Results = "",
    rng: Rng = None,
    changes: Changes = None,
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Count the trends found when dates are shuffled."""
    from trends.runs.studies import placebo as study

    given = settings_of(config, output, changes, rng)
    _carry_out(study, *given, show="placebo", progress=progress, json=json)


def groups(
    config: Config,
    by: Annotated[
        str, typer.Option(metavar="COL", help="Column of the groups; else that of [groups].")
    ] = "",
    standardize_by: Annotated[
        str,
        typer.Option(metavar="COL", help="Column of which every group gets the mix of all."),
    ] = "",
    output: Results = "",
    rng: Rng = None,
    changes: Changes = None,
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Test whether topics change alike in groups of documents.

    The run is carried out first where it is not finished; its report gets a section "Groups".
    """
    from trends.runs.studies.sections import groups as study

    asked = {"by": by, "standardize_by": standardize_by}
    named = [*(changes or []), *(f"groups.{key}={name}" for key, name in asked.items() if name)]
    given = settings_of(config, output, named, rng)
    _carry_out(study, *given, show="groups", progress=progress, json=json)


def shapes(
    config: Config,
    ahead: Annotated[int, typer.Option(help="Periods to forecast; else that of [shapes].")] = 0,
    output: Results = "",
    rng: Rng = None,
    changes: Changes = None,
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Look for seasons, bursts, changes, new words, forecasts.

    The run is carried out first where it is not finished; its report gets a section "Shapes".
    """
    from trends.runs.studies.sections import shapes as study

    asked = [f"shapes.ahead={ahead}"] if ahead else []
    given = settings_of(config, output, [*(changes or []), "shapes.look=true", *asked], rng)
    _carry_out(study, *given, show="shapes", progress=progress, json=json)


def power(
    config: Config,
    output: Results = "",
    rng: Rng = None,
    changes: Changes = None,
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Show the change that each topic needs to be found.

    Found means: with a probability of 80 %. The run is carried out first where it is not finished.
    """
    from trends.runs.studies import run as study

    given = settings_of(config, output, changes, rng)
    _carry_out(study, *given, show="power", progress=progress, json=json)


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
    from trends.runs.studies import stability as study

    given = settings_of(config, output, changes, rng)
    _carry_out(
        study, *given, show="stability", progress=progress, json=json, repeats=repeats, drop=drop
    )


def _carry_out(
    study: ModuleType,
    settings: RunConfig,
    folder: Path,
    *,
    show: str,
    progress: bool,
    json: bool,
    dry_run: bool = False,
    **options: Any,
) -> None:
    """Plan or run a study, and print what it found as data or for people."""
    from trends.api.progress import reporter
    from trends.cli import show as printing

    if dry_run:
        plan = study.plan(settings, folder)
        printing.data(plan) if json else printing.plan(plan)
        return
    with reporter(visible=progress) as report:
        found = study.run(settings, folder, report=report, **options)
    if show == "run":
        printing.data(found) if json else printing.finished(found, folder)
        return
    from trends.cli.show_studies import STUDIES

    data, table = STUDIES[show]
    printing.data(data(found, folder)) if json else table(found, folder)
