"""The compiled part of the trend model: generalised least squares on a grid of shocks.

Imported only where series are tested, because numba takes a second to import. The same in plain
matrices, slow and obvious, stands in ``tests/analysis/trend/plain_model.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]


@njit(cache=True, error_model="numpy")
def generalised_least_squares(
    z: Array,
    noise: Array,
    gaps: Array,
    design: Array,
    free: int,
    precision: Array,
    shocks: Array,
    contrasts: Array,
) -> Any:
    """Restricted likelihood, contrasts and their variances of every series at every grid point.

    Parameters
    ----------
    z, noise : ndarray, shape (series, periods)
        Working log-odds, and the variances of their sampling noise.
    gaps : ndarray, shape (periods,)
        Periods since the one before; the first is not read.
    design : ndarray, shape (periods, terms)
        Terms of the mean; the first ``free`` have a flat prior.
    free : int
        Number of terms without a prior.
    precision : ndarray, shape (levels, terms)
        Prior precisions of the terms, a row a level; those of the free terms are not read.
    shocks : ndarray, shape (pairs, 2)
        Standard deviation and autocorrelation of the shock.
    contrasts : ndarray, shape (contrasts, terms)
        Linear functions of the terms that are wanted.

    Returns
    -------
    likelihood : ndarray, shape (series, pairs, levels)
        Logarithm of the restricted likelihood, up to a constant.
    value, variance : ndarray, shape (series, pairs, levels, contrasts)
    """
    series, periods = z.shape
    p = design.shape[1]
    levels, pairs, wanted = len(precision), len(shocks), len(contrasts)
    likelihood = np.empty((series, pairs, levels))
    value = np.empty((series, pairs, levels, wanted))
    variance = np.empty((series, pairs, levels, wanted))
    prior = np.zeros(levels)
    for s in range(levels):
        for i in range(free, p):
            prior[s] += np.log(precision[s, i])
    decay = np.empty(periods)
    cross, factor = np.empty((p, p)), np.empty((p, p))
    right, half, terms = np.empty(p), np.empty(p), np.empty(p)
    state, innovation = np.empty(p + 1), np.empty(p + 1)
    for g in range(pairs):
        stationary = shocks[g, 0] ** 2
        for t in range(periods):
            decay[t] = shocks[g, 1] if gaps[t] == 1.0 else shocks[g, 1] ** gaps[t]
        for k in range(series):
            cross[:] = 0.0
            right[:] = 0.0
            state[:] = 0.0
            square, logs, product = 0.0, 0.0, 1.0
            spread = stationary
            # The Kalman filter of the shock whitens the values and the terms alike.
            for t in range(periods):
                if t > 0:
                    d = decay[t]
                    spread = d * d * spread + stationary * (1.0 - d * d)
                    for i in range(p + 1):
                        state[i] *= d
                total = spread + noise[k, t]
                inverse = 1.0 / total
                gain = spread * inverse
                for i in range(p):
                    innovation[i] = design[t, i] - state[i]
                innovation[p] = z[k, t] - state[p]
                for i in range(p + 1):
                    state[i] += gain * innovation[i]
                spread *= 1.0 - gain
                product *= total
                if product < 1e-200 or product > 1e200:
                    logs += np.log(product)
                    product = 1.0
                for i in range(p):
                    scaled = innovation[i] * inverse
                    for j in range(i + 1):
                        cross[i, j] += scaled * innovation[j]
                    right[i] += scaled * innovation[p]
                square += innovation[p] * innovation[p] * inverse
            logs += np.log(product)
            for s in range(levels):
                # Cholesky factor of the information with the prior; normal equations solved by it.
                determinant, explained = 1.0, 0.0
                for i in range(p):
                    for j in range(i + 1):
                        entry = cross[i, j]
                        if i == j and i >= free:
                            entry += precision[s, i]
                        for m in range(j):
                            entry -= factor[i, m] * factor[j, m]
                        if i == j:
                            factor[i, i] = np.sqrt(max(entry, 1e-300))
                            determinant *= factor[i, i]
                        else:
                            factor[i, j] = entry / factor[j, j]
                    entry = right[i]
                    for m in range(i):
                        entry -= factor[i, m] * half[m]
                    half[i] = entry / factor[i, i]
                    explained += half[i] * half[i]
                likelihood[k, g, s] = -0.5 * (
                    logs + 2.0 * np.log(determinant) - prior[s] + square - explained
                )
                for i in range(p - 1, -1, -1):
                    entry = half[i]
                    for m in range(i + 1, p):
                        entry -= factor[m, i] * terms[m]
                    terms[i] = entry / factor[i, i]
                for c in range(wanted):
                    dot, length = 0.0, 0.0
                    for i in range(p):
                        entry = contrasts[c, i]
                        dot += entry * terms[i]
                        for m in range(i):
                            entry -= factor[i, m] * half[m]
                        half[i] = entry / factor[i, i]
                        length += half[i] * half[i]
                    value[k, g, s, c] = dot
                    variance[k, g, s, c] = length
    return likelihood, value, variance
