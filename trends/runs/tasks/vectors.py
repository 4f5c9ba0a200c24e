"""One vector a document: those that came with the corpus, else by the chosen embedding."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends import store
from trends.core import Corpus, TermCounts, Topics
from trends.core.computing.cost import Cost
from trends.core.given.keys import ADVICE, Matched, match
from trends.embed import EMBEDDERS
from trends.errors import DataError, UsageError
from trends.runs.config.settings import EmbedConfig
from trends.runs.engine.content import content_of
from trends.runs.engine.engine import Context
from trends.runs.engine.task import Task, task
from trends.runs.tasks import backends, documents
from trends.runs.tasks.terms import languages, model_text, titled


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
    read = documents.load(corpus)
    array, provenance = vectors(read, embed, progress, counted)
    said = [*counted.pop("warnings", []), *foreign(read, embed)]
    for note in (*counted.pop("notes", []), *said):
        context.note(note)
    store.write_vectors(folder, array)
    return {
        # Notes name folders of this machine, which are nobody else's business.
        "embedding": {**provenance, **({"store": counted} if counted else {})},
        **({"warnings": said} if said else {}),
    }


def foreign(corpus: Corpus, settings: EmbedConfig) -> list[str]:
    """A warning where the packaged encoder, which knows English, gets texts in other languages."""
    known = languages(corpus)
    if settings.model != "minilm" or not known or known.get("en", 0) >= 0.5:
        return []
    sentence = (
        f"The packaged encoder was trained on English; most documents are in {next(iter(known))}. "
        "Name a multilingual model that you have, by name or folder, such as embed.model = "
        '"sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2".'
    )
    return [sentence]


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
        Gets ``warnings``, and the counts and notes of the store, which differ from run to run and
        so are no part of the provenance.

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
        found = Matched(corpus.embeddings, by_id=True)
        notes = confirm(found, corpus, "the vectors of the corpus")
        if counted is not None:
            counted["warnings"] = notes
        return _half(corpus.embeddings), dict(about)
    if not corpus.has_text and settings.model != "precomputed":
        message = (
            "This corpus consists of extracted features: there is no text that "
            f"{settings.model!r} could embed. Leave the section [embed] out to use the vectors "
            "that came with it, or set embed.model='precomputed' and embed.path."
        )
        raise UsageError(message)
    texts = model_text(corpus) if corpus.has_text else [""] * len(corpus)
    how: dict[str, Any] = {
        "engine": settings.engine,
        "device": settings.device,
        "store": settings.store,
    }
    if settings.model == "precomputed":
        how = {"documents": corpus}
    make = EMBEDDERS.load(settings.model)
    array, provenance = make(texts, model=settings.path or None, progress=progress, **how)
    stored = provenance.pop("store", {})
    if settings.model == "precomputed":
        found = Matched(array, by_id=provenance["matched_by"] == "id")
        stored = {"warnings": confirm(found, corpus, provenance["model"])}
    if counted is not None:
        counted.update(stored)
    return _half(array), provenance


def vectors_of(
    about: Corpus | TermCounts | Topics, given: Any, called: str, counts: TermCounts | None = None
) -> Any:
    """Vectors that the user gave, matched and held against the content; else the usual ones.

    Parameters
    ----------
    about : Corpus, TermCounts or Topics
        What has the documents.
    given : mapping, frame, array or None
        See :func:`trends.core.given.keys.match`; ``None`` takes those of a corpus, or computes
        them.
    called : str
        How messages call the values.
    counts : TermCounts, optional
        Terms of the documents, where they are known.

    Raises
    ------
    DataError
        If they cannot be matched, or the content speaks against it.

    Warns
    -----
    UserWarning
        If vectors with ids do not go with the content.
    """
    notes: list[str] = []
    if given is None or (isinstance(about, Corpus) and given is about.embeddings):
        if not isinstance(about, Corpus):
            return None
        counted: dict[str, Any] = {}
        values, _ = vectors(about, EmbedConfig(), counted=counted)
        notes = counted.get("warnings", [])
    else:
        if isinstance(about, Corpus):
            n_read = int(about.notes.get("records", 0))
            found = match(given, about.ids, called=called, rows=about.rows, n_read=n_read)
        else:
            found = match(given, about.doc_ids, called=called)
        values = found.values
        if values.ndim == 2 and values.dtype.kind in "fiu" and np.isfinite(values).all():
            notes = [found.note] * bool(found.note) + confirm(found, about, called, counts)
        # What uses them says what is wrong with others.
    for note in notes:
        warnings.warn(note, UserWarning, stacklevel=4)
    return values


def confirm(
    found: Matched,
    about: Corpus | TermCounts | Topics,
    called: str,
    counts: TermCounts | None = None,
) -> list[str]:
    """Hold values against the content of their documents.

    Raises
    ------
    DataError
        If another order suits the content clearly better, or rows without ids do not suit it.
    """
    from trends.analysis.audit import vector_order as content

    ids = about.ids if isinstance(about, Corpus) else about.doc_ids
    file = (
        np.argsort(about.rows, kind="stable") if isinstance(about, Corpus) else np.arange(len(ids))
    )
    order = np.arange(len(ids)) if found.by_id else file
    values = found.values[order]
    alternatives = content.others(order, ids, file)
    rows = content.sampled(len(ids))
    needed = np.unique(np.concatenate([o[rows] for o in (order, *alternatives.values())]))
    said = content.judge(values, order, alternatives, _content(about, needed, counts))
    rule = "their ids" if found.by_id else "the order of the rows of the file"
    if said.better:
        message = (
            f"{called}: the nearest neighbours among them do not share terms as documents do when "
            f"they are taken by {rule}; they suit another order much better: {said.better}. "
            f"{ADVICE}"
        )
        raise DataError(message)
    if said.strays:
        where = "documents" if found.by_id else "rows"
        problem = (
            f"around the {where} {said.strays[0] + 1:,} to {said.strays[1] + 1:,} they do not go "
            "with the terms of their documents, though elsewhere they do"
        )
    elif said.confirmed is False:
        problem = "neighbours among them share no more terms than shuffled ones"
    elif (
        said.confirmed is None
        and not found.by_id
        and not np.array_equal(order, np.arange(len(ids)))
    ):
        problem = (
            "there are too few documents with terms to tell the order of the file from another"
        )
    else:
        return []
    if found.by_id:
        return [f"{called}: {problem}; check that each has the id of its document."]
    message = (
        f"{called}: they have no ids, and taken in the order of the rows of the file {problem}. "
        f"{ADVICE}"
    )
    raise DataError(message)


def _content(
    about: Corpus | TermCounts | Topics, needed: NDArray[np.int64], counts: TermCounts | None
) -> sparse.csr_matrix:
    """What documents hold, one row each; of a corpus of texts only those that are needed."""
    from trends.text.counting.count import count_terms

    if isinstance(about, Topics):
        return sparse.csr_matrix(about.theta)
    known = about if isinstance(about, TermCounts) else counts or about.counts
    if known is not None:
        return known.matrix
    assert isinstance(about, Corpus)
    some = about.documents.iloc[needed]
    texts = titled(some["title"], some["text"].fillna("").astype(str))
    found = count_terms(some["id"].tolist(), texts, phrases=False).matrix.tocoo()
    shape = (len(about), found.shape[1])
    return sparse.csr_matrix((found.data, (needed[found.row], found.col)), shape=shape)


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
    return {"embed": asked, "content": content_of(settings.path)}
