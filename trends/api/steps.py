"""What ``import trends as tr`` offers: the road in single steps, nouns in and nouns out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.core import Corpus, Prevalence, TermCounts, Topics, Trend
from trends.core.rng import Rng, seed_from, seeds_from
from trends.errors import UsageError
from trends.runs.config.settings import EmbedConfig, TextConfig
from trends.runs.tasks import prepare


def read(*inputs: Any, source: str = "auto", **options: Any) -> Corpus:
    """Read documents.

    Parameters
    ----------
    *inputs : str, path or frame
        ``"pretraining"`` (the embedded corpus), saved pages or a folder of them, a folder of
        extracted features, a corpus ``.parquet``; or tables: files (.csv, .tsv, .jsonl, .parquet,
        .xlsx), a pandas or Arrow frame, a Hugging Face ``Dataset``, for example
        ``tr.read("papers.csv", text=["title", "abstract"], date="published")``.
    source : str
        Name of a source; ``"auto"`` looks at the input.
    **options
        Passed to the source.

    Returns
    -------
    Corpus

    Raises
    ------
    TrendsError
        If an input is not what it should be; the message names file and line.
    """
    from trends.sources import read_corpus

    if not inputs:
        message = "Name at least one input to read, for example tr.read('pretraining') or tr.read('pages/')."
        raise UsageError(message)
    return read_corpus(
        [os.fspath(i) if isinstance(i, os.PathLike) else i for i in inputs],
        source=source,
        **options,
    )


def join(
    corpora: Sequence[Corpus],
    *,
    rules: Sequence[str] | None = None,
    similarity: float = 0.7,
    name: str | None = None,
) -> Corpus:
    """Make one corpus of several, or of one that repeats itself, in which each document stands once.

    Parameters
    ----------
    corpora : sequence of Corpus
        With texts.
    rules : sequence of {"ids", "titles", "texts"}, optional
        What makes two records one document; all three by default.
    similarity : float
        Overlap of texts that are nearly the same, from 0 to 1.
    name : str, optional
        How reports call the result.

    Returns
    -------
    Corpus
        With the earliest date of each document; the columns ``versions`` and ``joined_from`` say
        what was joined, ``notes["kept_apart"]`` what was not.

    Raises
    ------
    TrendsError
        If a rule is unknown or a corpus holds no texts.
    """
    from trends.sources.linkage import merge as joining
    from trends.sources.linkage.match import RULES

    return joining.join(corpora, rules=tuple(rules or RULES), similarity=similarity, name=name)  # type: ignore[arg-type]


def reading(corpus: Corpus, *, period: str = "year") -> dict[str, Any]:
    """What reading did: the account of the records, dates, documents and share with text by period, languages, cleaning.

    Parameters
    ----------
    corpus : Corpus
        As it was read.
    period : str
        Calendar period of the table ``periods``, as for :func:`prevalence`.

    Returns
    -------
    dict
        See :func:`trends.runs.tasks.analysis_parts.reading.account`.
    """
    from trends.runs.tasks.analysis_parts.reading import account

    return account(corpus, period=period)


def export(corpus: Corpus, path: str | os.PathLike[str]) -> Path:
    """Write a corpus to a table that :func:`read` reads back as the same documents, without naming columns.

    Parameters
    ----------
    corpus : Corpus
        Term counts and embeddings are not part of a table.
    path : str or path
        ``.csv``, ``.tsv``, ``.jsonl`` (also with ``.gz``), ``.parquet`` or ``.xlsx``. Only Parquet
        keeps what reading noted.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    TrendsError
        If the ending is another one, the format cannot hold a value, or the file cannot be written.
    """
    from trends.sources.tables import export as table_export

    table_export.write(corpus, Path(path))
    return Path(path)


def columns(table: Any, **options: Any) -> list[dict[str, Any]]:
    """Columns of a table with a few of their values: what may be named when it is read.

    Parameters
    ----------
    table : str, path or frame
        See :func:`read`.
    **options
        ``delimiter``, ``encoding``, ``sheet``.

    Returns
    -------
    list of dict
        ``column``, ``kind`` (of the values, or why they cannot be read), ``filled`` (share of the
        first rows), ``examples``.
    """
    from trends.sources.tables import read as tables

    return tables.describe(table, **options)


def save_corpus(corpus: Corpus, path: str | os.PathLike[str]) -> None:
    """Write a corpus to a ``.parquet`` file that :func:`read` accepts."""
    from trends.sources.stored import corpus_file

    target = Path(path)
    if target.suffix != ".parquet":
        message = f"A corpus is written to a .parquet file; got {target}."
        raise UsageError(message)
    corpus_file.write(corpus, target)


def export_features(
    corpus: Corpus,
    folder: str | os.PathLike[str],
    *,
    embedding: str = "minilm",
    embedding_path: str = "",
) -> dict[str, Any]:
    """Write titles, dates, term counts and vectors of a corpus, but not its words.

    Returns
    -------
    dict
        ``documents``, ``terms``, ``dimensions``, ``bytes``, ``files``.
    """
    from dataclasses import replace

    from trends.sources.stored import features

    counts = prepare.all_counts(corpus, TextConfig())
    array, provenance = prepare.vectors(corpus, EmbedConfig(model=embedding, path=embedding_path))
    whole = replace(corpus, counts=counts, embeddings=array)
    features.write(
        whole, Path(folder), settings=counts.settings, provenance={"embedding": provenance}
    )
    names = sorted(p for p in Path(folder).iterdir() if p.is_file())
    return {
        "documents": len(corpus),
        "terms": counts.n_terms,
        "dimensions": int(array.shape[1]),
        "bytes": sum(p.stat().st_size for p in names),
        "files": [p.name for p in names],
    }


def fit(
    corpus: Corpus,
    backend: str = "gibbs-lda",
    *,
    n_topics: int | Literal["auto"] = 12,
    rng: Rng,
    embeddings: NDArray[np.floating[Any]] | None = None,
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
        over seeds, see :func:`trends.runs.tasks.choose.choose_topics`; clusters of vectors are then
        accompanied by ``"gibbs-lda"``, as the seeds of a clustering alone seldom tell.
    rng : int or numpy.random.Generator
        The backend's seed is spawned from it and recorded in ``provenance``; from a Generator one
        integer is drawn first.
    embeddings : ndarray, shape (documents, dimensions), optional
        Vectors in corpus order; without them, those of the corpus or of the packaged encoder.
    settings : mapping, optional
        Settings of the backend.

    Returns
    -------
    Topics
    """
    from trends.models import BACKENDS
    from trends.runs.tasks.choose import choose_among

    rng, function = seed_from(rng), BACKENDS.load(backend)
    counts, _ = prepare.choose_terms(prepare.all_counts(corpus, TextConfig()), TextConfig())
    if embeddings is None and function.needs_embeddings:
        embeddings, _ = prepare.vectors(corpus, EmbedConfig())
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


