"""The compiled part of scans: how much better the data are explained with a window raised.

Imported only where series are scanned, because numba takes a second to import. The same in plain
matrices, slow and obvious, stands in ``tests/analysis/shapes/plain_scan.py``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Terms of a sum that are smaller than the largest by this factor (logarithm) are nothing.
NOTHING = 30.0

#: Points of the grid below this weight are left out. A window may be worth hundreds of nats at a
#: point that is nothing without it: small shocks do not explain a step, and beside one they do.
LEAST = 1e-300

ROOT = math.sqrt(0.5)


@njit(cache=True, error_model="numpy")
def window_evidence(
    z: Array,
    noise: Array,
    gaps: Array,
    design: Array,
    free: int,
    precision: Array,
    shocks: Array,
    weight: Array,
    starts: NDArray[Any],
    stops: NDArray[Any],
    spread: float,
    upward: bool,
    every: bool,
) -> Array:
    """Logarithm of the Bayes factor of a raised window against none, of every series and window.

    Parameters
    ----------
    z, noise : ndarray, shape (series, periods)
        Working log-odds, and the variances of their sampling noise.
    gaps : ndarray, shape (periods,)
        Periods since the one before; the first is not read.
    design : ndarray, shape (periods, terms)
        Terms of the mean; the first ``free`` have a flat prior.
    free : int
    precision : ndarray, shape (levels, terms)
        Prior precisions of the other terms.
    shocks : ndarray, shape (pairs, 2)
        Standard deviation and autocorrelation of the shock.
    weight : ndarray, shape (series, pairs, levels)
        Posterior of the grid without a window.
    starts, stops : ndarray of int, shape (windows,)
        First period of each window, and the one behind its last.
    spread : float
        Standard deviation of the prior of the window's effect (log-odds).
    upward : bool
        Whether the effect is positive (a half-normal prior), or of either sign.
    every : bool
        Whether the evidence of every window is wanted, or the largest is enough.

    Returns
    -------
    ndarray, shape (series, windows)
        Unless ``every``, a window that is not the best may have an upper bound that is below the
        best.
    """
    series, periods = z.shape
    p, levels, pairs, windows = design.shape[1], len(precision), len(shocks), len(starts)
    out = np.empty((series, windows))
    top, own_of = np.empty(windows), np.empty(pairs * levels)
    place, known_at = np.empty((pairs * levels, windows)), np.empty((pairs * levels, windows))
    inverse = np.empty((periods, periods))
    block = np.zeros((periods + 1, periods + 1))
    whitened = np.zeros((periods + 1, p))
    residual, image = np.zeros(periods + 1), np.empty((p + 1, periods))
    cross, factor = np.empty((p, p)), np.empty((p, p))
    right, half, terms, over = np.empty(p), np.empty(p), np.empty(p), np.empty(p)
    prior = 1.0 / (spread * spread)
    for k in range(series):
        top[:] = -np.inf
        points = 0
        for g in range(pairs):
            if weight[k, g].max() < LEAST:
                continue
            _precision_of(noise[k], gaps, shocks[g, 0], shocks[g, 1], inverse)
            # Sums over windows are differences of cumulative sums.
            for i in range(periods):
                row = 0.0
                for j in range(periods):
                    row += inverse[i, j]
                    block[i + 1, j + 1] = block[i, j + 1] + row
            image[:] = 0.0
            for j in range(periods):
                for c in range(p + 1):
                    value = z[k, j] if c == p else design[j, c]
                    for i in range(periods):
                        image[c, i] += inverse[j, i] * value
            for c in range(p):
                for i in range(periods):
                    whitened[i + 1, c] = whitened[i, c] + image[c, i]
            cross[:] = 0.0
            right[:] = 0.0
            for i in range(periods):
                for c in range(p):
                    right[c] += design[i, c] * image[p, i]
                    for d in range(c + 1):
                        cross[c, d] += design[i, c] * image[d, i]
            for s in range(levels):
                own = weight[k, g, s]
                if own < LEAST:
                    continue
                own_of[points] = math.log(own)
                for c in range(p):
                    for d in range(c + 1):
                        extra = precision[s, c] if c == d and c >= free else 0.0
                        factor[c, d] = cross[c, d] + extra
                        for m in range(d):
                            factor[c, d] -= factor[c, m] * factor[d, m]
                        if c == d:
                            factor[c, c] = math.sqrt(max(factor[c, c], 1e-300))
                        else:
                            factor[c, d] /= factor[d, d]
                for c in range(p):
                    over[c] = 1.0 / factor[c, c]
                    half[c] = right[c]
                    for m in range(c):
                        half[c] -= factor[c, m] * half[m]
                    half[c] *= over[c]
                for c in range(p - 1, -1, -1):
                    terms[c] = half[c]
                    for m in range(c + 1, p):
                        terms[c] -= factor[m, c] * terms[m]
                    terms[c] *= over[c]
                for i in range(periods):
                    fitted = 0.0
                    for c in range(p):
                        fitted += image[c, i] * terms[c]
                    residual[i + 1] = residual[i] + image[p, i] - fitted
                for w in range(windows):
                    a, b = starts[w], stops[w]
                    information = block[b, b] - 2.0 * block[a, b] + block[a, a]
                    for c in range(p):
                        half[c] = whitened[b, c] - whitened[a, c]
                        for m in range(c):
                            half[c] -= factor[c, m] * half[m]
                        half[c] *= over[c]
                        information -= half[c] * half[c]
                    known = max(information, 0.0) + prior
                    score = residual[b] - residual[a]
                    at = score / math.sqrt(known)
                    place[points, w] = at
                    known_at[points, w] = known
                    height = 0.0 if upward and at <= 0 else 0.5 * at * at
                    top[w] = max(top[w], own_of[points] + height)
                points += 1
        best = -np.inf
        first = top.argmax()
        most = math.log(2.0 * points) if upward else math.log(points)
        for w in range(-1, windows):
            v = first if w < 0 else w
            # A window that cannot be the best gets a bound in the place of its evidence.
            if w >= 0 and not every and top[v] + most < best:
                out[k, v] = top[v] + most
                continue
            total = 0.0
            for g in range(points):
                at = place[g, v]
                height = 0.5 * at * at
                if upward and at <= 0:
                    height = 0.0
                height += own_of[g] - top[v]
                if height < -NOTHING:
                    continue
                part = math.sqrt(prior / known_at[g, v])
                if upward:
                    part *= math.erfc(-at * ROOT) if at > 0 else _tail(-at)
                total += part * math.exp(height)
            out[k, v] = top[v] + math.log(total)
            best = max(best, out[k, v])
    return out


@njit(cache=True, error_model="numpy")
def _precision_of(noise: Array, gaps: Array, size: float, lasting: float, out: Array) -> None:
    """Inverse of the covariance of shock and noise: that of a tridiagonal matrix, by recursion."""
    periods = len(noise)
    out[:] = 0.0
    if size == 0.0:
        for t in range(periods):
            out[t, t] = 1.0 / noise[t]
        return
    diagonal, beside = np.empty(periods), np.zeros(periods)
    ahead, behind = np.empty(periods), np.empty(periods)
    kept, fresh = 0.0, size * size
    for t in range(periods):
        if t > 0:
            kept = lasting ** gaps[t]
            fresh = size * size * (1.0 - kept * kept)
            diagonal[t - 1] += kept * kept / fresh
            beside[t - 1] = -kept / fresh
        diagonal[t] = 1.0 / fresh + 1.0 / noise[t]
    for t in range(periods):
        ahead[t] = diagonal[t]
        if t > 0:
            ahead[t] -= beside[t - 1] * beside[t - 1] / ahead[t - 1]
    for t in range(periods - 1, -1, -1):
        behind[t] = diagonal[t]
        if t < periods - 1:
            behind[t] -= beside[t] * beside[t] / behind[t + 1]
    for i in range(periods):
        value = 1.0 / (ahead[i] + behind[i] - diagonal[i])
        out[i, i] = 1.0 / noise[i] - value / (noise[i] * noise[i])
        for j in range(i + 1, periods):
            value *= -beside[j - 1] / behind[j]
            out[i, j] = -value / (noise[i] * noise[j])
            out[j, i] = out[i, j]


@njit(cache=True, error_model="numpy")
def _tail(at: float) -> float:
    """Twice the normal chance beyond ``at``, over the relative density there: no overflow."""
    if at < 6.0:
        return math.exp(0.5 * at * at) * math.erfc(at * ROOT)
    return (1.0 - 1.0 / (at * at)) / (at * math.sqrt(0.5 * math.pi))
