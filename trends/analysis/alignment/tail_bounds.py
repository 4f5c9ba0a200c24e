"""How improbable it is that permuting documents makes two topics as alike as they are.

A bound that needs no permutation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # its parts are imported on first use; to plan a run needs none
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

#: Below this skewness a permutation distribution is taken for normal.
STRAIGHT = 1e-2
#: Chance, over all permutations of an alignment, that one of them reaches what is called out of
#: reach.
NEGLIGIBLE = 1e-6
#: No larger statistic needs to be distinguished: a permutation reaches it with a probability
#: of about e to the minus 200.
FAR = 200.0


#: Documents whose shares are worked on at a time.
BLOCK = 4_096


@dataclass(frozen=True)
class Moments:
    """Mean, standard deviation, skewness, smallest and largest share of each topic.

    All have shape (topics,). Deviation and skewness of a topic that is the same in every document
    are 0.
    """

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    skewness: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def moments(shares: Matrix) -> Moments:
    """Describe shares of shape (documents, topics), in blocks of documents."""
    n, mean = len(shares), shares.mean(0)
    second, third = np.zeros_like(mean), np.zeros_like(mean)
    for at in range(0, n, BLOCK):
        centred = shares[at : at + BLOCK] - mean
        squared = centred * centred
        second += squared.sum(0)
        third += np.einsum("ij,ij->j", squared, centred)
    deviation = np.sqrt(second / n)
    # As in similarity.py: rounding must not make a constant column vary.
    moves = deviation > 1e-9
    safe = np.where(moves, deviation, 1.0)
    return Moments(
        mean,
        np.where(moves, deviation, 0.0),
        np.where(moves, third / n / safe**3, 0.0),
        shares.min(0),
        shares.max(0),
    )


@dataclass(frozen=True)
class Spread:
    """What bounds the sums of products of two sets of shares over permutations.

    Shapes (topics of the left fit, topics of the right fit).

    Parameters
    ----------
    scale : ndarray
        Sum of products, less its mean under permutation, that stands for a correlation of 1.
    variance, largest : ndarray
        Sum of the variances of the products, and the largest of them, in the bound of
        :func:`reach`.
    """

    scale: Matrix
    variance: Matrix
    largest: Matrix


def spread(left: Moments, right: Moments, n: int) -> Spread:
    """The bound's constants for shares of ``n`` documents."""
    # The smallest share can be taken off either side: it changes nothing about the sum of products
    # less its mean.
    squares = [n * (x.deviation**2 + (x.mean - x.low) ** 2) for x in (left, right)]
    first, other = np.outer(squares[0], right.deviation**2), np.outer(left.deviation**2, squares[1])
    most = (
        np.outer(left.high - left.low, right.high - right.mean),
        np.outer(left.high - left.mean, right.high - right.low),
    )
    less = first <= other
    scale = n * np.outer(left.deviation, right.deviation)
    return Spread(scale, np.where(less, first, other), np.where(less, *most))


def reach(size: Spread, correlation: Matrix) -> Matrix:
    r"""Bound on the probability that a random permutation gives at least these correlations.

    Let :math:`a_i \ge 0` be shares of documents in a topic and :math:`b_i` those in a topic of the
    other fit, less their mean, and π a random permutation. The variables :math:`b_{\pi(i)}` are
    negatively associated [1]_, so that the moment generating function of
    :math:`S = \sum a_i b_{\pi(i)}` is at most that of independent draws; with Bennett's inequality
    [2]_

    .. math:: P(S \geq t) \leq \exp\left(-\frac{V}{c^2}\, h\!\left(\frac{c\,t}{V}\right)\right),
    \quad h(u) = (1 + u)\ln(1 + u) - u,
       \quad V = \sum a_i^2 \operatorname{var}(b), \quad c = \max a \cdot \max b .

    Parameters
    ----------
    size : Spread
        Of the two fits.
    correlation : ndarray
        Not negative.

    Returns
    -------
    ndarray
        Probabilities; 0 for a topic whose share is the same in every document, which correlates
        with nothing.

    References
    ----------
    .. [1] Joag-Dev, K. and Proschan, F. (1983). Negative association of random variables, with
           applications. Annals of Statistics 11.
    .. [2] Bennett, G. (1962). Probability inequalities for the sum of independent random variables.
           Journal of the American Statistical
       Association 57.
    """
    moves = (size.scale > 0) & (size.variance > 0) & (size.largest > 0)
    c, v = np.where(moves, size.largest, 1.0), np.where(moves, size.variance, 1.0)
    u = c * correlation * size.scale / v
    return np.where(moves, np.exp(-v / c**2 * (scipy.special.xlog1py(1 + u, u) - u)), 0.0)


def correlation_at(statistic: float, skewness: Matrix, n: int) -> Matrix:
    """The correlation at which minus log p has the given value, pair by pair; not negative.

    Minus log p is that of :func:`trends.analysis.alignment.permutation_null.tail_scale`.
    """
    bent = skewness > STRAIGHT
    shape = 4 / np.where(bent, skewness, 1.0) ** 2
    far = (scipy.special.gammainccinv(shape, np.exp(-statistic)) - shape) / np.sqrt(shape)
    z = np.where(bent, far, -scipy.special.ndtri_exp(-statistic))
    return np.maximum(z, 0.0) / np.sqrt(max(n - 1, 1))


def least_out_of_reach(
    size: Spread, skewness: Matrix, n: int, among: NDArray[np.bool_], n_null: int
) -> float:
    """The smallest statistic that none of ``n_null`` permutations reaches in any pair.

    This holds except for a chance of :data:`NEGLIGIBLE`.

    Parameters
    ----------
    size : Spread
        Of the two fits.
    skewness : ndarray, shape (topics of the left fit, topics of the right fit)
        As in :class:`trends.analysis.alignment.similarity.Comparison`.
    n : int
        Documents compared.
    among : ndarray of bool, in the shape of ``skewness``
        Pairs whose largest statistic is meant.
    n_null : int
        Number of permutations.

    Returns
    -------
    float
        To one part in a hundred, on the safe side; infinite if there is none.
    """

    def safe(statistic: float) -> bool:
        return bool(
            n_null * reach(size, correlation_at(statistic, skewness, n))[among].sum() <= NEGLIGIBLE
        )

    # So many pairs and permutations reach the logarithm of their number by chance, whatever the
    # bound.
    low = float(np.log(max(n_null * among.sum(), 1) / NEGLIGIBLE))
    if not safe(FAR):
        return float("inf")
    high = FAR
    if safe(low):
        return low
    while high > 1.01 * low:
        middle = float(np.sqrt(low * high))
        low, high = (low, middle) if safe(middle) else (middle, high)
    return high
