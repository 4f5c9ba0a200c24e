"""``trends update``: further documents for a finished run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from trends.cli.options import Changes, Json, Progress, RunFolder


def update(
    folder: RunFolder,
    new: Annotated[
        list[str] | None,
        typer.Argument(metavar="NEW", help="New documents: files or folders."),
    ] = None,
    changes: Changes = None,
    observed_until: Annotated[
        str, typer.Option(metavar="DAY", help="Last day that the source covers as a whole.")
    ] = "",
    refit: Annotated[
        bool,
        typer.Option("--refit", help="Fit again on all documents, into the folder that -o names."),
    ] = False,
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", "--out", metavar="FOLDER", help="With --refit: folder of the new run."
        ),
    ] = "",
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Add new documents to a run, whose topics stay as they are.

    The new documents get shares of its topics; what the run published keeps its bytes. Tables and
    figure over all documents are in updates/, and the manifest dates each update. With --refit,
    topics are made again from all documents, and carried_over.csv says what became of each.
    """
    from trends.api.progress import reporter
    from trends.cli import show
    from trends.errors import UsageError
    from trends.runs.studies import update as study

    if refit != bool(output):
        message = f"A new fit needs --refit and a folder: trends update {folder} --refit -o NEW."
        raise UsageError(message)
    record: dict[str, Any] = {"sentences": []}
    with reporter(visible=progress) as report:
        if new or not refit:
            record = study.run(
                Path(folder),
                new or [],
                settings=changes or [],
                observed_until=observed_until,
                report=report,
            )
            record["sentences"] = study.sentences(record)
        if refit:
            from trends.runs.studies.refit import refit as again
            from trends.runs.tasks.updating.frozen import Frozen

            record["refit"] = again(Frozen(Path(folder)), Path(output), report=report)
            record["sentences"] += record["refit"]["sentences"]
    if json:
        show.data(record)
        return
    for line in record["sentences"]:
        typer.echo(line)
