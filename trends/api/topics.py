"""Topic models: fit them, apply them to new documents, write and read fits."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from trends import files, store
from trends.core import Corpus, TermCounts, Topics
from trends.core.computing.rng import Rng, seed_from, seeds_from
from trends.core.given.expected import expects
from trends.runs.tasks import terms as prepare
from trends.runs.tasks.vectors import vectors_of


@expects(corpus=Corpus)
def fit(
    corpus: Corpus,
    backend: str = "gibbs-lda",
    *,
    n_topics: int | Literal["auto"] = 12,
    rng: Rng,
    embeddings: Any = None,
    settings: Mapping[str, Any] | None = None,
) -> Topics:
    """Fit one topic model.

    Parameters
    ----------
    corpus : Corpus
        Documents, dated or not.
    backend : str
        ``"gibbs-lda"``, ``"lda"``, ``"nmf"`` (mixtures of counts), ``"bertopic"`` or ``"kmeans"``
        (clusters of vectors).
    n_topics : int or "auto"
        Number of topics; every backend returns exactly so many. "auto" chooses it by what recurs
        over seeds, see :func:`trends.choose_topics`; clusters of vectors are then
        accompanied by ``"gibbs-lda"``, as the seeds of a clustering alone seldom tell.
    rng : int or numpy.random.Generator
        The backend's seed is spawned from it and recorded in ``provenance``; from a Generator one
        integer is drawn first.
    embeddings : frame, mapping or array, optional
        Vectors: a frame with the ids of the documents as index or a mapping from id to vector; or
        an array with the rows of the file that was read, in its order, which is refused unless
        neighbours share terms (``pandas.DataFrame(vectors, index=corpus.ids)`` are vectors made
        from ``corpus.texts``). Without them, those of the corpus or of the packaged encoder.
    settings : mapping, optional
        Settings of the backend.

    Returns
    -------
    Topics

    Raises
    ------
    UsageError
        If the backend or a setting is unknown, or there are fewer documents than topics.
    DataError
        If it cannot be told which vector belongs to which document.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> topics = tr.fit(corpus, "nmf", n_topics=4, rng=7)
    >>> topics.theta.shape
    (356, 4)
    """
    from trends.models import BACKENDS
    from trends.runs.tasks.topic_number import choose_among

    rng, function = seed_from(rng), BACKENDS.load(backend)
    counts = prepare.modelled(corpus)
    if function.needs_embeddings:
        embeddings = vectors_of(corpus, embeddings, "embeddings", counts)
    if n_topics == "auto":
        n_topics = choose_among(
            counts,
            backends=(backend, "gibbs-lda") if function.needs_embeddings else (backend,),
            rng=rng,
            embeddings=embeddings,
            settings={backend: dict(settings or {})},
        ).n_topics
    return function(
        counts,
        n_topics=n_topics,
        seed=seeds_from(rng, backend, 1)[0],
        embeddings=embeddings,
        settings=dict(settings or {}),
    )


@expects(topics=Topics)
def write_topics(topics: Topics, folder: str | os.PathLike[str]) -> Path:
    """Write a fit to a folder that :func:`read_topics` reads back.

    Parameters
    ----------
    topics : Topics
        A fit of any backend.
    folder : str or path
        Made if it is not there. A fit that lies there is replaced.

    Returns
    -------
    Path
        The folder: ``arrays.npz``, ``vocabulary.txt``, ``documents.txt``, ``settings.json``.

    Raises
    ------
    StorageError
        If the files cannot be written; what was there is then as it was.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> topics = tr.fit(corpus, "nmf", n_topics=4, rng=7)
    >>> folder = tr.write_topics(topics, "my-fit")
    >>> tr.read_topics(folder).doc_ids == topics.doc_ids
    True
    """
    target = Path(folder)
    with files.replacing_files(target, last="settings.json") as temporary:
        store.write_topics(temporary, topics)
    return target


def read_topics(folder: str | os.PathLike[str]) -> Topics:
    """Read a fit that :func:`write_topics` or a run wrote.

    None of the packages that made the fit is needed, and no code from the files is run.

    Parameters
    ----------
    folder : str or path
        Such as ``results/models/gibbs-lda/seed-123`` of a run.

    Returns
    -------
    Topics

    Raises
    ------
    MissingError
        If the folder does not hold a fit.
    DataError
        If its files are damaged or contradict each other.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> topics = tr.fit(corpus, "nmf", n_topics=4, rng=7)
    >>> folder = tr.write_topics(topics, "my-fit")
    >>> tr.read_topics(folder).theta.shape
    (356, 4)
    """
    return store.read_topics(Path(folder))


@expects(topics=Topics, documents=(Corpus, TermCounts))
def transform(
    topics: Topics,
    documents: Corpus | TermCounts,
    *,
    embeddings: Any = None,
    train_embeddings: Any = None,
) -> Topics:
    """Shares of new documents in the topics of a fit, without fitting again.

    None of the packages that made the fit is needed, so that a fit read from disk will do.

    Parameters
    ----------
    topics : Topics
        A fit of any backend.
    documents : Corpus or TermCounts
        The new documents. Texts are counted over the vocabulary of the fit; term counts must be
        over it.
    embeddings : frame, mapping or array, optional
        For fits of the family "embedding": vectors of the new documents, from the embedding of the
        fit, matched as in :func:`trends.fit`. Without them, those of the corpus or of the packaged
        encoder; term counts have none.
    train_embeddings : frame, mapping or array, optional
        Vectors of the fit's own documents, an array in the order of its ``doc_ids``. With them,
        fits of ``bertopic`` let neighbours vote, which tells clusters that are not round apart
        better than their centres do.

    Returns
    -------
    Topics
        Of the new documents, in their order; ``provenance["transfer"]`` says how, see
        :func:`trends.models.inference.transfer.transfer`.

    Raises
    ------
    DataError
        If counts are over another vocabulary, or vectors are not what they should be.
    UsageError
        If vectors are needed and missing.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> topics = tr.fit(corpus, "nmf", n_topics=4, rng=7)
    >>> new = tr.read_corpus("pretraining")
    >>> tr.transform(topics, new).theta.shape
    (356, 4)
    """
    from trends.models.inference.transfer import transfer

    counts = (
        prepare.known(documents, topics.vocabulary) if isinstance(documents, Corpus) else documents
    )
    if topics.provenance.get("family") == "embedding":
        embeddings = vectors_of(documents, embeddings, "embeddings", counts)
        if train_embeddings is not None:
            train_embeddings = vectors_of(topics, train_embeddings, "train_embeddings")
    return transfer(topics, counts, train_vectors=train_embeddings, vectors=embeddings)
