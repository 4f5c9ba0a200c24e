"""The compiled parts of the trend model: least squares on a grid of shocks, and its weights.

Imported only where series are tested, because numba takes a second to import. The same in plain
matrices, slow and obvious, stands in ``tests/analysis/trend/plain_model.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trends.analysis.trend.jumps import Jumps

Array = NDArray[np.float64]


def generalised_least_squares(
    z: Array,
    noise: Array,
    gaps: Array,
    design: Array,
    free: int,
    precision: Array,
    shocks: Array,
    contrasts: Array,
    jumps: Jumps | None = None,
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
    jumps : Jumps, optional
        About the first of the levels: each place follows as a level of its own.

    Returns
    -------
    likelihood : ndarray, shape (series, pairs, levels)
        Logarithm of the restricted likelihood, up to a constant.
    value, variance : ndarray, shape (series, pairs, levels, contrasts)
    """
    if jumps is None:
        jumps = Jumps(np.zeros(0, dtype=np.int64), np.zeros((len(contrasts), 0)))
    # Arrays of one layout: a function is compiled for each, which takes seconds.
    z, noise, gaps, design, precision, shocks, contrasts, jumped = map(
        np.ascontiguousarray,
        (z, noise, gaps, design, precision, shocks, contrasts, jumps.contrasts),
    )
    return _least_squares(
        *(z, noise, gaps, design, free, precision, shocks, contrasts),
        *(np.ascontiguousarray(jumps.places), jumped, jumps.precision),
    )


