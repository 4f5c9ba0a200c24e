"""In how many documents of a topic a term occurs, at one length and one mix of topics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import logit

from trends.analysis.prevalence.periods import Periods
from trends.core import TermCounts, Topics

Array = NDArray[np.float64]

#: A term is expected at this part of its frequency in the corpus even where no topic holds it.
FLOOR = 0.1

#: Documents like all others that a period is taken to have more, when it is told how often its own
#: are expected to hold a term, and the largest difference (log-odds) that this may make: few
#: documents are no reason to expect a term always, or never.
PSEUDO, LARGEST = 1.0, 1.0

#: Classes of terms, each with as many occurrences, whose chances grow alike with length.
CLASSES = 5


@dataclass(frozen=True)
class Incidence:
    """Documents of one topic in which terms occur.

    Parameters
    ----------
    topic : int
    terms : ndarray of int, shape (terms,)
        Columns of the counts.
    steps : ndarray of int, shape (periods,)
        Periods in which the topic has documents.
    y, n : ndarray, shape (terms, periods)
        (Effective) documents with the term, and of the topic, at the length and the mix of topics
        that its documents have in the mean.
    occurs, documents : ndarray, shape (terms, periods) and (periods,)
        The same as counted.
    """

    topic: int
    terms: NDArray[np.int64]
    steps: NDArray[np.int64]
    y: Array
    n: Array
    occurs: Array
    documents: Array


def incidences(
    topics: Topics, counts: TermCounts, periods: Periods, *, least: int, most: int
) -> list[Incidence]:
    r"""Count, for every topic, its documents with each term, by period.

    Parameters
    ----------
    topics : Topics
        A document counts for its largest topic.
    counts : TermCounts
        The same documents in the same order.
    periods : Periods
        Over the same documents.
    least : int
        Documents of the topic in which a term must occur, and be missing.
    most : int
        Terms a topic: those of most documents.

    Returns
    -------
    list of Incidence
        One a topic.

    Notes
    -----
    The unit is the document: a word that is repeated in one document is no evidence from many. So a
    document holds a term or not, and is expected to with the probability

    .. math:: e_{dv} = 1 - \exp(-a_v N_d^{\gamma} \textstyle\sum_j \theta_{dj} \phi_{jv}),

    with the number of its tokens N, its topics, and a factor of the term that makes the sum of the
    expectations the sum that is seen. The exponent says how many more terms longer documents hold
    (Heaps' law), among documents of one topic and period, by classes of terms of like frequency;
    what all terms of the topic share in a period is taken off too.
    The log-odds of a period are moved by what the mean expectation of its documents differs from
    that of all (by one at most): where documents grow longer, or hold more of another topic, its
    words are expected more often and nothing is found.
    """
    matrix, phi = _known(topics, counts)
    tokens = np.asarray(matrix.sum(1), dtype=float).ravel()
    present = matrix.copy()
    present.data = np.ones_like(present.data)
    floor = FLOOR * np.asarray(matrix.sum(0), dtype=float).ravel() / max(tokens.sum(), 1.0)
    weights = sparse.csr_matrix(periods.weights)
    inside = np.asarray(weights.sum(1)).ravel() > 0
    out = []
    for topic in range(topics.n_topics):
        rows = np.flatnonzero((topics.hard == topic) & inside & (tokens > 0))
        out.append(
            _of_topic(
                topic,
                rows,
                topics,
                present,
                weights,
                tokens,
                (phi, floor),
                periods.index,
                least,
                most,
            )
        )
    return out


def _of_topic(
    topic: int,
    rows: NDArray[np.int64],
    topics: Topics,
    present: sparse.csr_matrix,
    weights: sparse.csr_matrix,
    tokens: Array,
    words: tuple[Array, Array],
    index: NDArray[np.int64],
    least: int,
    most: int,
) -> Incidence:
    phi, floor = words
    mine = weights[rows]
    documents = np.asarray(mine.sum(0), dtype=float).ravel()
    steps = np.flatnonzero(documents > 0)
    held = present[rows]
    total = np.asarray(held.sum(0), dtype=float).ravel()
    enough = np.flatnonzero((total >= least) & (total <= len(rows) - least))
    terms = np.sort(enough[np.argsort(-total[enough], kind="stable")[:most]])
    share_of_period = np.asarray(mine[:, steps].todense())
    occurs = np.asarray((held[:, terms].T @ mine[:, steps]).todense(), dtype=float)
    rate = topics.theta[rows] @ phi[:, terms] + floor[terms]
    long = rate * tokens[rows, None]
    long *= _scale(long, total[terms])
    rate *= tokens[rows, None] ** _exponents(held[:, terms], long, tokens[rows], index[rows])
    rate *= _scale(rate, total[terms])
    cell = np.searchsorted(steps, index[rows])
    rate *= _common(rate, np.asarray(held[:, terms].sum(1), dtype=float).ravel(), cell)[cell, None]
    expected = -np.expm1(-rate)
    # A topic may be the main one of no document.
    usual = expected.sum(0) / max(len(rows), 1)
    summed = expected.T @ share_of_period + PSEUDO * usual[:, None]
    by_period = summed / (documents[steps] + PSEUDO)
    offset = np.clip(_logit(by_period) - _logit(usual)[:, None], -LARGEST, LARGEST)
    n = documents[steps]
    share = occurs / n
    # The same odds and the same sampling variance after the offset is taken off.
    pull = 1 - share + share * np.exp(-offset)
    y = occurs * pull
    return Incidence(topic, terms, steps, y, n * np.exp(offset) * pull**2, occurs, n)


def _known(topics: Topics, counts: TermCounts) -> tuple[sparse.csr_matrix, Array]:
    """Counts of the terms that the fit knows, in the columns of the counts, and p(term | topic)."""
    place = {term: i for i, term in enumerate(topics.vocabulary)}
    at = np.array([place.get(term, -1) for term in counts.vocabulary])
    phi = np.where(at >= 0, topics.phi[:, at], 0.0)
    matrix = sparse.csr_matrix(counts.matrix, dtype=float)
    return matrix, phi


def _exponents(
    held: sparse.csr_matrix, mean: Array, tokens: Array, cell: NDArray[np.int64]
) -> Array:
    """How the chance of each term grows with the length of a document, shape (terms,).

    A power of the length, by classes of terms of like frequency: Poisson regression of how many
    terms of the class a document has, within its period, against what is expected of a power of 1.

    Parameters
    ----------
    held : sparse matrix, shape (documents, terms)
        1 where a document holds a term.
    mean : ndarray, shape (documents, terms)
        Times that each is expected, if chances grow with length itself.
    tokens, cell : ndarray, shape (documents,)
        Length and period.
    """
    total = np.asarray(held.sum(0), dtype=float).ravel()
    order = np.argsort(-total, kind="stable")
    reached = np.cumsum(total[order]) / max(total.sum(), 1.0)
    x = np.log(tokens)
    out = np.ones(len(total))
    for c in range(CLASSES):
        some = order[(reached > c / CLASSES) & (reached <= (c + 1) / CLASSES + 1e-12)]
        if len(some):
            kinds = np.asarray(held[:, some].sum(1), dtype=float).ravel()
            m = mean[:, some]
            # Terms that most documents have cannot come up in many more.
            room = (np.exp(-m) * m).sum() / -np.expm1(-m).sum()
            out[some] = np.clip(_elasticity(x, kinds, cell) / room, 0.0, 1.0)
    return out


def _common(rate: Array, kinds: Array, cell: NDArray[np.int64]) -> Array:
    """Factor by which all terms are more frequent in each period than expected, shape (periods,).

    What all terms of a topic share is how its documents are written, or were cut, and no word's.
    """
    seen = np.bincount(cell, kinds)
    log = np.zeros(len(seen))
    for _ in range(20):
        mean = rate * np.exp(log)[cell, None]
        gone = np.exp(-mean)
        expected = np.bincount(cell, (1 - gone).sum(1), len(seen))
        slope = np.bincount(cell, (gone * mean).sum(1), len(seen))
        step = np.clip((seen - expected) / np.maximum(slope, 1e-12), -0.5, 0.5)
        log = np.clip(log + step, -LARGEST, LARGEST)
        if np.abs(step).max(initial=0) < 1e-4:
            break
    return np.exp(log)


def _elasticity(x: Array, kinds: Array, cell: NDArray[np.int64]) -> float:
    """Exponent of counts in ``exp(x)``, given their sums in every cell; 1 if unknown."""
    total, power = np.bincount(cell, kinds), 1.0
    for _ in range(20):
        weight = np.exp(power * x)
        mass = np.maximum(np.bincount(cell, weight), 1e-300)
        mean = np.bincount(cell, weight * x) / mass
        spread = np.maximum(np.bincount(cell, weight * x**2) / mass - mean**2, 0)
        information = float(total @ spread)
        if information <= 1e-9:
            return 1.0
        step = (float(kinds @ x) - float(total @ mean)) / information
        power += float(np.clip(step, -1, 1))
        if abs(step) < 1e-6:
            break
    return power


def _scale(exposure: Array, total: Array) -> Array:
    """The factor of each term at which as many documents are expected to hold it as do."""
    log = np.log(total / exposure.sum(0))
    for _ in range(50):
        gone = np.exp(-exposure * np.exp(log))
        slope = (gone * exposure).sum(0) * np.exp(log)
        step = np.clip(((1 - gone).sum(0) - total) / np.maximum(slope, 1e-12), -1, 1)
        log -= step
        if np.abs(step).max(initial=0) < 1e-6:
            break
    return np.exp(log)


def _logit(share: Array) -> Array:
    return np.asarray(logit(np.clip(share, 1e-12, 1 - 1e-12)))
