"""Residuals that remember the period before: how much, and a test that allows for it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from trends.analysis.dispersion import PooledFit

Array = NDArray[np.float64]

#: Periods from which on a lag-1 autocorrelation says more than its own noise.
ENOUGH_PERIODS = 20


def companion(y: Array, n: Array, t: Array, fit: PooledFit) -> tuple[Array, Array]:
    """Lag-1 autocorrelation of residuals, and a p-value of the trend after prewhitening.

    Parameters
    ----------
    y, n : ndarray, shape (topics, periods)
        Counts and denominators.
    t : ndarray, shape (periods,)
        Times.
    fit : PooledFit
        Of one corpus.

    Returns
    -------
    lag, p : ndarray, shape (topics,)
        NaN for topics without a fitted slope.
    """
    mean = np.clip(fit.mean[0], 1e-9, 1 - 1e-9)
    weight = fit.weight[0] * n * mean * (1 - mean)
    # Pearson residuals on the logit scale, so that prewhitening acts on what the trend is linear in.
    working = np.log(mean / (1 - mean)) + (y / n - mean) / (mean * (1 - mean))
    usable = np.isfinite(fit.slope[0])
    lag, p = np.full(len(y), np.nan), np.full(len(y), np.nan)
    if usable.any():
        lag[usable], p[usable] = prewhitened(working[usable], weight[usable], t)
    return lag, p


def prewhitened(z: Array, weight: Array, t: Array) -> tuple[Array, Array]:
    """Weighted linear trend with first-order autoregressive errors (Prais–Winsten), one step.

    The residual autocorrelation is corrected for its bias of about ``-(1 + 4 r) / T`` before it is used, and the
    degrees of freedom are those of the effective number of periods.

    Parameters
    ----------
    z, weight : ndarray, shape (series, periods)
        Values and their precisions.
    t : ndarray, shape (periods,)
        Times.

    Returns
    -------
    lag, p : ndarray, shape (series,)
    """
    lag = residual_lag(z, weight, t)
    size = len(t)
    r = np.clip((size * lag + 1) / (size - 4), 0.0, 0.95)
    root = np.sqrt(weight)
    columns = [root, root * t, root * z]
    white = [np.concatenate([np.sqrt(1 - r**2)[:, None] * c[:, :1], c[:, 1:] - r[:, None] * c[:, :-1]], axis=1) for c in columns]
    x0, x1, v = white
    s00, s01, s11 = (x0 * x0).sum(1), (x0 * x1).sum(1), (x1 * x1).sum(1)
    det = s00 * s11 - s01**2
    b = (s00 * (x1 * v).sum(1) - s01 * (x0 * v).sum(1)) / det
    a = ((x0 * v).sum(1) - s01 * b) / s00
    rest = v - a[:, None] * x0 - b[:, None] * x1
    s2 = (rest**2).sum(1) / (size - 2)
    return lag, 2 * stats.t.sf(np.abs(b) / np.sqrt(s2 * s00 / det), size - 3)


def residual_lag(z: Array, weight: Array, t: Array) -> Array:
    """Lag-1 autocorrelation of standardised residuals about a weighted line."""
    w = weight.sum(1, keepdims=True)
    centre = (weight * t).sum(1, keepdims=True) / w
    mean = (weight * z).sum(1, keepdims=True) / w
    slope = (weight * (t - centre) * (z - mean)).sum(1, keepdims=True) / (weight * (t - centre) ** 2).sum(1, keepdims=True)
    e = np.sqrt(weight) * (z - mean - slope * (t - centre))
    return (e[:, 1:] * e[:, :-1]).sum(1) / np.maximum((e * e).sum(1), 1e-300)
