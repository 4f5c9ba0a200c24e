"""``trends config`` and ``trends init``: what can be set, and a file to set it in."""

from __future__ import annotations

import shutil
import textwrap
from dataclasses import asdict
from typing import Annotated

import typer

from trends.cli.options import Json


def config(
    part: Annotated[
        str,
        typer.Argument(metavar="[PART]", help="A section or a setting, such as models.n_topics."),
    ] = "",
    json: Json = False,
) -> None:
    """Print the settings: default, meaning and what is allowed."""
    from trends.cli import show
    from trends.runs.config import reference

    found = reference.settings(part)
    if json:
        show.data([asdict(s) for s in found])
        return
    width = min(shutil.get_terminal_size().columns, 100)
    about, section = reference.sections(), ""
    for s in found:
        if s.section != section:
            section = s.section
            print(f"\n[{section}]  {about.get(section, '')}")
        print(f"\n{s.name} = {s.default or '(not set)'}")
        for line in (s.meaning, f"Allowed: {s.allowed}."):
            print(textwrap.fill(line, width, initial_indent="    ", subsequent_indent="    "))
    print("\nChange one: trends run CONFIG -s KEY=VALUE. A file with all: trends init.")


def init(
    data: Annotated[
        str, typer.Argument(metavar="[DATA]", help="Documents: a file or folder that is read.")
    ] = "",
    output: Annotated[
        str, typer.Option("--output", "-o", "--out", metavar="FILE", help="Config; DATA.toml.")
    ] = "",
    text: Annotated[list[str] | None, typer.Option(help="For a table: column of the text.")] = None,
    date: Annotated[list[str] | None, typer.Option(help="For a table: column of the date.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a config with every setting and its meaning.

    For a table the column of the text is proposed. The column of the date is never guessed: name
    it with --date, or in the file.
    """
    from trends.runs.config.annotated import write_annotated

    path, remarks = write_annotated(
        data, output, text=tuple(text or ()), date=tuple(date or ()), force=force
    )
    for name, remark in remarks.items():
        typer.echo(f"{name}: {remark}", err=True)
    left = " after corpus.date is set in it" if "corpus.date" in remarks else ""
    print(f"Written: {path}. Next{left}: trends run {path}")
