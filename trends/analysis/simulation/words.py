"""Words for simulated documents.

Dirichlet topics over a shared background, lengths that vary and may drift.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.analysis.simulation.truth import Truth
from trends.errors import UsageError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Words:
    """What the texts of a simulated corpus are like.

    Parameters
    ----------
    terms : int
        Size of the vocabulary.
    overlap : float
        Share of each topic's tokens that come from words all topics share (a Zipf law); 0.3 is
        easy, 0.7 hard.
    sparsity : float
        Shape of the gamma from which a topic's own words are drawn; small means few words carry the
        topic.
    length : float
        Mean number of tokens a document; lengths are negative binomial of size 1.5, as those of
        abstracts and posts.
    length_drift : float
        Factor by which the mean length grows from the first to the last period.
    replaced : float
        Share of the own words of the last topic that give way to other words, evenly over the
        span; what the topic is about, and how many documents it has, does not change.
    """

    terms: int = 2000
    overlap: float = 0.3
    sparsity: float = 0.05
    length: float = 80.0
    length_drift: float = 1.0
    replaced: float = 0.0

    def __post_init__(self) -> None:
        if (
            self.terms < 10
            or not 0 <= self.overlap < 1
            or self.sparsity <= 0
            or self.length < 1
            or self.length_drift <= 0
            or not 0 <= self.replaced <= 1
        ):
            message = (
                "Words need 10 terms or more, an overlap in [0, 1), replaced in [0, 1] and "
                f"positive sparsity, length and length_drift; got {self}."
            )
            raise UsageError(message)


def topic_words(topics: int, words: Words, rng: np.random.Generator) -> tuple[Array, Array]:
    """Term distributions: ``phi`` of shape (topics, terms) and the background of shape (terms,)."""
    background = 1 / np.arange(1, words.terms + 1)
    background = rng.permutation(background / background.sum())
    own = rng.standard_gamma(words.sparsity, (topics, words.terms)) + 1e-12
    own /= own.sum(1, keepdims=True)
    return (1 - words.overlap) * own + words.overlap * background, background


def _replaced(own: Array, words: Words, rng: np.random.Generator) -> Array:
    """A topic's own words when a share of them, drawn at random, has given way to others."""
    order = rng.permutation(words.terms)
    gone = order[np.cumsum(own[order]) <= words.replaced * own.sum() * (1 + 1e-9)]
    left = own.copy()
    left[gone] = 0.0
    fresh = rng.standard_gamma(words.sparsity, words.terms) + 1e-12
    return left + (own.sum() - left.sum()) * fresh / fresh.sum()


def lengths(truth: Truth, words: Words, rng: np.random.Generator) -> NDArray[np.int64]:
    """Tokens of each document, at least 3."""
    span = max(truth.design.periods - 1, 1)
    mean = words.length * words.length_drift ** (truth.true_period / span)
    size = 1.5
    return np.maximum(rng.negative_binomial(size, size / (size + mean)), 3).astype(np.int64)


def draw_counts(
    truth: Truth, words: Words, rng: np.random.Generator
) -> tuple[sparse.csr_matrix, Array]:
    """Term counts of every document, and the topics' term distributions.

    Returns
    -------
    counts : scipy.sparse.csr_matrix of int, shape (documents, terms)
        Copies have the counts of their original. An off-topic document has a word distribution of
        its own.
    phi : ndarray, shape (topics, terms)
    """
    phi, background = topic_words(truth.design.topics, words, rng)
    tokens = lengths(truth, words, rng)
    n = len(tokens)
    original = np.flatnonzero(truth.copy_of < 0)
    off = original[truth.label[original] < 0]
    topical = original[truth.label[original] >= 0]
    rows, columns = [], []
    # One draw of a topic for each token, then one of a term by the inverse distribution function.
    row = np.repeat(topical, tokens[topical])
    edges = np.cumsum(truth.theta, axis=1)[row]
    topic = np.minimum((rng.random(len(row))[:, None] > edges).sum(1), truth.design.topics - 1)
    steps = np.cumsum(phi, axis=1)
    column = np.empty(len(row), dtype=np.int64)
    uniform = rng.random(len(row))
    for k in range(truth.design.topics):
        mine = topic == k
        column[mine] = np.searchsorted(steps[k], uniform[mine] * steps[k, -1])
    if words.replaced:
        later = np.cumsum(_replaced(phi[-1] - words.overlap * background, words, rng))
        span = max(truth.design.periods - 1, 1)
        mine = topic == truth.design.topics - 1
        mine &= rng.random(len(row)) < truth.true_period[row] / span
        own = uniform[mine] < 1 - words.overlap  # the others stay words that all topics share
        new = np.searchsorted(later, rng.random(int(own.sum())) * later[-1])
        shared = np.searchsorted(np.cumsum(background), rng.random(int((~own).sum())))
        column[np.flatnonzero(mine)[own]], column[np.flatnonzero(mine)[~own]] = new, shared
    rows.append(row)
    columns.append(column)
    for i in off:
        own = rng.standard_gamma(words.sparsity, words.terms) + 1e-12
        mixed = (1 - words.overlap) * own / own.sum() + words.overlap * background
        rows.append(np.full(tokens[i], i))
        columns.append(np.searchsorted(np.cumsum(mixed), rng.random(tokens[i]) * mixed.sum()))
    row, column = np.concatenate(rows), np.minimum(np.concatenate(columns), words.terms - 1)
    counts = sparse.csr_matrix(
        (np.ones(len(row), dtype=np.int32), (row, column)), shape=(n, words.terms)
    )
    source = np.where(truth.copy_of >= 0, truth.copy_of, np.arange(n))
    return counts[source], phi
