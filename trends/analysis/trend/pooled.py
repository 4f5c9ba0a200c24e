"""One trend from several fits: slopes pooled by Rubin's rules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from trends.analysis.trend.multiplicity import adjust
from trends.analysis.trend.series import fit_series, series_of
from trends.analysis.trend.slopes import assemble
from trends.analysis.trend.units import points_a_year
from trends.core import Prevalence, Trend
from trends.errors import DataError

Array = NDArray[np.float64]


def pool_trends(
    fits: Sequence[Prevalence],
    *,
    level: float = 0.95,
    complete_only: bool = False,
    labels: Sequence[str] | None = None,
) -> Trend:
    """Test the trends of several aligned fits together.

    The slope is the mean over the fits that have the topic, its variance ``W + (1 + 1/M) B``, and
    its degrees of freedom are those of Barnard and Rubin, which never exceed those of a single fit.

    Parameters
    ----------
    fits : sequence of Prevalence
        One per fit, over the same periods, with the same topics; ``settings["absent"]`` lists
        topics that a fit lacks.
    level, complete_only, labels
        As in :func:`trends.analysis.trend.fit.fit_trends`.

    Returns
    -------
    Trend
        As of one fit, with ``fits`` (fits that gave a slope) and ``between`` (share of the variance
        that lies between fits). Three periods at least: a change between two is tested on the mean
        share.

    References
    ----------
    Rubin (1987), chapter 3; Barnard and Rubin (1999), Biometrika 86, 948–955.
    """
    first = fits[0]
    for m, one in enumerate(fits):
        if one.share.shape != first.share.shape or (one.periods != first.periods).any():
            message = (
                f"Fit {m} has other periods or topics than the first; pool fits that are aligned."
            )
            raise DataError(message)
    parts = []
    for one in fits:
        series = series_of(one, complete_only=complete_only, labels=labels)
        if len(series.x) < 3:
            message = (
                "Fewer than three periods have documents; test the mean share of the fits for a "
                "change instead."
            )
            raise DataError(message)
        parts.append((series, *fit_series(series)))
    tables = [assemble(*part, level) for part in parts]
    k = first.n_topics
    slope, variance = np.full((len(fits), k), np.nan), np.full((len(fits), k), np.nan)
    for m, (series, fit, _, _) in enumerate(parts):
        there = np.setdiff1d(np.arange(k), series.absent)
        slope[m, there], variance[m, there] = fit.slope[0], fit.se[0] ** 2
    have = np.isfinite(slope)
    count = have.sum(0)
    some = np.maximum(count, 1)
    mean = np.where(count > 0, np.where(have, slope, 0).sum(0) / some, np.nan)
    within = np.where(count > 0, np.where(have, variance, 0).sum(0) / some, np.nan)
    between = np.where(have, (slope - np.where(count > 0, mean, 0)) ** 2, 0).sum(0) / np.maximum(
        count - 1, 1
    )
    total = within + (1 + 1 / some) * between
    single = float(np.mean([table.settings["df"] for table in tables]))
    df = barnard_rubin(count, within, between, single)
    critical = stats.t.ppf(0.5 + level / 2, df)
    se = np.sqrt(total)
    series, _, t, span = parts[0]
    y = np.mean([s.y for s, _, _, _ in parts], axis=0)
    n = np.mean([s.n for s, _, _, _ in parts], axis=0)
    flat = np.ones_like(y)
    points = [
        points_a_year(b, y, n, t, flat, span)
        for b in (mean, mean - critical * se, mean + critical * se)
    ]
    smallest = (critical + stats.t.ppf(0.8, df)) * se
    reach = [points_a_year(sign * smallest, y, n, t, flat, span) for sign in (1.0, -1.0)]
    frame = tables[0].frame()
    p = np.where(count > 0, 2 * stats.t.sf(np.abs(mean) / se, df), np.nan)
    frame = frame.assign(
        slope=points[0],
        lower=points[1],
        upper=points[2],
        p=p,
        p_adjusted=adjust(p),
        p_by=adjust(p, "by"),
        power=np.maximum(reach[0], -reach[1]),
        log_odds=mean / span,
        log_odds_lower=(mean - critical * se) / span,
        log_odds_upper=(mean + critical * se) / span,
        df=df,
        count=y.sum(1),
        kind=np.where(count > 0, "trend", "none"),
        separated=False,
        dispersion=_mean(tables, "dispersion"),
        autocorrelation=_mean(tables, "autocorrelation"),
        p_prewhitened=np.nan,
        p_prewhitened_adjusted=np.nan,
        fits=count,
        between=np.where(count > 1, (1 + 1 / some) * between / total, np.nan),
    )
    frame["note"] = [_note(c, len(fits)) for c in count]
    settings = {**tables[0].settings, "fits": len(fits), "df": single}
    settings["method"] += "; slopes of several fits pooled by Rubin's rules"
    return Trend(frame, settings)


def barnard_rubin(
    fits: NDArray[np.int64], within: Array, between: Array, complete_df: float
) -> Array:
    """Degrees of freedom of a pooled estimate when those of a single one are few."""
    m = np.maximum(fits, 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        lost = (1 + 1 / m) * between / (within + (1 + 1 / m) * between)
        many = np.where(lost > 0, (m - 1) / lost**2, np.inf)
        observed = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - lost)
        df = 1 / (1 / many + 1 / observed)
    # No variation between fits: a single fit's degrees of freedom stand.
    return np.where((fits > 1) & (lost > 1e-9), np.maximum(df, 1), complete_df)


def _mean(tables: Sequence[Trend], name: str) -> Array:
    values = np.stack([table.table[name].to_numpy(float) for table in tables])
    there = np.isfinite(values)
    return np.where(
        there.any(0), np.where(there, values, 0).sum(0) / np.maximum(there.sum(0), 1), np.nan
    )


def _note(count: int, fits: int) -> str:
    if count == 0:
        return "no fit gave a slope: the topic is absent, or occurs at one end of the span only"
    return (
        ""
        if count == fits
        else f"{fits - count} of {fits} fits gave no slope for this topic and are not averaged"
    )
