"""``trends join``: merge corpora into one that holds each document once."""

from __future__ import annotations

from typing import Annotated

import typer

from trends.cli.options import CorpusFile, CorpusName, ForExcel, Json


def join(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="CORPUS…",
            help="Corpus files made by `trends read`, or other inputs that it accepts.",
        ),
    ],
    output: CorpusFile,
    for_excel: ForExcel = False,
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE",
            help="What identifies a document: ids, titles, texts; all if none is named.",
        ),
    ] = None,
    similarity: Annotated[
        float, typer.Option(help="Least overlap of near-duplicate texts.", min=0.3, max=1.0)
    ] = 0.7,
    name: CorpusName = "",
    json: Json = False,
) -> None:
    """Merge corpora so that each document occurs once.

    Duplicates, and the preprint and the paper of one work, become one document with the earliest
    date.
    """
    from trends.api import corpus as api
    from trends.cli import show
    from trends.sources.records import truncated as rest

    corpus = api.join(
        [api.read_corpus(each) for each in inputs],
        rules=by or None,
        similarity=similarity,
        name=name or None,
    )
    api.write_corpus(corpus, output, for_excel=for_excel)
    summary = api.describe_corpus(corpus)
    if json:
        show.data(summary | {k: corpus.notes[k] for k in ("joined", "kept_apart", "per_corpus")})
        return
    show.reading(summary, output)
    joined, apart = corpus.notes["joined"], corpus.notes["kept_apart"]
    print(
        f"\n{rest.count(joined):,} records were merged into another one of the same document; "
        f"{rest.count(apart):,} similar pairs were kept apart."
    )
    for row in joined[:5]:
        print(f"  {row['id']} → {row['into']}: {row['why']} ({row['title'][:70]})")
