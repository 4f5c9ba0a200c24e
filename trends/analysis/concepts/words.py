"""What became of each word of a concept: how often it occurs, beside what, and what it adds."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from trends.core import TermCounts

#: A partner stands in so many documents of the word at least, or in such a part of them.
SUPPORT, PART = 3, 0.02


def partners(
    counts: TermCounts, held: sparse.csr_matrix, avoid: NDArray[np.bool_], *, n: int = 5
) -> list[list[str]]:
    r"""The terms that stand beside each word more often than by chance.

    By normalised pointwise mutual information over documents,
    :math:`\ln\frac{p(w, t)}{p(w)\,p(t)} / -\ln p(w, t)`.

    Parameters
    ----------
    counts : TermCounts
        Terms of the documents.
    held : scipy.sparse.csr_matrix, shape (documents, words)
        Occurrences of the words.
    avoid : ndarray of bool, shape (terms,)
        Terms that are no partners, such as the words themselves.
    n : int
        Partners a word at most.

    References
    ----------
    Bouma (2009), Normalized (pointwise) mutual information in collocation extraction, Proceedings
    of the GSCL conference.
    """
    documents = counts.n_documents
    binary = sparse.csr_matrix(
        (np.ones(counts.matrix.nnz), counts.matrix.indices, counts.matrix.indptr),
        shape=counts.matrix.shape,
    )
    mine = sparse.csr_matrix((held > 0).astype(float))
    both = sparse.csr_matrix(mine.T @ binary)
    df = counts.document_frequency
    out = []
    for j, size in enumerate(np.asarray(mine.sum(axis=0)).ravel()):
        row = slice(both.indptr[j], both.indptr[j + 1])
        term, joint = both.indices[row], both.data[row]
        keep = (joint >= max(SUPPORT, PART * size)) & ~avoid[term]
        term, joint = term[keep], joint[keep]
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.log(joint * documents / (size * df[term])) / -np.log(joint / documents)
        value = np.where(np.isfinite(value), value, 1.0)
        best = np.lexsort((term, -value))[:n]
        out.append([counts.vocabulary[term[i]] for i in best if value[i] > 0])
    return out


def contributions(occurs: sparse.csr_matrix, at_least: int) -> pd.DataFrame:
    """What each word adds to a concept.

    Parameters
    ----------
    occurs : scipy.sparse.csr_matrix, shape (documents, words)
        Occurrences of the words in the documents that nothing excludes.
    at_least : int
        How often words must occur in a document that holds the concept.

    Returns
    -------
    pandas.DataFrame
        One row a word: ``documents``, ``occurrences``, ``only_by_it`` (documents that would not
        hold the concept without it).
    """
    total = np.asarray(occurs.sum(axis=1)).ravel()
    table = sparse.coo_matrix(occurs)
    needed = (total[table.row] >= at_least) & (total[table.row] - table.data < at_least)
    words = occurs.shape[1]
    return pd.DataFrame(
        {
            "documents": np.bincount(table.col[table.data > 0], minlength=words),
            "occurrences": np.asarray(occurs.sum(axis=0)).ravel(),
            "only_by_it": np.bincount(table.col[needed], minlength=words),
        }
    )
