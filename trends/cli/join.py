"""``trends join``: corpora in, one corpus out in which each document stands once."""

from __future__ import annotations

from typing import Annotated

import typer


def join(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="CORPUS…", help="Corpus files made by `trends read`, or other inputs it knows."
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            help="Write the corpus: .parquet, .csv, .tsv, .jsonl (also .gz) or .xlsx.",
        ),
    ],
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE",
            help="What makes records one document: ids, titles, texts; all if none is named.",
        ),
    ] = None,
    similarity: Annotated[
        float, typer.Option(help="Overlap of texts that are nearly the same.", min=0.3, max=1.0)
    ] = 0.7,
    name: Annotated[str, typer.Option(help="How reports call the corpus.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")] = False,
) -> None:
    """Join corpora: duplicates, and preprint and paper of one work, become one document with the earliest date."""
    from trends.api import corpus as api
    from trends.cli import show
    from trends.sources.records import truncated as rest

    corpus = api.join(
        [api.read_corpus(each) for each in inputs],
        rules=by or None,
        similarity=similarity,
        name=name or None,
    )
    api.write_corpus(corpus, output)
    summary = api.describe_corpus(corpus)
    if json:
        show.data(summary | {k: corpus.notes[k] for k in ("joined", "kept_apart", "per_corpus")})
        return
    show.reading(summary, output)
    joined, apart = corpus.notes["joined"], corpus.notes["kept_apart"]
    print(
        f"\n{rest.count(joined):,} records went into another one of the same document; "
        f"{rest.count(apart):,} pairs look alike and were kept apart."
    )
    for row in joined[:5]:
        print(f"  {row['id']} → {row['into']}: {row['why']} ({row['title'][:70]})")
