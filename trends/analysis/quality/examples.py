"""Example documents of each topic."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.core.computing.limits import PLAIN
from trends.core.topics import Topics
from trends.errors import DataError, UsageError

#: Vectors that are worked on at a time, so that no copy of all of them is made in double precision.
FEW = PLAIN


def closest(topics: Topics, embeddings: Any = None, n: int = 3) -> tuple[tuple[str, ...], ...]:
    """Ids of the documents that stand for each topic, closest first.

    Only documents whose largest topic it is are considered. With vectors, closeness is theta times
    the cosine of the document's vector with the topic's theta-weighted centroid, both less the mean
    of all documents: theta alone puts documents first whose few terms happen to be shared with the
    topic, the centroid alone those that are typical of the whole corpus. Without vectors it is
    theta. Ties stay in corpus order.

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
    own = np.maximum(topics.hard, 0)
    near = topics.theta[np.arange(len(own)), own]
    if embeddings is not None:
        near = near * _own_cosines(topics, embeddings, own)
    # Rounding makes ties of what differs by the order of a sum only.
    rounded = np.round(near, 9)
    out = []
    for k in range(topics.n_topics):
        rows = np.flatnonzero(topics.hard == k)
        order = np.argsort(-rounded[rows], kind="stable")
        out.append(tuple(topics.doc_ids[i] for i in rows[order[:n]]))
    return tuple(out)


def _own_cosines(topics: Topics, vectors: Any, own: NDArray[np.int64]) -> NDArray[np.float64]:
    """Cosine similarity of each document with the centroid of its own topic.

    The centroid is weighted by theta, both vectors are centred; shape (documents,).
    """
    vectors = np.asarray(vectors)
    if vectors.ndim != 2 or len(vectors) != topics.n_documents:
        message = (
            f"Embeddings have shape {vectors.shape}; expected {topics.n_documents} rows, one per "
            "document."
        )
        raise DataError(message)
    if len(vectors) <= FEW:
        centred = np.asarray(vectors, dtype=np.float64) - np.asarray(
            vectors, dtype=np.float64
        ).mean(0)
        every = _unit(centred) @ _unit(topics.theta.T @ centred).T
        return np.asarray(every[np.arange(len(own)), own])
    mean = np.asarray(vectors.mean(0, dtype=np.float64))
    blocks = [slice(at, at + FEW) for at in range(0, len(vectors), FEW)]
    centroids = np.zeros((topics.n_topics, len(mean)))
    for block in blocks:
        centroids += topics.theta[block].T @ (np.asarray(vectors[block], dtype=np.float64) - mean)
    centroids = _unit(centroids)
    out = [
        np.einsum(
            "ij,ij->i",
            _unit(np.asarray(vectors[block], dtype=np.float64) - mean),
            centroids[own[block]],
        )
        for block in blocks
    ]
    return np.concatenate(out)


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    length = np.sqrt((rows**2).sum(1, keepdims=True))
    return rows / np.where(length > 0, length, 1.0)
