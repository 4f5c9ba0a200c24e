"""Bursts: stretches of time in which a topic has much more than its course and shocks explain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlog1py, xlogy

from trends.analysis.shapes.null import DRAWS
from trends.analysis.shapes.scanning.claims import (
    Claim,
    Input,
    Progress,
    claims_frame,
    input_of,
    untested,
)
from trends.analysis.shapes.scanning.effect import effect_of
from trends.analysis.shapes.scanning.scan import (
    LITTLE,
    Data,
    Family,
    columns_of,
    evidence,
    judged,
    pursue,
    scan_topics,
)
from trends.analysis.trend.seasons import Seasons
from trends.core.claim import ALPHA
from trends.core.computing.rng import Rng, generator_from, seed_from

Array = NDArray[np.float64]

#: Fewer periods cannot show a burst beside a course.
LEAST = 8

#: A burst is no longer than this part of the series.
LONGEST = 0.3


def windows(periods: int) -> Family:
    """The windows that are scanned: every length up to 8, then lengths that grow by a quarter.

    Examples
    --------
    >>> family = windows(20)
    >>> sorted(set((family.stops - family.starts).tolist()))
    [1, 2, 3, 4, 5, 6]
    """
    longest = max(1, int(LONGEST * periods))
    lengths = list(range(1, min(longest, 8) + 1))
    while (length := int(np.ceil(1.25 * lengths[-1]))) <= longest:
        lengths.append(length)
    starts = np.concatenate([np.arange(periods - length + 1) for length in lengths])
    each = np.concatenate([np.full(periods - length + 1, length) for length in lengths])
    return Family(0, periods, starts, starts + each)


def bursts(
    data: Input,
    *,
    labels: Sequence[str] | None = None,
    complete_only: bool = False,
    season: Seasons | None = None,
    draws: int = DRAWS,
    level: float = 0.95,
    rng: Rng,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Find bursts, and say how surprising the largest is under lasting shocks.

    Parameters
    ----------
    data : Prevalence, its frame, or tuple (counts, totals, times)
        As in :func:`trends.fit_trends`.
    labels : sequence of str, optional
        Names of the topics, where counts are given.
    complete_only : bool
        Leave incomplete periods out.
    season : {"none", "auto", "adjust", "keep"}, optional
        Whether months or quarters that differ in every year alike are taken out before the scan.
    draws : int
        Corpora drawn from the null.
    level : float
        Of the intervals.
    rng : int or numpy.random.Generator
    progress : callable, optional
        Called with corpora drawn and corpora in all.

    Returns
    -------
    pandas.DataFrame
        See :func:`trends.bursts`.

    Notes
    -----
    The evidence for a window is the Bayes factor of a mean that is raised within it, by an amount
    with a half-normal prior of one log-odd, against the mean of the one model: smooth, with
    autoregressive shocks of unknown size and correlation, which are integrated out under both. The
    best window enters the mean and the topic is scanned again, as bursts hide each other; the
    evidence for all together, less a cost for each after the first, is compared with the largest
    over windows and topics in corpora drawn from the fitted model. A burst is found if the evidence
    for it beside the others of its topic reaches as far, and if windows explain the series clearly
    better than one step does: a lasting change is not a row of bursts.

    References
    ----------
    Kulldorff (1997), Communications in Statistics: Theory and Methods 26, 1481–1496, for scans;
    Zhang, Assunção and Kulldorff (2010), Journal of Probability and Statistics 2010, 642379, for
    what is found second; Davison and Hinkley (1997), Bootstrap Methods and their Application.
    """
    series = input_of(
        data,
        labels=labels,
        complete_only=complete_only,
        season=season,
        draws=draws,
        level=level,
        name="bursts",
    )
    rows = series.tested
    periods = len(series.steps)
    if periods < LEAST or not len(rows):
        why = f"{periods} periods have documents: a burst can be told from {LEAST} on"
        return claims_frame(series, "burst", untested(series, why if len(rows) else ""))
    seed = seed_from(rng)
    steps, family = series.steps, windows(periods)
    ready, found, drawn = scan_topics(
        series, family, upward=True, draws=draws, rng=generator_from(seed), progress=progress
    )
    claims = untested(series)
    for i, k in enumerate(rows):
        claims += _of_topic(int(k), ready.of(i), steps, family, found[i], drawn, level)
    return claims_frame(series, "burst", claims, draws=draws, seed=seed)


