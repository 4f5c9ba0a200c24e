"""Initialization of factorisations and of k-means, shares by maximum likelihood, centres."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import minimize

from trends.core import TermCounts
from trends.errors import UsageError
from trends.models import BACKENDS
from trends.models.clustering.centres import centres, describe, nearest, unit
from trends.models.clustering.ctfidf import class_tfidf
from trends.models.inference.likelihood import maximum_likelihood
from trends.models.initialization import centres as of_centres
from trends.models.initialization import counts as of_counts


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 4))
def test_shares_are_those_of_the_greatest_likelihood(seed: int, k: int) -> None:
    g = np.random.default_rng(seed)
    phi, n = g.dirichlet(np.full(12, 0.6), k), g.integers(0, 6, 12)
    n[0] += 1

    def loss(free: np.ndarray) -> float:
        theta = np.exp(free - free.max())
        return -float(n @ np.log(np.maximum(theta / theta.sum() @ phi, 1e-300)))

    theta, _, left = maximum_likelihood(phi, sparse.csr_matrix(n[None]))
    assert left == 0
    assert theta.sum() == pytest.approx(1)
    best = min(
        minimize(
            loss, g.normal(size=k), method="Nelder-Mead", options={"maxiter": 4000, "fatol": 1e-10}
        ).fun
        for _ in range(3)
    )
    assert loss(np.log(np.maximum(theta[0], 1e-300))) <= best + 1e-2


def test_chunks_and_other_documents_change_no_share(
    corpus: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    phi = np.random.default_rng(0).dirichlet(np.full(corpus.counts.n_terms, 0.3), 4)
    whole, _, _ = maximum_likelihood(phi, corpus.counts.matrix)
    some, _, _ = maximum_likelihood(phi, corpus.counts.matrix[5:9])
    assert some == pytest.approx(whole[5:9], abs=1e-12)
    monkeypatch.setattr("trends.models.inference.likelihood.CHUNK", 300)
    assert maximum_likelihood(phi, corpus.counts.matrix)[0] == pytest.approx(whole, abs=1e-12)


def test_a_document_without_a_known_term_has_equal_shares() -> None:
    theta, steps, left = maximum_likelihood(
        np.array([[1.0, 0], [1.0, 0]]), sparse.csr_matrix(np.array([[0, 3], [0, 0]]))
    )
    np.testing.assert_array_equal(theta, np.full((2, 2), 0.5))
    assert (steps, left) == (0, 0)


def test_topics_that_rise_and_fall_together_are_merged() -> None:
    g = np.random.default_rng(0)
    a, b = g.dirichlet([0.3, 0.3], 200).T
    # The first topic in two parts of different size, in the same documents.
    share = np.column_stack([0.7 * a, b, 0.3 * a])
    phi = np.array([[0.8, 0.2, 0, 0], [0, 0, 0.5, 0.5], [0.1, 0.9, 0, 0]])
    merged, terms = of_counts.merge_by_documents(share, phi, 2)
    np.testing.assert_allclose(merged, np.column_stack([a, b]))
    np.testing.assert_allclose(terms[0], 0.7 * phi[0] + 0.3 * phi[2])
    np.testing.assert_allclose(terms.sum(1), 1)


def test_the_initialization_of_counts_leaves_nothing_out(corpus: Any, agreement: Any) -> None:
    share, phi = of_counts.initialize_topics(corpus.counts, 5, 3, overclustering=2.0, n_init=2)
    assert (share.shape, phi.shape) == ((180, 5), (5, corpus.counts.n_terms))
    np.testing.assert_allclose(share.sum(1), 1)
    np.testing.assert_allclose(phi.sum(1), 1)
    assert agreement(share.argmax(1), corpus.labels) > 0.95
    again = of_counts.initialize_topics(corpus.counts, 5, 3, overclustering=2.0, n_init=2)
    assert share.tobytes() == again[0].tobytes()


@pytest.mark.slow
def test_initialization_by_tf_idf_finds_topics_that_a_random_one_joins(
    planted_corpus: Any, agreement: Any
) -> None:
    p = planted_corpus(n_topics=12, per_topic=12, rng=5)
    few = {"nmf": {"n_init": 1}, "lda": {"min_passes": 10, "max_passes": 10, "tolerance": 1.0}}
    found = {}
    for name, b in (("nmf", "tf-idf"), ("nmf", "random"), ("lda", "tf-idf"), ("lda", "random")):
        topics = BACKENDS.load(name)(
            p.counts, n_topics=12, seed=1, settings={**few[name], "init": b}
        )
        found[name, b] = agreement(topics.hard, p.labels)
    assert found["nmf", "tf-idf"] > 0.95 < found["lda", "tf-idf"]
    assert found["nmf", "tf-idf"] > found["nmf", "random"]
    assert found["lda", "tf-idf"] > found["lda", "random"] + 0.05


def test_parts_of_a_cluster_are_merged_and_a_small_cluster_is_kept() -> None:
    g = np.random.default_rng(2)
    truth = np.repeat([0, 1, 2], [200, 200, 8])
    points = 3 * np.eye(20)[truth] + 0.5 * g.normal(size=(408, 20))
    parts = np.where(
        truth == 0, g.integers(0, 3, 408), np.where(truth == 1, 3 + g.integers(0, 2, 408), 9)
    )
    merged = of_centres.merge_by_centres(points, parts, 3)
    assert sorted(np.unique(merged)) == [0, 1, 2]
    assert len(set(zip(truth.tolist(), merged.tolist(), strict=True))) == 3


def test_kmeans_finds_clusters_of_very_different_size() -> None:
    g = np.random.default_rng(4)
    sizes = [150, 120, 90, 60, 30, 15, 12, 10]
    truth = np.repeat(np.arange(8), sizes)
    vectors = g.normal(size=(8, 40))[truth] * 0.9 + g.normal(size=(len(truth), 40))
    counts = TermCounts(
        sparse.csr_matrix(np.eye(8, dtype=int)[truth]),
        tuple("abcdefgh"),
        tuple(f"d{i:03d}" for i in range(len(truth))),
    )
    topics = BACKENDS.load("kmeans")(
        counts, n_topics=8, seed=2, embeddings=vectors, settings={"n_init": 1}
    )
    table = np.zeros((8, 8))
    np.add.at(table, (topics.hard, truth), 1)
    assert set(table.argmax(axis=1)) == set(range(8))
    assert table.max(axis=1).sum() / len(truth) > 0.9


def test_the_sample_of_a_large_corpus_is_drawn_by_the_seed(
    corpus: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = unit(np.asarray(corpus.vectors, dtype=float))
    monkeypatch.setattr(of_centres, "MOST", 100)
    first, again, other = (
        of_centres.initialize_centres(vectors, 5, seed, overclustering=2.0, n_init=2)
        for seed in (1, 1, 2)
    )
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


def test_kmeans_says_when_vectors_are_too_few(corpus: Any) -> None:
    vectors = np.asarray(corpus.vectors)[[0, 1, 2]][np.arange(180) % 3]
    with pytest.raises(
        UsageError, match="5 clusters were asked for, but the 180 documents have vectors for 3 only"
    ):
        BACKENDS.load("kmeans")(corpus.counts, n_topics=5, seed=1, embeddings=vectors)


def test_the_nearest_centre_is_that_of_the_distances() -> None:
    g = np.random.default_rng(1)
    x, labels = unit(g.normal(size=(60, 8))), np.arange(60) % 4
    means = centres(np.eye(4)[labels], x)
    distance = ((x[:, None] - means[None].astype(float)) ** 2).sum(2)
    label, support = nearest(x, means)
    np.testing.assert_array_equal(label, distance.argmin(1))
    np.testing.assert_allclose(support, 1 - distance.min(1), atol=1e-8)
    rest = np.arange(60) < 6
    facts = describe(means, x, np.eye(4)[label] * ~rest[:, None], rest.astype(float))
    assert (support < facts["limit"]).mean() == pytest.approx(0.1, abs=0.02)
    assert describe(means, x, np.eye(4)[label], np.zeros(60)) == {"agreement": 1.0}


def test_ctfidf_is_that_of_the_bertopic_backend(corpus: Any, fits: Any) -> None:
    topics = fits("bertopic")
    sharp = class_tfidf(np.asarray(topics.hard), corpus.counts)
    np.testing.assert_allclose(sharp, topics.relevance, atol=1e-12)
