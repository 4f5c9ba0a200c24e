"""``trends concept``: whether concepts of the user rise, fall, or turn."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from trends.cli.given.shares import Span, span_of
from trends.cli.options import CorpusInput, Json, Source


def concept(
    corpus: CorpusInput,
    concepts: Annotated[
        str, typer.Argument(metavar="CONCEPTS", help="A TOML file with tables [[concept]].")
    ],
    output: Annotated[
        str,
        typer.Option("--output", "-o", "--out", metavar="FOLDER", help="Folder of the results."),
    ] = "concept-results",
    measure: Annotated[
        list[str] | None,
        typer.Option(
            help="dictionary, seeded or nearness; the first leads, others are further choices."
        ),
    ] = None,
    period: Annotated[
        str, typer.Option(help="day, week, month, quarter, half-year, year or N-years.")
    ] = "year",
    source: Source = "auto",
    first: Annotated[str, Span] = "",
    last: Annotated[str, Span] = "",
    cluster: Annotated[
        str, typer.Option(metavar="COL", help="Documents with the same value are not independent.")
    ] = "",
    imprecise: Annotated[
        str, typer.Option(help="Dates coarser than the period: error, drop or spread.")
    ] = "error",
    placebo: Annotated[
        int, typer.Option(help="Random concepts to compare each one with; 0 for none.", min=0)
    ] = 199,
    multiverse: Annotated[
        bool, typer.Option("--multiverse/--no-multiverse", help="Examine other words and choices.")
    ] = True,
    rng: Annotated[int, typer.Option(help="Seed of what is drawn.", min=0)] = 1,
    json: Json = False,
) -> None:
    """Test trends of concepts given by words.

    Shares, changes with intervals, what became of each word, the documents that decide, figures.
    """
    from trends.api import concepts as api
    from trends.api.corpus import read_corpus
    from trends.cli import show
    from trends.errors import UsageError
    from trends.runs.concepts import publish

    if bool(first) != bool(last):
        message = "Name both spans, such as --first 2018:2019 --last 2024:2025, or neither."
        raise UsageError(message)
    given = api.read_concepts(concepts)
    documents = read_corpus(corpus, source=source)
    found = api.concepts(
        documents,
        given,
        measures=measure or ["dictionary"],  # type: ignore[arg-type]
        period=period,
        spans=(span_of(first), span_of(last)) if first else None,
        imprecise=imprecise,  # type: ignore[arg-type]
        cluster=cluster,
        placebo=placebo,
        multiverse=multiverse,
        rng=rng,
    )
    made = publish.write(found, documents, given, Path(output), rng=rng)
    show.data(made) if json else _print(made, Path(output))


def _print(made: dict[str, Any], folder: Path) -> None:
    print("\n".join(made["sentences"]))
    for note in made["warnings"]:
        print(f"Note: {note}")
    print(
        f"\nReport: {folder / 'report.html'}; claim card: claims.json; tables: concepts.csv, "
        f"shares.csv, words.csv, documents.csv, weights.csv; figures: {folder / 'figures'}"
    )