def _of_topic(
    topic: int,
    data: Data,
    steps: NDArray[Any],
    family: Family,
    first: Array,
    drawn: Array,
    level: float,
) -> list[Claim]:
    """Its bursts, or the window that comes nearest to one."""
    periods = len(steps)
    chain = pursue(data, steps, family, upward=True, first=first)
    ends = Family(0, periods, np.arange(2, periods - 1), np.full(periods - 3, periods))
    claims: list[Claim] = []
    count, whole = chain.best
    for shape in judged(data, steps, family, chain, drawn, upward=True):
        start, stop = int(family.starts[shape.window]), int(family.stops[shape.window])
        note, found = "", shape.adjusted <= ALPHA
        if found:
            note = "still raised in the last period" if stop == periods else ""
            others = shape.others if len(shape.others) else None
            step = evidence(data, steps, ends, upward=False, beside=others)[0].max()
            # Windows one after the other are a poor step; one that lasts to the end is no worse.
            ongoing = count == 1 and stop == periods
            alone = step if others is None else evidence(data, steps, ends, upward=False)[0].max()
            if step > shape.evidence or (alone + LITTLE > whole and not ongoing):
                note, found = "a lasting change explains it as well: see change points", False
        columns = np.vstack([columns_of(family, [shape.window], periods), shape.others])
        size = effect_of(data, steps, columns, level)
        claims.append(Claim(topic, start, stop, *size, shape.p, shape.adjusted, found, note))
    return claims


def burst_states(
    y: ArrayLike, n: ArrayLike, *, scaling: float = 2.0, gamma: float = 1.0
) -> NDArray[np.int64]:
    r"""The likeliest course of a two-state automaton: usual, or burst (Kleinberg).

    Parameters
    ----------
    y, n : array-like, shape (topics, periods)
        Counts and denominators, or denominators of shape (periods,).
    scaling : float
        How many times the usual share is expected in a burst.
    gamma : float
        Cost of entering a burst, in units of the logarithm of the number of periods.

    Returns
    -------
    ndarray of int, shape (topics, periods)
        1 in a burst.

    Notes
    -----
    Kleinberg's automaton for batches: a period costs :math:`-\ln` of the binomial chance of its
    count, at the usual share :math:`p` (that of the whole series) or at
    :math:`\min(s p, (1 + p) / 2)`; entering a burst costs :math:`\gamma \ln T`, leaving it nothing.
    The minimum over all courses is exact (Viterbi). It has no error rate: with periods that vary
    more than documents drawn one by one, every wave is a burst. For display.

    References
    ----------
    Kleinberg (2002), Bursty and hierarchical structure in streams, KDD, section 4; Viterbi (1967).

    Examples
    --------
    >>> burst_states([[5, 4, 6, 20, 22, 5, 4, 6]], [100] * 8).tolist()
    [[0, 0, 0, 1, 1, 0, 0, 0]]
    """
    counts = np.atleast_2d(np.asarray(y, dtype=float))
    size = np.broadcast_to(np.asarray(n, dtype=float), counts.shape)
    topics, periods = counts.shape
    usual = counts.sum(1) / np.maximum(size.sum(1), 1e-300)
    shares = np.stack([usual, np.minimum(scaling * usual, (1 + usual) / 2)])[..., None]
    price = -(xlogy(counts, shares) + xlog1py(size - counts, -shares))
    enter = gamma * np.log(max(periods, 2))
    back = np.zeros((topics, periods, 2), dtype=np.int64)
    cost = np.stack([price[0, :, 0], price[1, :, 0] + enter], axis=1)
    for t in range(1, periods):
        # Into each state from the cheaper of both; where they are alike, from the usual one.
        come = np.stack([cost, cost + np.array([enter, 0.0])], axis=1)
        back[:, t] = come.argmin(axis=2)
        cost = come.min(axis=2) + price[:, :, t].T
    states = np.zeros((topics, periods), dtype=np.int64)
    at = cost.argmin(axis=1)
    for t in range(periods - 1, -1, -1):
        states[:, t] = at
        at = back[np.arange(topics), t, at]
    return states