def transform(
    topics: Topics,
    documents: Corpus | TermCounts,
    *,
    embeddings: NDArray[np.floating[Any]] | None = None,
    train_embeddings: NDArray[np.floating[Any]] | None = None,
) -> Topics:
    """Give new documents their shares of the topics of a fit, which stays as it is.

    Nothing is fitted again, and none of the packages that made the fit is needed: a fit read from
    disk will do.

    Parameters
    ----------
    topics : Topics
        A fit of any backend.
    documents : Corpus or TermCounts
        The new documents. Texts are counted over the vocabulary of the fit; term counts must be
        over it.
    embeddings : ndarray, shape (documents, dimensions), optional
        For fits of the family "embedding": vectors of the new documents, from the embedding of the
        fit. Without them, those of the corpus or of the packaged encoder; term counts have none.
    train_embeddings : ndarray, shape (documents of the fit, dimensions), optional
        Vectors of the fit's own documents. With them, fits of ``bertopic`` let neighbours vote,
        which tells clusters that are not round apart better than their centres do.

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
    """
    from trends.models.inference.transfer import transfer

    counts = (
        prepare.known_counts(documents, topics.vocabulary)
        if isinstance(documents, Corpus)
        else documents
    )
    if (
        isinstance(documents, Corpus)
        and embeddings is None
        and topics.provenance.get("family") == "embedding"
    ):
        embeddings, _ = prepare.vectors(documents, EmbedConfig())
    return transfer(topics, counts, train_vectors=train_embeddings, vectors=embeddings)


def prevalence(
    topics: Topics,
    corpus: Corpus,
    *,
    period: str = "half-year",
    labels: Sequence[str] | None = None,
    theta: Literal["hard", "mean"] = "hard",
    interval: Literal["wilson", "bootstrap"] = "wilson",
    level: float = 0.95,
    imprecise: Literal["error", "drop", "spread"] = "error",
    rng: Rng | None = None,
) -> Prevalence:
    """Shares of topics over calendar periods.

    Parameters
    ----------
    topics : Topics
        A fit of this corpus.
    corpus : Corpus
        Where the dates come from.
    period : str
        ``"day"``, ``"week"``, ``"month"``, ``"quarter"``, ``"half-year"``, ``"year"`` or
        ``"N-years"``.
    labels : sequence of str, optional
        Names of the topics; made from their terms if not given.
    theta : {"hard", "mean"}
        Whole documents by their largest topic, or their distributions.
    interval : {"wilson", "bootstrap"}
        See :mod:`trends.analysis.prevalence.intervals`; the bootstrap needs ``rng``.
    level : float
        Of the interval.
    imprecise : {"error", "drop", "spread"}
        What to do with dates that are coarser than the period.
    rng : int or numpy.random.Generator, optional
        For the bootstrap.

    Returns
    -------
    Prevalence
    """
    from trends.analysis.prevalence.estimate import estimate
    from trends.analysis.quality.labels import label
    from trends.runs.tasks.analysis_parts.periods import periods_of

    if topics.doc_ids != corpus.ids:
        message = "These topics are about other documents than the corpus; fit them on this corpus with tr.fit(corpus, …)."
        raise UsageError(message)
    periods = periods_of(corpus, period=period, imprecise=imprecise)
    names = tuple(labels) if labels is not None else label(topics)
    return estimate(
        topics, periods, labels=names, theta=theta, interval=interval, level=level, rng=rng
    )


def fit_trends(shares: Prevalence, *, level: float = 0.95, complete_only: bool = False) -> Trend:
    """Slope, interval and test of every topic.

    Parameters
    ----------
    shares : Prevalence
        From :func:`prevalence`.
    level : float
        Of the interval.
    complete_only : bool
        Leave incomplete periods out.

    Returns
    -------
    Trend
    """
    from trends.analysis.trend import fit

    return fit.fit_trends(shares, level=level, complete_only=complete_only)


def report(
    path: str | os.PathLike[str], corpus: Corpus, topics: Topics, shares: Prevalence, slopes: Trend
) -> Path:
    """Write a self-contained HTML report of one fit.

    Returns
    -------
    Path
        The file written.
    """
    from trends.runs.tasks import compose

    return compose.single(Path(path), corpus, topics, shares, slopes)


def backend_rows(frame: pd.DataFrame, backend: str) -> pd.DataFrame:
    """Put the name of a backend in front of a table, as in the files of a run."""
    out = frame.copy()
    out.insert(0, "backend", backend)
    return out
