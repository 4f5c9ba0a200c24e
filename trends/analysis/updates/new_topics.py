"""Groups among the documents that topics do not fit, and whether one of them is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.cluster import hierarchy

from trends.core.computing.rng import Rng, generator_from

Array = NDArray[np.float64]

#: Documents of a group, and the largest part of all that one may be.
SMALLEST, LARGEST = 5, 0.5
#: Level, over all groups together.
LEVEL = 0.05
#: Documents that are compared with all others at a time.
BLOCK = 256
#: Terms that describe a group.
TERMS = 10


@dataclass(frozen=True)
class NewTopics:
    """Groups of documents that are new.

    Parameters
    ----------
    groups : pandas.DataFrame
        One row a group, the most certain first: ``group``, ``n_docs``, ``n_new``, ``expected`` (new
        ones, were dates shuffled), ``p`` (over all groups that were looked at), ``top_terms``,
        ``rows`` (positions of its documents).
    looked_at, documents, new : int
        Groups that were looked at, documents among which, and how many of these are new.
    most, expected, p
        Of the group that is least like chance, whatever it is: new documents in it, as many as
        would be there were dates shuffled, and p over all groups.
    """

    groups: pd.DataFrame
    looked_at: int
    documents: int
    new: int
    most: int = 0
    expected: float = 0.0
    p: float = 1.0


def new_topics(
    counts: sparse.csr_matrix,
    fresh: NDArray[np.bool_],
    topic: NDArray[np.int64],
    terms: Sequence[str],
    *,
    level: float = LEVEL,
    shuffles: int = 999,
    rng: Rng,
) -> NewTopics:
    """Look for groups of similar documents that came with the new ones.

    Parameters
    ----------
    counts : scipy.sparse.csr_matrix, shape (documents, terms)
        Words of the documents that no topic fits, of the past and new.
    fresh : ndarray of bool, shape (documents,)
        Which of them are new.
    topic : ndarray of int, shape (documents,)
        The known topic that each is nearest to; dates are shuffled within topics.
    terms : sequence of str
        Names of the columns.
    level : float
        Largest probability of naming a group where dates mean nothing.
    shuffles : int
        Of the dates.
    rng : int or numpy.random.Generator
        Source of the shuffles.

    Returns
    -------
    NewTopics

    Notes
    -----
    The documents are joined into a tree by the similarity of their words (cosine of TF-IDF,
    average linkage), without their dates. Every branch of five documents up to half of all is
    looked at: how many of its documents are new, against how many would be if dates were shuffled
    within each known topic (Poisson likelihood ratio). The most unlikely branch is compared with
    the most unlikely one of each shuffle, so that p holds over all branches [1]_. More documents
    that fit badly, or more of a known topic, make no new topic: they must be alike, and unlike
    the old ones of their topic.

    References
    ----------
    .. [1] Kulldorff, M., Fang, Z. and Walsh, S. J. (2003). A tree-based scan statistic for database
           disease surveillance. Biometrics 59.
    """
    m, new = sparse.csr_matrix(counts, dtype=np.float64), int(fresh.sum())
    empty = NewTopics(_frame([]), 0, len(fresh), new)
    if len(fresh) < 2 * SMALLEST or not 0 < new < len(fresh):
        return empty
    weight = tf_idf(m)
    members, leaves = _branches(weight)
    if not members.shape[0]:
        return empty
    order = np.argsort(topic, kind="stable")
    blocks = np.split(order, np.flatnonzero(np.diff(topic[order])) + 1)
    part = np.empty(len(fresh))
    for block in blocks:
        part[block] = fresh[block].mean()
    expected = np.asarray(members @ part).ravel()
    found = np.asarray(members @ fresh.astype(float)).ravel()
    value = _ratio(found, expected)
    generator = generator_from(rng)
    best = np.empty(shuffles)
    for at in range(shuffles):
        other = np.empty(len(fresh))
        for block in blocks:
            other[block] = fresh[generator.permutation(block)]
        best[at] = _ratio(leaves.sums(other), expected).max()
    p = (1 + (best[None, :] >= value[:, None]).sum(axis=1)) / (1 + shuffles)
    size = np.diff(members.indptr)
    rows: list[dict[str, object]] = []
    taken = np.zeros(len(fresh), dtype=bool)
    order = np.lexsort((size, -value))
    for branch in order:
        if p[branch] > level:
            break
        inside = members.indices[members.indptr[branch] : members.indptr[branch + 1]]
        if taken[inside].any():
            continue  # a part, or the whole, of a group that is named already
        taken[inside] = True
        rows.append(
            {
                "group": len(rows) + 1,
                "n_docs": len(inside),
                "n_new": int(found[branch]),
                "expected": float(expected[branch]),
                "p": float(p[branch]),
                "top_terms": "; ".join(_describe(weight, inside, terms)),
                "rows": np.sort(inside).tolist(),
            }
        )
    first = int(order[0])
    return NewTopics(
        _frame(rows), members.shape[0], len(fresh), new,
        int(found[first]), float(expected[first]), float(p[first]),
    )  # fmt: skip


def _frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    columns = ["group", "n_docs", "n_new", "expected", "p", "top_terms", "rows"]
    return pd.DataFrame(rows, columns=columns)


def tf_idf(m: sparse.csr_matrix) -> sparse.csr_matrix:
    """Rows of length one; words of one document tell no group and are left out."""
    frequency = np.asarray((m > 0).sum(axis=0)).ravel()
    idf = np.where(frequency > 1, np.log(m.shape[0] / np.maximum(frequency, 1)), 0.0)
    weight = m.copy()
    weight.data = np.log1p(weight.data)
    weight = sparse.csr_matrix(weight.multiply(idf))
    length = np.sqrt(np.asarray(weight.multiply(weight).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.where(length > 0, length, 1.0)) @ weight)


@dataclass(frozen=True)
class _Leaves:
    """Documents in the order of the tree; the first place of each branch in it, and its size."""

    order: NDArray[np.int64]
    first: NDArray[np.int64]
    size: NDArray[np.int64]

    def sums(self, values: Array) -> Array:
        """The sum of whole numbers over the documents of each branch."""
        total = np.concatenate([[0.0], np.cumsum(values[self.order])])
        return np.asarray(total[self.first + self.size] - total[self.first])


def _branches(weight: sparse.csr_matrix) -> tuple[sparse.csr_matrix, _Leaves]:
    """Branches of the tree of documents, one row each with a one for every document."""
    n = weight.shape[0]
    apart = np.empty(n * (n - 1) // 2)
    # Row by row above the diagonal, in blocks: no pair is compared twice.
    for start in range(0, n, BLOCK):
        rows = weight[start : start + BLOCK]
        alike = (rows @ weight[start:].T).toarray()
        for i, row in enumerate(alike, start):
            at = i * n - i * (i + 1) // 2
            apart[at : at + n - i - 1] = row[i - start + 1 :]
    apart = np.round(np.maximum(1 - apart, 0.0), 9)
    tree = hierarchy.linkage(apart, method="average")
    # In the order of its leaves every branch of the tree is a stretch.
    order, size = hierarchy.leaves_list(tree).astype(np.int64), tree[:, 3].astype(np.int64)
    first = np.empty(2 * n - 1, dtype=np.int64)
    first[order] = np.arange(n)
    for node, left in enumerate(tree[:, 0].astype(np.int64).tolist(), n):
        first[node] = first[left]
    kept = (size >= SMALLEST) & (size <= LARGEST * n)
    leaves = _Leaves(order, first[n:][kept], size[kept])
    indptr = np.concatenate([[0], np.cumsum(leaves.size)])
    indices = np.concatenate(
        [np.zeros(0, dtype=np.int64)]
        + [np.sort(order[a : a + k]) for a, k in zip(leaves.first, leaves.size, strict=True)]
    )
    ones = np.ones(len(indices))
    return sparse.csr_matrix((ones, indices, indptr), shape=(len(leaves.size), n)), leaves


def _ratio(found: Array, expected: Array) -> Array:
    """Log-likelihood ratio of more new documents in each branch than expected; 0 where not more."""
    more = found > expected
    safe = np.maximum(expected, 1e-12)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = found * np.log(found / safe) - (found - expected)
    return np.where(more, value, 0.0)


def _describe(
    weight: sparse.csr_matrix, rows: NDArray[np.int64], terms: Sequence[str]
) -> list[str]:
    """Terms that are heavier in a group than elsewhere."""
    mine = np.asarray(weight[rows].mean(axis=0)).ravel()
    all_ = np.asarray(weight.mean(axis=0)).ravel()
    order = np.argsort(-(mine - all_), kind="stable")[:TERMS]
    return [terms[j] for j in order if mine[j] > all_[j]]
