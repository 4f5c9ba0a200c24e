"""``trends export-features``: what of a corpus may be shared when its texts may not."""

from __future__ import annotations

from typing import Annotated

import typer

from trends.cli.options import CorpusInput, Json, Source


def export_features(
    corpus: CorpusInput,
    output: Annotated[
        str, typer.Option("--output", "-o", "--out", metavar="FOLDER", help="Folder to make.")
    ],
    source: Source = "auto",
    embedding: Annotated[
        str, typer.Option(help="minilm, sentence-transformers or precomputed.")
    ] = "minilm",
    embedding_path: Annotated[
        str,
        typer.Option(help="Your own model, or file of vectors (.npz or Parquet with ids, .npy)."),
    ] = "",
    phrases: Annotated[
        bool, typer.Option("--phrases/--no-phrases", help="Join words to phrases (text.phrases).")
    ] = True,
    json: Json = False,
) -> None:
    """Write titles, dates, counts and vectors, but no text."""
    from trends.api import corpus as api
    from trends.cli import show

    made = api.export_features(
        api.read_corpus(corpus, source=source),
        output,
        embedding=embedding,
        embedding_path=embedding_path,
        phrases=phrases,
    )
    show.data(made) if json else show.exported(made, output)
