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
