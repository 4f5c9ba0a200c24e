"""Compiled Newton iterations: means of counts, working log-odds, quantiles of mixtures.

Imported only where series are tested, because numba takes a second to import.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]


@njit(cache=True, error_model="numpy")
def smooth_mean(
    y: Array, n: Array, terms: Array, ridge: Array, shock: float, largest: float
) -> Any:
    """Log-odds of a smooth mean through counts, see :func:`trends.analysis.trend.mean.smooth`.

    Parameters
    ----------
    y, n : ndarray, shape (series, periods)
    terms : ndarray, shape (periods, terms)
    ridge : ndarray, shape (terms,)
        Prior precisions.
    shock : float
        Variance of a usual shock.
    largest : float
        Bound of the log-odds.

    Returns
    -------
    ndarray, shape (series, periods)
    """
    periods, p = terms.shape
    out = np.empty(y.shape)
    weight, score, inverse = np.empty(periods), np.empty(periods), np.empty((p, p))
    gradient, step = np.empty(p), np.empty(p)
    for k in range(len(y)):
        beta = np.zeros(p)
        total, size = y[k].sum(), n[k].sum()
        beta[0] = np.log((total + 0.5) / (size - total + 0.5))
        for _ in range(40):
            inverse[:] = 0.0
            for i in range(p):
                inverse[i, i] = ridge[i]
            for t in range(periods):
                at = 0.0
                for i in range(p):
                    at += terms[t, i] * beta[i]
                mu = 1 / (1 + np.exp(-min(max(at, -largest), largest)))
                own = n[k, t] * mu * (1 - mu)
                damped = 1 / (1 + own * shock)
                weight[t] = damped * own
                score[t] = damped * (y[k, t] - n[k, t] * mu)
                out[k, t] = 0.5 - mu
                for i in range(p):
                    part = weight[t] * terms[t, i]
                    for j in range(i + 1):
                        inverse[i, j] += part * terms[t, j]
            for i in range(p):
                for j in range(i):
                    inverse[j, i] = inverse[i, j]
            _invert(inverse)
            for i in range(p):
                gradient[i] = -beta[i] * ridge[i]
            for t in range(periods):
                leverage = 0.0
                for i in range(p):
                    part = 0.5 * inverse[i, i] * terms[t, i]
                    for j in range(i):
                        part += inverse[i, j] * terms[t, j]
                    leverage += 2 * part * terms[t, i]
                score[t] += weight[t] * leverage * out[k, t]
                for i in range(p):
                    gradient[i] += score[t] * terms[t, i]
            reach, length = 1e-9, 0.0
            for i in range(p):
                step[i] = 0.0
                for j in range(p):
                    step[i] += inverse[i, j] * gradient[j]
            for t in range(periods):
                at = 0.0
                for i in range(p):
                    at += terms[t, i] * step[i]
                reach = max(reach, abs(at))
            # Steps of at most 3 logits: a series at one end of the span overshoots otherwise.
            for i in range(p):
                step[i] *= min(1.0, 3 / reach)
                beta[i] += step[i]
                length = max(length, abs(step[i]))
            if length < 1e-4:
                break
        out[k] = terms @ beta
    return np.clip(out, -largest, largest)


@njit(cache=True, error_model="numpy")
def _invert(matrix: Array) -> None:
    """A positive definite matrix in place, by elimination without pivots."""
    p = len(matrix)
    for k in range(p):
        pivot = 1 / matrix[k, k]
        matrix[k, k] = 1.0
        for j in range(p):
            matrix[k, j] *= pivot
        for i in range(p):
            if i != k:
                factor = matrix[i, k]
                matrix[i, k] = 0.0
                for j in range(p):
                    matrix[i, j] -= factor * matrix[k, j]


@njit(cache=True, error_model="numpy")
def linearised(y: Array, n: Array, mean: Array, shock: float, largest: float) -> Any:
    """Working log-odds and their noise, see :func:`trends.analysis.trend.mean.working`.

    Parameters
    ----------
    y, n, mean : ndarray, shape (series, periods)
    shock : float
        Variance of a usual shock.
    largest : float
        Bound of the log-odds.

    Returns
    -------
    z, noise : ndarray, shape (series, periods)
    """
    z, noise = np.empty(mean.shape), np.empty(mean.shape)
    for k in range(len(mean)):
        for t in range(mean.shape[1]):
            count, size = y[k, t], n[k, t]
            at = np.log((count + 0.5) / (size - count + 0.5))
            for _ in range(25):
                mu = 1 / (1 + np.exp(-at))
                step = count - size * mu - (at - mean[k, t]) / shock
                step /= size * mu * (1 - mu) + 1 / shock
                at += min(max(step, -3.0), 3.0)
                if abs(step) < 1e-8:
                    break
            mu = 1 / (1 + np.exp(-min(max(at, -largest), largest)))
            unit = mu * (1 - mu)
            z[k, t] = at + (count / size - mu) / unit
            noise[k, t] = 1 / (size * unit)
    return z, noise


@njit(cache=True, error_model="numpy")
def mixture_quantile(weight: Array, value: Array, error: Array, level: float) -> Array:
    """Quantile of a mixture of normals: Newton steps, and halves where one leads out of bounds.

    Parameters
    ----------
    weight, value, error : ndarray, shape (topics, points)
    level : float

    Returns
    -------
    ndarray, shape (topics,)
    """
    topics, points = weight.shape
    out = np.empty(topics)
    for k in range(topics):
        at, low, high, far = 0.0, np.inf, -np.inf, 0.0
        for g in range(points):
            at += weight[k, g] * value[k, g]
            low = min(low, value[k, g] - 12 * error[k, g])
            high = max(high, value[k, g] + 12 * error[k, g])
            far = max(far, error[k, g])
        for _ in range(200):
            over, density = -level, 0.0
            for g in range(points):
                # Smaller weights are nothing even all together.
                if weight[k, g] > 1e-16:
                    z = (at - value[k, g]) / error[k, g]
                    over += weight[k, g] * 0.5 * math.erfc(-z * math.sqrt(0.5))
                    density += weight[k, g] / error[k, g] * math.exp(-0.5 * z * z)
            if over < 0:
                low = at
            else:
                high = at
            new = at - over * math.sqrt(2 * math.pi) / max(density, 1e-300)
            if not low < new < high:
                new = 0.5 * (low + high)
            moved = abs(new - at)
            at = new
            if moved <= 1e-12 * far:
                break
        out[k] = at
    return out
