"""Which periods a corpus covers as a whole, where nobody says so: told by the documents."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: A period with less than this part of the documents of those around it is a hole in its source …
HOLE = 0.25
#: … if so many were to be expected, and if at most this part of all periods is that small.
EXPECTED, RARE = 20, 0.2
#: An end with less than this part of the documents of the periods beside it was cut off.
CUT = 0.5
#: Periods beside an end that are compared with it, how many of them there have to be, and how many
#: documents half of them have to hold.
BESIDE, LEAST, FEW = 5, 3, 10
#: A gap at an edge that is less probable than this, and longer than beside it, is a cut.
CHANCE = 0.01

Days = NDArray[np.datetime64]


def holes(n_docs: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Periods inside the span with far fewer documents than those around, but not without any.

    Parameters
    ----------
    n_docs : ndarray of float, shape (periods,)
        Documents in each period.

    Returns
    -------
    ndarray of bool, shape (periods,)
    """
    found = np.zeros(len(n_docs), dtype=bool)
    for i in range(1, len(n_docs) - 1):
        around = np.concatenate([n_docs[max(0, i - 3) : i], n_docs[i + 1 : i + 4]])
        usual = float(np.median(around))
        found[i] = usual >= EXPECTED and 0 < n_docs[i] < HOLE * usual
    return found if found.sum() <= max(1, RARE * len(n_docs)) else np.zeros_like(found)


def whole_ends(
    first: Days, last: Days, starts: Days, ends: Days, n_docs: NDArray[np.float64]
) -> tuple[bool, bool]:
    """Whether the first and the last period look as whole as those beside them.

    An end is whole if its documents begin (or stop) as close to its edge as they do in the periods
    beside it, or as they well may if days are drawn at random, and if it has not far fewer of them.
    Where all dates mean whole periods, such as
    years, the edge says nothing and the number decides. Without periods beside it an end is not
    known to be whole.

    Parameters
    ----------
    first, last : ndarray of datetime64[D], shape (documents,)
        First and last day that the date of each document may mean.
    starts, ends : ndarray of datetime64[D], shape (periods,)
        Edges of the periods.
    n_docs : ndarray of float, shape (periods,)
        Documents in each period.

    Returns
    -------
    bool, bool
        For the first and for the last period.
    """
    n = len(starts)
    begins, stops = (np.searchsorted(starts, days, side="right") - 1 for days in (first, last))
    # Days from the edges of each period to the nearest date in it; as many as can be if there is
    # none.
    days = (ends - starts).astype(np.int64) + 1
    gaps = np.tile(days, (2, 1))
    np.minimum.at(gaps[0], begins, (first - starts[begins]).astype(np.int64))
    np.minimum.at(gaps[1], stops, (ends[stops] - last).astype(np.int64))
    coarse = bool(((first <= starts[begins]) & (last >= ends[stops])).all())
    usable = (n_docs > 0) & ~holes(n_docs)
    inner = np.flatnonzero(usable[1:-1]) + 1
    return (
        _whole(0, gaps[0] / days, inner[:BESIDE], n_docs, coarse),
        _whole(n - 1, gaps[1] / days, inner[-BESIDE:], n_docs, coarse),
    )


def _whole(
    at: int,
    gaps: NDArray[np.float64],
    beside: NDArray[np.int64],
    n_docs: NDArray[np.float64],
    coarse: bool,
) -> bool:
    if len(beside) < LEAST:
        return False
    usual = float(np.median(n_docs[beside]))
    if usual < FEW or n_docs[at] < CUT * usual:
        return False
    # Among n days drawn at random none lies in a part g of the period with probability exp(-n g).
    by_chance = np.exp(-usual * gaps[at]) >= CHANCE
    return coarse or bool(gaps[at] <= gaps[beside].max() or by_chance)
