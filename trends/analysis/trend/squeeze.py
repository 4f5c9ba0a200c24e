"""Dispersions of single topics, drawn towards what all topics have in common."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, polygamma

Array = NDArray[np.float64]

#: Largest weight, in degrees of freedom, that the common dispersion is given. Without a cap the
#: squeeze trusts a common dispersion fully whenever it cannot see that topics differ, and tests
#: reject too often when they do.
LARGEST_PRIOR_DF = 10.0


def squeeze(
    s2: Array, df: float, use: NDArray[np.bool_], cap: float = LARGEST_PRIOR_DF
) -> tuple[Array, Array, Array]:
    """Empirical-Bayes estimate of each topic's dispersion.

    The dispersions are taken as ``s0^2 chi^2_df / df`` scaled by an inverse chi-square with ``d0``
    degrees of freedom; ``s0^2`` and ``d0`` come from the mean and the variance of ``log s2``, and
    each topic gets ``(d0 s0^2 + df s2) / (d0 + df)`` with ``d0`` held to ``cap``.

    Parameters
    ----------
    s2 : ndarray, shape (..., topics)
        Pearson dispersion of each topic.
    df : float
        Its degrees of freedom.
    use : ndarray of bool, shape (..., topics)
        Which topics take part.
    cap : float
        Largest ``d0``.

    Returns
    -------
    squeezed : ndarray, shape (..., topics)
        NaN where ``use`` is false.
    prior_df, prior : ndarray, shape (...)
        ``d0`` (after the cap) and ``s0^2``. With fewer than three topics there is nothing to learn
        from: ``d0`` is 0, ``s0^2`` is 1 and no dispersion is taken below 1.

    References
    ----------
    Smyth (2004), Statistical Applications in Genetics and Molecular Biology 3, article 3, section
    6.2.
    """
    count = use.sum(-1)
    log = np.where(
        use, np.log(np.maximum(np.where(use, s2, 1), 1e-8)) - digamma(df / 2) + np.log(df / 2), 0
    )
    many = count > 2
    n = np.maximum(count, 2)
    mean = log.sum(-1) / n
    excess = np.where(use, (log - mean[..., None]) ** 2, 0).sum(-1) / (n - 1) - polygamma(1, df / 2)
    spread = excess > 0
    d0 = np.where(spread, 2 * inverse_trigamma(np.where(spread, excess, 1.0)), np.inf)
    finite = np.where(spread, d0, 2.0)
    prior = np.where(spread, np.exp(mean + digamma(finite / 2) - np.log(finite / 2)), np.exp(mean))
    weight = np.where(many, np.minimum(d0, cap), 0.0)
    prior = np.where(many, prior, 1.0)
    squeezed = (weight[..., None] * prior[..., None] + df * s2) / (weight[..., None] + df)
    squeezed = np.where(many[..., None], squeezed, np.maximum(s2, 1))
    return np.where(use, squeezed, np.nan), weight, prior


def inverse_trigamma(x: Array) -> Array:
    """Solve ``trigamma(y) = x`` for positive ``x``.

    Newton's method is applied to the reciprocal (Smyth 2004, appendix).

    >>> float(inverse_trigamma(polygamma(1, np.array([3.0])))[0])
    3.0
    """
    x = np.asarray(x, dtype=float)
    inside = np.clip(x, 1e-7, 1e7)
    y = 0.5 + 1 / inside
    for _ in range(50):
        value = polygamma(1, y)
        step = value * (1 - value / inside) / polygamma(2, y)
        y = y + step
        if np.all(-step / y < 1e-10):
            break
    # The two ends of the range have closed limits.
    return np.where(
        x > 1e7,
        1 / np.sqrt(np.maximum(x, 1e-300)),
        np.where(x < 1e-7, 1 / np.maximum(x, 1e-300), y),
    )
