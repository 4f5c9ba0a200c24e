"""Words of topics over time: the numbers of BERTopic, and those of a slow obvious reference."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import trends as tr
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.prevalence.words_over_time import (
    cell_counts,
    inverse_frequency,
    words_over_time,
)
from trends.core import Corpus, TermCounts, Topics
from trends.errors import DataError, UsageError

TERMS = tuple(f"w{j:02}" for j in range(40))


def made(n=200, k=4, seed=0, outliers=True):
    """Documents over three years, some without topic, one empty, one undated."""
    rng = np.random.default_rng(seed)
    matrix = rng.poisson(0.4, (n, len(TERMS)))
    matrix[3] = 0
    label = rng.integers(-1 if outliers else 0, k, n)
    theta = np.zeros((n, k))
    theta[np.flatnonzero(label >= 0), label[label >= 0]] = 1
    ids = tuple(f"d{i:03}" for i in range(n))
    phi = np.full((k, len(TERMS)), 1 / len(TERMS))
    topics = Topics(theta, (label < 0).astype(float), phi, TERMS, ids)
    days = np.sort(np.datetime64("2020-01-01") + rng.integers(0, 1096, n))
    days[-1] = np.datetime64("NaT")
    return (
        topics,
        TermCounts(sparse.csr_matrix(matrix), TERMS, ids),
        make_periods(days, period="half-year"),
        days,
    )


def slowly(topics, counts, periods, n):
    """Document by document, term by term."""
    table, label = counts.matrix.toarray(), topics.hard
    frequency = table.sum(0)
    mean = int(table.sum() / len(set(label.tolist())))
    out = []
    for k in range(topics.n_topics):
        for t, start in enumerate(periods.starts):
            found: Counter[int] = Counter()
            for i in np.flatnonzero((label == k) & (periods.index == t)):
                found.update({j: int(c) for j, c in enumerate(table[i]) if c})
            total = sum(found.values())
            weight = {j: c / total * math.log(1 + mean / frequency[j]) for j, c in found.items()}
            best = sorted(weight, key=lambda j: (-weight[j], j))[:n]
            out += [
                (k, pd.Timestamp(start), place, TERMS[j], weight[j])
                for place, j in enumerate(best, start=1)
            ]
    return pd.DataFrame(out, columns=["topic", "period", "place", "term", "weight"])


@pytest.mark.parametrize("n", [1, 5, 100])
def test_they_are_those_of_the_reference(n):
    topics, counts, periods, _ = made()
    found = words_over_time(topics, counts, periods, n=n)
    expected = slowly(topics, counts, periods, n)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert set(found["topic"]) == set(range(4))
    assert found["place"].max() == min(n, 40)


@pytest.mark.slow
def test_they_are_the_numbers_of_bertopic():
    """The same counts, no tuning.

    Each weight is that of BERTopic's own transformer, and words and documents those of
    ``topics_over_time``.
    """
    from trends.models.imports import load, load_bertopic

    module = load_bertopic()
    topics, counts, periods, _ = made(seed=1)
    table = counts.matrix.toarray()
    texts = [
        " ".join(term for term, c in zip(TERMS, row, strict=True) for _ in range(c))
        for row in table
    ]
    label = topics.hard.tolist()
    vectorizer = load("sklearn.feature_extraction.text").CountVectorizer(vocabulary=list(TERMS))
    model = module.BERTopic(
        embedding_model=load("bertopic.backend").BaseEmbedder(),
        umap_model=load("bertopic.dimensionality").BaseDimensionalityReduction(),
        hdbscan_model=load("bertopic.cluster").BaseCluster(),
        vectorizer_model=vectorizer,
        top_n_words=40,
    )
    model.fit(texts, embeddings=np.zeros((len(texts), 2)), y=label)
    # BERTopic numbers topics by size.
    renamed = np.asarray(model.topics_)
    theta = np.zeros_like(topics.theta)
    theta[np.flatnonzero(renamed >= 0), renamed[renamed >= 0]] = 1
    same = Topics(theta, (renamed < 0).astype(float), topics.phi, TERMS, topics.doc_ids)
    dated = np.flatnonzero(periods.index >= 0)
    theirs = model.topics_over_time(
        [texts[i] for i in dated],
        periods.index[dated].tolist(),
        topics=renamed[dated].tolist(),
        global_tuning=False,
        evolution_tuning=False,
    )
    cells = cell_counts(same, counts.matrix, periods)
    weights = (
        model.ctfidf_model.transform(cells.astype(float))
        .toarray()
        .reshape(topics.n_topics, len(periods), -1)
    )
    found = words_over_time(same, counts, periods)
    for row in found.itertuples():
        t = int(np.searchsorted(periods.starts, np.datetime64(row.period, "D")))
        assert row.weight == pytest.approx(weights[row.topic, t, TERMS.index(row.term)], rel=1e-12)
    compared = 0
    for row in theirs[theirs["Topic"] >= 0].itertuples():
        day = pd.Timestamp(periods.starts[row.Timestamp])
        mine = found[(found["topic"] == row.Topic) & (found["period"] == day)]
        best = np.sort(weights[row.Topic, row.Timestamp])[::-1][:5]
        if not np.isclose(np.diff(np.sort(weights[row.Topic, row.Timestamp])[::-1][:6]), 0).any():
            # Of equal weights either may come first.
            assert ", ".join(mine["term"]) == row.Words
            compared += 1
        np.testing.assert_allclose(mine["weight"], best, rtol=1e-12)
        assert row.Frequency == ((same.hard == row.Topic) & (periods.index == row.Timestamp)).sum()
    assert compared >= 5


def test_a_document_that_is_spread_counts_by_its_parts():
    topics, counts, _, days = made(seed=2)
    precision = np.where(np.arange(len(days)) % 3 == 0, "year", "day")
    precision = np.where(np.isnat(days), "", precision)
    periods = make_periods(days, precision, period="half-year", imprecise="spread")
    cells = cell_counts(topics, counts.matrix, periods)
    dated = np.flatnonzero((periods.index >= 0) & (topics.hard >= 0))
    assert cells.sum() == pytest.approx(counts.matrix[dated].sum())
    assert (cells.data != np.round(cells.data)).any()


def test_a_term_weighs_the_same_in_every_period_if_its_share_does():
    """Weights are comparable over time: the rarity of a term is that in the whole corpus."""
    matrix = sparse.csr_matrix(np.tile([[3, 1, 0], [1, 0, 4]], (4, 1)))
    ids = tuple("abcdefgh")
    topics = Topics(
        np.tile(np.eye(2), (4, 1)), np.zeros(8), np.full((2, 3), 1 / 3), ("x", "y", "z"), ids
    )
    days = np.array(["2020-02-01"] * 2 + ["2021-02-01"] * 6, dtype="datetime64[D]")
    counts = TermCounts(matrix, ("x", "y", "z"), ids)
    table = words_over_time(topics, counts, make_periods(days, period="year"))
    first, second = (
        part.drop(columns="period").reset_index(drop=True) for _, part in table.groupby("period")
    )
    pd.testing.assert_frame_equal(first, second)
    np.testing.assert_allclose(
        inverse_frequency(topics.hard, matrix), np.log1p(18 / np.array([16, 4, 16]))
    )


# The memberships of the made documents have nothing to do with their words.
@pytest.mark.filterwarnings("ignore:theta. neighbours:UserWarning")
def test_it_is_offered_from_a_corpus():
    topics, counts, _, days = made(seed=3, outliers=False)
    words = ["".join(chr(97 + int(c)) for c in f"{j:02}") * 3 for j in range(len(TERMS))]
    texts = [
        " ".join(words[j] for j in row.indices for _ in range(row[0, j])) for row in counts.matrix
    ]
    frame = pd.DataFrame(
        {
            "id": topics.doc_ids,
            "title": "",
            "text": texts,
            "date": days,
            "date_precision": np.where(np.isnat(days), None, "day"),
            "date_evidence": np.where(np.isnat(days), "none", "stated"),
            "source": "made",
        }
    )
    corpus = Corpus(frame)
    order = {doc: i for i, doc in enumerate(topics.doc_ids)}
    rows = np.array([order[i] for i in corpus.ids])
    renamed = sorted(range(len(words)), key=words.__getitem__)
    vocabulary = tuple(words[j] for j in renamed)
    fit = Topics(
        topics.theta[rows], topics.unassigned[rows], topics.phi[:, renamed], vocabulary, corpus.ids
    )
    over = TermCounts(counts.matrix[rows][:, renamed], vocabulary, corpus.ids)
    given = tr.words_over_time(fit, corpus, counts=over, n=3)
    pd.testing.assert_frame_equal(given, tr.words_over_time(fit, corpus, n=3))
    assert len(given) > 50
    with pytest.raises(UsageError, match="other documents"):
        tr.words_over_time(topics, Corpus(frame.iloc[:100]))


def test_what_does_not_belong_together_is_refused():
    topics, counts, periods, _ = made()
    with pytest.raises(UsageError, match="at least one term"):
        words_over_time(topics, counts, periods, n=0)
    with pytest.raises(DataError, match="same documents"):
        words_over_time(topics, counts.take_documents(np.arange(10)), periods)
