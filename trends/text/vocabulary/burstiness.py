"""Residual idf: whether a term comes in bursts, as words of content do."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trends.core import TermCounts

#: Terms of one block of the terms × lengths table.
BLOCK = 1024


def residual_idf(counts: TermCounts) -> NDArray[np.float64]:
    r"""How many fewer documents contain a term than if its occurrences fell at random, in bits.

    Somebody who writes about proteins writes "protein" again; nobody writes "furthermore" again
    because of having written it. Church and Gale [1]_ compare the idf of a term with the idf that a
    Poisson model of its frequency predicts. Here the rate is proportional to the length of the
    document, so that a mixture of short and long documents does not look like bursts:

    .. math:: \log_2 \frac{\sum_d 1 - \exp(-c_w \ell_d / \sum_e \ell_e)}{n_w} ,

    with :math:`c_w` occurrences in :math:`n_w` documents and :math:`\ell_d` tokens in document
    :math:`d`. About zero for a term that falls at random, positive for a bursty one.

    Parameters
    ----------
    counts : TermCounts
        Counts over the whole vocabulary.

    Returns
    -------
    ndarray of float, shape (terms,)
        Bits; zero for a term that does not occur.

    References
    ----------
    .. [1] K. Church, W. Gale (1995). Inverse document frequency (IDF): a measure of deviations from
           Poisson. Proc. Third Workshop on
       Very Large Corpora, 121–130.
    """
    total = np.asarray(counts.matrix.sum(axis=0), dtype=float).ravel()
    df = counts.document_frequency
    lengths, documents = np.unique(counts.tokens[counts.tokens > 0], return_counts=True)
    out = np.zeros(counts.n_terms)
    if not len(lengths):
        return out
    share = lengths / counts.tokens.sum()
    for start in range(0, counts.n_terms, BLOCK):
        part = slice(start, start + BLOCK)
        expected = -np.expm1(-np.outer(total[part], share)) @ documents
        occurs = df[part] > 0
        out[part][occurs] = np.log2(expected[occurs] / df[part][occurs])
    return out