@njit(cache=True, error_model="numpy")
def _least_squares(
    z: Array,
    noise: Array,
    gaps: Array,
    design: Array,
    free: int,
    precision: Array,
    shocks: Array,
    contrasts: Array,
    places: NDArray[np.int64],
    jumped: Array,
    jump_precision: float,
) -> Any:
    series, periods = z.shape
    p = design.shape[1]
    levels, pairs, wanted = len(precision), len(shocks), len(contrasts)
    some = len(places)
    points = levels + some
    likelihood = np.empty((series, pairs, points))
    value = np.empty((series, pairs, points, wanted))
    variance = np.empty((series, pairs, points, wanted))
    prior = np.zeros(levels)
    for s in range(levels):
        for i in range(free, p):
            prior[s] += np.log(precision[s, i])
    # Every innermost loop runs over the grid points, so that the processor takes several at once.
    stationary = shocks[:, 0] ** 2
    decay = np.empty((periods, pairs))
    for t in range(periods):
        for g in range(pairs):
            decay[t, g] = shocks[g, 1] if gaps[t] == 1.0 else shocks[g, 1] ** gaps[t]
    cross, factor = np.empty((p, p, pairs)), np.empty((p, p, pairs))
    right, half, terms = np.empty((p, pairs)), np.empty((p, pairs)), np.empty((p, pairs))
    # Of the jumps: products with the terms (the last with the values), and with themselves.
    beside, alone = np.empty((some, p + 1, pairs)), np.empty((some, pairs))
    left, size, own_part = np.empty((p, pairs)), np.empty(pairs), np.empty(pairs)
    solved = np.empty((p, pairs))
    reached = np.empty((wanted, p, pairs))
    jump_state, jump_innovation = np.empty((some, pairs)), np.empty(pairs)
    state, innovation = np.empty((p + 1, pairs)), np.empty((p + 1, pairs))
    scaled, square, logs = np.empty(pairs), np.empty(pairs), np.empty(pairs)
    spread, inverse, gain = np.empty(pairs), np.empty(pairs), np.empty(pairs)
    product, dot, length = np.empty(pairs), np.empty(pairs), np.empty(pairs)
    for k in range(series):
        cross[:] = 0.0
        right[:] = 0.0
        state[:] = 0.0
        square[:] = 0.0
        logs[:] = 0.0
        product[:] = 1.0
        spread[:] = stationary
        beside[:] = 0.0
        alone[:] = 0.0
        jump_state[:] = 0.0
        # The Kalman filter of the shock whitens the values and the terms alike.
        for t in range(periods):
            own = noise[k, t]
            for g in range(pairs):
                d = decay[t, g] if t > 0 else 1.0
                before = d * d * spread[g] + stationary[g] * (1.0 - d * d)
                total = before + own
                inverse[g] = 1.0 / total
                gain[g] = before * inverse[g]
                spread[g] = before * (1.0 - gain[g])
                product[g] *= total
            if t % 12 == 11:
                for g in range(pairs):
                    logs[g] += np.log(product[g])
                    product[g] = 1.0
            for i in range(p + 1):
                seen = z[k, t] if i == p else design[t, i]
                for g in range(pairs):
                    known = state[i, g] * (decay[t, g] if t > 0 else 1.0)
                    innovation[i, g] = seen - known
                    state[i, g] = known + gain[g] * innovation[i, g]
            for i in range(p):
                for g in range(pairs):
                    scaled[g] = innovation[i, g] * inverse[g]
                for j in range(i + 1):
                    for g in range(pairs):
                        cross[i, j, g] += scaled[g] * innovation[j, g]
                for g in range(pairs):
                    right[i, g] += scaled[g] * innovation[p, g]
            for g in range(pairs):
                square[g] += innovation[p, g] * innovation[p, g] * inverse[g]
            for j in range(some):
                if t < places[j]:
                    continue
                for g in range(pairs):
                    known = jump_state[j, g] * decay[t, g]
                    jump_innovation[g] = 1.0 - known
                    jump_state[j, g] = known + gain[g] * jump_innovation[g]
                    scaled[g] = jump_innovation[g] * inverse[g]
                    alone[j, g] += scaled[g] * jump_innovation[g]
                for i in range(p + 1):
                    for g in range(pairs):
                        beside[j, i, g] += scaled[g] * innovation[i, g]
        for g in range(pairs):
            logs[g] += np.log(product[g])
        for s in range(levels):
            # Cholesky factor of the information with the prior; normal equations solved by it.
            product[:] = 1.0
            dot[:] = 0.0
            for i in range(p):
                for j in range(i + 1):
                    extra = precision[s, i] if i == j and i >= free else 0.0
                    for g in range(pairs):
                        factor[i, j, g] = cross[i, j, g] + extra
                    for m in range(j):
                        for g in range(pairs):
                            factor[i, j, g] -= factor[i, m, g] * factor[j, m, g]
                    if i == j:
                        for g in range(pairs):
                            factor[i, i, g] = np.sqrt(max(factor[i, i, g], 1e-300))
                            product[g] *= factor[i, i, g]
                    else:
                        for g in range(pairs):
                            factor[i, j, g] /= factor[j, j, g]
                for g in range(pairs):
                    half[i, g] = right[i, g]
                for m in range(i):
                    for g in range(pairs):
                        half[i, g] -= factor[i, m, g] * half[m, g]
                for g in range(pairs):
                    half[i, g] /= factor[i, i, g]
                    solved[i, g] = half[i, g]
                    dot[g] += half[i, g] * half[i, g]
            for g in range(pairs):
                likelihood[k, g, s] = -0.5 * (
                    logs[g] + 2.0 * np.log(product[g]) - prior[s] + square[g] - dot[g]
                )
            for i in range(p - 1, -1, -1):
                for g in range(pairs):
                    terms[i, g] = half[i, g]
                for m in range(i + 1, p):
                    for g in range(pairs):
                        terms[i, g] -= factor[m, i, g] * terms[m, g]
                for g in range(pairs):
                    terms[i, g] /= factor[i, i, g]
            for c in range(wanted):
                dot[:] = 0.0
                length[:] = 0.0
                for i in range(p):
                    entry = contrasts[c, i]
                    for g in range(pairs):
                        dot[g] += entry * terms[i, g]
                        half[i, g] = entry
                    for m in range(i):
                        for g in range(pairs):
                            half[i, g] -= factor[i, m, g] * half[m, g]
                    for g in range(pairs):
                        half[i, g] /= factor[i, i, g]
                        length[g] += half[i, g] * half[i, g]
                        reached[c, i, g] = half[i, g]
                for g in range(pairs):
                    value[k, g, s, c] = dot[g]
                    variance[k, g, s, c] = length[g]
            if s > 0:
                continue
            # One term more: what the others leave of it, its size, and what it adds to each.
            for j in range(some):
                at = levels + j
                for g in range(pairs):
                    own_part[g] = alone[j, g] + jump_precision
                    size[g] = beside[j, p, g]
                for i in range(p):
                    for g in range(pairs):
                        left[i, g] = beside[j, i, g]
                    for m in range(i):
                        for g in range(pairs):
                            left[i, g] -= factor[i, m, g] * left[m, g]
                    for g in range(pairs):
                        left[i, g] /= factor[i, i, g]
                        own_part[g] -= left[i, g] * left[i, g]
                        size[g] -= left[i, g] * solved[i, g]
                for g in range(pairs):
                    likelihood[k, g, at] = likelihood[k, g, s] + 0.5 * (
                        size[g] * size[g] / own_part[g] + np.log(jump_precision / own_part[g])
                    )
                for c in range(wanted):
                    dot[:] = jumped[c, j]
                    for i in range(p):
                        for g in range(pairs):
                            dot[g] -= reached[c, i, g] * left[i, g]
                    for g in range(pairs):
                        part = dot[g] / own_part[g]
                        value[k, g, at, c] = value[k, g, s, c] + part * size[g]
                        variance[k, g, at, c] = variance[k, g, s, c] + part * dot[g]
    return likelihood, value, variance


