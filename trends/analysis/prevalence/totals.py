"""Shares of topics from sums over documents, where nobody holds the documents themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.analysis.prevalence.clusters import correlation
from trends.analysis.prevalence.estimate import Pooled, pooled
from trends.analysis.prevalence.intervals import dispersion_of_sums
from trends.analysis.prevalence.periods import Periods
from trends.core import Alignment, Prevalence
from trends.core.computing.rng import Rng, generator_from
from trends.errors import DataError, UsageError

Array = NDArray[np.float64]
Sums = NDArray[np.int64]

#: A document is so many units of a sum: whole numbers add up to the same in any order.
UNIT = 2**30
#: Draws of the bootstrap.
DRAWS = 400
#: Documents of which draws are held at a time.
BLOCK = 4096


@dataclass(frozen=True)
class Totals:
    """Sums over the documents of each period for one fit, in documents.

    Parameters
    ----------
    hard : ndarray, shape (periods, topics)
        Documents by their largest topic; NaN for a topic that the fit lacks.
    mass, squares : ndarray, shape (periods, topics)
        Sum of the documents' shares, and of their squares.
    documents : ndarray, shape (periods,)
        All documents, the unassigned among them.
    drawn : ndarray, shape (draws, periods, topics), optional
        ``hard`` or ``mass``, whichever is estimated, with documents drawn again.
    drawn_documents : ndarray, shape (draws, periods), optional
        ``documents``, drawn in the same way.
    """

    hard: Array
    mass: Array
    squares: Array
    documents: Array
    drawn: Array | None = None
    drawn_documents: Array | None = None

    def aligned(self, to: Alignment | None) -> Totals:
        """In the topics of a prototype (left) that was matched to this fit (right).

        NaN for topics that the fit lacks; what it has beside them is unassigned.
        """
        if to is None:
            return self
        left, right = to.pairs.T

        def moved(sums: Array) -> Array:
            out = np.full((*sums.shape[:-1], to.n_left), np.nan)
            out[..., left] = sums[..., right]
            return out

        drawn = None if self.drawn is None else moved(self.drawn)
        hard, mass, squares = (moved(sums) for sums in (self.hard, self.mass, self.squares))
        return replace(self, hard=hard, mass=mass, squares=squares, drawn=drawn)


def sums_of(
    theta: Array,
    hard: NDArray[np.int64],
    document: NDArray[np.int64],
    cell: NDArray[np.int64],
    weight: Array,
    cells: int,
) -> tuple[Sums, Sums, Sums]:
    """Sums over documents in cells (periods, or periods of groups), in units of :data:`UNIT`.

    Parameters
    ----------
    theta : ndarray, shape (documents, topics)
    hard : ndarray of int, shape (documents,)
        The largest topic, -1 where it is none.
    document, cell : ndarray of int, shape (places,)
        Where documents count; a document may count in several cells.
    weight : ndarray, shape (places,)
        Part of the document that counts there.
    cells : int
        Their number.

    Returns
    -------
    hard, mass, squares : ndarray of int, shape (cells, topics + 1)
        The last column is what no topic has.
    """
    topics = theta.shape[1]
    units = np.rint(weight * UNIT)
    at = cell * (topics + 1) + np.where(hard < 0, topics, hard)[document]
    counted = np.bincount(at, units, cells * (topics + 1)).reshape(cells, topics + 1)
    # Products of whole numbers below 2**53 are exact in double precision, in any order of addition.
    place = sparse.csr_array(
        (np.ones(len(cell)), (cell, np.arange(len(cell)))), shape=(cells, len(cell))
    )
    whole = np.column_stack([theta, np.clip(1 - theta.sum(axis=1), 0, 1)])[document]
    mass = place @ np.rint(whole * units[:, None])
    squares = place @ np.rint(whole**2 * units[:, None])
    return counted.astype(np.int64), mass.astype(np.int64), squares.astype(np.int64)


def times_drawn(keys: NDArray[np.int64], draws: int = DRAWS) -> NDArray[np.int8]:
    """How often each document is drawn again, shape (documents, draws): Poisson with mean one.

    The numbers come from the key of the document (or of its cluster) alone, so that every machine
    that sees it draws it as often.

    References
    ----------
    Chamandy, Muralidharan, Najmi and Naidu (2012), Estimating uncertainty for massive data
    streams, Google technical report; Oza and Russell (2001), Online bagging and boosting, AISTATS.
    """
    with np.errstate(over="ignore"):
        x = keys.astype(np.uint64)[:, None] + (
            np.arange(1, draws + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        )
        # The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
        x ^= x >> np.uint64(30)
        x *= np.uint64(0xBF58476D1CE4E5B9)
        x ^= x >> np.uint64(27)
        x *= np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
    part = (x >> np.uint64(40)).astype(np.int32)
    return np.searchsorted(_POISSON, part, side="right").astype(np.int8)


#: Distribution function of the Poisson distribution with mean one, in parts of 2**24.
_POISSON = np.floor(
    np.cumsum(np.exp(-1) / np.cumprod(np.array([1.0, *range(1, 12)]))) * 2**24
).astype(np.int32)


def drawn_sums(
    keys: NDArray[np.int64],
    theta: Array,
    hard: NDArray[np.int64] | None,
    document: NDArray[np.int64],
    cell: NDArray[np.int64],
    weight: Array,
    cells: int,
) -> Sums:
    """The sums of ``mass``, or of ``hard`` where it is given, in every draw.

    Returns
    -------
    ndarray of int, shape (cells, topics + 1, draws)
        The last topic is what no topic has, in units of :data:`UNIT`.
    """
    topics = theta.shape[1]
    out = np.zeros((cells * (topics + 1), DRAWS))
    units = np.rint(weight * UNIT)
    for first in range(0, len(document), BLOCK):
        some = slice(first, first + BLOCK)
        rows = document[some]
        if hard is None:
            whole = np.column_stack([theta[rows], np.clip(1 - theta[rows].sum(axis=1), 0, 1)])
            values = np.rint(whole * units[some, None]).ravel()
            row = np.repeat(np.arange(len(rows)), topics + 1)
            at = (cell[some, None] * (topics + 1) + np.arange(topics + 1)).ravel()
        else:
            values, row = units[some], np.arange(len(rows))
            at = cell[some] * (topics + 1) + np.where(hard < 0, topics, hard)[rows]
        place = sparse.csr_array((values, (at, row)), shape=(len(out), len(rows)))
        out += place @ times_drawn(keys[rows]).astype(np.float64)
    return out.reshape(cells, topics + 1, DRAWS).astype(np.int64)


def estimate_totals(
    fits: Sequence[Totals],
    periods: Periods,
    *,
    labels: Sequence[str],
    theta: str = "hard",
    interval: str = "wilson",
    level: float = 0.95,
    cluster: dict[str, Any] | None = None,
    rng: Rng | None = None,
) -> Prevalence:
    """Shares of topics from the sums of several aligned fits.

    As :func:`trends.analysis.prevalence.estimate.estimate` on the documents, to the rounding of
    the sums; only what is drawn at random, the bootstrap and the correlation within clusters, is
    drawn in another way.

    Parameters
    ----------
    fits : sequence of Totals
        Aligned: column k is the same topic in each.
    periods : Periods
        Over the same documents.
    labels : sequence of str
        Names of the topics.
    theta, interval, level
        As there.
    cluster : dict, optional
        ``column``, ``clusters`` and ``alone`` where documents came in clusters, which were drawn
        as a whole.
    rng : int or numpy.random.Generator
        Needed for the bootstrap: it picks the fit of each draw.

    Raises
    ------
    DataError
        If sums and periods do not match, or a topic occurs in no fit.
    UsageError
        If draws are needed that were not made.
    """
    weight = periods.n_docs
    for totals in fits:
        if totals.hard.shape != (len(weight), len(labels)):
            message = (
                f"The sums are about {totals.hard.shape[0]} periods and {totals.hard.shape[1]} "
                f"topics, the periods are {len(weight)} and the labels {len(labels)}."
            )
            raise DataError(message)
    size = np.where(weight > 0, weight, np.nan)[:, None]
    sums = [totals.hard if theta == "hard" else totals.mass for totals in fits]
    matched = np.array([np.isfinite(one).all(0) for one in sums])
    if not matched.any(0).all():
        message = f"Topic {labels[int(np.argmin(matched.any(0)))]!r} occurs in none of the fits."
        raise DataError(message)
    if (interval == "bootstrap" or cluster is not None) and any(t.drawn is None for t in fits):
        message = "No documents were drawn again: a bootstrap and clusters need sums of draws."
        raise UsageError(message)
    bounds = None
    if interval == "bootstrap":
        bounds = _bounds(fits, level, generator_from(rng))
    dispersion = np.stack([_dispersion(one, theta, cluster is not None) for one in fits])
    shares = np.stack([one / size for one in sums])
    return pooled(
        Pooled(shares, dispersion, matched, bounds, cluster),
        periods,
        labels=tuple(labels),
        theta=theta,
        level=level,
    )


def estimate_totals_each(
    fits: Sequence[Totals], periods: Periods, **options: Any
) -> list[Prevalence]:
    """One prevalence per fit, as :func:`trends.analysis.prevalence.estimate.estimate_each`."""
    out = []
    for fit in fits:
        absent = np.flatnonzero(~np.isfinite(fit.hard).all(0)).tolist()
        filled = replace(
            fit,
            hard=np.nan_to_num(fit.hard),
            mass=np.nan_to_num(fit.mass),
            squares=np.nan_to_num(fit.squares),
            drawn=None if fit.drawn is None else np.nan_to_num(fit.drawn),
        )
        one = estimate_totals([filled], periods, **options)
        out.append(replace(one, settings={**one.settings, "absent": absent}))
    return out


def _dispersion(totals: Totals, theta: str, clusters: bool) -> Array:
    mass, squares = (np.nan_to_num(a) for a in (totals.mass, totals.squares))
    sums, second = (mass, squares) if theta == "mean" else (np.nan_to_num(totals.hard),) * 2
    unit = np.ones(sums.shape[1])
    if theta == "mean":
        unit = dispersion_of_sums(sums, second, totals.documents)
    if not clusters:
        return np.broadcast_to(unit, sums.shape)
    return unit * _design_effect(totals, sums, second)


def _design_effect(totals: Totals, sums: Array, second: Array) -> Array:
    """As :func:`trends.analysis.prevalence.clusters.design_effect`.

    What the clusters of a period add up to is not known cluster by cluster. Where each is drawn a
    Poisson number of times with mean and variance one, the variance of a sum over documents is the
    sum of squares over clusters.
    """
    assert totals.drawn is not None and totals.drawn_documents is not None
    n = totals.documents
    size = np.where(n > 0, n, 1.0)
    mean = sums / size[:, None]
    off = totals.drawn_documents - n
    residual = np.nan_to_num(totals.drawn) - sums - mean * off[:, :, None]
    of_clusters = (residual**2).mean(axis=0)
    of_documents = second - 2 * mean * sums + mean**2 * n[:, None]
    products = (of_clusters - of_documents).sum(0)
    pairs = np.clip((off**2).mean(axis=0) - n, 0, None)
    variance = np.clip(second / size[:, None] - mean**2, 0, None)
    return correlation(products, pairs, variance, n)


def _bounds(fits: Sequence[Totals], level: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Percentile bounds over draws, each of which picks one of the fits."""
    first = fits[0].drawn
    assert first is not None
    which = rng.integers(len(fits), size=len(first))
    shares = np.full(first.shape, np.nan)
    for m, fit in enumerate(fits):
        assert fit.drawn is not None and fit.drawn_documents is not None
        mine = which == m
        size = fit.drawn_documents[mine][:, :, None]
        shares[mine] = fit.drawn[mine] / np.where(size > 0, size, np.nan)
    tail = (1 - level) / 2
    lower, upper = np.full(first.shape[1:], np.nan), np.full(first.shape[1:], np.nan)
    seen = np.isfinite(shares).any(0)
    lower[seen], upper[seen] = np.nanquantile(shares[:, seen], [tail, 1 - tail], axis=0)
    return lower, upper
