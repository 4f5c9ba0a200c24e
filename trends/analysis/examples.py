"""Example documents of each topic."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.core.topics import Topics
from trends.errors import DataError, UsageError


def closest(topics: Topics, embeddings: Any = None, n: int = 3) -> tuple[tuple[str, ...], ...]:
    """Ids of the documents that stand for each topic, closest first.

    Documents whose largest topic it is, by falling theta (to the nearest hundredth, so that ties of hard labels and
    differences without meaning leave the order to what follows), then by the cosine of their vector with the topic's centroid, then
    in corpus order.

    Parameters
    ----------
    topics : Topics
        The fit.
    embeddings : ndarray of float, shape (documents, dimensions), optional
        Vectors of the documents.
    n : int
        Documents a topic; topics with fewer have fewer.

    Returns
    -------
    tuple of tuple of str
        Document ids, one tuple per topic; empty for a topic that is the largest of no document.

    Raises
    ------
    UsageError
        If ``n`` is negative.
    DataError
        If the embeddings are about other documents.
    """
    if n < 0:
        message = f"The number of examples cannot be negative; got {n}."
        raise UsageError(message)
    near = np.zeros(topics.theta.shape) if embeddings is None else _cosines(topics, np.asarray(embeddings, dtype=np.float64))
    out = []
    for k in range(topics.n_topics):
        rows = np.flatnonzero(topics.hard == k)
        order = np.lexsort((rows, -np.round(near[rows, k], 9), -np.round(topics.theta[rows, k], 2)))
        out.append(tuple(topics.doc_ids[i] for i in rows[order[:n]]))
    return tuple(out)


def _cosines(topics: Topics, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cosine of each document with each topic's theta-weighted centroid, shape (documents, topics)."""
    if vectors.ndim != 2 or len(vectors) != topics.n_documents:
        message = f"Embeddings have shape {vectors.shape}; expected {topics.n_documents} rows, one per document."
        raise DataError(message)
    return _unit(vectors) @ _unit(topics.theta.T @ vectors).T


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    length = np.sqrt((rows**2).sum(1, keepdims=True))
    return rows / np.where(length > 0, length, 1.0)