@njit(cache=True, error_model="numpy")
def grid_weights(
    likelihood: Array, sizes: Array, lasting: Array, curvatures: Array, prior: Array, power: float
) -> Any:
    """Posterior over the grid of every topic, under candidates weighed by all of them.

    Parameters
    ----------
    likelihood : ndarray, shape (corpora, topics, pairs, levels)
        Logarithms.
    sizes, lasting, curvatures, prior : ndarray
        See :class:`trends.analysis.trend.shocks.Candidates`; the logarithm of its prior.
    power : float
        To which the likelihood of a topic is taken.

    Returns
    -------
    posterior : ndarray, of the shape of ``likelihood``
    learnt : ndarray, shape (corpora, pairs, levels)
    """
    corpora, topics, pairs, levels = likelihood.shape
    a, c, e = len(sizes), len(lasting), len(curvatures)
    posterior, learnt = np.empty(likelihood.shape), np.empty((corpora, pairs, levels))
    evidence = np.empty((topics, a, c, e))
    score, product, weight = np.empty((a, c, e)), np.empty((a, c, e)), np.empty((a, c, e))
    for b in range(corpora):
        score[:] = prior
        product[:] = 1.0
        for k in range(topics):
            own = posterior[b, k]
            own[:] = np.exp(likelihood[b, k] - likelihood[b, k].max())
            _gather(own, sizes, lasting, curvatures, evidence[k])
            for i in range(a):
                for j in range(c):
                    for m in range(e):
                        # Logarithms of products, as long as these can be told from 0.
                        product[i, j, m] *= evidence[k, i, j, m]
                        if product[i, j, m] < 1e-150:
                            score[i, j, m] += power * np.log(max(product[i, j, m], 1e-300))
                            product[i, j, m] = 1.0
        score += power * np.log(product)
        score[:] = np.exp(score - score.max())
        score /= score.sum()
        for k in range(topics):
            weight[:] = score / evidence[k]
            own = posterior[b, k]
            own *= _spread(weight, sizes, lasting, curvatures)
            own /= own.sum()
        learnt[b] = _spread(score, sizes, lasting, curvatures)
    return posterior, learnt


@njit(cache=True, error_model="numpy")
def _gather(values: Array, sizes: Array, lasting: Array, curvatures: Array, out: Array) -> None:
    """Mean of values of the grid under every candidate; not below 1e-150."""
    a, c, e = out.shape
    inner, levels = lasting.shape[1], values.shape[1]
    bent = np.zeros((len(values), e))
    for g in range(len(values)):
        for v in range(levels):
            for m in range(e):
                bent[g, m] += values[g, v] * curvatures[m, v]
    rows = bent[1:].reshape(-1, inner * e)
    sized = np.zeros((a, inner * e))
    for i in range(a):
        for s in range(len(rows)):
            for q in range(inner * e):
                sized[i, q] += sizes[i, s + 1] * rows[s, q]
        for j in range(c):
            for m in range(e):
                out[i, j, m] = sizes[i, 0] * bent[0, m]
            for r in range(inner):
                for m in range(e):
                    out[i, j, m] += lasting[j, r] * sized[i, r * e + m]
            for m in range(e):
                out[i, j, m] = max(out[i, j, m], 1e-150)


@njit(cache=True, error_model="numpy")
def _spread(weight: Array, sizes: Array, lasting: Array, curvatures: Array) -> Array:
    """From weights of candidates to weights of the grid."""
    a, c, e = weight.shape
    inner, some, levels = lasting.shape[1], sizes.shape[1], curvatures.shape[1]
    lasted, sized = np.zeros(inner * e), np.zeros((some, inner * e))
    for i in range(a):
        lasted[:] = 0.0
        for j in range(c):
            for r in range(inner):
                for m in range(e):
                    lasted[r * e + m] += lasting[j, r] * weight[i, j, m]
        for s in range(some):
            for q in range(inner * e):
                sized[s, q] += sizes[i, s] * lasted[q]
    out = np.zeros((1 + (some - 1) * inner, levels))
    for s in range(some):
        for r in range(inner):
            g = 0 if s == 0 else 1 + (s - 1) * inner + r
            for m in range(e):
                for v in range(levels):
                    out[g, v] += sized[s, r * e + m] * curvatures[m, v]
    return out
