"""Stretches of time over which a curve rose or fell, found over short and long windows."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trends.analysis.shapes.smooth.envelope import Envelope, envelope

Array = NDArray[np.float64]

#: Lengths of the windows, as parts of the span. A sudden rise shows in short ones, which say when
#: it was; a slow one only in long ones.
PARTS = (12, 4, 2)

#: Windows of one length that are looked at; over longer series they start further apart.
MOST = 240


class Stretch(NamedTuple):
    """From place ``start`` to place ``stop`` a curve changed by ``change`` (low to high)."""

    start: int
    stop: int
    change: float
    low: float
    high: float
    p: float


def window_of(places: int) -> int:
    """Length of the shortest window over so many places."""
    return max(1, places // PARTS[0])


def stretches(draws: Array, level: float) -> tuple[list[Stretch], float]:
    """When a curve rose or fell, and the p of that it ever did.

    Parameters
    ----------
    draws : ndarray, shape (draws, places)
        Of one curve.
    level : float
        Of the envelope of the changes over all windows at once.

    Returns
    -------
    list of Stretch
        In order of time, without overlap: windows that follow one another and whose changes leave
        out 0 on one side, the shortest first; longer ones only where no shorter one says when.
    p : float
        The smallest p of a window; all allow for one another.
    """
    places = draws.shape[1]
    lengths = sorted({max(1, places // part) for part in PARTS})
    apart = -(-places // MOST)
    starts = [np.arange(0, places - length, apart) for length in lengths]
    changes = [
        draws[:, a + length] - draws[:, a] for a, length in zip(starts, lengths, strict=True)
    ]
    found = envelope(np.hstack(changes), level)
    runs: list[tuple[int, int, float]] = []
    first = 0
    for a, length in zip(starts, lengths, strict=True):
        part = Envelope(*(values[first : first + len(a)] for values in found))
        first += len(a)
        way = np.where(part.low > 0, 1, np.where(part.high < 0, -1, 0))
        edges = np.flatnonzero(np.diff(way, prepend=0, append=0))
        for one, other in pairwise(edges):
            begin, end = int(a[one]), int(a[other - 1]) + length
            free = all(end <= b or begin >= e for b, e, _ in runs)
            if way[one] and free:
                runs.append((begin, end, float(part.p[one:other].min())))
    runs.sort()
    if not runs:
        return [], float(found.p.min())
    size = envelope(np.column_stack([draws[:, b] - draws[:, a] for a, b, _ in runs]), level)
    return [
        Stretch(a, b, float(size.middle[i]), float(size.low[i]), float(size.high[i]), p)
        for i, (a, b, p) in enumerate(runs)
    ], float(found.p.min())
