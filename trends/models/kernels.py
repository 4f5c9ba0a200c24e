"""Compiled loops over documents, for many of them.

Imported only where there are many documents, because numba takes a second to import. Each kernel is
the compiled form of a function in numpy, which stays as the reference and is used for small numbers
of documents.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Sums may be taken in another order, which lets them run on vector units; nothing else is relaxed.
_SUMS = {"reassoc", "nsz", "contract"}


@njit(cache=True, nogil=True, fastmath=_SUMS, error_model="numpy")
def _replace(new: Array, shares: Array) -> float:
    """Replace a document's shares by new weights, normalized; the most that one of them moves."""
    whole, moved = new.sum(), 0.0
    for t in range(len(new)):
        share = new[t] / whole
        moved = max(moved, abs(share - shares[t]))
        shares[t] = share
    return moved


@njit(cache=True, nogil=True, fastmath=_SUMS, error_model="numpy")
def fold_in(
    terms: Array,
    data: Array,
    indices: NDArray[np.int32],
    indptr: NDArray[np.int64],
    alpha: Array,
    tolerance: float,
    most: int,
    out: Array,
) -> tuple[int, int]:
    """Fold in the documents of ``indptr``, with the result in ``out``.

    The reference is :func:`trends.models.inference.transfer.fold_in_reference`. Returns the largest
    number of steps, and how many documents did not converge.
    """
    k = terms.shape[1]
    longest = 0
    for d in range(len(indptr) - 1):
        longest = max(longest, indptr[d + 1] - indptr[d])
    r, total, now = np.empty((longest, k)), np.empty(k), np.empty(k)
    steps, left, prior = 0, 0, alpha.sum()
    for d in range(len(indptr) - 1):
        begin, n = indptr[d], indptr[d + 1] - indptr[d]
        for t in range(k):
            out[d, t] = alpha[t] / prior
        if n == 0:
            continue
        for i in range(n):
            w, whole = indices[begin + i], 0.0
            for t in range(k):
                r[i, t] = terms[w, t] * alpha[t]
                whole += r[i, t]
            for t in range(k):
                r[i, t] /= whole
        settled = False
        for step in range(1, most + 1):
            for t in range(k):
                total[t] = alpha[t]
                now[t] = alpha[t]
            for i in range(n):
                c = data[begin + i]
                for t in range(k):
                    total[t] += c * r[i, t]
            for i in range(n):
                w, whole = indices[begin + i], 0.0
                for t in range(k):
                    r[i, t] = terms[w, t] * max(total[t] - r[i, t], 0.0)
                    whole += r[i, t]
                c, scale = data[begin + i], 1.0 / whole
                for t in range(k):
                    r[i, t] *= scale
                    now[t] += c * r[i, t]
            if _replace(now, out[d]) <= tolerance:
                settled = True
                steps = max(steps, step)
                break
        if not settled:
            steps, left = most, left + 1
    return steps, left


@njit(cache=True, nogil=True, fastmath=_SUMS, error_model="numpy")
def climb(
    terms: Array,
    data: Array,
    indices: NDArray[np.int32],
    indptr: NDArray[np.int64],
    tolerance: float,
    most: int,
    out: Array,
) -> tuple[int, int]:
    """:func:`trends.models.inference.likelihood.climb_reference` for the documents of ``indptr``.

    It starts from the shares in ``out``, which are replaced; returns as :func:`fold_in`.
    """
    k = terms.shape[1]
    new = np.empty(k)
    steps, left = 0, 0
    for d in range(len(indptr) - 1):
        begin, end = indptr[d], indptr[d + 1]
        if begin == end:
            continue
        settled = False
        for step in range(1, most + 1):
            for t in range(k):
                new[t] = 0.0
            for i in range(begin, end):
                w, chance = indices[i], 0.0
                for t in range(k):
                    chance += terms[w, t] * out[d, t]
                weight = data[i] / max(chance, 1e-300)
                for t in range(k):
                    new[t] += weight * terms[w, t]
            for t in range(k):
                new[t] *= out[d, t]
            if _replace(new, out[d]) <= tolerance:
                settled = True
                steps = max(steps, step)
                break
        if not settled:
            steps, left = most, left + 1
    return steps, left


@njit(cache=True, nogil=True, fastmath=_SUMS, error_model="numpy")
def judge(
    terms: Array,
    data: Array,
    indices: NDArray[np.int32],
    indptr: NDArray[np.int64],
    alpha: Array,
    frequency: Array,
    tokens: Array,
    theta: Array,
    floor: float,
    steps: int,
    surprise: Array,
    distance: Array,
    topic: NDArray[np.int64],
) -> tuple[int, int]:
    """Judge the documents of ``indptr``; see :func:`trends.models.inference.judged.judge`.

    ``theta`` has a row for each document, or none where they are not the fit's own.
    """
    k, v, whole, prior = terms.shape[1], len(frequency), frequency.sum(), alpha.sum()
    longest = 0
    for d in range(len(indptr) - 1):
        longest = max(longest, indptr[d + 1] - indptr[d])
    chance, given = np.empty((longest, k)), np.zeros(k)
    shares, total = np.empty(k), np.empty(k)
    for d in range(len(indptr) - 1):
        begin, n = indptr[d], indptr[d + 1] - indptr[d]
        length, own = 0.0, 0.0
        given[:] = 0.0
        for i in range(n):
            length += data[begin + i]
        if n == 0:
            continue
        if len(theta):
            own = length
            for i in range(n):
                w, sum_ = indices[begin + i], 1e-300
                for t in range(k):
                    chance[i, t] = terms[w, t] * theta[d, t]
                    sum_ += chance[i, t]
                for t in range(k):
                    chance[i, t] *= data[begin + i] / sum_
                    given[t] += chance[i, t]
        for i in range(n):
            w = indices[begin + i]
            mine = data[begin + i] if len(theta) else 0.0
            # Half a word more of each, so that a word that nobody else has is rare, not impossible.
            usual = floor * (frequency[w] - mine + 0.5) / (whole - own + 0.5 * v)
            for t in range(k):
                others = terms[w, t]
                if len(theta):
                    left = max(tokens[t] - given[t], 1e-9)
                    others = max(others * tokens[t] - chance[i, t], 0.0) / left
                chance[i, t] = (1 - floor) * others + usual
        for t in range(k):
            shares[t] = alpha[t] / prior
        for _ in range(steps):
            total[:] = alpha
            for i in range(n):
                sum_ = 0.0
                for t in range(k):
                    sum_ += chance[i, t] * shares[t]
                scale = data[begin + i] / sum_
                for t in range(k):
                    total[t] += chance[i, t] * shares[t] * scale
            sum_ = total.sum()
            for t in range(k):
                shares[t] = total[t] / sum_
        log, total[:] = 0.0, 0.0
        for i in range(n):
            sum_, part = 0.0, data[begin + i] / length
            for t in range(k):
                sum_ += chance[i, t] * shares[t]
                total[t] += np.sqrt(part * chance[i, t])
            log += part * np.log(sum_)
        surprise[d] = -log
        topic[d] = shares.argmax()
        distance[d] = np.sqrt(max(1.0 - total.max(), 0.0))
    return 0, 0
