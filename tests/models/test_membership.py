"""From clusters to shares of documents: hard labels, soft membership, votes of the terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import multivariate_normal

from trends.core import TermCounts
from trends.errors import UsageError
from trends.models import BACKENDS
from trends.models.imports import load_bertopic
from trends.models.inference.membership import METHODS, hard, membership, term_similarity, windows
from trends.models.inference.mixture import _posterior, soft_membership

EVERY = pytest.mark.parametrize("method", METHODS)


def counts_of(matrix: np.ndarray) -> TermCounts:
    n, terms = matrix.shape
    return TermCounts(
        sparse.csr_matrix(matrix),
        tuple(f"w{j:02d}" for j in range(terms)),
        tuple(f"d{i:03d}" for i in range(n)),
    )


@st.composite
def clustered(draw: Any) -> tuple[np.ndarray, np.ndarray, TermCounts, int]:
    """Labels without gaps, vectors and counts that need not fit together.

    Documents may be empty, vectors equal.
    """
    n, k = draw(st.integers(4, 40)), draw(st.integers(1, 4))
    g = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    lowest = draw(st.sampled_from([-1, 0]))
    labels = (
        np.concatenate([np.arange(k), g.integers(lowest, k, n - min(k, n))])[:n]
        if n >= k
        else np.arange(n)
    )
    vectors = g.normal(size=(n, draw(st.integers(2, 60)))) + draw(st.floats(-3, 3))
    if draw(st.booleans()):
        vectors = vectors[g.integers(0, draw(st.integers(1, 4)), n)]
    matrix = g.poisson(draw(st.floats(0.05, 2)), size=(n, 7))
    # A vocabulary of one term is more than BERTopic can rank.
    matrix[0, :2] += 1
    return labels.astype(np.int64), vectors, counts_of(matrix), k


@EVERY
@settings(max_examples=60, deadline=None)
@given(case=clustered())
def test_every_method_gives_shares_that_sum_to_one(method: str, case: tuple) -> None:
    labels, vectors, counts, k = case
    found = membership(method, labels, vectors, counts, k)
    assert found.theta.shape == (len(labels), k)
    assert np.isfinite(found.theta).all()
    assert found.theta.min() >= 0
    assert found.unassigned.min() >= 0
    np.testing.assert_allclose(found.theta.sum(1) + found.unassigned, 1.0, atol=1e-12)
    again = membership(method, labels, vectors, counts, k)
    assert again.theta.tobytes() == found.theta.tobytes()


@EVERY
@settings(max_examples=20, deadline=None)
@given(case=clustered(), seed=st.integers(0, 1000))
def test_names_of_clusters_do_not_matter(method: str, case: tuple, seed: int) -> None:
    labels, vectors, counts, k = case
    other = np.random.default_rng(seed).permutation(k)
    a = membership(method, labels, vectors, counts, k)
    b = membership(method, np.where(labels < 0, -1, other[labels]), vectors, counts, k)
    np.testing.assert_allclose(b.theta[:, other], a.theta, atol=1e-6)
    np.testing.assert_allclose(b.unassigned, a.unassigned, atol=1e-6)


def test_another_name_is_refused(corpus: Any) -> None:
    with pytest.raises(UsageError, match="one of hard, soft, windows"):
        membership("fuzzy", corpus.labels, corpus.vectors, corpus.counts, 5)
    with pytest.raises(UsageError, match="got 'Soft'"):
        BACKENDS.load("bertopic").read_settings({"membership": "Soft"})


def test_hard_labels_are_the_clusters() -> None:
    found = hard(np.array([1, -1, 0]), 2)
    assert found.theta.tolist() == [[0, 1], [0, 0], [1, 0]]
    assert found.unassigned.tolist() == [0, 1, 0]


# Soft membership


def test_probabilities_are_those_of_normal_classes() -> None:
    """Bayes' rule with the densities of scipy."""
    g = np.random.default_rng(1)
    root = np.linalg.cholesky(np.cov(g.normal(size=(3, 40))) + np.eye(3))
    means, weight = np.vstack([g.normal(size=(2, 3)), np.zeros(3)]), np.array([0.5, 0.3, 0.2])
    x = g.normal(size=(9, 3))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    found = _posterior(x, means, root, weight, own=np.zeros((9, 3)))
    density = np.stack(
        [
            w * multivariate_normal(m, root @ root.T).pdf(x)
            for w, m in zip(weight, means, strict=True)
        ],
        axis=1,
    )
    np.testing.assert_allclose(found, density / density.sum(1, keepdims=True), atol=1e-12)


