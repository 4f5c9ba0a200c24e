"""The trends of one specification, with the real dates and with shuffled ones."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from trends.analysis.prevalence.clusters import design_effect
from trends.analysis.prevalence.estimate import document_shares
from trends.analysis.prevalence.intervals import dispersion_of_sums
from trends.analysis.prevalence.periods import Periods
from trends.analysis.trend.model import normal_score, scores
from trends.analysis.trend.seasons import where_possible
from trends.analysis.trend.series import Series
from trends.analysis.trend.shocks import JOINT, Grid
from trends.analysis.trend.spans import Span, calendar_years, covers, span_weights
from trends.analysis.trend.table import trend_of
from trends.core import Topics
from trends.core.computing.rng import Rng, generator_from
from trends.errors import DataError, UsageError

Array = NDArray[np.float64]
Index = NDArray[np.int64]

#: Stands for "no document" in a shuffle that leaves a period without assigned ones; it carries no
#: information.
NOTHING = 1e-6

#: Shuffles whose counts are held at a time, and documents that are moved at a time.
BATCH, MOVED = 256, 2_000_000


@dataclass(frozen=True)
class Estimates:
    """What one specification says about its own topics.

    Parameters
    ----------
    table : pandas.DataFrame
        The trend table of :func:`trends.analysis.trend.fit.fit_trends`.
    n_docs : float
        Documents in the denominators, over all periods.
    z : ndarray, shape (1 + shuffles, topics)
        Normal scores of the p of a change, with its sign, first with the real dates, then under
        shuffled ones, all by the coarse grid; every shuffle learns its own shocks. NaN where a
        topic is not tested.
    """

    table: pd.DataFrame
    n_docs: float
    z: Array


def block_orders(n: int, block: int, shuffles: int, rng: Rng) -> Index:
    """Permutations that move stretches of neighbours together.

    Parameters
    ----------
    n : int
        Documents, in the order of time.
    block : int
        Length of a stretch; 1 shuffles documents one by one. Stretches keep what documents of one
        time have in common, so that shuffled data vary between periods as the real ones do. Their
        borders differ between shuffles.
    shuffles : int
        How many permutations.
    rng : int or numpy.random.Generator
        Source of the shuffles.

    Returns
    -------
    ndarray of int, shape (shuffles, n)
        The document that comes to each place of time.
    """
    if min(n, block, shuffles) < 1:
        message = (
            f"Documents, block and shuffles must be positive; got {n}, {block} and {shuffles}."
        )
        raise UsageError(message)
    generator = generator_from(rng)
    out = np.empty((shuffles, n), dtype=np.int64)
    for row in out:
        edges = np.unique([0, *range(int(generator.integers(block)), n, block), n])
        pieces = [np.arange(a, b) for a, b in itertools.pairwise(edges)]
        row[:] = np.concatenate([pieces[i] for i in generator.permutation(len(pieces))])
    return out


def is_one_hot(topics: Topics) -> bool:
    """Whether every document belongs to one topic or to none.

    Mean theta and hard labels are then the same.
    """
    return bool(((topics.theta == 0) | (topics.theta == 1)).all())


def all_assigned(topics: Topics, rows: Index) -> bool:
    """Whether no part of the documents in ``rows`` is unassigned."""
    return bool((topics.unassigned[rows] <= 1e-9).all())


def estimate(
    topics: Topics,
    periods: Periods,
    places: Index,
    orders: Index,
    *,
    theta: str,
    denominator: str,
    spans: tuple[Span, Span] | None = None,
    level: float = 0.95,
    clusters: Index | None = None,
    grid: Grid = JOINT,
) -> Estimates:
    """Trends of all topics of a fit under one choice of estimator, period and denominator.

    Parameters
    ----------
    topics : Topics
        The fit.
    periods : Periods
        Over the documents of the fit.
    places : ndarray of int, shape (documents,)
        Place of each document of the fit in the order of time of all dated documents of the corpus;
        -1 where it is undated.
    orders : ndarray of int, shape (shuffles, dated documents)
        From :func:`block_orders`, the same for all specifications; a fit of some of the documents
        shuffles these in the same order.
    theta : {"hard", "mean"}
        As in :func:`trends.analysis.prevalence.estimate.estimate`.
    denominator : {"all", "assigned"}
        Documents that a share is a share of.
    spans, level
        As in :func:`trends.analysis.trend.fit.fit_trends`.
    clusters : ndarray of int, shape (documents,), optional
        From :func:`trends.analysis.prevalence.clusters.cluster_codes`.
    grid : Grid
        Of shocks, on which the real order and the shuffles are scored.

    Raises
    ------
    DataError
        If fewer than three periods have documents, or a span holds none of them.
    UsageError
        If a choice has another name.
    """
    if theta not in ("hard", "mean") or denominator not in ("all", "assigned"):
        message = (
            f"theta is 'hard' or 'mean' and denominator 'all' or 'assigned'; got {theta!r} and "
            f"{denominator!r}."
        )
        raise UsageError(message)
    shares = np.nan_to_num(document_shares(topics, theta))
    counted = np.ones(len(shares)) if denominator == "all" else shares.sum(1)
    inside = np.flatnonzero(periods.index >= 0)
    inside = inside[np.argsort(places[inside], kind="stable")]
    weights = sparse.csr_matrix(periods.weights[inside])
    shares, counted = shares[inside], counted[inside]
    clusters = None if clusters is None else clusters[inside]
    size = np.asarray(weights.T @ counted)
    filled = np.flatnonzero(size > 0)
    if len(filled) < 3:
        message = (
            f"{len(filled)} periods ({periods.period}) have documents; a trend needs at least "
            "three."
        )
        raise DataError(message)
    if not covers(calendar_years(periods.starts[filled]), spans):
        message = f"A span holds no start of a period ({periods.period}) with documents."
        raise DataError(message)
    weights = sparse.csr_matrix(weights[:, filled])
    starts, ends = (d[filled].astype(float) for d in (periods.starts, periods.ends))
    y, n = counts(shares, counted, weights, theta, clusters)
    series = Series(
        y,
        n,
        (starts + ends + 1) / 2 / 365.2425,
        tuple(str(k) for k in range(len(y))),
        steps=filled,
        starts=calendar_years(periods.starts[filled]),
        names=tuple(periods.names[i] for i in filled),
    )
    season = where_possible(periods.season, periods.period, series.steps, series.starts)
    series = replace(series, season=season)
    table = trend_of(series, level, spans).frame()
    found = series.tested
    span, _ = span_weights(series.starts, spans, series.names)
    z = np.full((1 + len(orders), len(y)), np.nan)
    # The real order first, by the same statistic as the shuffles.
    moved = np.vstack([np.arange(len(inside)), local_orders(orders, places[inside])])
    for at in range(0, len(moved), BATCH):
        y, n = counts(shares, counted, weights, theta, clusters, moved[at : at + BATCH])
        score = scores(y[:, found], n[:, found], series.steps, span, grid)
        z[at : at + BATCH, found] = normal_score(*score)
    return Estimates(table, float(size.sum()), z)


def local_orders(orders: Index, places: Index) -> Index:
    """Shuffles of all documents, restricted to some: who comes to each place among them.

    Parameters
    ----------
    orders : ndarray of int, shape (shuffles, all)
        Permutations of all places.
    places : ndarray of int, shape (some,)
        Increasing.
    """
    local = np.full(orders.shape[1], -1, dtype=np.int64)
    local[places] = np.arange(len(places))
    mapped = local[orders]
    return mapped[mapped >= 0].reshape(len(orders), len(places))


def counts(
    shares: Array,
    counted: Array,
    weights: sparse.csr_matrix,
    theta: str,
    clusters: Index | None = None,
    orders: Index | None = None,
) -> tuple[Array, Array]:
    """Counts and denominators on the scale of hard labels, each of shape (topics, periods).

    With clusters on the scale of hard labels of documents that were drawn alone.

    Parameters
    ----------
    shares : ndarray, shape (documents, topics)
        What each document adds to each topic.
    counted : ndarray, shape (documents,)
        What it adds to the denominator.
    weights : scipy.sparse.csr_matrix, shape (documents, periods)
    theta : {"hard", "mean"}
    clusters : ndarray of int, shape (documents,), optional
    orders : ndarray of int, shape (orders, documents), optional
        Who comes to each place; the result has a leading axis then.
    """
    if orders is None:
        y, n = counts(shares, counted, weights, theta, clusters, np.arange(len(shares))[None])
        return y[0], n[0]
    some = max(1, MOVED // max(weights.nnz, 1))
    if len(orders) > some:
        parts = [
            counts(shares, counted, weights, theta, clusters, orders[at : at + some])
            for at in range(0, len(orders), some)
        ]
        return np.concatenate([y for y, _ in parts]), np.concatenate([n for _, n in parts])
    across = sparse.csr_matrix(weights.T)
    # The periods of all orders, one below the other; each holds the documents that come to it.
    ends = np.arange(len(orders), dtype=np.int32)[:, None] * across.nnz + across.indptr[1:]
    moved = sparse.csr_matrix(
        (
            np.tile(across.data, len(orders)),
            orders.astype(np.int32)[:, across.indices].ravel(),
            np.append(across.indptr[:1], ends),
        ),
        shape=(len(orders) * across.shape[0], len(shares)),
    )

    def sums(values: Array) -> Array:
        """Of each order (first axis) over the documents of each period."""
        return (moved @ values).reshape(len(orders), across.shape[0], *values.shape[1:])

    y, n = sums(shares), sums(counted)
    unit = np.ones((len(orders), 1, shares.shape[1]))
    if theta == "mean":
        squares = shares**2 / np.where(counted > 0, counted, 1)[:, None]
        unit = dispersion_of_sums(y, sums(squares), n)[:, None]
    if clusters is not None:
        effects = []
        for order in orders:
            part = order[counted[order] > 0]
            scaled = sparse.diags_array(counted[order]) @ weights
            scaled = sparse.csr_matrix(scaled[np.flatnonzero(counted[order] > 0)])
            own = shares[part] / counted[part, None]
            effects.append(design_effect(own, scaled, clusters[part]))
        unit = unit * np.stack(effects)
    denominators = np.maximum(n, NOTHING)[..., None] / unit
    return (
        np.clip(y / unit, 0, denominators).swapaxes(-1, -2),
        denominators.swapaxes(-1, -2),
    )
