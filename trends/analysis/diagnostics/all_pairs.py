"""Pairs of documents whose term counts have a large cosine, without comparing all pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

#: Documents whose candidates are looked up at a time, and pairs that are checked at a time.
BLOCK, PAIRS = 1_024, 500_000
#: Groups of terms in the second bound.
GROUPS = 64
#: Rounding must not separate documents that are the same.
SLACK = 1e-9


def similar_counts(
    counts: sparse.csr_matrix, least: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    r"""All pairs of rows with a cosine of at least ``least``.

    Parameters
    ----------
    counts : scipy.sparse.csr_matrix, shape (documents, terms)
        Not negative, indices sorted, no empty row.
    least : float
        Above 0, at most 1.

    Returns
    -------
    left, right : ndarray of int, shape (pairs,)
        Rows, left < right, in ascending order.

    Notes
    -----
    Exact. Let the mass of a term in a document be its squared count over the sum of them. Documents
    with cosine s share terms of mass :math:`s^2` in either of them (Cauchy and Schwarz), so that
    what they do not share has at most :math:`1 - s^2`. Take of each document its rarest terms until
    they have twice that mass: of at least one of the two documents, all but :math:`1 - s^2` of this
    part lies in the same part of the other, since each of these parts holds all terms that are
    rarer than its last. Only pairs that share so much of their rare terms are compared (a prefix
    filter [1]_). A second bound sums, over groups of terms, the products of the two documents'
    lengths in each group. The cosine of what passes is computed.

    References
    ----------
    .. [1] Bayardo, R. J., Ma, Y. and Srikant, R. (2007). Scaling up all pairs similarity search.
           WWW 2007.
    """
    length = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    unit = sparse.csr_matrix(sparse.diags_array(1 / length) @ counts)
    # Rarest first; of equals the first in the vocabulary.
    order = np.argsort(np.bincount(unit.indices, minlength=unit.shape[1]), kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    lost = 1 - least**2
    rare = _rarest(unit, rank, min(1.0, 2 * lost + 0.01))
    held = np.asarray(rare.sum(axis=1)).ravel()
    there = sparse.csr_matrix(
        (np.ones_like(rare.data), rare.indices, rare.indptr), shape=rare.shape
    ).T.tocsr()
    group = sparse.csr_matrix(
        (np.ones(len(rank)), (np.arange(len(rank)), rank % GROUPS)), shape=(len(rank), GROUPS)
    )
    lengths = np.sqrt((unit.multiply(unit).tocsr() @ group).toarray())
    found: list[NDArray[np.int64]] = []
    for at in range(0, len(held), BLOCK):
        shared = sparse.coo_matrix(rare[at : at + BLOCK] @ there)
        left, right = shared.row.astype(np.int64) + at, shared.col.astype(np.int64)
        near = (shared.data >= held[left] - lost - 1e-8) & (left != right)
        left, right = left[near], right[near]
        for part in range(0, len(left), PAIRS):
            a, b = left[part : part + PAIRS], right[part : part + PAIRS]
            close = np.einsum("ij,ij->i", lengths[a], lengths[b]) >= least - 1e-8
            found.append(np.column_stack([np.minimum(a, b)[close], np.maximum(a, b)[close]]))
    pairs = np.unique(np.concatenate([np.zeros((0, 2), dtype=np.int64), *found]), axis=0)
    cosine = [
        np.asarray(
            unit[pairs[i : i + PAIRS, 0]].multiply(unit[pairs[i : i + PAIRS, 1]]).sum(axis=1)
        ).ravel()
        for i in range(0, len(pairs), PAIRS)
    ]
    kept = pairs[np.concatenate([np.zeros(0), *cosine]) >= least - SLACK]
    return kept[:, 0], kept[:, 1]


def _rarest(unit: sparse.csr_matrix, rank: NDArray[np.int64], mass: float) -> sparse.csr_matrix:
    """Squared weights of each row's rarest terms, until they sum to ``mass``."""
    row = np.repeat(np.arange(unit.shape[0]), np.diff(unit.indptr))
    order = np.lexsort((rank[unit.indices], row))
    squared = unit.data[order] ** 2
    total = np.cumsum(squared)
    before = total - squared
    before -= np.repeat(before[unit.indptr[:-1]], np.diff(unit.indptr))
    keep = before < mass
    where = (row[keep], unit.indices[order][keep])
    return sparse.csr_matrix((squared[keep], where), shape=unit.shape)
