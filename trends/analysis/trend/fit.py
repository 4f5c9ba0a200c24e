"""Trend tests: whether the share of a topic changed over the periods.

The one function that every trend goes through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from trends.analysis.trend.model import fit_model
from trends.analysis.trend.seasons import Seasons
from trends.analysis.trend.series import Series, series_of
from trends.analysis.trend.spans import Span, span_weights
from trends.analysis.trend.table import change_in_points, noted, trend_of
from trends.core import Prevalence, Trend
from trends.core.given.expected import check_kind
from trends.errors import DataError, UsageError


def fit_trends(
    data: Prevalence
    | Series
    | pd.DataFrame
    | Sequence[Prevalence]
    | tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    spans: tuple[Span, Span] | None = None,
    level: float = 0.95,
    complete_only: bool = False,
    labels: Sequence[str] | None = None,
    beside: Prevalence | Series | None = None,
    season: Seasons | None = None,
) -> Trend:
    r"""Test every topic for a change between two spans of time, and describe its course.

    Parameters
    ----------
    data : Prevalence, its frame, Series, sequence of Prevalence, or tuple (y, n, x)
        Shares over periods, or counts that are ready for the test; or one prevalence per aligned
        fit (:func:`trends.analysis.prevalence.estimate.estimate_each`), whose mean is tested; or
        counts ``y`` (topics × periods), denominators ``n`` (periods, or topics × periods) and
        times ``x`` in years.
    spans : pair of pairs, optional
        From and to of the first and of the last span, both inclusive, such as ``(("2021", "2022"),
        ("2024", "2025"))``; the first and the last third of the periods by default.
    level : float
        Of the intervals.
    complete_only : bool
        Leave out periods that the corpus does not cover as a whole.
    labels : sequence of str, optional
        Names of the topics, where the data have none.
    beside : Prevalence or Series, optional
        Other topics over the same periods: how much shares move from period to period anyway is
        learnt from them too, which few topics say little about. As they may be moved by other
        shocks, this counts for half, and what would be thought of each topic alone for the other
        half. They are not in the table, and not among those over which p is adjusted.
    season : {"none", "auto", "adjust", "keep"}, optional
        Effects of months or quarters that come back every year. "auto" fits them where periods are
        months or quarters and two years have documents, and takes them out of the change; "adjust"
        is refused where that is not possible; "keep" too, and leaves in the change what the seasons
        of the two spans differ by. Not fitted by default.

    Returns
    -------
    Trend
        One row per topic. ``change`` (percentage points) and ``ratio``: mean share of the last span
        against that of the first, with intervals; ``p``, ``p_adjusted``: of no change; ``slope``,
        ``lower``, ``upper``: the same change a year, in percentage points, over the time between
        the middles of the spans; ``finding``: rising, falling, turned, no change detected, not
        tested; ``turn``, ``turn_at``, ``p_turn``: a detected turn and its time; ``power``: the
        smallest change, in points, that would have been found (p < 1 - level, unadjusted) with a
        probability of 80 %;
        ``autocorrelation`` and ``shock``: what moves the share from period to period. Several fits
        add ``fits`` (that have the topic), ``fits_lower`` and ``fits_upper`` (smallest and largest
        change of a single one): what lies between fits is shown beside the interval, not in it.
        ``curves()``: the fitted curve of each topic with its band
        (:func:`trends.analysis.trend.curve.curves_of`); ``seasons()``: effects of months or
        quarters, where they were fitted.

    Raises
    ------
    DataError
        See :func:`trends.analysis.trend.series.series_of`.
    UsageError
        If ``level`` does not lie between 0 and 1, ``spans`` cannot be read, or something else than
        these is given.

    Notes
    -----
    *Model.* See :func:`trends.analysis.trend.model.fit_model`: log-odds of period counts with known
    sampling variance, a smooth mean, and a stationary first-order autoregressive shock whose size
    and correlation are learnt over the topics of the corpus and integrated out. Documents of one
    period are never taken for independent evidence of a change.

    *Percentage points.* Shares of both spans come from the same posterior as the change of the
    log-odds (:func:`trends.analysis.trend.posterior.shares.contrast_of_shares`): an interval
    excludes 0 exactly where the test rejects at the same level.

    *Limits.* A wave longer than the span cannot be told from a trend; where the estimated serial
    correlation is above .9 the note of the topic says so.

    References
    ----------
    Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter; Benjamini and
    Hochberg (1995), Journal of the Royal Statistical Society B 57, 289–300.

    Examples
    --------
    >>> import trends as tr
    >>> months = [2024 + m / 12 for m in range(12)]
    >>> found = tr.fit_trends(([[5, 6, 5, 7, 9, 9, 12, 11, 14, 15, 19, 18]], [100] * 12, months))
    >>> found.frame()["finding"].tolist()
    ['rising']
    """
    if not 0 < level < 1:
        message = f"level must lie between 0 and 1; got {level!r}."
        raise UsageError(message)
    if isinstance(data, (list, tuple)) and data and all(isinstance(d, Prevalence) for d in data):
        parts = [
            series_of(d, complete_only=complete_only, labels=labels, season=season) for d in data
        ]
        return _over_fits(parts, level, spans)
    if isinstance(data, pd.DataFrame):
        data = Prevalence.from_frame(data)
    if isinstance(data, Series):
        series = data
    else:
        if not (isinstance(data, tuple) and len(data) == 3):
            check_kind("fit_trends", "shares", data, Prevalence, pd.DataFrame)
        series = series_of(
            data,  # type: ignore[arg-type]
            complete_only=complete_only,
            labels=labels,
            season=season,
        )
    others = None
    if beside is not None:
        others = beside if isinstance(beside, Series) else series_of(beside)
        at = np.searchsorted(others.steps, series.steps)
        if len(others.steps) <= at.max(initial=0) or (others.steps[at] != series.steps).any():
            message = "The topics beside those tested must have documents in the same periods."
            raise DataError(message)
        keep = np.isin(others.steps, series.steps)
        others = others.over(others.y, others.n, keep)
    return trend_of(series, level, spans, curves=True, beside=others)


def _over_fits(parts: Sequence[Series], level: float, spans: tuple[Span, Span] | None) -> Trend:
    """The test of the mean share of several fits, with the changes of each beside it."""
    first = parts[0]
    for m, one in enumerate(parts):
        if one.y.shape != first.y.shape or (one.x != first.x).any():
            message = (
                f"Fit {m} has other periods or topics than the first; give fits that are aligned."
            )
            raise DataError(message)
    topics = len(first.y)
    there = np.array([[k not in one.absent for k in range(topics)] for one in parts])
    count = there.sum(0)
    some = np.maximum(count, 1)[:, None]
    y = (np.stack([one.y for one in parts]) * there[..., None]).sum(0) / some
    n = np.where(
        count[:, None] > 0,
        (np.stack([one.n for one in parts]) * there[..., None]).sum(0) / some,
        first.n,
    )
    absent = tuple(np.flatnonzero(count == 0).tolist())
    trend = trend_of(replace(first, y=y, n=n, absent=absent), level, spans, curves=True)
    table = trend.frame()
    each = np.full((len(parts), topics), np.nan)
    for m, one in enumerate(parts):
        if len(one.x) > 1 and len(rows := one.tested):
            weights, _ = span_weights(one.starts, spans, one.names)
            single = fit_model(one.y[rows], one.n[rows], one.steps, weights, season=one.season)
            each[m, rows] = single.change.quantile(0.5)
    shares = table[["share_first", "share_last"]].mean(axis=1).to_numpy(dtype=float)
    table["fits"] = count
    for name, pick in (("fits_lower", np.fmin), ("fits_upper", np.fmax)):
        table[name] = change_in_points(pick.reduce(each, axis=0), shares)
    fewer = (count < len(parts)) & (count > 0)
    table.loc[fewer, "note"] = [
        noted(note, f"in {c} of {len(parts)} fits only")
        for note, c in zip(table.loc[fewer, "note"], count[fewer], strict=True)
    ]
    return Trend(table, {**trend.settings, "fits": len(parts)}, trend.fitted, trend.seasonal)
