"""How the leading fit of a run suits documents: measured of each, kept with the update."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends import files, store
from trends.analysis.updates.misfits import beyond_wide
from trends.core import Corpus, TermCounts, Topics
from trends.errors import MissingError
from trends.models.inference.judged import judge
from trends.runs.tasks import terms
from trends.runs.tasks.updating.frozen import Frozen
from trends.text.counting.count import count_terms
from trends.text.counting.fixed_vocabulary import known_words

#: Measures of each document; counts of the words of those that fit badly.
FIT, MISFITS = "fit.csv", "misfits"
#: Frequency of each term of the vocabulary in the documents of the run.
FREQUENCY = "frequency.csv"


def past(
    folder: Path, frozen: Frozen, learnt: Topics, judged: Topics, counts: TermCounts, vectors: Any
) -> None:
    """Measure the documents of a run, each by topics that it had no part in.

    Where the run learnt on some documents, the others are the past.
    """
    corpus, own = frozen.corpus, learnt.doc_ids == counts.doc_ids
    rows = np.arange(len(corpus))
    if not own:
        rows = np.flatnonzero(~np.isin(np.array(corpus.ids), np.array(learnt.doc_ids)))
        corpus = Corpus(corpus.documents.iloc[rows], name=corpus.name)
        counts = counts.take_documents(rows)
        vectors = None if vectors is None else frozen.vectors(corpus.ids)
    frequency = np.asarray(counts.matrix.sum(axis=0)).ravel().astype(np.float64)
    table = pd.DataFrame({"term": list(counts.vocabulary), "count": frequency})
    files.write_csv(folder / FREQUENCY, table)
    words = _whole(frozen, corpus)
    sure = _sure(frozen, learnt.vocabulary)
    measured = _measured(
        corpus, words, learnt, judged.hard[rows], counts, frequency, sure, own=own, vectors=vectors
    )
    files.write_csv(folder / FIT, measured)
    if words is not None:
        _write_misfits(folder, words, beyond_wide(measured, measured))


def new(
    folder: Path,
    start: Path,
    corpus: Corpus,
    learnt: Topics,
    judged: Topics,
    counts: TermCounts,
    vectors: Any,
) -> None:
    """Measure new documents as those of the run were."""
    frequency = store.read_csv(start / FREQUENCY)["count"].to_numpy(np.float64)
    measured = _measured(
        corpus, corpus, learnt, judged.hard, counts, frequency, learnt.vocabulary,
        own=False, vectors=vectors,
    )  # fmt: skip
    files.write_csv(folder / FIT, measured)
    _write_misfits(folder, corpus, beyond_wide(store.read_csv(start / FIT), measured))


def _measured(
    corpus: Corpus,
    words: Corpus | None,
    fit: Topics,
    hard: NDArray[np.int64],
    counts: TermCounts,
    frequency: NDArray[np.float64],
    vocabulary: tuple[str, ...],
    *,
    own: bool,
    vectors: Any,
) -> pd.DataFrame:
    clusters = fit.provenance.get("family") == "embedding"
    found = judge(fit, counts, frequency, own=own, vectors=vectors if clusters else None)
    outside = np.full(len(corpus), np.nan)
    if words is not None and words.has_text:
        known, all_ = known_words(terms.model_text(words), vocabulary)
        outside = np.where(all_ > 0, 1 - known / np.maximum(all_, 1), np.nan)
    return pd.DataFrame(
        {
            "id": list(corpus.ids),
            "n_terms": counts.tokens,
            # A mixture of words assigns every document that has words.
            "unassigned": (hard < 0).astype(float) if clusters else np.nan,
            "surprise": found.surprise,
            "distance": found.distance,
            "outside": outside,
            "topic": found.topic,
        }
    )


def _whole(frozen: Frozen, corpus: Corpus) -> Corpus | None:
    """The documents with their words, if the run still has them."""
    try:
        whole = frozen.whole
    except MissingError:
        return None
    if whole.ids == corpus.ids:
        return whole
    place = {doc: i for i, doc in enumerate(whole.ids)}
    rows = np.array([place[doc] for doc in corpus.ids], dtype=np.int64)
    counts = None if whole.counts is None else whole.counts.take_documents(rows)
    return Corpus(whole.documents.iloc[rows], counts, name=whole.name)


def _sure(frozen: Frozen, vocabulary: tuple[str, ...]) -> tuple[str, ...]:
    """Terms that would be in the vocabulary without any one of their documents."""
    table = store.read_csv(frozen.out / "terms.csv")
    kept = table[table["kept"].astype(bool)]
    rare = set(kept.loc[kept["df"] == kept["df"].min(), "term"].astype(str))
    return tuple(term for term in vocabulary if term not in rare)


def _write_misfits(folder: Path, corpus: Corpus, bad: NDArray[np.bool_]) -> None:
    """Counts of the words of documents that fit badly, among which new topics are looked for."""
    rows = np.flatnonzero(bad)
    if not len(rows):
        return
    if corpus.counts is not None:
        counts = corpus.counts.take_documents(rows)
    else:
        some = corpus.documents.iloc[rows]
        texts = terms.titled(some["title"], some["text"].fillna("").astype(str))
        counts = count_terms(some["id"].tolist(), texts, phrases=False)
    (folder / MISFITS).mkdir()
    store.write_counts(folder / MISFITS, counts)
