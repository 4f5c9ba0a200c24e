"""Seasons: effects of the month or the quarter that come back every year, as terms of the mean."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from trends.errors import DataError, UsageError

Array = NDArray[np.float64]

#: What is done about seasons.
Seasons: TypeAlias = Literal["none", "auto", "adjust", "keep"]
CHOICES = ("none", "auto", "adjust", "keep")

#: Periods of which a year has so many seasons.
LENGTHS = {"month": 12, "quarter": 4}

#: Years of documents below which a season cannot be told from shocks.
YEARS = 2

#: Standard deviations (log-odds) of seasonal effects. There are none, seasons that may each stand
#: out, and those that follow one another (harmonic j of the year weighs as j to this power).
STRENGTHS = (0.12, 0.3, 0.7, 1.6)
GENTLE = -1.5
LEVELS = 1 + 2 * len(STRENGTHS)

#: Middles and spreads of the candidates for the distribution of the strength over topics.
MIDDLES, SPREADS = (0.15, 0.4, 1.0), (0.4, 1.0)

#: Prior precision of a seasonal effect where counts are linearised.
RIDGE = 4.0


class Season(NamedTuple):
    """Seasons of the periods of a series.

    Parameters
    ----------
    length : int
        Seasons of a year.
    place : ndarray of int, shape (periods,)
        Season of each period with documents, from 0.
    kept : bool
        Whether a change between two spans holds the seasons in which they lie; taken out otherwise.
    """

    length: int
    place: NDArray[np.int64]
    kept: bool = False

    @property
    def terms(self) -> Array:
        """Seasonal terms of the periods, shape (periods, length - 1)."""
        return harmonics(self.length)[self.place]


def harmonics(length: int) -> Array:
    """All harmonics of a year, shape (length, length - 1).

    Scaled so that independent weights of variance s² give exchangeable seasons of variance s²,
    which sum to 0: no season is thought likelier to stand out than another.
    """
    at = 2 * np.pi * np.arange(length) / length
    columns = [f(j * at) for j in range(1, (length + 1) // 2) for f in (np.cos, np.sin)]
    scaled = [np.sqrt(2 / (length - 1)) * column for column in columns]
    if length % 2 == 0:
        scaled.append(np.cos(length // 2 * at) / np.sqrt(length - 1))
    return np.column_stack(scaled)


def where_possible(
    chosen: Any, unit: str, steps: NDArray[np.int64], starts: Array
) -> Season | None:
    """Seasons of other periods than those for which they were demanded: none where there cannot be.

    Parameters are those of :func:`season_of`.
    """
    try:
        return season_of(check(chosen), unit, steps, starts)[0]
    except DataError:
        return None


def precisions(length: int) -> Array:
    """Prior precisions of the terms, a row a kind and strength, shape (LEVELS, length - 1)."""
    number = np.arange(length - 1) // 2 + 1.0
    rows = [np.full(length - 1, 1e-3)]
    for power in (0.0, GENTLE):
        shape = number**power
        rows += [s * shape / np.sqrt((shape**2).mean()) for s in STRENGTHS]
    return np.array(rows) ** -2.0


def check(season: Any) -> Seasons:
    """The choice itself, or an error that lists the choices; None is "none"."""
    if season is None:
        return "none"
    if season not in CHOICES:
        message = f"season is one of {', '.join(CHOICES)}; got {season!r}."
        raise UsageError(message)
    chosen: Seasons = season
    return chosen


def season_of(
    chosen: Seasons, unit: str, steps: NDArray[np.int64], starts: Array
) -> tuple[Season | None, str]:
    """Seasons of a series, and why there are none where they are not wanted or not possible.

    Parameters
    ----------
    chosen : {"none", "auto", "adjust", "keep"}
        "auto" fits seasons where this is possible and takes them out of changes; "adjust" demands
        it; "keep" demands that they are fitted and leaves them in changes.
    unit : str
        Kind of period.
    steps : ndarray of int, shape (periods,)
        Numbers of the periods with documents.
    starts : ndarray, shape (periods,)
        Calendar years in which they start.

    Raises
    ------
    DataError
        If seasons are demanded and are not possible.
    """
    length = LENGTHS.get(unit)
    if chosen == "none" or (chosen == "auto" and length is None):
        return None, ""
    if length is None:
        why = f"seasons need months or quarters, and a period is a {unit or 'time of its own'}"
    elif len(steps) < YEARS * length:
        why = (
            f"seasons need {YEARS} years of documents, {YEARS * length} {unit}s; there are "
            f"{len(steps)}"
        )
    else:
        # The first of March lies a little before its twelfth of the year.
        first = int(np.floor(starts[0] * length + 0.1))
        place = (first + steps - steps[0]) % length
        return Season(length, place.astype(np.int64), chosen == "keep"), ""
    if chosen != "auto":
        message = f"{why[0].upper()}{why[1:]}. season = 'auto' does without where it must."
        raise DataError(message)
    return None, f"No season was fitted: {why}."


def candidates() -> Array:
    """Candidate distributions of kind and strength over topics, shape (candidates, LEVELS)."""
    scale, count = np.log(STRENGTHS), len(STRENGTHS)
    rows = [np.eye(LEVELS)[0]]
    for kind in range(2):
        for middle in MIDDLES:
            for spread in SPREADS:
                density = np.exp(-0.5 * ((scale - np.log(middle)) / spread) ** 2)
                row = np.zeros(LEVELS)
                row[0] = stats.norm.cdf(np.log(0.06 / middle) / spread)
                row[1 + kind * count :][:count] = density / density.sum() * (1 - row[0])
                rows.append(row)
    rows.append(np.full(LEVELS, 1 / LEVELS))
    return np.array(rows)


def test(
    z: Array,
    noise: Array,
    steps: NDArray[Any],
    smooth: Array,
    bends: Array,
    season: Season,
    pairs: Array,
    weight: Array,
) -> Array:
    """P of the hypothesis that a topic has no season, shape (topics,).

    Parameters
    ----------
    z, noise : ndarray, shape (topics, periods)
        Working log-odds and their sampling variances.
    steps : ndarray of int, shape (periods,)
    smooth : ndarray, shape (periods, terms)
        Terms of the mean; all but the first two have a prior.
    bends : ndarray, shape (levels,)
        Standard deviations of the terms that bend the mean.
    season : Season
    pairs : ndarray, shape (pairs, 2)
        Standard deviations and autocorrelations of shocks.
    weight : ndarray, shape (topics, pairs, levels)
        Posterior of the grid.

    Notes
    -----
    Wald's statistic of the effects together without a prior, at each point of the grid; its
    chi-squared tails are averaged over the posterior of the points. Once for all harmonics and once
    for the first two alone, which find gentle seasons in a few years: twice the smaller p.
    """
    apart = np.abs(np.subtract.outer(steps, steps)).astype(float)
    line, bend = smooth[:, :2], smooth[:, 2:]
    curved = bend @ bend.T
    parts = [season.terms, season.terms[:, :4]] if season.length > 4 else [season.terms]
    # What a month or quarter without documents leaves open is no evidence.
    free = [np.linalg.matrix_rank(np.hstack([line, t])) - line.shape[1] for t in parts]
    out = np.empty(len(z))
    for k in range(len(z)):
        mass = weight[k].ravel()
        order = np.argsort(-mass, kind="stable")
        some = order[: int(np.searchsorted(np.cumsum(mass[order]), 0.995)) + 1]
        pair, level = np.divmod(some, weight.shape[2])
        sd, rho = pairs[pair, 0][:, None, None], pairs[pair, 1][:, None, None]
        cover = sd**2 * rho**apart + bends[level][:, None, None] ** 2 * curved
        root = np.linalg.cholesky(cover + np.diag(noise[k]))
        known = np.hstack([line, parts[0], z[k][:, None]])
        white = np.linalg.solve(root, np.broadcast_to(known, (len(some), *known.shape)))
        plain, _ = np.linalg.qr(white[..., :2])
        rest = white[..., 2:] - plain @ (plain.swapaxes(1, 2) @ white[..., 2:])
        least = 1.0
        for terms, degrees in zip(parts, free, strict=True):
            own = rest[..., : terms.shape[1]]
            left, size, _ = np.linalg.svd(own, full_matrices=False)
            seen = (left.swapaxes(1, 2) @ rest[..., -1:])[..., 0]
            statistic = (seen**2 * (size > 1e-9 * size[:, :1])).sum(-1)
            tail = (mass[some] * stats.chi2.sf(statistic, degrees)).sum() / mass[some].sum()
            least = min(least, len(parts) * float(tail))
        out[k] = least
    return np.clip(out, 1e-300, 1.0)
