"""``trends edit``: topics of a finished run merged, split, excluded and renamed."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Annotated

import typer

from trends.cli.finished.label import editor
from trends.cli.options import Json, Progress, RunFolder


def edit(
    run: RunFolder,
    file: Annotated[
        str,
        typer.Option(help="TOML of edits; by default that of the run, else one beside its folder."),
    ] = "",
    merge: Annotated[
        list[str] | None,
        typer.Option(metavar="TOPIC,TOPIC[=NAME]", help="Make topics one."),
    ] = None,
    split: Annotated[
        list[str] | None,
        typer.Option(metavar="TOPIC[=PARTS]", help="Divide a topic; or TOPIC=NAME|NAME."),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TOPIC[=REASON]", help="Count documents of topics as documents without one."
        ),
    ] = None,
    rename: Annotated[
        list[str] | None, typer.Option(metavar="TOPIC=NAME", help="Name a topic.")
    ] = None,
    open_editor: Annotated[
        bool, typer.Option("--edit/--no-edit", help="Open the file in your editor.")
    ] = True,
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Merge, split, exclude and rename topics of a finished run.

    The first call writes a TOML of edits, with the topics as comments, and a CSV of the topics that
    the numbers mean beside it, and opens the TOML in the editor that VISUAL or EDITOR names. The
    edits are checked and used in every table, figure and report; models are not fitted again. Later
    runs keep them with edits = "FILE" in the config: they go to the topics that hold the same
    documents, also with another seed, and one that no longer applies is named with the reason. The
    options write edits into the file; MODEL/ before a number means a topic of that model.
    """
    from trends import store
    from trends.api.progress import reporter
    from trends.cli import show
    from trends.runs.studies import editing

    finished = store.Run(Path(run))
    path = editing.file_of(finished, file)
    made = editing.start(finished, path)
    kinds = {"merge": merge, "split": split, "exclude": exclude, "rename": rename}
    asked = {kind: given for kind, given in kinds.items() if given}
    if asked:
        editing.add(path, asked)
    elif open_editor and (command := editor()):
        subprocess.run([*command, str(path)], check=False)
    elif made:
        if json:
            show.data({"file": str(path)})
        else:
            print(path.read_text(encoding="utf-8"))
            print(f"Write edits into {path}, then: trends edit again; or give them as options.")
        return
    with reporter(visible=progress) as report:
        manifest = editing.apply(finished, path, report=report)
    if json:
        edits = manifest.get("edits", [])
        show.data({"file": str(path), "edits": edits, "warnings": manifest["warnings"]})
        return
    for sentence in manifest.get("edits", []):
        print(sentence)
    print(f'\nThe edits are in every file of {run}. Later runs keep them with: edits = "{path}"')
