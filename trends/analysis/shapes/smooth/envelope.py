"""Simultaneous bands: from draws of a whole curve, by the rank of each draw among all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Envelope(NamedTuple):
    """A simultaneous band of one curve; arrays of shape (places,).

    ``p`` is that of the hypothesis that the curve is 0 at a place, allowing for all places: the
    band of level 1 - p is the widest that leaves 0 out there.
    """

    middle: Array
    low: Array
    high: Array
    p: Array


def envelope(draws: Array, level: float) -> Envelope:
    """The band between two ranks, the same at all places, that holds ``level`` of the draws whole.

    Parameters
    ----------
    draws : ndarray, shape (draws, places)
        Of one curve.
    level : float

    Returns
    -------
    Envelope

    Notes
    -----
    A multiple of the standard deviation (sup-t) would suit a normal posterior. That of a mean that
    may jump is not: where a jump is possible it has long arms to one side, which ranks follow.

    References
    ----------
    Besag, Green, Higdon and Mengersen (1995), Statistical Science 10, 3–41, section 6.3; Myllymäki
    et al. (2017), Journal of the Royal Statistical Society B 79, 381–404, for the p.
    """
    count = len(draws)
    # Place by place in memory, so that sorting is fast.
    rows = np.ascontiguousarray(draws.T)
    order = np.argsort(rows, axis=1)
    numbers, rank = np.arange(count, dtype=np.int32), np.empty(rows.shape, dtype=np.int32)
    for own, places in zip(rank, order, strict=True):
        own[places] = numbers
    depth = np.sort(np.minimum(rank, count - 1 - rank).min(axis=0))
    at = int(depth[int(np.floor((1 - level) * count))])
    ordered = np.take_along_axis(rows, order, axis=1)
    below = np.array([np.searchsorted(row, 0.0) for row in ordered])
    above = count - np.array([np.searchsorted(row, 0.0, side="right") for row in ordered])
    p = np.searchsorted(depth, np.minimum(below, above), side="left") / count
    middle = 0.5 * (ordered[:, (count - 1) // 2] + ordered[:, count // 2])
    low, high = ordered[:, at], ordered[:, count - 1 - at]
    return Envelope(middle, low, high, np.maximum(p, 1 / count))
