"""Options that several commands share, each described once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trends.errors import UsageError

if TYPE_CHECKING:
    from trends.runs.config.settings import RunConfig

Config = Annotated[
    str,
    typer.Argument(metavar="CONFIG", help="A TOML file; trends init writes one."),
]
CorpusInput = Annotated[
    str,
    typer.Argument(metavar="CORPUS", help="A corpus file, or anything that `trends read` accepts."),
]
RunFolder = Annotated[str, typer.Argument(metavar="RUN", help="Folder of a finished run.")]

# In every command "-o" names where it writes, and "-s" changes a setting.
Results = Annotated[
    str,
    typer.Option(
        "--output",
        "-o",
        "--out",
        metavar="FOLDER",
        help="Folder of the results; by default 'results' beside the config.",
    ),
]
CorpusFile = Annotated[
    str,
    typer.Option(
        "--output",
        "-o",
        "--out",
        metavar="FILE",
        help="Corpus to write: .parquet, .csv, .tsv, .jsonl (also .gz) or .xlsx.",
    ),
]
ForExcel = Annotated[
    bool,
    typer.Option(
        "--for-excel",
        help="Protect cells of a .csv or .tsv that a spreadsheet would take for formulas.",
    ),
]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set", "-s", metavar="KEY=VALUE", help="Change a setting, such as models.n_topics=20."
    ),
]
Rng = Annotated[
    int | None, typer.Option(help="Seed of the run; takes the place of rng in the config.", min=0)
]
Source = Annotated[str, typer.Option(help="How to read: auto, or the name of a source.")]
CorpusName = Annotated[str, typer.Option(help="Name of the corpus in reports.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Print what would run and what is kept; run nothing.")
]
Progress = Annotated[
    bool, typer.Option("--progress/--no-progress", help="Show progress on stderr.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]


def settings_of(
    config: str, output: str, changes: list[str] | None, rng: int | None
) -> tuple[RunConfig, Path]:
    """Settings of a run and the folder of its results, by default ``results`` beside the config.

    Raises
    ------
    UsageError
        If ``output`` is a setting: ``-o`` took settings in earlier versions.
    """
    from trends.runs.config import settings

    section, equals, _ = output.partition("=")
    if equals and section.partition(".")[0] in settings.RunConfig.model_fields:
        message = f"-o names the folder of the results; a setting is changed with: -s {output}."
        raise UsageError(message)
    folder = Path(output) if output else Path(config).resolve().parent / "results"
    return settings.load(Path(config), changes or [], rng), folder
