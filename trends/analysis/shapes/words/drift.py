"""How much a topic keeps of its words over the span, and whether that is less than chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.analysis.prevalence.periods import Periods
from trends.core import TermCounts, Topics

Array = NDArray[np.float64]

#: Stretches of time, each with the same mass of a topic, of which the first and the last third are
#: compared and which are permuted; and the documents of a topic that each needs at least.
BLOCKS, LEAST = 12, 3
#: Terms with fewer occurrences in the corpus say little about a topic, and much by chance.
RARE = 10


@dataclass(frozen=True)
class Words:
    """Counts of the terms that are compared, their frequencies, and documents in time."""

    counts: sparse.csr_matrix
    tokens: Array
    terms: NDArray[np.int64]
    scale: Array
    order: NDArray[np.int64]
    period: NDArray[np.int64]


class Drift(NamedTuple):
    """What a topic keeps of its words (1: all), and the p of keeping so little; NaN if unknown."""

    kept: float
    p: float


def words_of(topics: Topics, counts: TermCounts, periods: Periods) -> Words:
    """The words of all documents, made once for all topics; terms that the fit lacks are out."""
    place = {term: i for i, term in enumerate(counts.vocabulary)}
    known = [place[term] for term in topics.vocabulary if term in place]
    if len(known) < len(topics.vocabulary):
        missing = sparse.csr_matrix((counts.matrix.shape[0], 1), dtype=float)
        columns = [place.get(term, counts.matrix.shape[1]) for term in topics.vocabulary]
        matrix = sparse.csr_matrix(sparse.hstack([counts.matrix, missing]))[:, columns]
    else:
        matrix = sparse.csr_matrix(counts.matrix[:, known], dtype=float)
    total = np.asarray(matrix.sum(axis=0), dtype=float).ravel()
    terms = np.flatnonzero(total >= RARE)
    order = np.argsort(periods.index, kind="stable")
    return Words(
        matrix,
        np.asarray(matrix.sum(axis=1), dtype=float).ravel(),
        terms,
        np.sqrt(total[terms] / max(total.sum(), 1)),
        order[periods.index[order] >= 0],
        np.asarray(periods.index),
    )


def drift_of(
    topics: Topics,
    words: Words,
    topic: int,
    *,
    lasting: Callable[[Array], Array] | None = None,
    draws: int,
    rng: np.random.Generator,
) -> Drift:
    """What a topic keeps of its words from the first to the last third of its documents.

    Parameters
    ----------
    topics : Topics
        One fit.
    words : Words
        Of its documents.
    topic : int
    lasting : callable, optional
        Correlation of a term's shocks by their distance in periods; none lasts if not given.
    draws : int
        Permutations.
    rng : numpy.random.Generator
        Their source.

    Returns
    -------
    Drift

    Notes
    -----
    A topic's words in some documents are their counts, weighted by its part of each, less what the
    other topics are expected to add. Its documents are cut into 12 stretches of time with equal
    mass of the topic. What is kept is the cosine between the first and the last third, each term
    over the root of its frequency and the corpus subtracted, with products of different documents
    only, so that noise takes no part: 1 where nothing changes. P is the share of permutations of
    the stretches in which the words move as far along time (the squared length of their linear
    contrast). Shocks that last make neighbours alike and the ends unlike: what the contrast is
    expected to gain by that, at the correlation that the topic's terms show, is added to every
    permutation.
    """
    # Small parts of a document say nothing about a topic's words.
    rows = words.order[topics.theta[words.order, topic] >= 0.1]
    part, tokens = topics.theta[rows, topic], words.tokens[rows]
    mass = part**2 * tokens
    if (mass > 0).sum() < LEAST * BLOCKS or not len(words.terms):
        return Drift(np.nan, np.nan)
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    block = np.minimum((BLOCKS * middle).astype(np.int64), BLOCKS - 1)
    # Every other document goes into the second half of its stretch, so that no product holds the
    # noise of one document twice.
    cell = 2 * block + np.arange(len(rows)) % 2
    weights = sparse.csr_matrix((part, (cell, rows)), (2 * BLOCKS, topics.n_documents))
    size = np.bincount(cell, mass, 2 * BLOCKS)
    others = topics.theta[rows] * tokens[:, None]
    others[:, topic] = 0.0
    mix = sparse.csr_matrix((part, (cell, np.arange(len(rows)))), (2 * BLOCKS, len(rows))) @ others
    expected = mix @ topics.phi[:, words.terms] / words.scale
    sums = (weights @ words.counts).toarray()[:, words.terms] / words.scale
    own = sums - expected - size[:, None] * words.scale
    products = own @ own.T
    between = products.reshape(BLOCKS, 2, BLOCKS, 2).sum((1, 3))
    np.fill_diagonal(between, 4 * np.diag(products[::2, 1::2]))
    time = np.tile(np.arange(BLOCKS) - (BLOCKS - 1) / 2, (draws + 1, 1))
    time[1:] = rng.permuted(time[1:], axis=1)
    moved = ((time @ between) * time).sum(1)
    if lasting is not None:
        moved[1:] += _gain(time[0], between, block, mass, words.period[rows], lasting)
    third = BLOCKS // 3
    first, last = between[:third, :third].sum(), between[-third:, -third:].sum()
    if min(first, last) <= 0:  # noise is all that a third holds
        return Drift(np.nan, np.nan)
    kept = between[:third, -third:].sum() / np.sqrt(first * last)
    return Drift(float(kept), float((1 + (moved[1:] >= moved[0]).sum()) / (1 + draws)))


def _gain(
    time: Array,
    between: Array,
    block: NDArray[np.int64],
    mass: Array,
    period: NDArray[np.int64],
    lasting: Callable[[Array], Array],
) -> float:
    """What shocks that last add to the contrast along time, beyond a permuted one."""
    at, column = np.unique(period, return_inverse=True)
    weight = np.zeros((BLOCKS, len(at)))
    np.add.at(weight, (block, column), mass)
    # A block of documents that hold nothing of the topic says nothing of when it was.
    weight /= np.maximum(weight.sum(1, keepdims=True), 1e-300)
    alike = weight @ lasting(np.abs(at[:, None] - at[None]).astype(float)) @ weight.T
    along, permuted = time @ alike @ time, _permuted(time, alike)
    if permuted <= 0:
        return 0.0
    return max(float(along) / permuted - 1, 0.0) * max(_permuted(time, between), 0.0)


def _permuted(time: Array, products: Array) -> float:
    """Mean of the squared length of the contrast over all permutations."""
    own = np.trace(products) / BLOCKS
    others = (products.sum() - np.trace(products)) / (BLOCKS * (BLOCKS - 1))
    return float((time @ time) * (own - others))
