"""Slope, interval and test of every topic of one series of counts.

They are calibrated on several kinds of noise.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from trends.analysis.trend import change
from trends.analysis.trend.autocorrelation import Companion, companion, enough, nothing
from trends.analysis.trend.dispersion import PooledFit
from trends.analysis.trend.multiplicity import adjust
from trends.analysis.trend.power import detectable
from trends.analysis.trend.series import Series, fit_series
from trends.analysis.trend.units import points_a_year
from trends.core import Trend

Array = NDArray[np.float64]

#: With fewer topics that vary, a common dispersion is learnt from too little to be called pooled.
ENOUGH_TOPICS = 8

#: Columns of a table of trends, in its order.
COLUMNS = (
    *("topic", "label", "slope", "lower", "upper", "p", "p_adjusted", "power", "note", "kind"),
    *("log_odds", "log_odds_lower", "log_odds_upper", "p_by", "count", "periods", "df"),
    *("dispersion", "separated", "autocorrelation", "p_prewhitened", "p_prewhitened_adjusted"),
)


def trend_of(series: Series, level: float = 0.95) -> Trend:
    """The test that the number of periods allows: a trend, a change, or none."""
    if len(series.x) < 2:
        return _untested(series, level)
    if len(series.x) == 2:
        return change.table(series.y, series.n, series.x, series.labels, series.absent, level)
    fit, t, span = fit_series(series)
    return assemble(series, fit, t, span, level)


def assemble(series: Series, fit: PooledFit, t: Array, span: float, level: float) -> Trend:
    """The table of one corpus from its fit."""
    k = len(series.y)
    there = np.setdiff1d(np.arange(k), series.absent)

    def column(values: Array, empty: float = np.nan) -> Array:
        out = np.full(k, empty)
        out[there] = values
        return out

    df = float(fit.df[0])
    critical = stats.t.ppf(0.5 + level / 2, df)
    slope, se = fit.slope[0], fit.se[0]
    y, n, weight = series.y[there], series.n[there], fit.weight[0]
    points = [
        points_a_year(b, y, n, t, weight, span)
        for b in (slope, slope - critical * se, slope + critical * se)
    ]
    p = column(2 * stats.t.sf(np.abs(fit.statistic[0]), df))
    adjusted = adjust(p)
    pooled = int((fit.varies & ~fit.separated).sum())
    beside = companion(y, n, t, fit) if enough(len(t), pooled) else nothing(len(there))
    frame = pd.DataFrame(
        {
            "topic": np.arange(k),
            "label": series.labels,
            "slope": column(points[0]),
            "lower": column(points[1]),
            "upper": column(points[2]),
            "p": p,
            "p_adjusted": adjusted,
            "power": column(detectable(fit, y, n, t, span, level)),
            "note": "",
            "kind": np.where(np.isfinite(p), "trend", "none"),
            "log_odds": column(slope) / span,
            "log_odds_lower": column(slope - critical * se) / span,
            "log_odds_upper": column(slope + critical * se) / span,
            "p_by": adjust(p, "by"),
            "count": series.y.sum(1),
            "periods": len(t),
            "df": np.where(np.isfinite(p), df, np.nan),
            "dispersion": column(fit.dispersion[0]),
            "separated": column(fit.separated[0].astype(float), 0.0).astype(bool),
            "autocorrelation": column(beside.lag),
            "p_prewhitened": column(beside.p),
            "p_prewhitened_adjusted": adjust(column(beside.p)),
        }
    )
    frame["note"] = [_note(series, row, k) for k, row in enumerate(frame.itertuples())]
    return Trend(frame, _settings(series, fit, level, beside))


def _note(series: Series, row: Any, k: int) -> str:
    if k in series.absent:
        return "this fit has no such topic"
    if series.y[k].sum() <= 0:
        return "occurs in no period: nothing to test"
    if series.y[k].sum() >= series.n[k].sum():
        return "is all there is in every period: nothing to test"
    if row.separated:
        return (
            "occurs (or is missing) at one end of the span only: direction "
            + (
                "rising"
                if series.y[k, -1] / series.n[k, -1] > series.y[k, 0] / series.n[k, 0]
                else "falling"
            )
            + ", size not estimable; p is that of the score test"
        )
    return ""


def _settings(series: Series, fit: PooledFit, level: float, beside: Companion) -> dict[str, Any]:
    periods, topics = len(series.x), int((fit.varies & ~fit.separated).sum())
    notes = []
    if topics < ENOUGH_TOPICS:
        notes.append(
            f"The variation between periods is estimated from {topics} topics only, fewer than "
            f"{ENOUGH_TOPICS}: "
            "intervals are wide and power is low."
        )
    if np.isnan(beside.autocorrelation):
        notes.append(
            f"With {periods} periods autocorrelation cannot be estimated: the test assumes that "
            "what moves a share beyond its "
            "trend is independent from period to period."
        )
    elif beside.p_independent < 0.05:
        notes.append(
            "What moves the shares beyond their trends is serially correlated: its "
            "autocorrelation, over all topics and free "
            f"of sampling noise, is {beside.autocorrelation:.2f} (p = {beside.p_independent:.2g}). "
            "The main test assumes "
            "independence and rejects too often here: trust p_prewhitened, which allows for it."
        )
    else:
        notes.append(
            "Periods show no autocorrelation beyond their trends "
            f"(p = {beside.p_independent:.2g}, over all topics); p_prewhitened, which would allow "
            "for it, is given for comparison."
        )
    return {
        "method": "logistic slope, variation between periods pooled over topics, dispersion "
        "squeezed (prior df at most 10), t reference",
        "level": level,
        "correction": "Benjamini–Hochberg over all topics tested; Benjamini–Yekutieli in p_by",
        "periods": periods,
        "topics": len(series.y),
        "topics_pooled": topics,
        "logit_variance": float(fit.variance[0]),
        "autocorrelation": beside.autocorrelation,
        "p_independent": beside.p_independent,
        "prior_df": float(fit.prior_df[0]),
        "df": float(fit.df[0]),
        "first": float(series.x[0]),
        "last": float(series.x[-1]),
        "notes": notes,
    }


def _untested(series: Series, level: float) -> Trend:
    """A table that says why nothing was tested."""
    k, periods = len(series.y), len(series.x)
    note = (
        f"{'one period has' if periods else 'no period has'} documents: a trend needs three, a "
        "change two"
    )
    frame = pd.DataFrame(
        {
            "topic": np.arange(k),
            "label": series.labels,
            "note": note,
            "kind": "none",
            "count": series.y.sum(1),
            "periods": periods,
            "separated": False,
        }
    ).reindex(columns=COLUMNS)
    return Trend(
        frame, {"method": "none", "level": level, "periods": periods, "topics": k, "notes": [note]}
    )
