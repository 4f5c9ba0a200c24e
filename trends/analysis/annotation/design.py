"""Which documents people code: a stratified draw with known probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trends.core.computing.rng import Rng, generator_from
from trends.errors import DataError, UsageError

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Design:
    """A stratified sample of documents, simple random within each stratum.

    Parameters
    ----------
    stratum : ndarray of int, shape (documents,)
        Stratum of each document; -1 outside time, where nothing is drawn.
    sizes, drawn : ndarray of int, shape (strata,)
        Documents of each stratum, and how many of them were drawn.
    rows : ndarray of int, shape (labels,)
        Documents that were drawn, in random order: neither period nor prediction shows in it.
    by : str
        What the strata are: ``"period and prediction"`` or ``"period"``.
    """

    stratum: Indices
    sizes: Indices
    drawn: Indices
    rows: Indices
    by: str

    @property
    def probability(self) -> NDArray[np.float64]:
        """Probability of each drawn document to be drawn, shape (labels,)."""
        at = self.stratum[self.rows]
        return self.drawn[at] / self.sizes[at]


def draw_sample(
    period: ArrayLike, group: ArrayLike, n: int, *, floor: int = 2, rng: Rng | None = None
) -> Design:
    """Draw documents for coding.

    Every period gets the same number of labels, as far as it has documents, since spans weigh
    periods equally. Within a period labels are spread over predictions in proportion to their
    documents, but no prediction gets fewer than the floor, so that what the prediction misses is
    seen too. Where labels are too few for that, the strata are the periods alone.

    Parameters
    ----------
    period : array-like of int, shape (documents,)
        -1 for documents outside time.
    group : array-like of int, shape (documents,)
        Predicted topic, or whether the concept is predicted.
    n : int
        Labels in all.
    floor : int
        Fewest labels of a stratum; smaller strata are coded as a whole.
    rng : int or numpy.random.Generator
        Of the draw and of the order.

    Returns
    -------
    Design

    Raises
    ------
    UsageError
        If there are fewer labels than the periods need.
    DataError
        If no document has a period.

    Examples
    --------
    >>> from trends.analysis.annotation.design import draw_sample
    >>> design = draw_sample([0, 0, 0, 1, 1, 1], [1, 0, 0, 1, 0, 0], 4, floor=1, rng=7)
    >>> design.drawn.tolist(), design.probability.round(2).tolist()
    ([1, 1, 1, 1], [1.0, 1.0, 0.5, 0.5])
    """
    period, group = np.asarray(period, np.int64), np.asarray(group, np.int64)
    draw = generator_from(rng)
    inside = np.flatnonzero(period >= 0)
    if not len(inside):
        message = "No document lies in a period, so there is nothing to code."
        raise DataError(message)
    cells, cell = np.unique(period[inside] + 1j * group[inside], return_inverse=True)
    by = "period and prediction"
    least = np.minimum(floor, np.bincount(cell)).sum()
    if least > n:
        cells, cell = np.unique(period[inside], return_inverse=True)
        by = "period"
        least = np.minimum(floor, np.bincount(cell)).sum()
    if least > n:
        message = (
            f"{n} labels are too few for {len(cells)} periods, each of which needs {floor}; "
            f"code at least {least}, or take longer periods."
        )
        raise UsageError(message)
    sizes = np.bincount(cell)
    drawn = _allocated(sizes, cells.real, n, floor)
    stratum = np.full(len(period), -1)
    stratum[inside] = cell
    rows = np.concatenate(
        [
            draw.choice(np.flatnonzero(stratum == s), size=k, replace=False)
            for s, k in enumerate(drawn)
        ]
    )
    return Design(stratum, sizes, drawn, draw.permutation(rows), by)


def _allocated(sizes: Indices, period: NDArray[np.float64], n: int, floor: int) -> Indices:
    """Labels of each stratum: one after the other to the period that has fewest.

    Within it the stratum whose share of labels lies furthest below its share of documents is next.
    """
    drawn = np.minimum(floor, sizes)
    at = np.unique(period, return_inverse=True)[1]
    documents = np.bincount(at, sizes)
    for _ in range(min(n, int(sizes.sum())) - int(drawn.sum())):
        labels, room = np.bincount(at, drawn), np.bincount(at, sizes - drawn) > 0
        next_period = int(np.argmin(np.where(room, labels, np.inf)))
        short = (labels[at] + 1) * sizes / documents[at] - drawn
        open_here = (at == next_period) & (drawn < sizes)
        drawn[np.argmax(np.where(open_here, short, -np.inf))] += 1
    return drawn
