"""The same document more than once: intervals and tests count it as independent evidence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.analysis.diagnostics.all_pairs import similar_counts
from trends.core import TermCounts
from trends.core.duplicates import first_members

#: Cosine of term counts from which on two documents are one.
SAME = 0.95

#: Shorter documents share all their few words by chance.
SHORTEST = 10


def duplicates(
    counts: TermCounts, *, same: float = SAME
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Group documents whose words are (nearly) the same.

    Parameters
    ----------
    counts : TermCounts
        In the order of the corpus, which is that of time.
    same : float
        Cosine of counts from which on documents are joined; 1 joins identical ones only. Chains
        count as one group.

    Returns
    -------
    group : ndarray of int, shape (documents,)
        The first document of each document's group.
    keep : ndarray of bool, shape (documents,)
        True for the first document of each group, in the order of the corpus.
    """
    n = counts.n_documents
    long = np.flatnonzero(counts.tokens >= SHORTEST)
    group = np.arange(n)
    if len(long):
        a, b = similar_counts(sparse.csr_matrix(counts.matrix[long], dtype=float), same)
        group[long] = long[first_members(len(long), a, b)]
    return group, group == np.arange(n)
