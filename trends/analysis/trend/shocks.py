"""How large and how lasting the shocks between periods are, learnt over the topics of a corpus.

Each topic has its own standard deviation and autocorrelation of shocks, and its own curvature of
the mean. How these are distributed over topics is not known either: a family of candidate
distributions is weighed by the likelihood of all topics together, so that a topic borrows from the
others as far as they are alike.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]

#: Standard deviations (log-odds) of a shock, and autocorrelations from one period to the next.
SIZES = np.array([0.05, 0.1, 0.15, 0.2, 0.28, 0.38, 0.52, 0.7, 0.95, 1.3, 1.8])
AUTOCORRELATIONS = np.array([0.0, 0.15, 0.3, 0.45, 0.6, 0.72, 0.82, 0.9, 0.97])

#: Standard deviations (log-odds) of the terms that bend the mean; the first stands for a line.
CURVATURES = np.array([1e-3, 0.3, 0.7, 1.5, 3.5])

#: Pairs of standard deviation and autocorrelation: no shock first, then all sizes.
PAIRS = np.array([(0.0, 0.0), *((s, r) for s in SIZES for r in AUTOCORRELATIONS)])

#: Topics share what moves their periods (shares sum to one, events are common), so that they say
#: less about the distribution than as many independent series would.
INDEPENDENCE = 0.7

#: Autocorrelation is the more dangerous the higher it is: candidates of mean m weigh (1 - m)**LEAN.
LEAN = -0.4


class Candidates(NamedTuple):
    """Candidate distributions over the grid: products of one row of each table.

    ``sizes`` has a first column for no shock at all; ``prior`` has the shape (sizes,
    autocorrelations, curvatures).
    """

    sizes: Array
    autocorrelations: Array
    curvatures: Array
    prior: Array


@cache
def candidates(levels: int) -> Candidates:
    """The family of candidates for means with so many levels of curvature (1: a line)."""
    sizes = []
    for middle in (0.05, 0.12, 0.2, 0.3, 0.45, 0.7, 1.1):
        for spread in (0.25, 0.8):
            density = np.exp(-0.5 * (np.log(SIZES / middle) / spread) ** 2)
            density *= np.gradient(np.log(SIZES))
            none = stats.norm.cdf(np.log(0.04 / middle) / spread)
            sizes.append([none, *(density / density.sum() * (1 - none))])
    edges = np.concatenate([[0], (AUTOCORRELATIONS[1:] + AUTOCORRELATIONS[:-1]) / 2, [1]])
    lasting, lean = [], []
    for middle in (0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9):
        for strength in (1.0, 4.0, 30.0):
            mass = np.diff(stats.beta.cdf(edges, middle * strength, (1 - middle) * strength))
            lasting.append(mass / mass.sum())
            lean.append((1 - middle) ** LEAN)
    bends, weight = [np.eye(levels)[0]], [1.0]
    if levels > 1:
        scale = np.log(CURVATURES[1:])
        for middle in (0.3, 0.8, 2.0):
            for spread in (0.5, 1.2):
                density = np.exp(-0.5 * ((scale - np.log(middle)) / spread) ** 2)
                none = stats.norm.cdf(np.log(0.15 / middle) / spread)
                bends.append(np.array([none, *(density / density.sum() * (1 - none))]))
                weight.append(1.0)
        bends.append(np.full(levels, 1 / levels))
        weight.append(1.0)
    prior = np.multiply.outer(np.multiply.outer(np.ones(len(sizes)), lean), weight)
    return Candidates(np.array(sizes), np.array(lasting), np.array(bends), prior / prior.sum())


def weigh(likelihood: Array) -> tuple[Array, Array]:
    """Posterior of every topic over the grid, and the distribution learnt over topics.

    Parameters
    ----------
    likelihood : ndarray, shape (corpora, topics, pairs, levels)
        Logarithms, as :func:`trends.analysis.trend.kernel.generalised_least_squares` gives them.

    Returns
    -------
    posterior : ndarray, of the same shape
        Sums to 1 over the grid of each topic.
    learnt : ndarray, shape (corpora, pairs, levels)
        The mean of the candidates, each weighed by how well it predicts all topics of the corpus.
    """
    from trends.analysis.trend.kernel import grid_weights

    family = candidates(likelihood.shape[-1])
    found: tuple[Array, Array] = grid_weights(
        np.ascontiguousarray(likelihood), *family[:3], np.log(family.prior), INDEPENDENCE
    )
    return found
