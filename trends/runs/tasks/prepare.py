"""From a corpus to what models need: the text that is modelled, its term counts, its vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from trends.core import Corpus, TermCounts
from trends.core.limits import PLAIN
from trends.core.threads import threads
from trends.errors import UsageError
from trends.runs.config.settings import EmbedConfig, TextConfig

#: With more documents than this, texts are divided into words in as many processes as there are
#: cores. Texts are read in batches of ``BATCH``.
LARGE, BATCH = PLAIN, 5_000


def model_text(corpus: Corpus) -> list[str]:
    """Title and text of each document: titles carry topic words that abstracts presuppose."""
    titles = corpus.documents["title"].fillna("").astype(str)
    return [
        f"{title}. {text}" if title else text
        for title, text in zip(titles, corpus.texts, strict=True)
    ]


def all_counts(corpus: Corpus, settings: TextConfig, *, workers: int | None = None) -> TermCounts:
    """Counts over the whole vocabulary: those that came with the corpus, else from its text.

    A large corpus is divided into words by ``workers`` processes, by default one a core.
    """
    if corpus.counts is not None:
        return corpus.counts
    from trends.text.counting.count import count_stream

    n_processes = (workers or threads()) if len(corpus) > LARGE else 1
    return count_stream(_batches(corpus), phrases=settings.phrases, workers=n_processes)


def _batches(corpus: Corpus) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Ids and what :func:`model_text` makes of them."""
    ids, titles, texts = (corpus.documents[c] for c in ("id", "title", "text"))
    for at in range(0, len(corpus), BATCH):
        part = slice(at, at + BATCH)
        pairs = zip(
            titles.iloc[part].fillna("").astype(str),
            texts.iloc[part].fillna("").astype(str),
            strict=True,
        )
        yield (
            list(ids.iloc[part].astype(str)),
            [f"{title}. {text}" if title else text for title, text in pairs],
        )


def choose_terms(counts: TermCounts, settings: TextConfig) -> tuple[TermCounts, pd.DataFrame]:
    """The modelling vocabulary, and one row per term that says why it was kept or left out."""
    from trends.text.vocabulary.select import select_terms

    options: dict[str, Any] = {"max_df": settings.max_df}
    if settings.min_df:
        options["min_df"] = settings.min_df
    return select_terms(counts, **options)


def known_counts(corpus: Corpus, vocabulary: tuple[str, ...]) -> TermCounts:
    """Counts over a vocabulary that is given: columns of those that came with the corpus, else from its text."""
    from trends.text.counting.fixed_vocabulary import count_vocabulary

    if corpus.counts is None:
        return count_vocabulary(corpus.ids, model_text(corpus), vocabulary)
    column = {term: j for j, term in enumerate(vocabulary)}
    place = np.array([column.get(term, -1) for term in corpus.counts.vocabulary], dtype=np.int64)
    table = corpus.counts.matrix.tocoo()
    kept = place[table.col] >= 0
    where = (table.row[kept], place[table.col[kept]])
    matrix = sparse.csr_matrix((table.data[kept], where), shape=(len(corpus), len(vocabulary)))
    return TermCounts(matrix, vocabulary, corpus.counts.doc_ids, settings=corpus.counts.settings)


def vectors(
    corpus: Corpus,
    settings: EmbedConfig,
    progress: Callable[[int, int], None] | None = None,
    counted: dict[str, Any] | None = None,
) -> tuple[NDArray[np.float32], dict[str, Any]]:
    """One vector a document: those that came with the corpus, else by the chosen embedding.

    Parameters
    ----------
    corpus : Corpus
        With texts, or with vectors.
    settings : EmbedConfig
        Model, engine, device and store.
    progress : callable, optional
        Called with (documents embedded, documents).
    counted : dict, optional
        Gets the counts and notes of the store, which differ from run to run and so are no part of
        the provenance.

    Raises
    ------
    UsageError
        If the corpus is made of features without vectors, so that nothing can be embedded.
    """
    if corpus.embeddings is not None and settings.plain:
        return _half(corpus.embeddings), dict(
            corpus.notes.get("embedding", {"model": "came with the corpus"})
        )
    if not corpus.has_text and settings.model != "precomputed":
        message = (
            f"This corpus consists of extracted features: there is no text that {settings.model!r} "
            "could embed. "
            "Leave the section [embed] out to use the vectors that came with it, or set "
            "embed.model='precomputed' and embed.path."
        )
        raise UsageError(message)
    from trends.embed import EMBEDDERS

    texts = model_text(corpus) if corpus.has_text else [""] * len(corpus)
    how = {"engine": settings.engine, "device": settings.device, "store": settings.store}
    array, provenance = EMBEDDERS.load(settings.model)(
        texts, model=settings.path or None, progress=progress, **how
    )
    told = provenance.pop("store", {})
    if counted is not None:
        counted.update(told)
    return _half(array), provenance


def space_warnings(settings: EmbedConfig) -> list[str]:
    """What a reader must know about the space of the vectors."""
    from trends.embed.engines.choice import STATIC

    return [STATIC] if settings.engine == "static" and settings.model != "precomputed" else []


def _half(array: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """Round to half precision, in which features are exported: a fit from features is then the fit from the text, to the last bit."""
    return array.astype(np.float16).astype(np.float32)


def vector_inputs(corpus: Corpus, settings: EmbedConfig) -> dict[str, Any]:
    """What the vectors depend on, for the key of their stage."""
    from trends.embed.engines.choice import resolve
    from trends.embed.loading import versions
    from trends.files import sha256

    # Where vectors are kept makes no other vectors.
    asked = {
        **settings.model_dump(exclude={"store"}),
        "engine": resolve(settings.engine, len(corpus), settings.device),
    }
    inputs: dict[str, Any] = {"corpus": corpus.fingerprint, "embed": asked}
    if asked["engine"] != "torch":
        inputs["versions"] = versions("model2vec", "onnx", "onnxruntime", "tokenizers")
    path = Path(settings.path) if settings.path else None
    if path is not None and path.is_file():
        inputs["file"] = sha256(path)
    elif path is not None and path.is_dir():
        inputs["files"] = {p.name: sha256(p) for p in sorted(path.iterdir()) if p.is_file()}
    return inputs
