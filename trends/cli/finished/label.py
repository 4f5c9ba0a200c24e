"""``trends label``: names of one's own for the topics of a finished run."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from trends.cli.options import Changes, Json, Progress, RunFolder


def label(
    run: RunFolder,
    file: Annotated[
        str,
        typer.Option(help="CSV of names; by default that of the run, else one beside its folder."),
    ] = "",
    name: Annotated[
        list[str] | None,
        typer.Option(
            "--name", metavar="TOPIC=NAME", help="Name a topic; MODEL/TOPIC=NAME of another model."
        ),
    ] = None,
    ask: Annotated[
        bool,
        typer.Option(
            "--ask", help="Ask the service of [labels] for names; says what is sent before it is."
        ),
    ] = False,
    changes: Changes = None,
    edit: Annotated[bool, typer.Option(help="Open the file in your editor.")] = True,
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Name the topics of a finished run.

    The first call writes a CSV with each topic's words and documents, and opens it in the editor
    that VISUAL or EDITOR names. Names that you change in the column label are checked and used in
    every table, figure and report; models are not fitted again. Later runs keep them with
    labels = "FILE" in the config: they go to the topics that hold the same documents, also with
    another seed, and are refused where a topic is gone.

    With --ask, an OpenAI-compatible service that the config names ([labels] endpoint, model, key)
    proposes names for topics that you did not name. A proposal is taken if documents find their way
    to it no worse than to the topic's own label. Answers are kept in the run's folder.
    """
    from trends import store
    from trends.api.progress import reporter
    from trends.cli import show
    from trends.runs.studies import labelling

    finished = store.Run(Path(run))
    path = labelling.file_of(finished, file)
    made = labelling.start(finished, path)
    if name:
        labelling.rename(finished, path, name)
    if ask:
        from trends.runs.studies import proposals

        say = partial(typer.echo, err=True)
        proposed = proposals.propose(finished, path, changes or (), say=say)
        for each in proposed:
            typer.echo(f"{each.own} → {each.proposal or '–'}: {each.outcome}", err=True)
        typer.echo(proposals.summary(proposed), err=True)
    if not (name or ask) and edit and (command := editor()):
        subprocess.run([*command, str(path)], check=False)
    elif made and not (name or ask):
        _begin(labelling.table(path), path, json=json)
        return
    with reporter(visible=progress) as report:
        manifest = labelling.apply(finished, path, report=report)
    labels = manifest.get("labels", {})
    if json:
        show.data({"file": str(path), "labels": labels, "warnings": manifest["warnings"]})
        return
    for sentence in labels.values():
        print(sentence)
    print(f'\nThe names are in every file of {run}. Later runs keep them with: labels = "{path}"')


def editor() -> list[str]:
    """The user's editor, where there is a terminal to show it."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return []
    return shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")


def _begin(table: Any, path: Path, *, json: bool) -> None:
    """What there is to name, for a reader without an editor."""
    from trends.cli import show

    if json:
        columns = ["backend", "topic", "label", "top_terms", "examples"]
        show.data({"file": str(path), "topics": table[columns].to_dict("records")})
        return
    for row in table.itertuples():
        print(f"{row.backend}/{row.topic}  {row.label}\n    {row.top_terms}\n    {row.examples}")
    print(f"\nChange the column label in {path}, then: trends label again; or name a topic with")
    print('--name 0="a name".')
