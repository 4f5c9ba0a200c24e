"""Where the topics of one fit go in another, when one may go to several."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from trends.analysis.alignment.similarity import Kind, compare
from trends.core.topics import Topics
from trends.errors import DataError


def transport(
    left: Topics, right: Topics, *, similarity: Kind = "documents", embeddings: Any = None
) -> NDArray[np.float64]:
    """Optimal transport of the topics' shares from one fit to the other [1]_ [2]_.

    An alignment is one to one; with unequal numbers of topics, or where a topic splits, part of the
    truth is one to many. Transport moves the share of each topic of the first fit to the topics of
    the second at the least total cost, the cost of a unit being one minus the similarity (negative
    similarities count as zero).

    Parameters
    ----------
    left, right : Topics
        The fits.
    similarity, embeddings
        As in :func:`trends.analysis.alignment.hungarian.align`.

    Returns
    -------
    ndarray of float, shape (topics of the first fit, topics of the second)
        Share moved from each to each; sums to one. Row sums are the first fit's shares among
        assigned mass, column sums the second's.

    Raises
    ------
    DataError
        If a fit assigns nothing, or the fits cannot be compared.

    Notes
    -----
    Every topic goes somewhere, whether or not it has a partner: this describes where mass goes, it
    does not test that topics are the same. For that use
    :func:`trends.analysis.alignment.hungarian.align`.

    References
    ----------
    .. [1] Kantorovich, L. V. (1942). On the translocation of masses. Doklady Akademii Nauk SSSR 37.
    .. [2] Fukuyama, J., Sankaran, K. and Symul, L. (2023). Multiscale analysis of count data
           through topic alignment.
       Biostatistics 24.
    """
    total = left.share.sum(), right.share.sum()
    if min(total) <= 0:
        message = "A fit that leaves every document unassigned has no shares to move."
        raise DataError(message)
    cost = 1 - np.clip(compare(left, right, similarity, embeddings).observed(), 0, 1)
    return move(left.share / total[0], right.share / total[1], cost)


def move(
    sources: NDArray[np.float64], sinks: NDArray[np.float64], cost: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The cheapest plan with these row and column sums, as a linear programme.

    Parameters
    ----------
    sources, sinks : ndarray of float, shapes (m,) and (n,)
        What leaves and what arrives; both sum to one.
    cost : ndarray of float, shape (m, n)
        Cost of moving one unit.
    """
    m, n = cost.shape
    leaving = sparse.kron(sparse.identity(m), np.ones((1, n)))
    arriving = sparse.kron(np.ones((1, m)), sparse.identity(n))
    # One constraint follows from the others; leaving it out keeps rounding of the sums from making
    # the programme infeasible.
    constraints: Any = sparse.vstack([leaving, arriving]).tocsr()[:-1]
    amounts = np.concatenate([sources, sinks])[:-1]
    found = linprog(cost.ravel(), A_eq=constraints, b_eq=amounts, bounds=(0, None), method="highs")
    if found.x is None:
        message = f"The shares could not be moved: {found.message}"
        raise DataError(message)
    return np.clip(found.x.reshape(m, n), 0.0, None)
