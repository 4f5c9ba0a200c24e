"""Compiled draws of the terms of a mean, at given points of the grid of shocks.

Imported only where curves are drawn, because numba takes a second to import.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]


@njit(cache=True, error_model="numpy")
def draw_terms(
    z: Array,
    noise: Array,
    gaps: Array,
    design: Array,
    precision: Array,
    shocks: Array,
    points: NDArray[np.int64],
    jumps: NDArray[np.int64],
    normal: Array,
) -> tuple[Array, Array]:
    """Terms of the mean, and the shock of the last period, drawn from their posterior.

    Parameters
    ----------
    z, noise : ndarray, shape (series, periods)
        Working log-odds, and the variances of their sampling noise.
    gaps : ndarray, shape (periods,)
        Periods since the one before; the first is not read.
    design : ndarray, shape (periods, terms)
        The last term stands for a jump and is not read.
    precision : ndarray, shape (levels, terms)
        Prior precisions of the terms; 0 for a flat prior.
    shocks : ndarray, shape (pairs, 2)
        Standard deviation and autocorrelation of the shock.
    points : ndarray of int, shape (series, draws)
        Points of the grid, numbered pair by pair (all levels of a pair stand together), in
        increasing order where they share a jump.
    jumps : ndarray of int, shape (series, draws)
        Period from which on the last term is 1, in increasing order; one beyond the last for none.
    normal : ndarray, shape (series, draws, terms + 1)
        Standard normal numbers.

    Returns
    -------
    terms : ndarray, shape (series, draws, terms)
    shock : ndarray, shape (series, draws)
    """
    series, periods = z.shape
    p, levels = design.shape[1], len(precision)
    terms, shock = np.empty((series, points.shape[1], p)), np.empty(points.shape)
    cross, factor = np.empty((p, p)), np.empty((p, p))
    right, centre = np.empty(p), np.empty(p)
    state, innovation = np.empty(p + 1), np.empty(p + 1)
    for k in range(series):
        before_pair, before_point, before_jump = -1, -1, -1
        spread = 0.0
        for d in range(points.shape[1]):
            pair, level = points[k, d] // levels, points[k, d] % levels
            fresh = pair != before_pair or jumps[k, d] != before_jump
            if fresh:
                sd, rho = shocks[pair, 0], shocks[pair, 1]
                cross[:], right[:], state[:] = 0.0, 0.0, 0.0
                spread = sd * sd
                for t in range(periods):
                    decay = rho ** gaps[t] if t > 0 else 1.0
                    wide = decay * decay * spread + sd * sd * (1.0 - decay * decay)
                    inverse = 1.0 / (wide + noise[k, t])
                    gain = wide * inverse
                    spread = wide * (1.0 - gain)
                    for i in range(p + 1):
                        seen = z[k, t] if i == p else design[t, i]
                        if i == p - 1:
                            seen = 1.0 if t >= jumps[k, d] else 0.0
                        known = state[i] * decay
                        innovation[i] = seen - known
                        state[i] = known + gain * innovation[i]
                    for i in range(p):
                        for j in range(i + 1):
                            cross[i, j] += innovation[i] * innovation[j] * inverse
                        right[i] += innovation[i] * innovation[p] * inverse
            if fresh or points[k, d] != before_point:
                for i in range(p):
                    for j in range(i + 1):
                        total = cross[i, j] + (precision[level, i] if i == j else 0.0)
                        for m in range(j):
                            total -= factor[i, m] * factor[j, m]
                        if i == j:
                            factor[i, i] = np.sqrt(max(total, 1e-300))
                        else:
                            factor[i, j] = total / factor[j, j]
                    centre[i] = right[i]
                    for m in range(i):
                        centre[i] -= factor[i, m] * centre[m]
                    centre[i] /= factor[i, i]
            before_pair, before_point, before_jump = pair, points[k, d], jumps[k, d]
            # The factor turned round takes normal numbers to the posterior of the terms.
            left = state[p]
            for i in range(p - 1, -1, -1):
                value = centre[i] + normal[k, d, i]
                for m in range(i + 1, p):
                    value -= factor[m, i] * terms[k, d, m]
                terms[k, d, i] = value / factor[i, i]
                left -= state[i] * terms[k, d, i]
            shock[k, d] = left + np.sqrt(spread) * normal[k, d, p]
    return terms, shock
