"""How far the documents of a term differ from a random draw: its informativeness.

"Propose", "existing methods" and "extensive experiments" occur in abstracts about everything. What
makes them useless as names of topics is neither that they are frequent nor that they are rare, but
that the documents that contain them look like a random draw from the corpus. This module measures
that, for every term, from the counts alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.core import TermCounts

#: Terms of one sparse product; bounds memory at about this many times the vocabulary.
BLOCK = 512
#: Documents from which the spread of the null distribution is estimated.
NULL_DOCUMENTS = 2000


@dataclass(frozen=True)
class Informativeness:
    """The statistic of every term.

    Parameters
    ----------
    ratio : ndarray of float, shape (terms,)
        Squared distance over its expectation for a random set of documents; 1 for a term
        without information, NaN where undefined.
    spread : float
        Standard deviation of ``ratio`` for a random set, shared by all terms; NaN where it cannot
        be estimated.
    effect : ndarray of float, shape (terms,)
        Squared distance between the documents with and without the term in excess of its
        expectation, over the mean similarity of two documents; may be negative, NaN where
        undefined.
    """

    ratio: NDArray[np.float64]
    spread: float
    effect: NDArray[np.float64]


def informativeness(counts: TermCounts, terms: NDArray[np.bool_] | None = None) -> Informativeness:
    r"""Compare the documents of each term with a random set of as many documents.

    Let :math:`x_d` be the tf-idf vector of document :math:`d`, scaled to unit length, without the
    term's own column, and
    :math:`\bar x` the mean of all :math:`N` of them. For a term :math:`w` in :math:`n` documents,

    .. math:: R_w = \frac{\lVert \bar x_w - \bar x \rVert^2}
        {\dfrac{\sigma_w^2}{n}\,\dfrac{N - n}{N - 1}}, \qquad
              \sigma_w^2 = \frac1N \sum_d \lVert x_d - \bar x \rVert^2 ,

    where :math:`\bar x_w` is the mean over the documents with the term. The denominator is the
    expectation of the numerator over simple random samples of size :math:`n` without replacement,
    so :math:`E R_w = 1` for a term that falls on documents at random. With pseudo-F of a
    permutational analysis of variance with two groups [1]_ it shares the order of the terms of one
    frequency, and as a two-sample test of means in many dimensions it is that of Bai and Saranadasa
    [2]_; hence the spread under the null hypothesis,
    :math:`\sqrt{2\,\mathrm{tr}\,\Sigma^2}/\mathrm{tr}\,\Sigma`, with :math:`\Sigma` the covariance
    of the documents.

    The ratio grows with :math:`n` for the faintest association. The effect does not: it is the
    squared distance between the means of the documents with and without the term, less its
    expectation, over :math:`\lVert \bar x \rVert^2`, the mean cosine similarity of two documents.
    An effect of 0.5 says that sharing the term makes up half as much likeness as being of the same
    corpus does, and that scale holds for corpora of any breadth.

    Parameters
    ----------
    counts : TermCounts
        Counts over the whole vocabulary.
    terms : ndarray of bool, shape (terms,), optional
        Terms to be tested and to describe the documents with; the others are left out of both and
        get NaN.

    Returns
    -------
    Informativeness

    References
    ----------
    .. [1] M. J. Anderson (2001). A new method for non-parametric multivariate analysis of variance.
           Austral Ecology 26, 32–46.
    .. [2] Z. Bai, H. Saranadasa (1996). Effect of high dimension: by an example of a two sample
           problem. Statistica Sinica 6, 311–329.
    """
    tested = counts.document_frequency > 0
    if terms is not None:
        tested &= np.asarray(terms, dtype=bool)
    ratio, effect = np.full(counts.n_terms, np.nan), np.full(counts.n_terms, np.nan)
    matrix = counts.matrix[:, np.flatnonzero(tested)]
    matrix = matrix[np.flatnonzero(np.diff(matrix.indptr) > 0)]
    n_docs = matrix.shape[0]
    if n_docs < 2 or matrix.shape[1] == 0:
        return Informativeness(ratio, float("nan"), effect)
    x = tf_idf(matrix)
    present = x.copy()
    present.data = np.ones_like(present.data)
    n = np.asarray(present.sum(axis=0), dtype=np.float64).ravel()
    mean = np.asarray(x.mean(axis=0)).ravel()
    own = np.asarray(x.power(2).sum(axis=0)).ravel()
    distance = _squared_distances(present.T.tocsr(), x, n, mean)
    # Documents have unit length, so their mean square is one; the term's own column is taken out of
    # it.
    variance = (1.0 - mean @ mean) - (own / n_docs - mean**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = variance * (n_docs - n) / (n * (n_docs - 1))
        defined = (n < n_docs) & (variance > 1e-12)
        ratio[tested] = np.where(defined, distance / expected, np.nan)
        effect[tested] = np.where(
            defined, (distance - expected) / (1.0 - n / n_docs) ** 2 / (mean @ mean), np.nan
        )
    return Informativeness(ratio, _null_spread(x, mean), effect)


def tf_idf(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Rows weighted by ``(1 + ln count) · ln(N / df)`` and scaled to unit length.

    A term in every document keeps a weight above zero.
    """
    n_docs = matrix.shape[0]
    x = sparse.csr_matrix(matrix, dtype=np.float64, copy=True)
    df = np.bincount(x.indices, minlength=x.shape[1])
    idf = np.log((1.0 + n_docs) / (1.0 + df)) + 1e-3
    x.data = (1.0 + np.log(x.data)) * idf[x.indices]
    lengths = np.sqrt(np.asarray(x.power(2).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1.0
    x.data /= np.repeat(lengths, np.diff(x.indptr))
    return x


def _squared_distances(
    present: sparse.csr_matrix,
    x: sparse.csr_matrix,
    n: NDArray[np.float64],
    mean: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Squared distance of the mean of each term's documents from the mean of all.

    The term's own column is left out.
    """
    out = np.empty(len(n))
    for start in range(0, len(n), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(n)))
        sums = sparse.csr_matrix(present[rows] @ x)
        total = mean @ mean
        square = np.asarray(sums.power(2).sum(axis=1)).ravel() / n[rows] ** 2
        cross = (sums @ mean) / n[rows]
        column = np.asarray(sums[np.arange(len(rows)), rows]).ravel() / n[rows]
        out[rows] = square - 2.0 * cross + total - (column - mean[rows]) ** 2
    return np.maximum(out, 0.0)


def _null_spread(x: sparse.csr_matrix, mean: NDArray[np.float64]) -> float:
    """Spread of the ratio under the null, from inner products of different documents.

    Of many documents, evenly spaced ones are taken.
    """
    rows = np.unique(
        np.linspace(0, x.shape[0] - 1, min(x.shape[0], NULL_DOCUMENTS)).round().astype(np.int64)
    )
    if len(rows) < 3:
        return float("nan")
    part = x[rows]
    inner = (part @ part.T).toarray()
    shift = np.asarray(part @ mean).ravel()
    inner += mean @ mean - shift[:, None] - shift[None, :]
    trace = np.trace(inner) / len(rows)
    off = inner[~np.eye(len(rows), dtype=bool)]
    return float(np.sqrt(2.0 * np.mean(off**2)) / trace) if trace > 0 else float("nan")
