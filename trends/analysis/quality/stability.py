"""Stability of fits: other seeds, another order of the documents, and a few documents less."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.alignment.agreement import agreement
from trends.analysis.alignment.hungarian import MINIMUM, align
from trends.core.alignment import Alignment
from trends.core.computing.rng import Rng, generator_from
from trends.core.topics import Topics

#: Fits a model to the documents of the given rows, in that order: ``refit(rows, seed)``.
Refit = Callable[[NDArray[np.int64], int], Topics]

COLUMNS = (
    "a",
    "b",
    "seed_a",
    "seed_b",
    "n_matched",
    "similarity",
    "ari",
    "ami",
    "n_documents",
    "n_unassigned",
)


def between(
    fits: Sequence[Topics],
    *,
    n_null: int = 199,
    minimum: float = MINIMUM,
    rng: Rng,
) -> pd.DataFrame:
    """Compare each two fits.

    Returns
    -------
    pandas.DataFrame
        Columns ``a``, ``b`` (positions in ``fits``), ``seed_a``, ``seed_b``, ``n_matched``,
        ``similarity`` (mean over topics, one without partner counting 0), ``ari`` and ``ami`` of
        the hard labels, ``n_documents`` that both assign, ``n_unassigned``.
    """
    pairs = [(i, j) for i in range(len(fits)) for j in range(i + 1, len(fits))]
    streams = generator_from(rng).spawn(len(pairs))
    rows = [
        (i, j, *_row(fits[i], fits[j], n_null, minimum, stream))
        for (i, j), stream in zip(pairs, streams, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def against(
    base: Topics,
    others: Sequence[Topics],
    *,
    n_null: int = 199,
    minimum: float = MINIMUM,
    rng: Rng,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare one fit with each of several others.

    Parameters
    ----------
    base : Topics
        The fit whose topics are looked at.
    others : sequence of Topics
        The other fits; at least one.
    n_null, minimum
        As in :func:`trends.analysis.alignment.hungarian.align`.
    rng : int or numpy.random.Generator
        Source of the permutations; each fit gets its own stream.

    Returns
    -------
    pairs : pandas.DataFrame
        As :func:`between`; ``a`` is 0, ``b`` the position among the others, from 1.
    per_topic : pandas.DataFrame
        ``topic``, ``stability`` (mean similarity to the topic's partner, 0 where it has none) and
        ``recurrence`` (share of the other fits in which it has one).
    """
    streams = generator_from(rng).spawn(len(others))
    rows, similarity, matched = (
        [],
        np.zeros((len(others), base.n_topics)),
        np.zeros((len(others), base.n_topics)),
    )
    for i, (other, stream) in enumerate(zip(others, streams, strict=True)):
        alignment = align(base, other, n_null=n_null, minimum=minimum, rng=stream)
        rows.append((0, i + 1, *_measures(base, other, alignment)))
        similarity[i, alignment.pairs[:, 0]] = alignment.similarity
        matched[i, alignment.pairs[:, 0]] = 1
    topics = {
        "topic": np.arange(base.n_topics),
        "stability": similarity.mean(0),
        "recurrence": matched.mean(0),
    }
    return pd.DataFrame(rows, columns=list(COLUMNS)), pd.DataFrame(topics)


def shuffled(
    refit: Refit,
    n_documents: int,
    *,
    repeats: int = 5,
    seed: int,
    n_null: int = 199,
    rng: Rng,
) -> pd.DataFrame:
    """Refit with the same seed on the same documents in another order, and compare the fits.

    Each is compared with the fit in corpus order. Pinning a seed makes a fit repeatable, not
    stable: what depends on the order of the documents shows here.

    Parameters
    ----------
    refit : callable
        ``refit(rows, seed)`` fits the documents of these rows in this order and returns Topics with
        their ids.
    n_documents : int
        Number of documents.
    repeats : int
        Number of orders tried.
    seed : int
        The seed of every fit.
    n_null : int
        As in :func:`trends.analysis.alignment.hungarian.align`.
    rng : int or numpy.random.Generator
        Source of the orders.

    Returns
    -------
    pandas.DataFrame
        As :func:`between`; ``a`` is 0, the fit in corpus order.
    """
    generator = generator_from(rng)
    rows = [generator.permutation(n_documents) for _ in range(repeats)]
    base = refit(np.arange(n_documents), seed)
    others = [refit(take, seed) for take in rows]
    return against(base, others, n_null=n_null, rng=generator)[0]


def _row(
    left: Topics, right: Topics, n_null: int, minimum: float, rng: np.random.Generator
) -> tuple[object, ...]:
    return _measures(left, right, align(left, right, n_null=n_null, minimum=minimum, rng=rng))


def _measures(left: Topics, right: Topics, alignment: Alignment) -> tuple[object, ...]:
    same = agreement(left, right, alignment)
    similarity = alignment.similarity.sum() / max(left.n_topics, right.n_topics)
    return (
        left.seed,
        right.seed,
        same.n_matched,
        similarity,
        same.ari,
        same.ami,
        same.n_documents,
        same.n_unassigned,
    )
