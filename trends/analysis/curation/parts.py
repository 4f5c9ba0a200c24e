"""A topic divided into parts by the words of its documents, the same way in every fit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.core import TermCounts
from trends.errors import DataError

Array = NDArray[np.float64]
Index = NDArray[np.int64]

#: Documents that a part needs among those that stand for the topic.
LEAST = 3
#: Rounds in which documents choose the nearest part and parts move to their documents.
ROUNDS = 25
#: Directions in which a part is looked at when it is divided.
STEPS = 30


def divide(counts: TermCounts, members: Index, standing: Sequence[int], parts: int) -> Index:
    """Put every document into one of the parts of a topic.

    Parameters
    ----------
    counts : TermCounts
        Terms of all documents.
    members : ndarray of int
        Documents whose main topic it is.
    standing : sequence of int
        Documents that stand for the topic, the most typical first. They decide what the parts are:
        in another fit the same documents make the same parts.
    parts : int
        How many.

    Returns
    -------
    ndarray of int, shape (documents,)
        Part of each document of the corpus, whatever its topic: the one whose documents its words
        are nearest to. The part of the document that stands first is 0, and so on.

    Raises
    ------
    DataError
        If the documents that stand for the topic cannot be divided into so many parts of at least
        :data:`LEAST` documents.

    Notes
    -----
    Documents are vectors of length one: square roots of counts, weighed by how rare a term is
    among these. Those that stand for the topic are divided in two along their first
    principal axis and then by 2-means, then the most scattered part again, until there are so
    many parts (bisecting k-means; Steinbach, Karypis and Kumar, 2000); from there all documents of
    the topic are divided by spherical k-means. Nothing is drawn at random.
    """
    vectors = _vectors(counts, np.asarray(standing, dtype=np.int64))
    # A document without words is no example of anything.
    first = [i for i in standing if vectors.indptr[i + 1] > vectors.indptr[i]]
    label = _bisected(vectors[first], parts)
    label = _in_order(label)
    if np.bincount(label, minlength=parts).min() < LEAST:
        message = (
            f"its {len(first)} documents cannot be divided into {parts} parts of at least {LEAST}"
        )
        raise DataError(message)
    centres = _centres(vectors[first], label, parts)
    own = np.union1d(members, first).astype(np.int64)
    before = np.full(len(own), -1)
    for _ in range(ROUNDS):
        near = _nearest(vectors[own], centres)
        if (near == before).all() or len(np.unique(near)) < parts:
            break
        before, centres = near, _centres(vectors[own], near, parts)
    return _nearest(vectors, centres)


def _vectors(counts: TermCounts, standing: Index) -> sparse.csr_matrix:
    matrix = counts.matrix.astype(float)
    present = np.bincount(counts.matrix[standing].indices, minlength=counts.n_terms)
    # A term of one document says nothing about what two have in common.
    rare = np.where(present > 1, np.log((1 + len(standing)) / (1 + present)), 0.0)
    matrix.data = np.sqrt(matrix.data)
    weighed = sparse.csr_matrix(matrix @ sparse.diags(rare))
    length = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    scale = np.divide(1, length, out=np.zeros_like(length), where=length > 0)
    return sparse.csr_matrix(sparse.diags(scale) @ weighed)


def _bisected(vectors: sparse.csr_matrix, parts: int) -> Index:
    """Parts of some documents, the most scattered one divided in two until there are enough."""
    label = np.zeros(vectors.shape[0], dtype=np.int64)
    for new in range(1, parts):
        scatter = [
            _scatter(vectors[label == p]) if (label == p).sum() >= 2 * LEAST else -1.0
            for p in range(new)
        ]
        widest = int(np.argmax(np.round(scatter, 9)))
        rows = np.flatnonzero(label == widest)
        if scatter[widest] <= 0:
            break
        label[rows[_in_two(vectors[rows])]] = new
    return label


def _scatter(vectors: sparse.csr_matrix) -> float:
    """Sum of squared distances from the mean."""
    mean = np.asarray(vectors.mean(axis=0)).ravel()
    return float(vectors.multiply(vectors).sum() - vectors.shape[0] * (mean @ mean))


def _in_two(vectors: sparse.csr_matrix) -> NDArray[np.bool_]:
    """Which documents go to the second of two parts."""
    inner = (vectors @ vectors.T).toarray()
    centred = inner - inner.mean(0) - inner.mean(1)[:, None] + inner.mean()
    axis = np.linalg.eigh(centred)[1][:, -1]
    second = axis > np.median(axis)
    for _ in range(STEPS):
        if not LEAST <= second.sum() <= len(second) - LEAST:
            return axis > np.median(axis)
        centres = _centres(vectors, second.astype(np.int64), 2)
        near = _nearest(vectors, centres) == 1
        if (near == second).all():
            break
        second = near
    return second


def _centres(vectors: sparse.csr_matrix, label: Index, parts: int) -> Array:
    """Mean vector of each part, of length one, shape (parts, terms)."""
    member = sparse.csr_matrix(
        (np.ones(len(label)), (label, np.arange(len(label)))), shape=(parts, len(label))
    )
    sums = (member @ vectors).toarray()
    length = np.sqrt((sums**2).sum(1, keepdims=True))
    return np.asarray(sums / np.where(length > 0, length, 1))


def _nearest(vectors: sparse.csr_matrix, centres: Array) -> Index:
    """The part whose mean has the largest cosine; the first of equal ones."""
    return np.asarray(np.round(vectors @ centres.T, 12)).argmax(axis=1).astype(np.int64)


def _in_order(label: Index) -> Index:
    """Parts numbered by the first document of each."""
    order = list(dict.fromkeys(label.tolist()))
    place = {old: new for new, old in enumerate(order)}
    return np.array([place[v] for v in label.tolist()], dtype=np.int64)
