"""A line that is higher or lower from one period on: where it may jump, and by how much."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: From this many periods on the mean may jump, once: with fewer a jump and two shocks look alike.
ENOUGH = 10

#: Prior standard deviation (log-odds) of a jump.
SIZE = 1.5


class Jumps(NamedTuple):
    """A further term of the mean, 0 before a place and 1 from there on, at one place at a time.

    Parameters
    ----------
    places : ndarray of int, shape (places,)
        Number of the first period after the jump.
    contrasts : ndarray, shape (contrasts, places)
        The contrasts of the term.
    precision : float
        Prior precision of its size.
    """

    places: NDArray[np.int64]
    contrasts: Array
    precision: float = SIZE**-2.0


def jumps_of(weights: Array, most: int) -> Jumps:
    """Jumps with two periods or more on either side, at places that are evenly spread.

    Parameters
    ----------
    weights : ndarray, shape (contrasts, periods)
        Of the periods in the contrasts.
    most : int
        Places at most.
    """
    periods = weights.shape[1]
    inside = np.arange(2, periods - 1) if periods >= ENOUGH else np.arange(0)
    some = np.linspace(0, len(inside) - 1, min(most, len(inside))).round().astype(np.int64)
    places = inside[some].astype(np.int64)
    return Jumps(places, weights @ (np.arange(periods)[:, None] >= places))
