"""The slopes of one specification, with the real dates and with shuffled ones."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, stats

from trends.analysis.prevalence.estimate import document_shares
from trends.analysis.prevalence.intervals import pooled_dispersion
from trends.analysis.prevalence.periods import Periods
from trends.analysis.trend.dispersion import fit_pooled
from trends.analysis.trend.series import fit_series, series_of
from trends.analysis.trend.slopes import assemble
from trends.core import Topics
from trends.core.computing.rng import Rng, generator_from
from trends.errors import DataError, UsageError

Array = NDArray[np.float64]
Index = NDArray[np.int64]

#: Stands for "no document" in a shuffle that leaves a period without assigned ones; it carries no
#: information.
NOTHING = 1e-6


@dataclass(frozen=True)
class Estimates:
    """What one specification says about its own topics.

    Parameters
    ----------
    table : pandas.DataFrame
        The trend table of :func:`trends.analysis.trend.fit.fit_trends` with the column ``z``: the
        test statistic on the normal scale, which has a sign even where a topic is separated and has
        no slope.
    n_docs : float
        Documents in the denominators, over all periods.
    log_odds, p_adjusted, z : ndarray, shape (shuffles, topics)
        The same under shuffled dates.
    """

    table: pd.DataFrame
    n_docs: float
    log_odds: Array
    p_adjusted: Array
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
    level: float = 0.95,
) -> Estimates:
    """Slopes of all topics of a fit under one choice of estimator, period and denominator.

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
    level : float
        Of the intervals.

    Raises
    ------
    DataError
        If fewer than three periods have documents.
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
    size = np.asarray(weights.T @ counted)
    filled = np.flatnonzero(size > 0)
    if len(filled) < 3:
        message = (
            f"{len(filled)} periods ({periods.period}) have documents; a trend needs at least "
            "three."
        )
        raise DataError(message)
    weights = sparse.csr_matrix(weights[:, filled])
    middle = (
        (periods.starts[filled].astype(float) + periods.ends[filled].astype(float) + 1)
        / 2
        / 365.2425
    )
    y, n = _counts(shares, counted, weights, theta)
    series = series_of((y, n, middle), labels=[str(k) for k in range(len(y))])
    fit, t, span = fit_series(series)
    table = assemble(series, fit, t, span, level).frame()
    table["z"] = normal_score(fit.statistic[0], fit.df)
    moved = local_orders(orders, places[inside])
    null = [_counts(shares[order], counted[order], weights, theta) for order in moved]
    k = len(y)
    log_odds, p, z = np.empty((3, len(moved), k))
    # Shuffles go through the test in batches: one call for many, within a few megabytes.
    batch = max(1, 400_000 // y.size)
    for at in range(0, len(moved), batch):
        part = null[at : at + batch]
        found = fit_pooled(np.stack([c for c, _ in part]), np.stack([m for _, m in part]), t)
        rows = slice(at, at + len(part))
        log_odds[rows], z[rows] = (
            found.slope / span,
            normal_score(found.statistic, found.df[:, None]),
        )
        p[rows] = 2 * stats.t.sf(np.abs(found.statistic), found.df[:, None])
    return Estimates(table, float(size.sum()), log_odds, adjust_rows(p), z)


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


def adjust_rows(p: Array) -> Array:
    """Benjamini–Hochberg within each row; NaN (not tested) stays NaN and does not count as a test.

    The same as :func:`trends.analysis.trend.multiplicity.adjust` row by row, for many rows at once.
    """
    order = np.argsort(p, axis=1)  # NaN sorts last
    ordered = np.take_along_axis(p, order, 1)
    tests = np.isfinite(p).sum(1, keepdims=True)
    scaled = np.where(np.isfinite(ordered), ordered * tests / np.arange(1, p.shape[1] + 1), np.inf)
    least = np.minimum.accumulate(scaled[:, ::-1], axis=1)[:, ::-1]
    out = np.empty_like(p)
    np.put_along_axis(out, order, np.minimum(least, 1.0), 1)
    return np.where(np.isfinite(p), out, np.nan)


def normal_score(statistic: Array, df: Array) -> Array:
    """Student's t as the normal score with the same tail, sign kept; infinite nowhere."""
    tail = np.maximum(stats.t.sf(np.abs(statistic), df), 1e-300)
    return np.sign(statistic) * stats.norm.isf(tail)


def _counts(
    shares: Array, counted: Array, weights: sparse.csr_matrix, theta: str
) -> tuple[Array, Array]:
    """Counts and denominators on the scale of hard labels, each of shape (topics, periods)."""
    y, n = np.asarray(weights.T @ shares), np.asarray(weights.T @ counted)
    unit = np.ones(shares.shape[1])
    if theta == "mean":
        part = counted > 0
        unit = pooled_dispersion(
            shares[part] / counted[part, None], _scaled(weights, counted, part)
        )
    denominators = np.maximum(n, NOTHING)[:, None] / unit
    return np.clip(y / unit, 0, denominators).T, denominators.T


def _scaled(
    weights: sparse.csr_matrix, counted: Array, part: NDArray[np.bool_]
) -> sparse.csr_matrix:
    if (counted == 1).all():
        return weights
    return sparse.csr_matrix(sparse.diags_array(counted[part]) @ weights[np.flatnonzero(part)])
