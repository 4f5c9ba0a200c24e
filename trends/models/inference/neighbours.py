"""The nearest documents of a fit and their votes; see :func:`trends.models.inference.transfer`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.core import Topics
from trends.core.computing.limits import PLAIN
from trends.models.clustering.centres import unit

Array = NDArray[np.float64]

#: Documents of the fit that vote about a new one.
NEIGHBOURS = 5
#: Cosines that are held at a time: 64 MB, or half of it in single precision.
CHUNK = 8_000_000
#: With more documents in the fit than this, neighbours are looked for in single precision, and so
#: many candidates are weighed in double.
LARGE, CANDIDATES = PLAIN, 16
#: Further documents whose neighbours are looked up at one time.
BLOCK = 256


@dataclass(frozen=True)
class Near:
    """The nearest documents of a fit: found once for all fits of the same documents.

    Parameters
    ----------
    new : ndarray of int, shape (documents, neighbours)
        Positions in the fit of the documents nearest to each new one, the nearest first.
    cosine : ndarray, shape (documents, neighbours)
        Of the angle between the two, seen from the mean of the fit's documents; rounded.
    own, own_cosine : ndarray, shape (documents of the fit, neighbours)
        The same for the fit's documents, none its own neighbour.
    """

    new: NDArray[np.int32]
    cosine: Array
    own: NDArray[np.int32]
    own_cosine: Array


def find(train: Any, vectors: Any, *, among: NDArray[np.int64] | None = None) -> Near:
    """Find the nearest documents of a fit.

    Parameters
    ----------
    train : array_like, shape (documents of the fit, dimensions)
        Vectors of the fit's documents.
    vectors : array_like, shape (documents, dimensions)
        Vectors of the new documents; may be a memory map.
    among : ndarray of int, shape (documents of the fit,), optional
        Where the fit's documents stand among the new ones, if they are there: their neighbours are
        then those that they have as documents of the fit, so that all documents are classified
        alike, by others.
    """
    voters = np.asarray(train, dtype=np.float64)
    mean = unit(voters).mean(axis=0)
    voters = unit(unit(voters) - mean)
    own, own_cosine = _nearest(voters, voters, mean, themselves=True)
    if among is None:
        new, cosine = _nearest(voters, vectors, mean)
        return Near(new, cosine, own, own_cosine)
    new = np.zeros((len(vectors), own.shape[1]), np.int32)
    cosine = np.zeros(new.shape)
    others = np.setdiff1d(np.arange(len(vectors)), among)
    new[among], cosine[among] = own, own_cosine
    if len(others):
        found, weight = _nearest(voters, vectors, mean, rows=others)
        # One fewer stands by where a fit is so small that its documents have fewer neighbours than
        # others.
        new[others], cosine[others] = found[:, : own.shape[1]], weight[:, : own.shape[1]]
    return Near(new, cosine, own, own_cosine)


@dataclass(frozen=True)
class Searcher:
    """Finds neighbours of further documents, some at a time.

    Parameters
    ----------
    near : Near
        Neighbours of the fit's own documents.
    voters : ndarray, shape (documents of the fit, dimensions)
        Their vectors, of length one and taken from the mean.
    single : ndarray, optional
        The same in single precision, where there are many.
    mean : ndarray, shape (dimensions,)
    """

    near: Near
    voters: Array
    single: NDArray[np.float32] | None
    mean: Array

    @classmethod
    def of(cls, near: Near, train: Any) -> Searcher:
        """For the documents of a fit whose own neighbours are known."""
        voters = np.asarray(train, dtype=np.float64)
        mean = unit(voters).mean(axis=0)
        voters = unit(unit(voters) - mean)
        return cls(near, voters, voters.astype(np.float32) if len(voters) > LARGE else None, mean)

    def __call__(self, vectors: Any) -> Near:
        """Neighbours of these documents.

        They are looked up in blocks of one shape, so that no sum depends on how many there are.
        """
        n, width = len(vectors), self.near.own.shape[1]
        new, cosine = np.zeros((n, width), np.int32), np.zeros((n, width))
        for first in range(0, n, BLOCK):
            part = slice(first, first + BLOCK)
            x = np.zeros((BLOCK, self.voters.shape[1]))
            some = np.asarray(vectors[part], dtype=np.float64)
            x[: len(some)] = unit(unit(some) - self.mean)
            found, weight = (
                _by_single(x, self.voters, self.single, None, width)
                if self.single is not None
                else _by_double(x, self.voters, None, width)
            )
            new[part], cosine[part] = found[: len(some)], weight[: len(some)]
        return replace(self.near, new=new, cosine=cosine)


def _nearest(
    voters: Array,
    vectors: Any,
    mean: Array,
    *,
    themselves: bool = False,
    rows: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.int32], Array]:
    """Neighbours and cosines of ``vectors[rows]``, or of the voters ``themselves``."""
    k = min(NEIGHBOURS, len(voters) - (1 if themselves else 0))
    n = len(vectors) if rows is None else len(rows)
    near, cosine = np.zeros((n, k), np.int32), np.zeros((n, k))
    large = len(voters) > LARGE
    single = voters.astype(np.float32) if large else None
    step = max(1, CHUNK // len(voters))
    for first in range(0, n, step):
        part = slice(first, first + step)
        x = np.asarray(vectors[part] if rows is None else vectors[rows[part]], dtype=np.float64)
        x = x if themselves else unit(unit(x) - mean)
        own = first + np.arange(len(x)) if themselves else None
        near[part], cosine[part] = (
            _by_single(x, voters, single, own, k)
            if single is not None
            else _by_double(x, voters, own, k)
        )
    return near, cosine


def _by_double(
    x: Array, voters: Array, own: NDArray[np.int64] | None, k: int
) -> tuple[NDArray[np.int64], Array]:
    # Rounded: the last bits of a sum differ between machines, a neighbour must not.
    cosine = np.round(x @ voters.T, 9)
    rows = np.arange(len(x))
    if own is not None:
        cosine[rows, own] = -2.0
    near = np.argsort(-cosine, axis=1, kind="stable")[:, :k]
    return near, cosine[rows[:, None], near]


def _by_single(
    x: Array, voters: Array, single: NDArray[np.float32], own: NDArray[np.int64] | None, k: int
) -> tuple[NDArray[np.int64], Array]:
    """As :func:`_by_double`, but for cosines within the error of single precision of the last."""
    rough = x.astype(np.float32) @ single.T
    if own is not None:
        rough[np.arange(len(x)), own] = -2.0
    candidates = np.sort(np.argpartition(-rough, CANDIDATES - 1, axis=1)[:, :CANDIDATES], axis=1)
    cosine = np.round(np.einsum("id,ikd->ik", x, voters[candidates]), 9)
    best = np.argsort(-cosine, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(candidates, best, axis=1), np.take_along_axis(cosine, best, axis=1)


@dataclass(frozen=True)
class Voters:
    """The fit's documents as voters about others.

    Parameters
    ----------
    hard : ndarray of int, shape (documents of the fit,)
        Their topics, -1 where unassigned.
    n_topics : int
        Number of topics.
    limit : float
        Least support that a document of a topic has.
    agreement : float
        Share of the fit's documents, each classified by the others, that keep their topic or stay
        unassigned.
    """

    hard: NDArray[np.int64]
    n_topics: int
    limit: float = -np.inf
    agreement: float = np.nan

    def labels(self, near: NDArray[np.int32], cosine: Array) -> NDArray[np.int64]:
        """The topic of each document, -1 where none has support enough."""
        return self.decide(*self.support(near, cosine))

    def decide(self, label: NDArray[np.int64], support: Array) -> NDArray[np.int64]:
        """The topics that were voted for where their support suffices."""
        return np.where((support >= self.limit) & (support > 0), label, -1)

    def support(self, near: NDArray[np.int32], cosine: Array) -> tuple[NDArray[np.int64], Array]:
        """The topic with the largest sum of cosines among the nearest documents, and that sum."""
        label, support = np.zeros(len(near), dtype=np.int64), np.zeros(len(near))
        step = max(1, CHUNK // (self.n_topics + 1))
        for first in range(0, len(near), step):
            part = slice(first, first + step)
            rows = np.arange(len(near[part]))
            votes = np.zeros((len(rows), self.n_topics + 1))
            np.add.at(
                votes, (rows[:, None], self.hard[near[part]] + 1), np.maximum(cosine[part], 1e-6)
            )
            label[part] = votes[:, 1:].argmax(axis=1)
            support[part] = np.round(votes[:, 1:].max(axis=1), 9)
        return label, support


def voters_of(fit: Topics, near: Near) -> Voters:
    """Voters and the limit of their support, from the neighbours of the fit's own documents."""
    hard = np.asarray(fit.hard)
    voters = Voters(hard, fit.n_topics)
    label, support = voters.support(near.own, near.own_cosine)
    unassigned = float((hard < 0).mean())
    voters = replace(
        voters, limit=float(np.quantile(support, unassigned)) if unassigned > 0 else -np.inf
    )
    return replace(voters, agreement=float((voters.decide(label, support) == hard).mean()))
