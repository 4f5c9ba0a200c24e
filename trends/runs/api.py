"""What ``import trends as tr`` offers: the road in single steps, nouns in and nouns out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.core import Corpus, Prevalence, Topics, Trend
from trends.errors import UsageError
from trends.runs import prepare
from trends.runs.config import EmbedConfig, TextConfig


def read(*inputs: str | os.PathLike[str], source: str = "auto", **options: Any) -> Corpus:
    """Read documents.

    Parameters
    ----------
    *inputs : str or path
        ``"pretraining"`` (the embedded corpus), saved pages or a folder of them, a folder of extracted features, a corpus ``.parquet``.
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
    return read_corpus([os.fspath(i) for i in inputs], source=source, **options)


def reading(corpus: Corpus) -> dict[str, Any]:
    """What reading did: records, documents, dates by precision and evidence, records per input, dropped, conflicts."""
    notes = corpus.notes
    return {
        "records": notes.get("records", len(corpus)),
        **corpus.summary(),
        "per_input": notes.get("per_input", {}),
        "dropped": notes.get("dropped", []),
        "conflicts": notes.get("conflicts", []),
        "warnings": notes.get("warnings", []),
        "snapshots": notes.get("snapshots", {}),
        "fingerprint": corpus.fingerprint,
    }


def save_corpus(corpus: Corpus, path: str | os.PathLike[str]) -> None:
    """Write a corpus to a ``.parquet`` file that :func:`read` accepts."""
    from trends.sources import corpus_file

    target = Path(path)
    if target.suffix != ".parquet":
        message = f"A corpus is written to a .parquet file; got {target}."
        raise UsageError(message)
    corpus_file.write(corpus, target)


def export_features(
    corpus: Corpus, folder: str | os.PathLike[str], *, embedding: str = "minilm", embedding_path: str = ""
) -> dict[str, Any]:
    """Write titles, dates, term counts and vectors of a corpus, but not its words.

    Returns
    -------
    dict
        ``documents``, ``terms``, ``dimensions``, ``bytes``, ``files``.
    """
    from dataclasses import replace

    from trends.sources import features

    counts = prepare.all_counts(corpus, TextConfig())
    array, provenance = prepare.vectors(corpus, EmbedConfig(model=embedding, path=embedding_path))
    whole = replace(corpus, counts=counts, embeddings=array)
    features.write(whole, Path(folder), settings=counts.settings, provenance={"embedding": provenance})
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
    n_topics: int = 12,
    rng: int,
    embeddings: NDArray[np.floating[Any]] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Topics:
    """Fit one topic model.

    Parameters
    ----------
    corpus : Corpus
        Documents, dated or not.
    backend : str
        ``"gibbs-lda"``, ``"lda"`` or ``"bertopic"``.
    n_topics : int
        Number of topics; every backend returns exactly so many.
    rng : int
        The backend's seed is spawned from it and recorded in ``provenance``.
    embeddings : ndarray, shape (documents, dimensions), optional
        Vectors in corpus order; without them, those of the corpus or of the packaged encoder.
    settings : mapping, optional
        Settings of the backend.

    Returns
    -------
    Topics
    """
    from trends.models import BACKENDS
    from trends.runs.seeds import spawn

    function = BACKENDS.load(backend)
    counts, _ = prepare.choose_terms(prepare.all_counts(corpus, TextConfig()), TextConfig())
    if embeddings is None and function.needs_embeddings:
        embeddings, _ = prepare.vectors(corpus, EmbedConfig())
    return function(
        counts, n_topics=n_topics, seed=spawn(rng, backend, 1)[0], embeddings=embeddings, settings=dict(settings or {})
    )


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
    rng: int | None = None,
) -> Prevalence:
    """Shares of topics over calendar periods.

    Parameters
    ----------
    topics : Topics
        A fit of this corpus.
    corpus : Corpus
        Where the dates come from.
    period : str
        ``"day"``, ``"week"``, ``"month"``, ``"quarter"``, ``"half-year"``, ``"year"`` or ``"N-years"``.
    labels : sequence of str, optional
        Names of the topics; made from their terms if not given.
    theta : {"hard", "mean"}
        Whole documents by their largest topic, or their distributions.
    interval : {"wilson", "bootstrap"}
        See :mod:`trends.analysis.intervals`; the bootstrap needs ``rng``.
    level : float
        Of the interval.
    imprecise : {"error", "drop", "spread"}
        What to do with dates that are coarser than the period.
    rng : int, optional
        For the bootstrap.

    Returns
    -------
    Prevalence
    """
    from trends.analysis.labels import label
    from trends.analysis.prevalence import estimate
    from trends.runs.analyse import periods_of

    if topics.doc_ids != corpus.ids:
        message = "These topics are about other documents than the corpus; fit them on this corpus with tr.fit(corpus, …)."
        raise UsageError(message)
    periods = periods_of(corpus, period=period, imprecise=imprecise)
    names = tuple(labels) if labels is not None else label(topics)
    return estimate(topics, periods, labels=names, theta=theta, interval=interval, level=level, rng=rng)


def trends(shares: Prevalence, *, level: float = 0.95, complete_only: bool = False) -> Trend:
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
    from trends.analysis.trend_test import test_trends

    return test_trends(shares, level=level, complete_only=complete_only)


def report(path: str | os.PathLike[str], corpus: Corpus, topics: Topics, shares: Prevalence, slopes: Trend) -> Path:
    """Write a self-contained HTML report of one fit.

    Returns
    -------
    Path
        The file written.
    """
    from trends.runs import compose

    return compose.single(Path(path), corpus, topics, shares, slopes)


def backend_rows(frame: pd.DataFrame, backend: str) -> pd.DataFrame:
    """Put the name of a backend in front of a table, as in the files of a run."""
    out = frame.copy()
    out.insert(0, "backend", backend)
    return out
