"""Class-based TF-IDF: BERTopic's ranking of the terms of a cluster (Grootendorst 2022)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.core import TermCounts
from trends.models.imports import load, load_bertopic


def class_tfidf(
    labels: NDArray[np.int64],
    counts: TermCounts,
    *,
    counting: str = "documents",
    reduce_frequent_words: bool = False,
) -> NDArray[np.float64]:
    """Rank terms by their share of a cluster and their rarity over all, by BERTopic's transformer.

    Parameters
    ----------
    labels : ndarray of int, shape (documents,)
        Clusters from 0 without gaps; -1 is a class of its own, the outliers, which counts for
        rarity and is not returned.
    counts : TermCounts
        The same documents.
    counting : {"documents", "tokens"}
        Whether a term counts once in each document that holds it, or as often as it occurs.
    reduce_frequent_words : bool
        Square root of the term shares.

    Returns
    -------
    ndarray of float, shape (clusters, terms)
    """
    load_bertopic()
    first = int(labels.min() < 0)
    rows = labels + first
    members = sparse.csr_matrix(
        (np.ones(len(rows)), (rows, np.arange(len(rows)))), shape=(int(rows.max()) + 1, len(rows))
    )
    table = sparse.csr_matrix(
        members
        @ (counts.matrix > 0 if counting == "documents" else counts.matrix).astype(np.float64)
    )
    weighting = load("bertopic.vectorizers").ClassTfidfTransformer(
        reduce_frequent_words=reduce_frequent_words
    )
    return np.asarray(weighting.fit_transform(table)[first:].todense(), dtype=np.float64)
