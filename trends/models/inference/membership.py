"""From clusters to document–topic shares: hard labels, soft membership, or votes of the terms.

Measured on planted corpora (``experiments/planted``); every method takes labels, so that any
backend of clusters can use all three.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.core import TermCounts
from trends.models.clustering.ctfidf import class_tfidf
from trends.models.inference.mixture import Membership, soft_membership
from trends.models.settings import require

Array = NDArray[np.float64]

METHODS = ("hard", "soft", "windows")


def membership(
    method: str,
    labels: NDArray[np.int64],
    vectors: Array,
    counts: TermCounts,
    n_topics: int,
    *,
    max_unassigned: float = 1.0,
    reduce_frequent_words: bool = False,
) -> Membership:
    """Shares of documents in clusters.

    Parameters
    ----------
    method : {"hard", "soft", "windows"}
        :func:`hard`; :func:`trends.models.inference.mixture.soft_membership`; :func:`windows`.
    labels : ndarray of int, shape (documents,)
        Clusters from 0 without gaps; -1 is unassigned.
    vectors : ndarray, shape (documents, dimensions)
        Looked at by "soft" only.
    counts : TermCounts
        The same documents; looked at by "windows" only.
    n_topics : int
        Number of clusters.
    max_unassigned : float
        For "soft": most mass outside all topics, unless the labels have more.
    reduce_frequent_words : bool
        For "windows": as in c-TF-IDF.

    Raises
    ------
    UsageError
        If ``method`` has another name.
    """
    require(method in METHODS, f"membership must be one of {', '.join(METHODS)}; got {method!r}.")
    if method == "soft":
        return soft_membership(labels, vectors, n_topics, max_unassigned=max_unassigned)
    if method == "windows":
        return windows(labels, counts, n_topics, reduce_frequent_words=reduce_frequent_words)
    return hard(labels, n_topics)


def hard(labels: NDArray[np.int64], n_topics: int) -> Membership:
    """One whole topic a document, or none."""
    theta = np.zeros((len(labels), n_topics))
    inside = np.flatnonzero(labels >= 0)
    theta[inside, labels[inside]] = 1.0
    return Membership(theta, (labels < 0).astype(np.float64))


def windows(
    labels: NDArray[np.int64],
    counts: TermCounts,
    n_topics: int,
    *,
    reduce_frequent_words: bool = False,
) -> Membership:
    """Every token votes by the similarity of its term to the c-TF-IDF of the clusters.

    BERTopic's ``approximate_distribution`` [1]_ slides a window over the text and compares the
    c-TF-IDF of the window's tokens with that of each topic. Counts have no order, and a corpus may
    hold counts alone, so a window here is a single token: its c-TF-IDF has one entry, and its
    cosine to a topic is the topic's entry for the term, the topic's c-TF-IDF being scaled to length
    one. In two things this differs from BERTopic with ``window=1``:

    - every token has one vote, divided in proportion to the cosines, so that θ is a share of
      tokens; BERTopic adds up the cosines, so that a term that fits its topic well counts more, and
      drops those below ``min_similarity``, whose default (0.1) leaves out two thirds of the tokens;
    - unassigned documents are a class that is voted for as the topics are, and its votes are
      unassigned mass; BERTopic has none.

    Parameters
    ----------
    labels : ndarray of int, shape (documents,)
        Clusters from 0 without gaps; -1 is unassigned.
    counts : TermCounts
        The same documents.
    n_topics : int
        Number of clusters.
    reduce_frequent_words : bool
        As in c-TF-IDF.

    Returns
    -------
    Membership
        A document without a term is unassigned, and so is a token whose term no cluster has.

    References
    ----------
    .. [1] Grootendorst, M. (2022). BERTopic: Neural topic modeling with a class-based TF-IDF
           procedure. arXiv:2203.05794; ``approximate_distribution``
       of the package, version 0.17.
    """
    similarity = term_similarity(
        labels, counts, n_topics, reduce_frequent_words=reduce_frequent_words
    )
    total = similarity.sum(axis=0)
    vote = similarity / np.where(total > 0, total, 1.0)
    vote[-1, total <= 0] = 1.0
    tokens = np.asarray(counts.tokens, dtype=np.float64)
    shares = (sparse.csr_matrix(counts.matrix, dtype=np.float64) @ vote.T) / np.maximum(
        tokens, 1.0
    )[:, None]
    return Membership(shares[:, :-1], np.where(tokens > 0, shares[:, -1], 1.0))


def term_similarity(
    labels: NDArray[np.int64],
    counts: TermCounts,
    n_topics: int,
    *,
    reduce_frequent_words: bool = False,
) -> NDArray[np.float64]:
    """Cosine of each term with the c-TF-IDF of each cluster.

    Returns
    -------
    ndarray, shape (topics + 1, terms)
        The last row is that of the unassigned documents; zeros where there are none.
    """
    # Shifted, the unassigned documents are a class like the others and come back as the first row.
    first = int(labels.min() < 0)
    # c-TF-IDF has no value for a term that never occurs.
    seen = counts.document_frequency > 0
    weight = np.zeros((n_topics + first, counts.n_terms))
    weight[:, seen] = class_tfidf(
        labels + first,
        counts.keep_terms(seen),
        counting="tokens",
        reduce_frequent_words=reduce_frequent_words,
    )
    length = np.sqrt((weight**2).sum(axis=1, keepdims=True))
    weight = weight / np.where(length > 0, length, 1.0)
    rest = weight[:1] if first else np.zeros((1, counts.n_terms))
    return np.vstack([weight[first:], rest])
