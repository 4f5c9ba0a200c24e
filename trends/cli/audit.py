"""``trends audit``: what a reviewer would ask about a corpus, before any model is fitted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from trends.cli.options import CorpusInput, Json, Source

#: Flags as they are printed, in this order.
FLAGS = {"look": "LOOK", "unknown": "?", "ok": "ok"}


def audit(
    corpus: CorpusInput,
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            "--out",
            metavar="FOLDER",
            help="Folder for audit/ (tables, audit.json) and figures/.",
        ),
    ] = "audit-results",
    period: Annotated[
        str, typer.Option(help="day, week, month, quarter, half-year, year or N-years.")
    ] = "year",
    source: Source = "auto",
    mix: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COL", help="Further column whose mix is audited beside source and venue."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Check a corpus before any model is fitted.

    Coverage, dates, mix of sources and venues, indexing lag, text length, duplicates, languages.
    """
    from trends.api import corpus as api
    from trends.cli import show
    from trends.runs.tasks import audit as task

    found = task.run(
        api.read_corpus(corpus, source=source), Path(output), period=period, mixes=mix or ()
    )
    show.data(found) if json else _print(found, output)


def _print(found: dict[str, Any], folder: str) -> None:
    """Print the sentences, those that need attention first."""
    print(f"{found['corpus']}, by {found['period']}: {found['conclusion']}\n")
    for flag, shown in FLAGS.items():
        for part in found["parts"]:
            if part["flag"] == flag:
                print(f"{shown:>5}  {part['part']}: {part['sentence']}")
    print(
        f"\nTables: {Path(folder) / 'audit'}; figures: {Path(folder) / 'figures'}; the rule of "
        "each flag is in audit.json."
    )
