"""Weighted logistic regression on one covariate, for many series at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

Array = NDArray[np.float64]

#: Total change of the log-odds over the span beyond which a series counts as separated: its
#: estimate has no finite limit.
SEPARATED = 10.0


class LogisticFit(NamedTuple):
    """Estimates of ``logit p = intercept + slope * t`` for each series.

    All arrays lack the last axis of the data but ``mean``.
    """

    intercept: Array
    slope: Array
    #: Variance of the slope for dispersion 1.
    variance: Array
    #: Fitted share, shape (..., periods).
    mean: Array


def fit(
    y: Array,
    n: Array,
    t: Array,
    weight: Array,
    start: tuple[Array, Array] | None = None,
    steps: int = 40,
) -> LogisticFit:
    """Maximise ``sum_t w_t (y_t log p_t + (n_t - y_t) log(1 - p_t))`` by Newton's method.

    Parameters
    ----------
    y, n, weight : ndarray, shape (..., periods)
        Counts, denominators (both may be fractional) and weights.
    t : ndarray, shape (periods,)
        Covariate; an interval of length about 1 around 0, such as [-0.5, 0.5].
    start : tuple of ndarray, optional
        Intercepts and slopes to begin with.
    steps : int
        Most Newton steps.

    Returns
    -------
    LogisticFit
        Where a series is separated, or never or always occurs, the slope or intercept is some large
        number.
    """
    w = n * weight
    total = w.sum(-1)
    base = (weight * y).sum(-1) / total
    if start is None:
        a = logit(np.clip(base, 1e-9, 1 - 1e-9))
        b = np.zeros_like(a)
    else:
        a, b = start[0].copy(), start[1].copy()
    va, vb, vab = np.zeros_like(a), np.zeros_like(a), np.zeros_like(a)
    # Only series that still move are iterated: most stop after a few steps.
    moving = np.ones(a.shape, dtype=bool)
    for _ in range(steps):
        ai, bi = a[moving], b[moving]
        p = expit(ai[:, None] + bi[:, None] * t)
        wm = np.broadcast_to(w, y.shape)[moving]
        residual = np.broadcast_to(weight, y.shape)[moving] * (
            y[moving] - np.broadcast_to(n, y.shape)[moving] * p
        )
        h = wm * p * (1 - p)
        h0, h1, h2 = h.sum(-1), (h * t).sum(-1), (h * t * t).sum(-1)
        g0, g1 = residual.sum(-1), (residual * t).sum(-1)
        det = np.maximum(h0 * h2 - h1 * h1, 1e-300)
        # A step is held to 2 logits: far from the optimum the quadratic model overshoots.
        da, db = (
            np.clip((h2 * g0 - h1 * g1) / det, -2, 2),
            np.clip((h0 * g1 - h1 * g0) / det, -2, 2),
        )
        a[moving], b[moving] = ai + da, bi + db
        still = (np.abs(da) + np.abs(db) > 1e-9) & (np.abs(b[moving]) < 3 * SEPARATED)
        moving[moving] = still
        if not moving.any():
            break
    p = expit(a[..., None] + b[..., None] * t)
    h = w * p * (1 - p)
    va, vab, vb = h.sum(-1), (h * t).sum(-1), (h * t * t).sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = va / (va * vb - vab * vab)
    return LogisticFit(a, b, variance, p)


def profile_intercept(slope: Array, y: Array, n: Array, t: Array, weight: Array) -> Array:
    """The intercept that fits best for a given slope.

    It makes the fitted total equal the observed one.

    Solved by bisection, so that slopes of any size, the infinite limit apart, are safe.

    Parameters
    ----------
    slope : ndarray, shape (...)
        Finite.
    y, n, weight : ndarray, shape (..., periods)
        Counts, denominators and weights.
    t : ndarray, shape (periods,)
        Times.

    Returns
    -------
    ndarray, shape (...)
    """
    w = n * weight
    base = np.clip((weight * y).sum(-1) / w.sum(-1), 1e-12, 1 - 1e-12)
    reach = np.abs(slope) * np.abs(t).max()
    low, high = logit(base) - reach - 1e-9, logit(base) + reach + 1e-9
    for _ in range(60):
        middle = (low + high) / 2
        fitted = (w * expit(middle[..., None] + slope[..., None] * t)).sum(-1) / w.sum(-1)
        below = fitted < base
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2
