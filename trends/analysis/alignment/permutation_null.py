"""Similarities on the scale of what permutation makes of each of them."""

from __future__ import annotations

import numpy as np
import scipy  # its parts are imported on first use; to plan a run needs none
from numpy.typing import NDArray

from trends.analysis.alignment.similarity import Comparison
from trends.analysis.alignment.tail_bounds import STRAIGHT

Matrix = NDArray[np.float64]


def tail_scale(comparison: Comparison, observed: Matrix, null: Matrix) -> tuple[Matrix, Matrix]:
    r"""How far out in the null of its own pair each similarity lies.

    By chance, two topics of a few documents reach a similarity that two topics of a hundred never
    do: all correlations have the same variance :math:`1/(n-1)` under permutation, but those of
    small topics are skewed. On one common scale the largest of all pairs would always be one of
    small topics, and hide what is true of them. So for ``documents`` the scale is
    :math:`-\ln p` with p from the Pearson type III distribution of the pair's own exact mean,
    variance and skewness [1]_; for other
    similarities, which are not sums over documents, it is the similarity beyond the pair's mean
    under permutation. That the p of this scale are approximate costs power, not validity: maxima of
    permuted data on the same scale decide.

    Parameters
    ----------
    comparison : Comparison
        Of the two fits.
    observed : ndarray of float, shape (topics of the left fit, topics of the right fit)
        Similarities.
    null : ndarray of float, shape (permutations, topics of the left fit, topics of the right fit)
        Similarities after permutation.

    Returns
    -------
    statistic, null_statistic : ndarray of float
        In the shapes of ``observed`` and ``null``.

    References
    ----------
    .. [1] Mielke, P. W., Berry, K. J. and Brier, G. W. (1981). Application of multi-response
           permutation procedures for examining
       seasonal changes in monthly mean sea-level pressure patterns. Monthly Weather Review 109.
    """
    if comparison.skewness is not None:
        root = np.sqrt(max(comparison.compared - 1, 1))
        return minus_log_p(observed * root, comparison.skewness), minus_log_p(
            null * root, comparison.skewness
        )
    return beyond_chance(observed, null), beyond_chance(null, null)


def beyond_chance(similarity: Matrix, null: Matrix) -> Matrix:
    """0 where a pair is as alike as permuted fits are on average, 1 where it is identical."""
    chance = null.mean(0)
    return (similarity - chance) / np.maximum(1 - chance, 1e-12)


def minus_log_p(z: Matrix, skewness: Matrix) -> Matrix:
    """Minus the logarithm of P(Z ≥ z) for a standardized Pearson type III variable.

    Normal where the skewness is not positive.
    """
    skewness = np.broadcast_to(skewness, z.shape)
    bent = skewness > STRAIGHT
    shape = 4 / np.where(bent, skewness, 1.0) ** 2
    upper = scipy.special.gammaincc(shape, np.maximum(shape + z * np.sqrt(shape), 0.0))
    return np.where(bent, -np.log(np.maximum(upper, 1e-300)), -scipy.special.log_ndtr(-z))
