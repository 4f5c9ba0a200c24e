"""Similarity between topics without a partner, whose documents each fit had to put somewhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trends.analysis.alignment.similarity import Comparison

Matrix = NDArray[np.float64]


def scatter(
    comparison: Comparison, beyond: Matrix, pairs: NDArray[np.int64], alive: NDArray[np.bool_]
) -> Matrix:
    r"""Similarity that each two topics would have if neither had a partner.

    Where a fit lacks a topic, the documents of that topic scatter over the topics that it has. Two
    topics without a partner so share documents twice over: the left one's documents had to go
    somewhere on the right, and the right one's somewhere on the left. How much, the pairs say that
    are *not* matched: there the mass that topic :math:`i` and topic :math:`j` share is noise and
    scatter and nothing else. Noise exchanges documents between topics in proportion to their sizes;
    scatter of a row and of a column comes on top of it, and adds up:

    .. math:: e_{ij} = \lambda m_i m_j + \overline{(N - \lambda m m)}_{i\cdot} + \overline{(N -
    \lambda m m)}_{\cdot j},
       \qquad \lambda = \frac{\sum N_{kl}}{\sum m_k m_l},

    with N the mean product of two shares, m the mean shares, and all means and sums over cells that
    are not matched: of row i, of column j, and (for :math:`\lambda`) outside both. As in
    quasi-independence [1]_ the matched cells are left out of the table; but scatter is additive,
    since documents move from either side on their own.

    Parameters
    ----------
    comparison : Comparison
        Of the two fits. For ``documents``, what noise and scatter add to independence is turned
        into a correlation; for other similarities N is the similarity beyond chance and all topics
        count as equally large.
    beyond : ndarray of float, shape (topics of the left fit, topics of the right fit)
        Similarity beyond chance.
    pairs : ndarray of int, shape (pairs, 2)
        Provisional matches, lonely topics among them.
    alive : ndarray of bool, shape (topics of the left fit, topics of the right fit)
        Cells of topics that are not empty.

    Returns
    -------
    ndarray of float, shape (topics of the left fit, topics of the right fit)
        Not negative; 0 where there are no other topics to learn it from.

    References
    ----------
    .. [1] Goodman, L. A. (1968). The analysis of cross-classified data: independence,
           quasi-independence, and interactions in
       contingency tables with or without missing entries. Journal of the American Statistical
       Association 63.
    """
    if comparison.shared_mass is not None:
        mass, independent, scale = comparison.shared_mass
        chance = independent
    else:
        mass, independent, scale, chance = (
            beyond,
            np.ones_like(beyond),
            np.ones_like(beyond),
            np.zeros_like(beyond),
        )
    free = alive.copy()
    free[pairs[:, 0], pairs[:, 1]] = False
    cells, shared, apart = (
        free.astype(float),
        np.where(free, mass, 0.0),
        np.where(free, independent, 0.0),
    )
    rate = _outside(shared) / np.where(_outside(apart) > 0, _outside(apart), np.inf)
    rows, columns = _row(cells), _column(cells)
    of_row = (_row(shared) - rate * _row(apart)) / np.maximum(rows, 1)
    of_column = (_column(shared) - rate * _column(apart)) / np.maximum(columns, 1)
    expected = rate * independent + of_row + of_column
    usable = (rows > 0) & (columns > 0) & (scale > 0)
    return np.where(usable, np.maximum(expected - chance, 0.0) / np.where(usable, scale, 1.0), 0.0)


def _row(values: Matrix) -> Matrix:
    """For each cell the sum of its row without the cell itself."""
    return values.sum(1, keepdims=True) - values


def _column(values: Matrix) -> Matrix:
    return values.sum(0) - values


def _outside(values: Matrix) -> Matrix:
    """For each cell the sum of all that is neither in its row nor in its column.

    Rounding never makes it negative.
    """
    rest = values.sum() - values.sum(1, keepdims=True) - values.sum(0) + values
    return np.where(np.abs(rest) > 1e-12 * max(np.abs(values).sum(), 1e-300), rest, 0.0)