def test_a_document_is_compared_with_the_others_of_its_topic() -> None:
    """One step from hard labels, written out.

    Means without the document, one covariance, weights.
    """
    g = np.random.default_rng(3)
    labels = np.repeat([0, 1, -1], 12)
    vectors = g.normal(size=(36, 4)) + np.array([[2, 0, 0, 0]]) * (labels == 0)[:, None] + 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("trends.models.inference.mixture.MOST_STEPS", 1)
        patch.setattr("trends.models.inference.mixture.FLOOR", 0.0)
        found = soft_membership(labels, vectors, 2)
    x = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    x = x - x.mean(0)
    x = x @ np.linalg.eigh(x.T @ x)[1]
    means = np.stack([x[labels == 0].mean(0), x[labels == 1].mean(0), np.zeros(4)])
    within = (
        sum((x[labels == k] - means[k]).T @ (x[labels == k] - means[k]) for k in (0, 1, -1)) / 36
    )
    for i in range(36):
        z = x[i]
        centres = [x[(labels == k) & (np.arange(36) != i)].mean(0) for k in (0, 1)] + [np.zeros(4)]
        density = [multivariate_normal(c, within).pdf(z) / 3 for c in centres]
        expected = np.array(density) / sum(density)
        np.testing.assert_allclose(
            [*found.theta[i], found.unassigned[i]], expected, rtol=1e-3, atol=1e-6
        )
    assert found.chosen["steps"] == 1


def test_documents_that_the_clustering_left_out_come_back(corpus: Any) -> None:
    g = np.random.default_rng(4)
    labels = np.where(g.random(len(corpus.labels)) < 0.25, -1, corpus.labels)
    found = soft_membership(labels, corpus.vectors, 5)
    truth = np.eye(5)[corpus.labels].mean(0)
    kept = hard(labels, 5).theta.mean(0)
    assert np.abs(found.theta.mean(0) - truth).mean() < 0.01
    assert np.abs(kept - truth).mean() > 0.03
    assert (found.theta.argmax(1) == corpus.labels).mean() > 0.98


def test_off_topic_documents_go_even_where_all_were_assigned(
    planted_corpus: Callable[..., Any],
) -> None:
    p = planted_corpus(per_topic=60, rng=2)
    g = np.random.default_rng(0)
    off = g.random(len(p.labels)) < 0.15
    # As long as the others and in no topic's direction.
    vectors = np.where(
        off[:, None], 0.7 * g.normal(size=p.vectors.shape) + p.vectors.mean(0), p.vectors
    )
    found = soft_membership(p.labels, vectors, 5)
    assert found.unassigned[off].mean() > 0.9
    assert found.unassigned[~off].mean() < 0.02


def test_mass_outside_topics_keeps_its_limit(planted_corpus: Callable[..., Any]) -> None:
    g = np.random.default_rng(1)
    # Nothing but noise: the mixture would give up most topics.
    vectors, labels = g.normal(size=(200, 30)), g.integers(0, 4, 200)
    free = soft_membership(labels, vectors, 4)
    held = soft_membership(labels, vectors, 4, max_unassigned=0.1)
    assert held.unassigned.mean() <= 0.1
    assert held.chosen["steps"] <= free.chosen["steps"]
    assert min(free.theta.sum(0).min(), held.theta.sum(0).min()) >= 1
    # Where the labels themselves leave out more, that is the limit.
    out = np.where(np.arange(200) % 2, labels, -1)
    assert soft_membership(out, vectors, 4, max_unassigned=0.1).unassigned.mean() <= 0.5 + 1e-9


def test_equal_vectors_and_few_documents() -> None:
    same = soft_membership(np.array([0, 1, -1, 0]), np.ones((4, 5)), 2)
    assert same.theta.tolist() == [[1, 0], [0, 1], [0, 0], [1, 0]]
    assert same.chosen["steps"] == 0
    two = soft_membership(np.array([0, 0, 1, 1]), np.repeat([[1.0, 0.0], [0.0, 1.0]], 2, axis=0), 2)
    assert two.theta.argmax(1).tolist() == [0, 0, 1, 1]


# Votes of the terms


def test_a_token_has_one_vote_by_the_cosine_of_its_term(corpus: Any) -> None:
    labels = np.where(np.arange(len(corpus.labels)) % 9 == 0, -1, corpus.labels)
    found = windows(labels, corpus.counts, 5)
    dense = corpus.counts.matrix.toarray().astype(float)
    grouped = np.stack([dense[labels == k].sum(0) for k in (0, 1, 2, 3, 4, -1)])
    weight = (
        grouped
        / grouped.sum(1, keepdims=True)
        * np.log(1 + int(grouped.sum(1).mean()) / grouped.sum(0))
    )
    cosine = weight / np.linalg.norm(weight, axis=1, keepdims=True)
    for i in (0, 9, 50):
        votes = np.zeros(6)
        for w in np.flatnonzero(dense[i]):
            votes += dense[i, w] * cosine[:, w] / cosine[:, w].sum()
        np.testing.assert_allclose(
            [*found.theta[i], found.unassigned[i]], votes / dense[i].sum(), atol=1e-12
        )


