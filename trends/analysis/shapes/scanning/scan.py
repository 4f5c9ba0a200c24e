"""Scans: the evidence for a shape in every window, and how large it gets where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trends.analysis.shapes.null import (
    FREE,
    SPREAD,
    Null,
    fit_null,
    likelihood_of,
    linearised,
    precision_of,
    terms_at,
)
from trends.analysis.shapes.unseasonal import Unseasonal, unseasonal
from trends.analysis.trend.model import gaps_of
from trends.analysis.trend.series import Series
from trends.analysis.trend.shocks import COARSE, Grid, weigh
from trends.core.claim import ALPHA

Array = NDArray[np.float64]

#: Shapes of one topic that are looked for, one after the other; another one is looked for where
#: the last added more than a little evidence (logarithm), and must add more than its cost.
MOST, LITTLE, COST = 4, 2.5, 4.0

#: Corpora that are drawn and scanned at a time.
BATCH = 20

#: What is told of the progress: corpora done, corpora in all.
Progress = Callable[[int, int], None]


class Family(NamedTuple):
    """Windows within one stretch of the series, by numbers of periods.

    A window that ends where its stretch ends is a step. ``first`` and ``behind`` bound the stretch
    whose data are used (``behind`` is the period after its last), ``starts`` and ``stops`` bound
    the windows in the same way.
    """

    first: int
    behind: int
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]


class Data(NamedTuple):
    """Working log-odds of series, ready to be scanned; the series of a corpus stand together.

    ``z``, ``noise``: (corpora × topics, periods); ``learnt``: the distribution of the shocks over
    topics, (corpora × topics, pairs, levels).
    """

    z: Array
    noise: Array
    learnt: Array

    def of(self, series: int) -> Data:
        """The data of one series."""
        part = slice(series, series + 1)
        return Data(self.z[part], self.noise[part], self.learnt[part])


def prepare(
    y: Array,
    n: Array,
    steps: NDArray[Any],
    grid: Grid = COARSE,
    season: Unseasonal | None = None,
) -> Data:
    """Linearise counts, and learn how shocks are distributed over the topics of each corpus.

    Parameters
    ----------
    y : ndarray, shape (corpora, topics, periods)
        Counts.
    n : ndarray, shape (topics, periods)
        Denominators.
    steps : ndarray of int, shape (periods,)
        Number of each period in the calendar, increasing.
    grid : Grid
        Points over which is integrated.
    season : Unseasonal, optional
        Takes seasons out.

    Returns
    -------
    Data
    """
    corpora, topics, periods = y.shape
    terms = terms_at(steps)
    flat, size = y.reshape(-1, periods), np.tile(n, (corpora, 1))
    z, noise, _ = linearised(flat, size, terms, season)
    likelihood, _, _ = likelihood_of(z, noise, steps, terms, grid)
    _, learnt = weigh(likelihood.reshape(corpora, topics, *likelihood.shape[1:]), grid)
    return Data(z, noise, np.repeat(learnt, topics, axis=0))


def evidence(
    data: Data,
    steps: NDArray[Any],
    family: Family,
    *,
    upward: bool,
    every: bool = True,
    beside: Array | None = None,
    grid: Grid = COARSE,
) -> Array:
    """Logarithm of the Bayes factor of every window of one family, of every series.

    Parameters
    ----------
    data : Data
    steps : ndarray of int, shape (periods,)
    family : Family
    upward : bool
        Whether only raised windows count.
    every : bool
        Whether the evidence of every window is wanted, or the largest is enough.
    beside : ndarray, shape (terms, periods), optional
        Further terms of the mean, with the prior of a shape: those that are known already.
    grid : Grid
        As of ``data``.

    Returns
    -------
    ndarray, shape (series, windows)
    """
    from trends.analysis.shapes.scanning.kernel import window_evidence

    part = slice(family.first, family.behind)
    terms = terms_at(steps)
    known = np.empty((0, len(steps))) if beside is None else np.asarray(beside, dtype=float)
    terms = np.ascontiguousarray(np.column_stack([terms, *known])[part])
    z, noise = (np.ascontiguousarray(a[:, part]) for a in (data.z, data.noise))
    likelihood, _, _ = likelihood_of(z, noise, steps[part], terms, grid, known=len(known))
    weight = np.exp(likelihood - likelihood.max(axis=(1, 2), keepdims=True)) * data.learnt
    weight /= weight.sum(axis=(1, 2), keepdims=True)
    found: Array = window_evidence(
        z,
        noise,
        gaps_of(steps[part]),
        terms,
        FREE,
        precision_of(terms, grid, len(known)),
        grid.pairs,
        weight,
        family.starts - family.first,
        family.stops - family.first,
        SPREAD,
        upward,
        every,
    )
    return found


class Chain(NamedTuple):
    """Shapes of one topic, found one after the other.

    ``windows``: their numbers in the family; ``evidence``: logarithm of the Bayes factor of all
    that were found up to each, against none.
    """

    windows: list[int]
    evidence: list[float]

    @property
    def best(self) -> tuple[int, float]:
        """How many are worth their cost, and the evidence for them less the cost."""
        worth = [e - COST * j for j, e in enumerate(self.evidence)]
        count = int(np.argmax(worth))
        return count + 1, worth[count]


def columns_of(family: Family, windows: Sequence[int], periods: int) -> Array:
    """Windows as terms of the mean, shape (windows, periods)."""
    at, some = np.arange(periods), np.asarray(windows, dtype=int)
    inside = (at >= family.starts[some, None]) & (at < family.stops[some, None])
    return inside.astype(float)


def pursue(data: Data, steps: NDArray[Any], family: Family, *, upward: bool, first: Array) -> Chain:
    """Shapes of one topic, each with those before it in the mean.

    Two bursts hide each other: beside the one that is not in the mean, the other is one more wave
    of large shocks. So what counts is the evidence for all of them together.

    Parameters
    ----------
    data : Data
        Of one series.
    steps, family, upward
        As in :func:`evidence`.
    first : ndarray, shape (windows,)
        Evidence without any other.

    Returns
    -------
    Chain
    """
    windows, total = [int(first.argmax())], [float(first.max())]
    gain = total[0]
    while gain > LITTLE and len(windows) < MOST:
        beside = columns_of(family, windows, len(steps))
        found = evidence(data, steps, family, upward=upward, every=False, beside=beside)[0]
        gain, best = float(found.max()), int(found.argmax())
        if best in windows:  # a larger effect than its prior expects, no further shape
            break
        windows.append(best)
        total.append(total[-1] + gain)
    return Chain(windows, total)


def largest_of_draws(
    null: Null,
    steps: NDArray[Any],
    family: Family,
    *,
    upward: bool,
    draws: int,
    rng: np.random.Generator,
    progress: Progress | None = None,
) -> Array:
    """The largest evidence of any windows in corpora of the null, shape (corpora, topics).

    The whole procedure is repeated with every drawn corpus: linearising, learning the shocks over
    its topics, and the scan for one window after the other.
    """
    topics = len(null.n)
    out = np.empty((draws, topics))
    for start in range(0, draws, BATCH):
        count = min(BATCH, draws - start)
        data = prepare(null.draw(count, rng), null.n, steps, season=null.season)
        found = evidence(data, steps, family, upward=upward, every=False)
        best = [
            pursue(data.of(i), steps, family, upward=upward, first=row).best[1]
            for i, row in enumerate(found)
        ]
        out[start : start + count] = np.reshape(best, (count, topics))
        if progress is not None:
            progress(start + count, draws)
    return out


class Scan(NamedTuple):
    """Tested topics scanned for one shape, and what scans give where there is none.

    ``evidence``: (topics, windows); ``drawn``: of :func:`largest_of_draws`.
    """

    data: Data
    evidence: Array
    drawn: Array


def scan_topics(
    series: Series,
    family: Family,
    *,
    upward: bool,
    draws: int,
    rng: np.random.Generator,
    progress: Progress | None = None,
) -> Scan:
    """Scan the topics that can be tested, and as many corpora of the fitted null.

    Where seasons are fitted, they are taken out of both.
    """
    y, n, steps = series.y[series.tested], series.n[series.tested], series.steps
    season = unseasonal(y, n, steps, series.season)
    null = fit_null(y, n, steps, season)
    drawn = largest_of_draws(
        null, steps, family, upward=upward, draws=draws, rng=rng, progress=progress
    )
    data = prepare(y[None], n, steps, season=season)
    return Scan(data, evidence(data, steps, family, upward=upward), drawn)


def chances(found: Array, drawn: Array) -> tuple[Array, Array]:
    """The p of each statistic, and the p over all topics and windows at once.

    Parameters
    ----------
    found : ndarray, shape (statistics,)
        Largest evidence in the data.
    drawn : ndarray, shape (corpora, topics)
        From :func:`largest_of_draws`.

    Returns
    -------
    p : ndarray, shape (statistics,)
        Share of drawn topics with at least as much. The evidence is weighed by the shocks of its
        own topic, so that topics can be compared.
    adjusted : ndarray, shape (statistics,)
        Share of drawn corpora in which any topic has as much: the chance of any false claim in the
        corpus is below the level at which these are compared.

    References
    ----------
    Westfall and Young (1993), Resampling-Based Multiple Testing, section 2.3.
    """
    single, largest = np.sort(drawn, axis=None), np.sort(drawn.max(axis=1))
    out = []
    for null in (single, largest):
        above = len(null) - np.searchsorted(null, found - 1e-12)
        out.append((1 + above) / (1 + len(null)))
    return out[0], out[1]


class Shape(NamedTuple):
    """One of a chain: its window, the evidence beside the others, these as columns, and its p."""

    window: int
    evidence: float
    others: Array
    p: float
    adjusted: float


def judged(
    data: Data,
    steps: NDArray[Any],
    family: Family,
    chain: Chain,
    drawn: Array,
    *,
    upward: bool,
) -> list[Shape]:
    """The shapes of a chain that are worth their cost, each by what it adds to the others.

    The p of each is the larger of that of all together and that of its own evidence beside the
    others, so that no corpus without a shape has one found more often than it should.
    """
    count, whole = chain.best
    kept = chain.windows[:count]
    out = []
    for window in kept:
        others = columns_of(family, [w for w in kept if w != window], len(steps))
        own = evidence(data, steps, family, upward=upward, beside=others)[0, window]
        p, adjusted = chances(np.array([min(own, whole)]), drawn)
        out.append(Shape(window, float(own), others, float(p[0]), float(adjusted[0])))
    good = [shape for shape in out if shape.adjusted <= ALPHA]
    return good or [min(out, key=lambda shape: shape.p)]
