"""``trends figures``: draw the figures of a finished run in the style of a venue."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import typer

from trends.cli.options import Json, RunFolder
from trends.errors import UsageError


def figures(
    run: RunFolder,
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            "--out",
            help="Folder of the figures; by default 'figures-VENUE' in the run.",
        ),
    ] = "",
    venue: Annotated[
        str,
        typer.Option(
            help="neurips, icml, acl, nature, pnas, ieee, a4, slides or report; by default that of "
            "the run."
        ),
    ] = "",
    width: Annotated[str, typer.Option(help="full (the text block), column, or inches.")] = "full",
    formats: Annotated[
        str, typer.Option(help="pdf, svg, png, pgf; separated by commas.")
    ] = "pdf,svg,png",
    text: Annotated[
        str, typer.Option(help="Text in SVG files: none (text) or path (outlines).")
    ] = "none",
    only: Annotated[
        str, typer.Option(help="Names of figures, such as prevalence,changes; all by default.")
    ] = "",
    topics: Annotated[str, typer.Option(help="Numbers of topics, such as 3,7.")] = "",
    backend: Annotated[str, typer.Option(help="Draw this backend only.")] = "",
    message: Annotated[
        str, typer.Option(help="What the figure shows, written above it; with --only FIGURE.")
    ] = "",
    json: Json = False,
) -> None:
    """Draw the figures of a finished run for a venue.

    Nothing is fitted. Beside each figure lie its data (.csv) and its caption and alternative text
    (.json). A PGF file is for LaTeX, which sets its text in the font of the document; LaTeX is not
    needed to write it.
    """
    from trends.cli import show
    from trends.runs.tasks import figures as draw

    wanted = _split(formats)
    if not wanted:
        message = (
            "--formats names no format; it takes pdf, svg, png and pgf, with commas between them."
        )
        raise UsageError(message)
    if text not in ("path", "none"):
        message = f"--text takes path or none; got {text!r}."
        raise UsageError(message)
    folder = Path(output) if output else Path(run) / f"figures-{venue or 'again'}"
    letters = cast(Literal["none", "path"], text)
    made = draw.redraw(
        Path(run),
        folder,
        venue=venue,
        width=_width(width),
        formats=wanted,
        svg_text=letters,
        only=_split(only),
        topics=_numbers(topics),
        backend=backend,
        message=message,
    )
    show.data({**made, "folder": str(folder)}) if json else _print(made, folder)


def _split(value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip()]


def _numbers(value: str) -> list[int]:
    try:
        return [int(number) for number in _split(value)]
    except ValueError as error:
        message = f"--topics takes numbers of topics, such as 3,7; got {value!r}."
        raise UsageError(message) from error


def _width(value: str) -> Literal["full", "column"] | float:
    if value in ("full", "column"):
        return cast(Literal["full", "column"], value)
    try:
        return float(value)
    except ValueError as error:
        message = f"--width takes full, column or a number of inches; got {value!r}."
        raise UsageError(message) from error


def _print(made: dict[str, Any], folder: Path) -> None:
    for stem in made["figures"]:
        print(stem)
    for reason in made["left_out"].values():
        print(f"left out: {reason}", file=sys.stderr)
    n = len(made["figures"])
    print(
        f"\n{n} figure{'s' if n != 1 else ''} in {folder}; captions and alternative texts are in "
        "the .json files beside them."
    )
