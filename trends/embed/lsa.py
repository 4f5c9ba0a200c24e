"""Latent semantic analysis: document vectors from term counts, without a neural model."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds

from trends.core import TermCounts


def embed_counts(
    counts: TermCounts, *, dimensions: int = 100
) -> tuple[NDArray[np.float32], dict[str, Any]]:
    """Project documents on the first singular vectors of their weighted counts [1]_.

    Parameters
    ----------
    counts : TermCounts
        The modelling vocabulary.
    dimensions : int
        Of the space; less where there are fewer documents or terms.

    Returns
    -------
    ndarray of float32, shape (documents, dimensions)
        Rows of length one. A document without terms, which no fit uses, lies on the first axis.
    dict
        Provenance: ``embedder``, ``dimensions``, ``explained`` (share of the sum of squares),
        ``terms``, ``versions``.

    Notes
    -----
    Weights are ``(1 + log tf) * (1 + log((1 + n) / (1 + df)))``, rows scaled to length one. The
    decomposition starts from a constant vector and the sign of each axis makes its largest loading
    positive, so nothing is left to chance.

    References
    ----------
    .. [1] S. Deerwester, S. T. Dumais, G. W. Furnas, T. K. Landauer, R. Harshman (1990). Indexing
           by latent semantic analysis. Journal of the American Society for Information Science 41,
           391–407.
    """
    matrix = counts.matrix.astype(np.float64)
    matrix.data = 1 + np.log(matrix.data)
    inverse = 1 + np.log((1 + counts.n_documents) / (1 + counts.document_frequency))
    weighted = sparse.csr_matrix(matrix @ sparse.diags_array(inverse))
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    weighted = sparse.csr_matrix(sparse.diags_array(1 / np.where(length > 0, length, 1)) @ weighted)
    k = max(2, min(dimensions, min(weighted.shape) - 1))
    left, values, right = svds(weighted, k=k, v0=np.ones(min(weighted.shape)), solver="arpack")
    order = np.argsort(-values, kind="stable")
    left, values, right = left[:, order], values[order], right[order]
    signs = np.sign(right[np.arange(k), np.abs(right).argmax(1)])
    vectors = left * (values * signs)
    norm = np.linalg.norm(vectors, axis=1)
    empty = norm <= 1e-12
    vectors[empty, 0] = 1.0
    vectors /= np.where(empty, 1.0, norm)[:, None]
    provenance = {
        "embedder": "lsa",
        "model": f"singular vectors of tf-idf, {k} dimensions",
        "dimensions": k,
        "explained": round(
            float((values**2).sum() / max(weighted.multiply(weighted).sum(), 1e-12)), 6
        ),
        "terms": counts.fingerprint,
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__},
    }
    return vectors.astype(np.float32), provenance