@pytest.mark.parametrize("unassigned", [False, True])
def test_similarities_are_those_of_bertopic_with_a_window_of_one_token(
    corpus: Any, unassigned: bool
) -> None:
    """BERTopic adds up the cosines of the tokens.

    From our cosines the same sums give the same distribution.
    """
    bertopic = load_bertopic()
    from sklearn.base import BaseEstimator
    from sklearn.feature_extraction.text import CountVectorizer

    class Given(BaseEstimator):
        def fit(self, x: Any, y: Any = None) -> Given:
            self.labels_ = labels
            return self

        def predict(self, x: Any) -> np.ndarray:
            return labels

        def transform(self, x: Any) -> Any:
            return x

    labels = (
        np.where(np.arange(len(corpus.labels)) % 9 == 0, -1, corpus.labels)
        if unassigned
        else corpus.labels
    )
    # BERTopic numbers its topics by size.
    size = np.argsort(-np.bincount(labels[labels >= 0]), kind="stable")
    labels = np.where(labels < 0, -1, np.argsort(size)[labels])
    m = corpus.counts.matrix
    texts = [
        " ".join(
            corpus.counts.vocabulary[w]
            for w in np.repeat(
                m.indices[m.indptr[i] : m.indptr[i + 1]], m.data[m.indptr[i] : m.indptr[i + 1]]
            )
        )
        for i in range(m.shape[0])
    ]
    model = bertopic.BERTopic(
        umap_model=Given(), hdbscan_model=Given(), vectorizer_model=CountVectorizer(), verbose=False
    )
    model.fit(texts, embeddings=np.asarray(corpus.vectors, dtype=float))
    theirs, _ = model.approximate_distribution(texts, window=1, min_similarity=0.0)
    similarity = term_similarity(labels, corpus.counts, 5)[:5]
    ours = np.asarray(m @ similarity.T)
    np.testing.assert_allclose(ours / ours.sum(1, keepdims=True), theirs, atol=1e-9)
    assert (windows(labels, corpus.counts, 5).unassigned.max() > 0) == unassigned


def test_documents_and_terms_without_a_vote_are_unassigned() -> None:
    counts = counts_of(np.array([[3, 0, 0, 0], [0, 2, 0, 0], [0, 0, 0, 0], [2, 2, 0, 0]]))
    found = windows(np.array([0, 1, 0, -1]), counts, 2)
    assert found.unassigned[2] == 1.0
    assert found.theta[2].tolist() == [0.0, 0.0]
    assert found.theta[0, 0] > found.theta[0, 1] == 0


# The backend


@pytest.fixture(scope="module")
def by_method(corpus: Any) -> dict[str, Any]:
    fit = BACKENDS.load("bertopic")
    return {
        method: fit(
            corpus.counts,
            n_topics=5,
            seed=3,
            embeddings=corpus.vectors,
            settings={"membership": method},
        )
        for method in METHODS
    }


@EVERY
def test_bertopic_makes_theta_by_the_method_that_is_set(
    method: str, by_method: dict[str, Any], corpus: Any, agreement: Callable[..., float]
) -> None:
    fit = by_method[method]
    assert fit.provenance["settings"]["membership"] == method
    assert agreement(fit.hard, corpus.labels) >= 0.9
    pure = ((fit.theta == 0) | (fit.theta == 1)).all()
    assert pure == (method == "hard")
    # φ is that of the shares, words are those of the clusters.
    from trends.models.inference.phi import term_distribution

    np.testing.assert_allclose(fit.phi, term_distribution(fit.theta, corpus.counts), atol=1e-9)
    assert {tuple(t) for t in fit.top_terms(5)} == {
        tuple(t) for t in by_method["hard"].top_terms(5)
    }


def test_soft_membership_is_the_default_and_says_what_it_did(by_method: dict[str, Any]) -> None:
    assert BACKENDS.load("bertopic").read_settings().membership == "soft"
    chosen = by_method["soft"].provenance["chosen"]
    assert chosen["membership_steps"] >= 1
    assert chosen["membership_components"] == 22
    assert replace(by_method["soft"]).fingerprint != by_method["hard"].fingerprint
