"""Shares of documents by maximum likelihood, the topics fixed.

The fold-in of probabilistic latent semantic analysis.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.core.computing.limits import PLAIN
from trends.models.parallel import in_batches

Array = NDArray[np.float64]

#: Steps end for a document when none of its shares moved by more than this in one, and for all
#: after so many.
TOLERANCE, MOST_STEPS = 1e-5, 500
#: With more documents than this the steps are taken by compiled loops.
LARGE = PLAIN
#: Numbers (term of a document × topic) that are worked on at a time: 64 MB for each intermediate
#: result.
CHUNK = 8_000_000


def maximum_likelihood(
    phi: Array, matrix: sparse.csr_matrix, *, compiled: bool = False
) -> tuple[Array, int, int]:
    r"""θ of maximum likelihood in each document, by the EM steps of Hofmann [1]_.

    The log-likelihood of a document is :math:`\sum_w n_{dw} \log \sum_k θ_{dk} φ_{kw}`.

    The likelihood is concave in θ, so that the beginning (equal shares) decides nothing but where
    several θ explain a document equally well. Non-negative factorisation under Kullback–Leibler
    loss maximises the same likelihood [2]_: its shares are these.

    Parameters
    ----------
    phi : ndarray, shape (topics, terms)
        p(term | topic); terms that no topic has are left out.
    matrix : scipy.sparse.csr_matrix of int, shape (documents, terms)
        Counts.
    compiled : bool
        Take the compiled loops for few documents too.

    Returns
    -------
    theta : ndarray, shape (documents, topics)
        Rows sum to one; a document without a known term has equal shares.
    steps : int
        Of the document that took the most.
    left : int
        Documents whose shares still moved.

    References
    ----------
    .. [1] Hofmann, T. (1999). Probabilistic latent semantic indexing. SIGIR 1999.
    .. [2] Ding, C., Li, T. and Peng, W. (2008). On the equivalence between non-negative matrix
           factorization and probabilistic latent
       semantic indexing. Computational Statistics & Data Analysis 52.
    """
    known = phi.sum(axis=0) > 0
    m = sparse.csr_matrix(matrix[:, known], dtype=np.float64)
    if m.shape[0] <= LARGE and not compiled:
        return climb_reference(phi[:, known].T, m)
    from trends.models import kernels

    terms = np.ascontiguousarray(phi[:, known].T)
    theta = np.full((m.shape[0], len(phi)), 1.0 / len(phi))

    def some(first: int, end: int) -> tuple[int, int]:
        rows = m.indptr[first : end + 1].astype(np.int64)
        return kernels.climb(
            terms,
            m.data,
            m.indices.astype(np.int32, copy=False),
            rows,
            TOLERANCE,
            MOST_STEPS,
            theta[first:end],
        )

    return theta, *in_batches(some, m.shape[0])


def climb_reference(terms: Array, m: sparse.csr_matrix) -> tuple[Array, int, int]:
    """:func:`maximum_likelihood` in numpy, for φ transposed without the terms that no topic has."""
    theta = np.full((m.shape[0], terms.shape[1]), 1.0 / terms.shape[1])
    steps, left, first = 0, 0, 0
    while first < m.shape[0]:
        # Whole documents, as many as fit into a chunk, one at least.
        end = max(
            first + 1,
            int(np.searchsorted(m.indptr, m.indptr[first] + CHUNK // terms.shape[1], side="right"))
            - 1,
        )
        n, still = _climb(terms, m[first:end], theta[first:end])
        steps, left, first = max(steps, n), left + still, end
    return theta, steps, left


def _climb(terms: Array, m: sparse.csr_matrix, out: Array) -> tuple[int, int]:
    """EM on the rows of ``out``, in place; those that have settled take no further steps."""
    active = np.flatnonzero(np.diff(m.indptr) > 0)
    m = m[active]
    chance, place = terms[m.indices], np.repeat(np.arange(len(active)), np.diff(m.indptr))
    for step in range(1, MOST_STEPS + 1):
        if not len(active):
            return step - 1, 0
        theta = out[active]
        weight = m.data / np.maximum(np.einsum("ik,ik->i", chance, theta[place]), 1e-300)
        new = theta * (
            sparse.csr_matrix(
                (weight, np.arange(len(weight)), m.indptr), shape=(len(active), len(weight))
            )
            @ chance
        )
        new /= new.sum(axis=1, keepdims=True)
        moving = np.abs(new - theta).max(axis=1) > TOLERANCE
        out[active] = new
        if not moving.all():
            chance, m, active = chance[moving[place]], m[np.flatnonzero(moving)], active[moving]
            place = np.repeat(np.arange(len(active)), np.diff(m.indptr))
    return MOST_STEPS, len(active)
