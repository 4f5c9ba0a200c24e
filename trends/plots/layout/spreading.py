"""Spreading: places for labels that keep a distance, each as near as can be to what it names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def spread(
    wanted: Sequence[float] | NDArray[np.float64], gap: float, low: float, high: float
) -> NDArray[np.float64]:
    """Move places apart.

    Least squares under "at least ``gap`` apart, in the order of what was wanted": places minus
    their number times the gap may not fall, so pooling adjacent violators solves it; then all are
    kept between the ends.

    Parameters
    ----------
    wanted : sequence of float, shape (labels,)
        Where each label would stand by itself; any order, equal values keep their order.
    gap : float
        Smallest distance of two labels, in the same unit; smaller where the ends leave less room.
    low, high : float
        The ends.

    Returns
    -------
    ndarray, shape (labels,)
    """
    at = np.asarray(wanted, dtype=np.float64)
    n = len(at)
    if n == 0:
        return at
    gap = min(gap, (high - low) / max(n - 1, 1))
    order = np.argsort(at, kind="stable")
    steps = gap * np.arange(n)
    pools: list[tuple[float, int]] = []
    for value in at[order] - steps:
        mean, size = float(value), 1
        while pools and pools[-1][0] > mean:
            before, count = pools.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        pools.append((mean, size))
    free = np.repeat([mean for mean, _ in pools], [size for _, size in pools])
    out = np.empty(n)
    out[order] = np.clip(free, low, high - steps[-1]) + steps
    return out
