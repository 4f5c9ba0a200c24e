"""One vector a document: those that came with the corpus, else by the chosen embedding."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends import store
from trends.core import Corpus
from trends.core.computing.cost import Cost
from trends.embed import EMBEDDERS
from trends.errors import UsageError
from trends.runs.config.settings import EmbedConfig
from trends.runs.engine.engine import Context
from trends.runs.engine.task import Task, task
from trends.runs.tasks import backends, documents
from trends.runs.tasks.terms import model_text


@task(
    "vectors",
    cost=Cost(250, vectors=14),
    how=("embed",),
    loads=lambda s: {**backends.none(s), "trends.embed": [EMBEDDERS.module(s["embed"].model)]},
)
def embed(folder: Path, corpus: Path, *, embed: EmbedConfig, context: Context) -> dict[str, Any]:
    """Vectors of all documents of the corpus."""
    from trends.embed.progress_line import ProgressLine

    counted: dict[str, Any] = {}
    progress = ProgressLine(context.within)
    array, provenance = vectors(documents.load(corpus), embed, progress, counted)
    for note in counted.get("notes", []):
        context.note(note)
    store.write_vectors(folder, array)
    # Notes name folders of this machine, which are nobody else's business.
    kept = {name: value for name, value in counted.items() if name != "notes"}
    return {"embedding": {**provenance, **({"store": kept} if kept else {})}}


@task("vectors", cost=Cost(250, vectors=14), loads=backends.none)
def embed_terms(folder: Path, terms: Path) -> dict[str, Any]:
    """Singular vectors of the term counts."""
    from trends.embed.lsa import embed_counts

    array, provenance = embed_counts(store.read_counts(terms))
    store.write_vectors(folder, array)
    return {"embedding": dict(provenance)}


@task("vectors", loads=backends.none)
def some(folder: Path, vectors: Path, *, rows: NDArray[np.int64], embedding: str) -> dict[str, Any]:
    """The vectors of some documents."""
    array = store.read_vectors(vectors)[rows]
    store.write_vectors(folder, array)
    return {"embedding": {"embedder": embedding, "documents": len(array)}}


def task_of(corpus: Task, documents: Corpus, settings: EmbedConfig, label: str = "") -> Task:
    """The task that embeds a corpus."""
    return embed(label, corpus=corpus, embed=settings, depends=inputs(documents, settings))


def vectors(
    corpus: Corpus,
    settings: EmbedConfig,
    progress: Callable[[int, int], None] | None = None,
    counted: dict[str, Any] | None = None,
) -> tuple[NDArray[np.float32], dict[str, Any]]:
    """One vector a document, and how it was made.

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

    Returns
    -------
    vectors : ndarray of float32, shape (documents, dimensions)
    provenance : dict

    Raises
    ------
    UsageError
        If the corpus is made of features without vectors, so that nothing can be embedded.
    """
    if corpus.embeddings is not None and settings.plain:
        about = corpus.notes.get("embedding", {"model": "came with the corpus"})
        return _half(corpus.embeddings), dict(about)
    if not corpus.has_text and settings.model != "precomputed":
        message = (
            "This corpus consists of extracted features: there is no text that "
            f"{settings.model!r} could embed. Leave the section [embed] out to use the vectors "
            "that came with it, or set embed.model='precomputed' and embed.path."
        )
        raise UsageError(message)
    texts = model_text(corpus) if corpus.has_text else [""] * len(corpus)
    how = {"engine": settings.engine, "device": settings.device, "store": settings.store}
    make = EMBEDDERS.load(settings.model)
    array, provenance = make(texts, model=settings.path or None, progress=progress, **how)
    stored = provenance.pop("store", {})
    if counted is not None:
        counted.update(stored)
    return _half(array), provenance


def _half(array: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """Round to half precision, in which features are exported.

    A fit from features is then the fit from the text, to the last bit.
    """
    return array.astype(np.float16).astype(np.float32)


def space_warnings(settings: EmbedConfig) -> list[str]:
    """What a reader must know about the space of the vectors."""
    from trends.embed.engines.choice import STATIC

    return [STATIC] if settings.engine == "static" and settings.model != "precomputed" else []


def inputs(corpus: Corpus, settings: EmbedConfig) -> dict[str, Any]:
    """What the vectors depend on beside the corpus.

    The engine that the settings mean here, and files.
    """
    from trends.embed.engines.choice import resolve

    # Where vectors are kept makes no other vectors.
    asked = {
        **settings.model_dump(exclude={"store", "path"}),
        "engine": resolve(settings.engine, len(corpus), settings.device),
        "model_name": Path(settings.path).name,
    }
    return {"embed": asked, "content": documents.content_of(settings.path)}
