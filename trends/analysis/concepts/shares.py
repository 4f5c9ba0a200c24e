"""Shares of concepts over time: concepts overlap, so each has a part of one for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from trends.analysis.prevalence.estimate import estimate
from trends.analysis.prevalence.periods import Periods
from trends.analysis.trend.series import Series, series_of
from trends.core import Prevalence
from trends.errors import DataError

Array = NDArray[np.float64]

#: Columns that are dense at a time where documents are not independent.
BLOCK = 20


def shares_of(
    weights: Array,
    periods: Periods,
    name: str,
    *,
    theta: Literal["hard", "mean"] = "hard",
    level: float = 0.95,
    clusters: Sequence[Any] | pd.Series | None = None,
) -> Prevalence:
    """The share of one concept in each period.

    Parameters
    ----------
    weights : ndarray, shape (documents,)
        How much of each document belongs to the concept, from 0 to 1; the rest is unassigned.
    periods : Periods
        Over the same documents.
    name : str
        Of the concept.
    theta : {"hard", "mean"}
        Count documents of which half or more belongs to it, or the mean of the weights.
    level, clusters
        As in :func:`trends.analysis.prevalence.estimate.estimate`.

    Returns
    -------
    Prevalence
        With one topic, the concept.
    """
    return estimate(
        np.asarray(weights, dtype=float)[:, None],
        periods,
        labels=[name],
        theta=theta,
        level=level,
        clusters=clusters,
    )


def together(shares: Sequence[Prevalence]) -> Series:
    """Counts of several concepts over the same periods, for one test of all of them.

    Raises
    ------
    DataError
        If the periods differ.
    """
    parts = [series_of(one) for one in shares]
    first = parts[0]
    if any(len(p.x) != len(first.x) or (p.x != first.x).any() for p in parts):
        message = "Concepts that are tested together must be measured over the same periods."
        raise DataError(message)
    return stacked(parts)


def stacked(parts: Sequence[Series]) -> Series:
    """Series over the same periods as one."""
    return replace(
        parts[0],
        y=np.concatenate([p.y for p in parts]),
        n=np.concatenate([p.n for p in parts]),
        labels=tuple(label for p in parts for label in p.labels),
    )


def single(series: Series, k: int) -> Series:
    """One concept of several."""
    return replace(series, y=series.y[[k]], n=series.n[[k]], labels=(series.labels[k],))


def series_of_held(
    held: sparse.csr_matrix,
    periods: Periods,
    like: Series,
    clusters: Sequence[Any] | pd.Series | None = None,
) -> Series:
    """Counts of many concepts that documents hold or do not hold.

    Parameters
    ----------
    held : scipy.sparse.csr_matrix, shape (documents, concepts)
        1 where a document holds a concept.
    periods : Periods
        Over the same documents.
    like : Series
        Of a concept over the same periods, which says what periods there are.
    clusters : sequence, optional
        As in :func:`trends.analysis.prevalence.estimate.estimate`.
    """
    labels = tuple(str(k) for k in range(held.shape[1]))
    if clusters is not None:
        columns = sparse.csc_matrix(held)
        parts = []
        for at in range(0, held.shape[1], BLOCK):
            dense = columns[:, at : at + BLOCK].toarray().astype(float)
            parts += [
                shares_of(dense[:, j], periods, str(j), clusters=clusters)
                for j in range(dense.shape[1])
            ]
        return replace(together(parts), labels=labels)
    filled = np.flatnonzero(periods.n_docs > 0)
    y = np.asarray((periods.weights.T @ held).todense(), dtype=float)[filled].T
    n = np.broadcast_to(np.maximum(np.rint(periods.n_docs[filled]), 1), y.shape)
    return replace(like, y=np.clip(y, 0, n), n=np.array(n), labels=labels, absent=())


def frame_of(shares: Sequence[Prevalence]) -> pd.DataFrame:
    """One row per concept and period, concepts numbered in their order.

    Columns topic (the number of the concept), label (its name), period, n_docs, share, lower,
    upper, complete; ``attrs`` as those of :meth:`trends.core.prevalence.Prevalence.frame`.
    """
    parts = []
    for k, one in enumerate(shares):
        frame = one.frame()
        parts.append(frame[frame["topic"] == 0].assign(topic=k))
    out = pd.concat(parts, ignore_index=True)
    out.attrs |= {"period": shares[0].settings["period"]}
    return out
