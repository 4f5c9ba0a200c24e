"""Forecasts of shares, and what earlier ones were worth; refused where simpler guesses win."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from trends.analysis.shapes.frames import table_of
from trends.analysis.shapes.predictive import draw_shares, summary
from trends.analysis.trend.seasons import YEARS, Seasons
from trends.analysis.trend.series import Series, series_of
from trends.analysis.trend.spans import calendar_years
from trends.core import Prevalence
from trends.core.computing.rng import Rng, seed_from
from trends.core.given.expected import check_kind
from trends.core.wording import guess_period, next_start, percent, period_name, plural
from trends.errors import DataError, UsageError

Array = NDArray[np.float64]

#: Fewer earlier forecasts say too little of what a forecast is worth.
ORIGINS = 5

#: Fewer periods before an origin say too little of what shares do.
TRAINING = 8

#: Guesses that a forecast must beat.
NAIVE = {"last": "the last share", "mean": "the mean of all earlier shares"}

#: Columns of a table of earlier forecasts.
EARLIER = (
    *("origin", "ahead", "topic", "label", "documents", "share", "forecast", "low", "high"),
    *("held", "last", "mean"),
)


@dataclass(frozen=True)
class Forecast:
    """Forecasts of shares, and forecasts from earlier times beside what came.

    Parameters
    ----------
    claims : pandas.DataFrame
        See :meth:`frame`.
    earlier : pandas.DataFrame
        See :meth:`hindcasts`.
    worth : pandas.DataFrame
        See :meth:`accuracy`.
    settings : dict
        ``level``, ``seed``, ``origins``, ``frozen``, ``notes``.
    """

    claims: pd.DataFrame
    earlier: pd.DataFrame
    worth: pd.DataFrame
    settings: dict[str, Any] = field(default_factory=dict)

    def frame(self) -> pd.DataFrame:
        """The forecasts: one row a topic and period to come.

        Returns
        -------
        pandas.DataFrame
            Columns ``topic``, ``label``, ``kind`` ("forecast"), ``start`` (last period known),
            ``stop`` (period to come), ``estimate``, ``low``, ``high`` (share in per cent with the
            interval for what that period's documents will show; NaN where the forecast is refused),
            ``p``, ``adjusted_p`` (NaN), ``found`` (whether it is given) and ``note``.
        """
        return self.claims.copy()

    def hindcasts(self) -> pd.DataFrame:
        """Earlier forecasts beside what came.

        Returns
        -------
        pandas.DataFrame
            Columns ``origin`` (last period known then), ``ahead`` (periods), ``topic``, ``label``,
            ``documents``, ``share`` (what came), ``forecast`` (the median), ``low``, ``high``,
            ``held`` (whether the interval held it), ``last`` and ``mean`` (the simpler guesses);
            shares are fractions.
        """
        return self.earlier.copy()

    def accuracy(self) -> pd.DataFrame:
        """What earlier forecasts were worth, by how far they looked ahead.

        Returns
        -------
        pandas.DataFrame
            Columns ``ahead``, ``forecasts`` (their number), ``held`` (part of the intervals that
            held what came), ``error``, ``error_last``, ``error_mean`` (mean absolute errors, in
            percentage points), ``skill`` (1 less the error's ratio to that of the better simple
            guess) and ``given``.
        """
        return self.worth.copy()


def forecast(
    data: Prevalence | pd.DataFrame | tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    ahead: int = 3,
    origins: int | Sequence[tuple[Prevalence, str]] = ORIGINS,
    level: float = 0.95,
    complete_only: bool = True,
    season: Seasons | None = None,
    rng: Rng = 0,
) -> Forecast:
    """Forecast the share of every topic, if earlier forecasts beat simpler guesses.

    Parameters
    ----------
    data : Prevalence, its frame, or tuple (y, n, x)
        As :func:`trends.analysis.trend.fit.fit_trends` takes it.
    ahead : int
        Periods to look ahead.
    origins : int or sequence of pairs
        How many earlier times to forecast from, five at least; or shares of topics that were learnt
        before each of these times, with the first day that they did not know
        (:func:`trends.rolling_origins`).
    level : float
        Of the intervals.
    complete_only : bool
        Leave out periods that the corpus does not cover as a whole, such as the one that runs.
    season : {"none", "auto", "adjust", "keep"}, optional
        Whether months or quarters that differ in every year alike go on to do so, as
        :func:`trends.analysis.trend.fit.fit_trends` fits them; an origin that knows less than two
        years of documents does without.
    rng : int or Generator
        Of the draws; the seed is kept in ``settings``.

    Returns
    -------
    Forecast

    Raises
    ------
    UsageError
        If there are fewer than five origins, ``ahead`` is below 1, or ``level`` is not between 0
        and 1.
    DataError
        If there are too few periods for so many origins.

    Notes
    -----
    The predictive distribution carries the uncertainty of the mean, of size and correlation of the
    shocks, and the sampling noise of the period to come, whose documents are taken to be as many as
    in the last three periods. Skill is that of all topics together, by periods ahead: that of one
    topic over a few origins would be luck.

    References
    ----------
    Tashman (2000), International Journal of Forecasting 16, 437–450, for rolling origins.
    """
    if not 0 < level < 1:
        message = f"level must lie between 0 and 1; got {level!r}."
        raise UsageError(message)
    if ahead < 1:
        message = f"ahead is a number of periods, at least 1; got {ahead!r}."
        raise UsageError(message)
    if isinstance(data, pd.DataFrame):
        data = Prevalence.from_frame(data)
    if not (isinstance(data, tuple) and len(data) == 3):
        check_kind("forecast", "shares", data, Prevalence, pd.DataFrame)
    series = series_of(data, complete_only=complete_only, season=season)
    tried = _origins(series, ahead, origins, complete_only, season)
    seed = seed_from(rng)
    generator = np.random.default_rng(seed)
    parts = [_earlier(one, known, ahead, level, generator) for one, known in tried]
    earlier = pd.concat(parts, ignore_index=True)
    worth = _worth(earlier, ahead)
    frozen = not isinstance(origins, int)
    notes = [] if frozen else [NOT_FROZEN]
    settings = {
        "level": level,
        "ahead": ahead,
        "origins": len(tried),
        "frozen": frozen,
        "seed": seed,
        "notes": notes,
    }
    claims = _claims(series, worth, ahead, level, len(tried), generator)
    return Forecast(claims, earlier, worth, settings)


#: Said where topics are those of all documents.
NOT_FROZEN = (
    "The topics of earlier forecasts were learnt from all documents, later ones too: their worth "
    "may be too good. tr.rolling_origins learns the topics anew before each origin."
)


def _origins(
    series: Series,
    ahead: int,
    origins: int | Sequence[tuple[Prevalence, str]],
    complete_only: bool,
    season: Seasons | None,
) -> list[tuple[Series, int]]:
    """Series, and how many of their periods each origin knows."""
    if isinstance(origins, int):
        if origins < ORIGINS:
            message = f"origins is a number of earlier times, at least {ORIGINS}; got {origins}."
            raise UsageError(message)
        periods = len(series.steps)
        first = periods - ahead - origins + 1
        if first < TRAINING:
            message = (
                f"Forecasts {plural(ahead, 'period')} ahead from {origins} origins, with "
                f"{TRAINING} periods before the first, need {TRAINING + ahead + origins - 1} "
                f"periods with documents; there are {periods}."
            )
            raise DataError(message)
        return [(series, known) for known in range(first, periods - ahead + 1)]
    if len(origins) < ORIGINS:
        message = f"origins holds {len(origins)} earlier times; at least {ORIGINS} are needed."
        raise UsageError(message)
    out = []
    for shares, day in origins:
        check_kind("forecast", "origins", shares, Prevalence)
        one = series_of(shares, complete_only=complete_only, season=season)
        limit = float(calendar_years(np.datetime64(str(day), "D")))
        known = int((one.starts < limit - 1e-6).sum())
        if known < TRAINING or known >= len(one.steps):
            message = (
                f"The origin {day} has {known} periods with documents before it and "
                f"{len(one.steps) - known} after; at least {TRAINING} and 1 are needed."
            )
            raise DataError(message)
        out.append((one, known))
    return out


def _earlier(
    series: Series, known: int, ahead: int, level: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Forecasts from one origin beside what came."""
    then = series.over(series.y, series.n, np.arange(len(series.steps)) < known)
    if then.season is not None and len(then.steps) < YEARS * then.season.length:
        then = replace(then, season=None)
    rows = then.tested
    far = np.arange(1, ahead + 1)
    drawn = draw_shares(then.y[rows], then.n[rows], then.steps, far, rng, then.season)
    mean = then.y[rows].sum(1) / then.n[rows].sum(1)
    last = then.y[rows, -1] / then.n[rows, -1]
    tables = []
    for i, h in enumerate(far):
        at = np.flatnonzero(series.steps == then.steps[-1] + h)
        if not len(at):
            continue
        n = series.n[rows, at[0]]
        share = series.y[rows, at[0]] / n
        middle, low, high = summary(drawn[..., i], n, level, rng)
        values = {
            "origin": then.names[-1],
            "ahead": h,
            "topic": rows,
            "label": np.array(series.labels, dtype=object)[rows],
            "documents": n,
            "share": share,
            "forecast": middle,
            "low": low,
            "high": high,
            "held": (low - 1e-9 <= share) & (share <= high + 1e-9),
            "last": last,
            "mean": mean,
        }
        tables.append(pd.DataFrame(values)[list(EARLIER)])
    if not tables:
        return pd.DataFrame(columns=list(EARLIER))
    return pd.concat(tables, ignore_index=True)


def _worth(earlier: pd.DataFrame, ahead: int) -> pd.DataFrame:
    """What earlier forecasts were worth, one row a number of periods ahead."""
    rows = []
    for h in range(1, ahead + 1):
        own = earlier[earlier["ahead"] == h]
        error = {
            name: 100 * float((own["share"] - own[name]).abs().mean())
            for name in ("forecast", *NAIVE)
        }
        best = min(error[name] for name in NAIVE) if len(own) else np.nan
        skill = 1 - error["forecast"] / best if best > 0 else np.nan
        rows.append(
            {
                "ahead": h,
                "forecasts": len(own),
                "held": float(own["held"].mean()) if len(own) else np.nan,
                "error": error["forecast"],
                **{f"error_{name}": error[name] for name in NAIVE},
                "skill": skill,
                "given": bool(skill > 0),
            }
        )
    return pd.DataFrame(rows)


def _claims(
    series: Series,
    worth: pd.DataFrame,
    ahead: int,
    level: float,
    origins: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    rows = series.tested
    if not len(rows):
        return table_of([])
    far = np.arange(1, ahead + 1)
    drawn = draw_shares(series.y[rows], series.n[rows], series.steps, far, rng, series.season)
    usual = series.n[rows, -3:].mean(1)
    start, days, called = _to_come(series, ahead)
    out = []
    for i, row in enumerate(worth.to_dict("records")):
        past = {str(name): value for name, value in row.items()}
        middle, low, high = 100 * summary(drawn[..., i], usual, level, rng)
        for k, topic in enumerate(rows):
            given = bool(past["given"])
            size = (middle[k], low[k], high[k]) if given else (np.nan,) * 3
            out.append(
                {
                    "topic": topic,
                    "label": series.labels[topic],
                    "kind": "forecast",
                    "start": start,
                    "stop": days[i],
                    **dict(zip(("estimate", "low", "high"), size, strict=True)),
                    "found": given,
                    "note": _given(called[i], size, past, origins)
                    if given
                    else _refused(called[i], past, origins),
                }
            )
    return table_of(sorted(out, key=lambda row: row["topic"]))


def _given(period: str, size: tuple[float, ...], past: dict[str, Any], origins: int) -> str:
    share, low, high = (percent(value / 100) for value in size)
    return (
        f"{period}: {share} of documents ({low} to {high}), if shares go on to move as they did; "
        f"from {origins} earlier times {percent(past['held'])} of such intervals held"
    )


def _refused(period: str, past: dict[str, Any], origins: int) -> str:
    if not past["forecasts"]:
        return f"no forecast for {period}: none that looked so far ahead could be checked"
    better = min(NAIVE, key=lambda name: past[f"error_{name}"])
    return (
        f"no forecast for {period}: from {origins} earlier times {NAIVE[better]} was as good a "
        f"guess (mean error {past[f'error_{better}']:.2f} points, forecast {past['error']:.2f})"
    )


def _to_come(series: Series, ahead: int) -> tuple[Any, list[Any], list[str]]:
    """The last period with documents, those to come, and what the latter are called."""
    here = int(np.searchsorted(series.course, series.steps[-1]))
    last = series.periods[here]
    if not np.issubdtype(series.periods.dtype, np.datetime64):
        step = (series.x[-1] - series.x[0]) / (series.steps[-1] - series.steps[0])
        times = [float(last + step * h) for h in range(1, ahead + 1)]
        return last, times, [f"{t:.6g}" for t in times]
    unit = guess_period([pd.Timestamp(day) for day in series.periods])
    days = [next_start(last, unit)]
    while len(days) < ahead:
        days.append(next_start(days[-1], unit))
    return last, list(days), [period_name(day, unit) for day in days]
