"""The compiled part of the model of a mean that steps once: least squares at every place of it.

Imported only where terms are tested, because numba takes a second to import. The same in plain
matrices stands in ``tests/analysis/shapes/plain_steps.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]


@njit(cache=True, error_model="numpy")
def step_least_squares(
    z: Array, noise: Array, gaps: Array, places: NDArray[np.int64], shocks: Array
) -> Any:
    """Restricted likelihood, size and variance of a step at every place and grid point.

    Parameters
    ----------
    z, noise : ndarray, shape (series, periods)
        Working log-odds, and the variances of their sampling noise.
    gaps : ndarray, shape (periods,)
        Periods since the one before; the first is not read.
    places : ndarray of int, shape (places,)
        First period after the step.
    shocks : ndarray, shape (pairs, 2)
        Standard deviation and autocorrelation of the shock.

    Returns
    -------
    likelihood, value, variance : ndarray, shape (series, pairs, places)
        The likelihood is on the scale of a mean whose second term runs from -1 to 1.
    """
    series, periods = z.shape
    pairs, count = len(shocks), len(places)
    likelihood = np.empty((series, pairs, count))
    value = np.empty((series, pairs, count))
    variance = np.empty((series, pairs, count))
    gain, weight = np.empty(periods), np.empty(periods)
    one, own = np.empty(periods), np.empty(periods)
    for g in range(pairs):
        sd2, rho = shocks[g, 0] ** 2, shocks[g, 1]
        last = np.empty(periods)
        last[0] = 0.0
        for t in range(1, periods):
            last[t] = rho ** gaps[t]
        for s in range(series):
            # The filter of a stationary shock in noise: innovations of the constant and the data.
            spread, log_scale = sd2, 0.0
            a, b = 0.0, 0.0
            s11, s1z, szz = 0.0, 0.0, 0.0
            for t in range(periods):
                if t:
                    a *= last[t]
                    b *= last[t]
                    spread = last[t] ** 2 * spread + sd2 * (1 - last[t] ** 2)
                total = spread + noise[s, t]
                gain[t] = spread / total
                weight[t] = 1 / total
                log_scale += np.log(total)
                one[t], own[t] = 1.0 - a, z[s, t] - b
                a += gain[t] * one[t]
                b += gain[t] * own[t]
                spread *= 1 - gain[t]
                s11 += weight[t] * one[t] ** 2
                s1z += weight[t] * one[t] * own[t]
                szz += weight[t] * own[t] ** 2
            for j in range(count):
                c, sjj, s1j, sjz = 0.0, 0.0, 0.0, 0.0
                for t in range(places[j], periods):
                    if t > places[j]:
                        c *= last[t]
                    left = 1.0 - c
                    c += gain[t] * left
                    sjj += weight[t] * left * left
                    s1j += weight[t] * left * one[t]
                    sjz += weight[t] * left * own[t]
                inside = sjj - s1j**2 / s11
                size = (sjz - s1j * s1z / s11) / inside
                value[s, g, j] = size
                variance[s, g, j] = 1 / inside
                likelihood[s, g, j] = -0.5 * (
                    log_scale + np.log(4 * s11 * inside) + szz - s1z**2 / s11 - size**2 * inside
                )
    return likelihood, value, variance
