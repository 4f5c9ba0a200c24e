"""What each similarity of topics means, against a slow plain reference."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import pearsonr

from trends.analysis.alignment.similarity import compare, jensen_shannon_similarity
from trends.core import Topics
from trends.errors import DataError, UsageError


def make(theta, unassigned=None, phi=None, vocabulary=None, ids=None):
    theta = np.asarray(theta, dtype=float)
    unassigned = np.zeros(len(theta)) if unassigned is None else np.asarray(unassigned, dtype=float)
    phi = np.full((theta.shape[1], 3), 1 / 3) if phi is None else np.asarray(phi, dtype=float)
    vocabulary = (
        tuple(f"w{j:02}" for j in range(phi.shape[1])) if vocabulary is None else vocabulary
    )
    ids = tuple(f"d{i}" for i in range(len(theta))) if ids is None else ids
    return Topics(theta, unassigned, phi, vocabulary, ids)


def test_documents_are_compared_by_the_correlation_of_shares():
    rng = np.random.default_rng(1)
    a, b = rng.dirichlet(np.ones(4), 50), rng.dirichlet(np.ones(3), 50)
    observed = compare(make(a), make(b), "documents").observed()
    expected = [[pearsonr(a[:, i], b[:, j])[0] for j in range(3)] for i in range(4)]
    np.testing.assert_allclose(observed, expected, atol=1e-12)


def test_documents_are_found_by_name_not_by_row():
    rng = np.random.default_rng(2)
    a, b = rng.dirichlet(np.ones(4), 40), rng.dirichlet(np.ones(3), 40)
    order = rng.permutation(40)
    moved = make(b[order], ids=tuple(f"d{i}" for i in order))
    np.testing.assert_allclose(
        compare(make(a), moved, "documents").observed(),
        compare(make(a), make(b), "documents").observed(),
    )


def test_documents_that_both_fits_leave_out_do_not_make_topics_alike():
    a = np.array([[1, 0], [0, 1], [1, 0], [0, 1]], dtype=float)
    b = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=float)
    padded_a, padded_b = np.vstack([a, np.zeros((6, 2))]), np.vstack([b, np.zeros((6, 2))])
    outliers = np.r_[np.zeros(4), np.ones(6)]
    comparison = compare(make(padded_a, outliers), make(padded_b, outliers), "documents")
    assert comparison.compared == 4
    np.testing.assert_allclose(comparison.observed(), np.zeros((2, 2)), atol=1e-12)


def test_a_topic_that_is_the_same_in_every_document_correlates_with_nothing():
    flat = np.column_stack([np.full(30, 0.3), np.linspace(0, 0.7, 30), np.linspace(0.7, 0, 30)])
    observed = compare(make(flat), make(flat), "documents").observed()
    assert np.array_equal(observed[0], np.zeros(3))
    assert observed[1, 1] == pytest.approx(1)


def test_words_are_compared_by_the_jensen_shannon_distance():
    rng = np.random.default_rng(3)
    p, q = rng.dirichlet(np.full(30, 0.1), 4), rng.dirichlet(np.full(30, 0.1), 5)
    expected = [[1 - jensenshannon(a, b, base=2) for b in q] for a in p]
    np.testing.assert_allclose(jensen_shannon_similarity(p, q), expected, atol=1e-9)
    assert jensen_shannon_similarity(p, p).diagonal() == pytest.approx(1, abs=1e-6)


def test_words_are_compared_on_the_terms_that_both_fits_know():
    left = make(
        np.eye(2), phi=[[0.5, 0.25, 0.25], [0.2, 0.4, 0.4]], vocabulary=("apple", "bread", "cheese")
    )
    right = make(
        np.eye(2),
        phi=[[0.5, 0.25, 0.25], [0.5, 0.2, 0.3]],
        vocabulary=("aubergine", "bread", "cheese"),
    )
    comparison = compare(left, right, "words")
    assert comparison.compared == 2
    assert comparison.observed()[0, 0] == pytest.approx(1)


def test_the_null_of_words_keeps_the_frequency_of_terms():
    rng = np.random.default_rng(4)
    background = 1 / np.arange(1, 201)
    phi = np.array(
        [
            0.8 * background / background.sum() + 0.2 * rng.dirichlet(np.full(200, 0.05))
            for _ in range(4)
        ]
    )
    comparison = compare(make(np.eye(4), phi=phi), make(np.eye(4), phi=phi), "words")
    shuffled = comparison.shuffle(np.random.default_rng(5))
    assert not np.allclose(shuffled, phi)
    # The shared background keeps even permuted topics alike: a null without it would call any two
    # topics related.
    assert comparison.permuted(20, np.random.default_rng(6)).mean() > 0.3
    np.testing.assert_allclose(np.sort(shuffled, axis=1), np.sort(phi, axis=1))


def test_embeddings_are_compared_by_centred_centroids():
    rng = np.random.default_rng(7)
    vectors = rng.normal(size=(60, 8)) + 5
    a, b = rng.dirichlet(np.ones(3), 60), rng.dirichlet(np.ones(2), 60)
    observed = compare(make(a), make(b), "embeddings", vectors).observed()
    centred = vectors - vectors.mean(0)
    for i in range(3):
        for j in range(2):
            u = sum(a[d, i] * centred[d] for d in range(60))
            v = sum(b[d, j] * centred[d] for d in range(60))
            assert observed[i, j] == pytest.approx(u @ v / np.linalg.norm(u) / np.linalg.norm(v))


@pytest.mark.parametrize("kind", ["documents", "words", "embeddings"])
def test_every_similarity_is_symmetric(kind):
    rng = np.random.default_rng(8)
    vectors = rng.normal(size=(40, 6))
    left = make(rng.dirichlet(np.ones(4), 40), phi=rng.dirichlet(np.ones(12), 4))
    right = make(rng.dirichlet(np.ones(3), 40), phi=rng.dirichlet(np.ones(12), 3))
    there, back = (
        compare(*fits, kind, vectors).observed() for fits in ((left, right), (right, left))
    )
    np.testing.assert_allclose(there, back.T, atol=1e-12)


def test_what_cannot_be_compared_is_an_error_that_says_so():
    fit = make(np.eye(3))
    with pytest.raises(DataError, match="share no document"):
        compare(fit, make(np.eye(3), ids=("x", "y", "z")), "documents")
    with pytest.raises(DataError, match="share no term"):
        compare(fit, make(np.eye(3), vocabulary=("x", "y", "z")), "words")
    with pytest.raises(UsageError, match="needs embeddings"):
        compare(fit, fit, "embeddings")
    with pytest.raises(DataError, match="second fit"):
        compare(fit, fit, "embeddings", (np.ones((3, 2)), np.ones((4, 2))))
    with pytest.raises(UsageError, match="Unknown similarity"):
        compare(fit, fit, "letters")
