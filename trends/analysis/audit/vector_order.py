"""Whether values from outside stand beside the documents that they were made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Rows = NDArray[np.int64]

#: Documents that are looked at, neighbours of each, and shuffles to compare with.
MOST, NEIGHBOURS, SHUFFLES = 400, 5, 499
#: With fewer documents nothing is told.
FEWEST = 20
#: Parts of the file that are looked at one by one, and standard deviations that tell orders apart.
PARTS, APART = 8, 4.0


@dataclass(frozen=True)
class Order:
    """What the content says of an order.

    Parameters
    ----------
    confirmed : bool or None
        Whether neighbours share clearly more terms than in shuffles; ``None`` where too few
        documents can be compared.
    better : str
        Another order in which they share clearly more; empty if there is none.
    strays : tuple of int
        First and last row (from 0) of a part in which they share no more than by chance, though
        those of the other parts do; empty if there is none.
    """

    confirmed: bool | None
    better: str = ""
    strays: tuple[int, ...] = ()


def sampled(n: int) -> Rows:
    """Rows that are looked at, evenly over a file of ``n``."""
    return np.unique(np.linspace(0, n - 1, min(n, MOST)).astype(np.int64))


def others(order: Rows, ids: Sequence[str], file: Rows) -> dict[str, Rows]:
    """Orders in which the rows could stand as well, by name.

    Parameters
    ----------
    order : ndarray of int, shape (documents,)
        The document of each row, as it was taken.
    ids : sequence of str
        Of the documents.
    file : ndarray of int, shape (documents,)
        The documents in the order of their file.
    """
    found = {
        "that of the corpus (date, then id)": np.arange(len(order)),
        "that of the file": file,
        "that of the ids": np.argsort(np.array(ids), kind="stable"),
        "this one from the end": order[::-1],
        "this one, one row later": np.roll(order, -1),
        "this one, one row earlier": np.roll(order, 1),
    }
    if np.array_equal(order, np.arange(len(order))):
        found["that of the corpus, with ids in that of the file"] = np.argsort(file)
    return {name: other for name, other in found.items() if not np.array_equal(other, order)}


def judge(
    values: NDArray[Any], order: Rows, alternatives: Mapping[str, Rows], terms: sparse.csr_matrix
) -> Order:
    """Compare the nearest neighbours among values with the terms that their documents share.

    Parameters
    ----------
    values : ndarray of float, shape (documents, dimensions)
        Row by row as they were given.
    order : ndarray of int, shape (documents,)
        The document of each row, as it was taken.
    alternatives : mapping of str to ndarray of int
        Other orders, see :func:`others`.
    terms : scipy.sparse.csr_matrix, shape (documents, terms)
        Terms, or shares of topics; only documents of sampled rows need have any.

    Notes
    -----
    The measure is the mean cosine of the tf-idf weights of a document and its five nearest
    neighbours among the values, over at most 400 documents. Its reference are shuffles of the
    documents; orders differ clearly from four standard deviations of these on.
    """
    rows = sampled(len(values))
    rows = rows[(np.diff(terms.indptr)[order[rows]] > 0) & values[rows].any(axis=1)]
    if len(rows) < FEWEST:
        return Order(None)
    near = _nearest(values[rows])
    weights = _weights(terms)
    rng = np.random.default_rng(0)
    alike = _alike(weights, order[rows])
    own = _shared(alike, near, np.arange(len(rows)))
    shuffled = np.array([_shared(alike, near, rng.permutation(len(rows))) for _ in range(SHUFFLES)])
    chance, spread = float(shuffled.mean()), float(shuffled.mean(axis=1).std()) or 1.0
    excess = float(own.mean()) - chance
    confirmed = excess > APART * spread
    there = np.arange(len(rows))
    gains = {
        name: float(_shared(_alike(weights, other[rows]), near, there).mean()) - chance
        for name, other in alternatives.items()
    }
    best = max(gains, key=lambda name: gains[name], default="")
    if best and gains[best] > max(excess, 0) + APART * spread:
        return Order(confirmed, better=best)
    parts = np.array_split(there, PARTS)
    level = np.array([own[part].mean() - chance for part in parts])
    noise = np.array([shuffled[:, part].mean(axis=1).std() for part in parts])
    usual = float(np.median(level))
    stray = np.flatnonzero((level < noise) & (usual > 1.5 * APART * noise))
    if len(stray):
        first, last = parts[stray[0]][0], parts[stray[0]][-1]
        return Order(confirmed, strays=(int(rows[first]), int(rows[last])))
    return Order(confirmed)


def _nearest(values: NDArray[Any]) -> Rows:
    """The nearest other rows of each by the cosine of centred values."""
    centred = np.asarray(values, dtype=np.float64) - values.mean(axis=0, dtype=np.float64)
    unit = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-12)
    cosine = unit @ unit.T
    np.fill_diagonal(cosine, -2)
    return np.argsort(-np.round(cosine, 9), axis=1, kind="stable")[:, :NEIGHBOURS]


def _weights(terms: sparse.csr_matrix) -> sparse.csr_matrix:
    """Rows of length one, a term that is in many documents weighing less."""
    known = np.count_nonzero(np.diff(terms.indptr))
    frequency = np.bincount(terms.indices, minlength=terms.shape[1])
    weighted = sparse.csr_matrix(terms, dtype=np.float64, copy=True)
    weighted.data = (1 + np.log1p(weighted.data)) * np.log(
        1 + known / np.maximum(frequency[weighted.indices], 1)
    )
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return sparse.diags(1 / np.maximum(length, 1e-12)) @ weighted


def _alike(weights: sparse.csr_matrix, documents: Rows) -> NDArray[np.float64]:
    chosen = weights[documents]
    return np.asarray((chosen @ chosen.T).todense())


def _shared(alike: NDArray[np.float64], near: Rows, place: Rows) -> NDArray[np.float64]:
    """Mean likeness of each row's document and those of its neighbours, shape (rows,)."""
    return alike[place[:, None], place[near]].mean(axis=1)
