"""Documents judged by topics that they had no part in, against a fit without them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from trends.core import TermCounts, Topics
from trends.models.inference.judged import FLOOR, STEPS, judge
from trends.text.counting.fixed_vocabulary import known_words


def _case(seed: int, n: int = 40, k: int = 3, v: int = 30) -> tuple[Topics, TermCounts]:
    """A fit whose topics are the words that its documents gave them, and its documents."""
    rng = np.random.default_rng(seed)
    theta = rng.dirichlet(np.ones(k), n)
    matrix = sparse.csr_matrix(rng.poisson(0.5, (n, v)))
    phi = np.zeros((k, v))
    for d in range(n):
        phi += _given(matrix[d].toarray()[0], theta[d], np.ones((k, v)))
    # One round of what Gibbs sampling reports: topics from shares of words.
    phi /= phi.sum(1, keepdims=True)
    for _ in range(40):
        new = sum(_given(matrix[d].toarray()[0], theta[d], phi) for d in range(n))
        phi = new / new.sum(1, keepdims=True)
    ids, words = tuple(f"d{i}" for i in range(n)), tuple(f"w{j:02d}" for j in range(v))
    counts = TermCounts(matrix, words, ids)
    # Weights of topics that their shares imply, so that taking a document out is exact.
    about = {"family": "counts", "chosen": {"alpha": [0.5] * k}}
    return Topics(theta, np.zeros(n), phi, words, ids, about), counts


def _given(row: np.ndarray, theta: np.ndarray, phi: np.ndarray) -> np.ndarray:
    """Words that a document gives to each topic."""
    part = phi * theta[:, None]
    return part / np.maximum(part.sum(0), 1e-300) * row


def _plain(
    row: np.ndarray, phi: np.ndarray, usual: np.ndarray, alpha: float
) -> tuple[float, float]:
    """Surprise and distance in a few lines."""
    chance = (1 - FLOOR) * phi + FLOOR * usual
    shares = np.full(len(phi), 1 / len(phi))
    for _ in range(STEPS):
        part = chance * shares[:, None]
        shares = alpha + (part / part.sum(0) * row).sum(1)
        shares /= shares.sum()
    surprise = -(row * np.log(shares @ chance)).sum() / row.sum()
    alike = np.sqrt(row / row.sum() * chance).sum(1).max()
    return surprise, np.sqrt(1 - alike)


def test_new_documents_are_judged_by_the_topics_as_they_are() -> None:
    """Against the formulas written out."""
    fit, counts = _case(1)
    frequency = np.asarray(counts.matrix.sum(0)).ravel().astype(float)
    found = judge(fit, counts, frequency, own=False)
    usual = (frequency + 0.5) / (frequency.sum() + 0.5 * len(frequency))
    for d in range(counts.n_documents):
        expected = _plain(counts.matrix[d].toarray()[0], fit.phi, usual, 0.5)
        assert [found.surprise[d], found.distance[d]] == pytest.approx(expected, rel=1e-9)


def test_own_documents_are_judged_by_the_others() -> None:
    """Each by topics from which what it gave was taken out."""
    fit, counts = _case(2)
    rows = counts.matrix.toarray()
    frequency = rows.sum(0).astype(float)
    found = judge(fit, counts, frequency, own=True)
    tokens = fit.theta.T @ rows.sum(1)
    for d in range(counts.n_documents):
        given = _given(rows[d], fit.theta[d], fit.phi)
        others = np.maximum(fit.phi * tokens[:, None] - given, 0)
        others /= (tokens - given.sum(1))[:, None]
        rest = frequency - rows[d]
        usual = (rest + 0.5) / (rest.sum() + 0.5 * len(rest))
        expected = _plain(rows[d], others, usual, 0.5)
        assert [found.surprise[d], found.distance[d]] == pytest.approx(expected, rel=1e-6)
    assert found.surprise.mean() > judge(fit, counts, frequency, own=False).surprise.mean()


def test_a_document_without_words_is_not_judged() -> None:
    """No number is made up for it."""
    fit, counts = _case(3)
    empty = TermCounts(sparse.csr_matrix((1, counts.n_terms)), counts.vocabulary, ("none",))
    found = judge(fit, empty, np.ones(counts.n_terms), own=False)
    assert np.isnan([found.surprise[0], found.distance[0]]).all()
    assert found.topic[0] == -1


def test_words_of_the_vocabulary_are_told_from_others() -> None:
    """Plurals, hyphens and words of phrases are known, function words are not counted."""
    texts = ["The solar cells and a whale of deep-learning", "", "quux deep"]
    known, words = known_words(texts, ["deep learning", "solar cell"])
    assert known.tolist() == [3, 0, 1]
    assert words.tolist() == [4, 0, 2]
