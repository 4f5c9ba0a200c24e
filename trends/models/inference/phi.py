"""p(term | topic) from document shares and counts.

The φ of backends that do not estimate one themselves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trends.core import TermCounts


def term_distribution(theta: NDArray[np.float64], counts: TermCounts) -> NDArray[np.float64]:
    """Share of each term among the tokens that documents give to each topic.

    ``phi[k, w] = sum_d theta[d, k] * n[d, w]``, rows scaled to one: the maximum-likelihood estimate
    of p(term | topic) when every token of a document belongs to topic k with probability
    ``theta[d, k]``. A topic to which no token belongs has no estimate; it gets the distribution of
    the whole corpus, which is what is known about its terms.

    Parameters
    ----------
    theta : ndarray of float, shape (documents, topics)
        Document–topic shares.
    counts : TermCounts
        The same documents, at least one token in all.

    Returns
    -------
    ndarray of float, shape (topics, terms)
        Rows sum to one.
    """
    phi = np.asarray((counts.matrix.T.astype(np.float64) @ theta).T)
    total = phi.sum(axis=1)
    corpus = np.asarray(counts.matrix.sum(axis=0), dtype=np.float64).ravel()
    phi[total <= 0] = corpus
    return phi / phi.sum(axis=1, keepdims=True)
