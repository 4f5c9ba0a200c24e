"""Optimization of UMAP's layout, compiled for one thread, with tabulated forces.

It takes a third of the time of the library's. Imported only where there are many documents; for
few,
the library's own is used, which this one is compared with in the tests.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

#: Forces are tabulated for squared distances from 2**LOWEST to 2**HIGHEST, in 2**FINE steps to
#: every doubling, and interpolated: 4 digits and more.
LOWEST, HIGHEST, FINE = -40, 20, 6
#: Bits of a number in single precision below those that name its step, and the step of 2**LOWEST.
_REST = 23 - FINE
_FIRST = (127 + LOWEST) << FINE
_LAST = ((HIGHEST - LOWEST) << FINE) - 1
#: No step of a document along an axis is longer, in units of the learning rate; and documents that
#: push it for each that pulls it. Both as in the library.
_LONGEST, _PUSHES = np.float32(4.0), 5


def forces(a: float, b: float) -> NDArray[np.float32]:
    """Attraction and repulsion at squared distances, shape (steps, 4): each value and its change.

    Parameters
    ----------
    a, b : float
        Of the curve 1 / (1 + a d^2b), which says how alike two documents at distance d of the
        layout are.
    """
    square = np.append(
        np.ldexp(1 + np.arange(2**FINE) / 2**FINE, np.arange(LOWEST, HIGHEST)[:, None]).ravel(),
        2.0**HIGHEST,
    )
    curve = a * square**b + 1
    pull, push = 2 * a * b * square ** (b - 1) / curve, 2 * b / ((0.001 + square) * curve)
    return np.column_stack([pull[:-1], np.diff(pull), push[:-1], np.diff(push)]).astype(np.float32)


@njit(cache=True, nogil=True)
def _bits(value: Any) -> Any:
    return np.float32(value).view(np.int32)


@njit(cache=True, nogil=True, fastmath=True)
def optimize_layout(
    points: NDArray[np.float32],
    head: NDArray[np.int32],
    tail: NDArray[np.int32],
    every: NDArray[np.float32],
    epochs: int,
    table: NDArray[np.float32],
    seed: int,
) -> None:
    """Stochastic gradient descent of UMAP; ``points`` are moved in place.

    McInnes, Healy and Melville (2018), section 4.2. As the library's ``optimize_layout_euclidean``
    but for the table, the random numbers (a
    congruential generator of 64 bits), and the pushes of one step, which are measured from one
    place and added up.

    Parameters
    ----------
    points : ndarray of float32, shape (documents, dimensions)
        The first layout.
    head, tail, every : ndarray, shape (pairs,)
        Pairs of neighbours, and after how many epochs each pulls again.
    epochs : int
        The learning rate falls from 1 towards 0 over them.
    table : ndarray of float32
        :func:`forces`.
    seed : int
        Of the random numbers.
    """
    n, dimensions = np.uint64(points.shape[0]), points.shape[1]
    due = every.copy()
    state = np.uint64(seed)
    part = np.float32(1.0 / 2**_REST)
    here, push = np.empty(dimensions, np.float32), np.empty(dimensions, np.float32)
    for epoch in range(epochs):
        # The first epoch and the second have the same rate, as in the library.
        rate = np.float32(1.0 - max(epoch - 1, 0) / epochs)
        for i in range(len(head)):
            if due[i] > epoch:
                continue
            due[i] += every[i]
            j, k = np.uint64(head[i]), np.uint64(tail[i])
            square = np.float32(1e-12)
            for d in range(dimensions):
                square += (points[j, d] - points[k, d]) ** 2
            bits = _bits(square)
            at = np.uint64(min(max((bits >> _REST) - _FIRST, 0), _LAST))
            force = table[at, 0] + np.float32(bits & ((1 << _REST) - 1)) * part * table[at, 1]
            for d in range(dimensions):
                step = min(max(force * (points[k, d] - points[j, d]), -_LONGEST), _LONGEST) * rate
                here[d] = points[j, d] + step
                points[k, d] -= step
                push[d] = 0.0
            for _ in range(_PUSHES):
                state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
                k = ((state >> np.uint64(32)) * n) >> np.uint64(32)
                square = np.float32(1e-12)
                for d in range(dimensions):
                    square += (here[d] - points[k, d]) ** 2
                bits = _bits(square)
                at = np.uint64(min(max((bits >> _REST) - _FIRST, 0), _LAST))
                force = table[at, 2] + np.float32(bits & ((1 << _REST) - 1)) * part * table[at, 3]
                for d in range(dimensions):
                    push[d] += min(max(force * (here[d] - points[k, d]), -_LONGEST), _LONGEST)
            for d in range(dimensions):
                points[j, d] = here[d] + rate * push[d]
