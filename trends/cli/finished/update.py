"""``trends update``: further documents for a finished run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trends.cli.options import Changes, Json, Progress, RunFolder


def update(
    folder: RunFolder,
    new: Annotated[
        list[str], typer.Argument(metavar="NEW", help="New documents: files or folders.")
    ],
    changes: Changes = None,
    observed_until: Annotated[
        str, typer.Option(metavar="DAY", help="Last day that the source covers as a whole.")
    ] = "",
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Add new documents to a run, whose topics stay as they are.

    The new documents get shares of its topics; what the run published keeps its bytes. Tables and
    figure over all documents are in updates/, and the manifest dates each update.
    """
    from trends.api.progress import reporter
    from trends.cli import show
    from trends.runs.studies import update as study

    with reporter(visible=progress) as report:
        record = study.run(
            Path(folder), new, settings=changes or [], observed_until=observed_until, report=report
        )
    if json:
        show.data(record)
        return
    for line in study.sentences(record):
        typer.echo(line)
