"""Change points: intervals that hold a change for good, and the date of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.shapes.null import DRAWS
from trends.analysis.shapes.scanning.claims import (
    Claim,
    Input,
    Progress,
    claims_frame,
    input_of,
    times_of,
    untested,
)
from trends.analysis.shapes.scanning.effect import effect_of
from trends.analysis.shapes.scanning.scan import (
    Data,
    Family,
    evidence,
    judged,
    pursue,
    scan_topics,
)
from trends.analysis.trend.seasons import Seasons
from trends.analysis.trend.series import Series
from trends.core.claim import ALPHA
from trends.core.computing.rng import Rng, generator_from, seed_from

Array = NDArray[np.float64]

#: Fewer periods cannot tell a step from a line and lasting shocks.
LEAST = 20

#: Periods on each side of a date.
MARGIN = 2


class Change(NamedTuple):
    """One change, in numbers of periods: its date, and the dates in both intervals."""

    at: int
    earliest: int
    latest: int
    held_from: int
    held_to: int


def steps_within(first: int, behind: int) -> Family:
    """Steps at every date of a stretch, :data:`MARGIN` periods from its ends."""
    starts = np.arange(first + MARGIN, behind - MARGIN + 1)
    return Family(first, behind, starts, np.full(len(starts), behind))


def change_points(
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
    """Find dates at which a topic changed for good, each with an interval.

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
        See :func:`trends.change_points`.

    Notes
    -----
    The evidence for a date is the Bayes factor of a step there, of either sign, with a normal prior
    of one log-odd, against the mean of the one model: smooth, with autoregressive shocks of unknown
    size and correlation, which are integrated out under both. The best date enters the mean and the
    topic is scanned again, as changes hide each other; the evidence for all together, less a cost
    for each after the first, is compared with the largest over dates and topics in corpora drawn
    from the fitted model. A change is found if the evidence for it beside the others of its topic
    reaches as far.

    The date is the likeliest between its neighbours, given that there is one: the posterior is the
    evidence for a step at each date, on one scale. Its interval is the smallest stretch of adjacent
    dates that holds the level; as dates are whole periods it mostly holds more. ``hold_from`` and
    ``hold_to`` bound the dates with which nothing is left to be found: a step at the true date
    leaves the null, and of that the largest evidence is known, so with a chance of 95 % all these
    intervals together hold a change each (the inversion of SMUCE, by the evidence of this model).

    References
    ----------
    Frick, Munk and Sieling (2014), Journal of the Royal Statistical Society B 76, 495–580;
    Fryzlewicz (2024), Journal of the American Statistical Association 119, 1633–1646, for what such
    intervals say; Kim, Fay, Feuer and Midthune (2000), Statistics in Medicine 19, 335–351, for
    changes found one after the other.
    """
    series = input_of(
        data,
        labels=labels,
        complete_only=complete_only,
        season=season,
        draws=draws,
        level=level,
        name="change_points",
    )
    rows = series.tested
    periods = len(series.steps)
    if periods < LEAST or not len(rows):
        why = f"{periods} periods have documents: a change point can be told from {LEAST} on"
        claims = untested(series, why if len(rows) else "")
        return _frame(series, [(claim, None) for claim in claims])
    seed = seed_from(rng)
    steps, family = series.steps, steps_within(0, periods)
    ready, found, drawn = scan_topics(
        series, family, upward=False, draws=draws, rng=generator_from(seed), progress=progress
    )
    out: list[tuple[Claim, Change | None]] = [(claim, None) for claim in untested(series)]
    for i, k in enumerate(rows):
        out += _of_topic(int(k), ready.of(i), steps, family, found[i], drawn, level)
    return _frame(series, out, draws=draws, seed=seed)


def _frame(
    series: Series, claims: Sequence[tuple[Claim, Change | None]], **settings: Any
) -> pd.DataFrame:
    held = [change if claim.found else None for claim, change in claims]
    more = {
        "date": times_of(series, [c and c.at for _, c in claims]),
        "hold_from": times_of(series, [c and c.held_from for c in held]),
        "hold_to": times_of(series, [c and c.held_to for c in held]),
    }
    return claims_frame(series, "change point", [claim for claim, _ in claims], more, **settings)


def _of_topic(
    topic: int,
    data: Data,
    steps: NDArray[Any],
    family: Family,
    first: Array,
    drawn: Array,
    level: float,
) -> list[tuple[Claim, Change | None]]:
    """Its changes, or the date that comes nearest to one."""
    chain = pursue(data, steps, family, upward=False, first=first)
    shapes = judged(data, steps, family, chain, drawn, upward=False)
    shapes.sort(key=lambda shape: shape.window)
    at = [int(family.starts[shape.window]) for shape in shapes]
    out: list[tuple[Claim, Change | None]] = []
    for j, shape in enumerate(shapes):
        change = _dated(data, steps, family, at, j, drawn, level)
        at[j] = change.at
        size = effect_of(data, steps, _columns([change.at, *at[:j], *at[j + 1 :]], steps), level)
        claim = Claim(
            *(topic, change.earliest, change.latest + 1, *size),
            *(shape.p, shape.adjusted, shape.adjusted <= ALPHA, ""),
        )
        out.append((claim, change))
    return out


def narrowest(chance: Array, level: float) -> tuple[int, int]:
    """The first and the last place of the smallest stretch with a chance of ``level`` or more.

    Of stretches of one length the likeliest, of these the first.
    """
    sums = np.concatenate([[0.0], np.cumsum(chance)])
    for length in range(1, len(chance)):
        within = sums[length:] - sums[:-length]
        first = int(within.argmax())
        if within[first] >= level * sums[-1]:
            return first, first + length - 1
    return 0, len(chance) - 1


def _columns(at: Sequence[int], steps: NDArray[Any]) -> Array:
    """Steps at dates, shape (dates, periods)."""
    return (np.arange(len(steps)) >= np.array(at, dtype=int)[:, None]).astype(float)


def _dated(
    data: Data,
    steps: NDArray[Any],
    family: Family,
    at: Sequence[int],
    j: int,
    drawn: Array,
    level: float,
) -> Change:
    """The date of one change among the dates between its neighbours, with both intervals."""
    others = [*at[:j], *at[j + 1 :]]
    before = at[j - 1] if j else 0
    behind = at[j + 1] if j + 1 < len(at) else len(steps)
    value = evidence(data, steps, family, upward=False, beside=_columns(others, steps))[0]
    inside = (family.starts >= before + MARGIN) & (family.starts <= behind - MARGIN)
    dates, value = family.starts[inside], value[inside]
    first, last = narrowest(np.exp(value - value.max()), level)
    limit = float(np.quantile(drawn.max(axis=1), 1 - ALPHA, method="higher"))
    left = [
        date
        for date in dates
        if evidence(
            data, steps, family, upward=False, beside=_columns([date, *others], steps)
        ).max()
        <= limit
    ]
    held = [*left, dates[first], dates[last]]
    return Change(
        *(int(dates[value.argmax()]), int(dates[first]), int(dates[last])),
        *(int(min(held)), int(max(held))),
    )
