"""Did the share of a topic change over the periods? Slope, interval and test of every topic, calibrated on several kinds of noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from trends.analysis.prevalence.dispersion import PooledFit, fit_pooled
from trends.analysis.trend import change
from trends.analysis.trend.autocorrelation import Companion, companion, enough, nothing
from trends.analysis.trend.multiplicity import adjust
from trends.analysis.trend.power import detectable
from trends.analysis.trend.units import points_a_year
from trends.core import Prevalence, Trend
from trends.errors import DataError, UsageError

Array = NDArray[np.float64]

#: With fewer topics that vary, a common dispersion is learnt from too little to be called pooled.
ENOUGH_TOPICS = 8


@dataclass(frozen=True)
class Series:
    """Counts of topics in periods, ready for a test.

    Parameters
    ----------
    y, n : ndarray, shape (topics, periods)
        (Effective) counts and denominators.
    x : ndarray, shape (periods,)
        Times in years, increasing.
    labels : tuple of str, length topics
    absent : tuple of int
        Topics that are not there at all, which is not the same as being there with share 0.
    """

    y: Array
    n: Array
    x: Array
    labels: tuple[str, ...]
    absent: tuple[int, ...] = ()


def series_of(
    data: Prevalence | tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    complete_only: bool = False,
    labels: Sequence[str] | None = None,
) -> Series:
    """Counts and denominators behind shares; periods without documents are left out, the times of the others stay as they are.

    For mean theta a document counts for less or more than a hard label does: both share and size
    are put on the scale of hard labels, ``n_docs / dispersion``. With several fits the dispersion
    is that within a fit: what varies between fits varies between periods too, and the test learns
    it there.

    Raises
    ------
    DataError
        If shapes do not match, a count exceeds its denominator, or times do not increase.
    """
    absent: tuple[int, ...] = ()
    if isinstance(data, Prevalence):
        keep = np.asarray(data.n_docs > 0)
        if complete_only:
            keep &= data.complete
        dispersion = np.asarray(
            data.settings.get("dispersion", np.ones(data.n_topics)), dtype=float
        )
        n = np.where(keep, data.n_docs, 1)[:, None] / dispersion
        y, x, names = np.nan_to_num(data.share) * n, data.years, data.labels
        y, n, x = y[keep].T, n[keep].T, x[keep]
        absent = tuple(data.settings.get("absent", ()))
        if labels is not None:
            names = tuple(labels)
    else:
        y = np.atleast_2d(np.asarray(data[0], dtype=float))
        x = np.asarray(data[2], dtype=float)
        if x.ndim != 1 or y.ndim != 2 or y.shape[1] != len(x):
            message = f"Counts have shape {y.shape} for {x.shape} times; expected topics × periods and one time a period."
            raise DataError(message)
        given = np.asarray(data[1], dtype=float)
        if (
            given.ndim > 2
            or given.shape[-1:] != x.shape
            or (given.ndim == 2 and given.shape != y.shape)
        ):
            message = f"Denominators have shape {given.shape}; expected {x.shape} or {y.shape}."
            raise DataError(message)
        n = np.broadcast_to(given, y.shape)
        keep = np.asarray((n > 0).all(axis=0))
        y, n, x = y[:, keep], n[:, keep], x[keep]
        names = tuple(labels) if labels is not None else tuple(str(k) for k in range(len(y)))
    if len(names) != len(y):
        message = f"{len(names)} labels were given for {len(y)} topics."
        raise DataError(message)
    if (
        not (np.isfinite(y).all() and np.isfinite(n).all())
        or (y < -1e-9).any()
        or (y > n * (1 + 1e-9)).any()
    ):
        message = "Counts must be finite, not negative and not larger than their denominator."
        raise DataError(message)
    if (np.diff(x) <= 0).any():
        message = "Times of the periods must increase."
        raise DataError(message)
    return Series(np.clip(y, 0, n), np.array(n), x, names, absent)


def fit_trends(
    data: Prevalence | Sequence[Prevalence] | tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    level: float = 0.95,
    complete_only: bool = False,
    labels: Sequence[str] | None = None,
) -> Trend:
    r"""Test every topic for a trend at the level of periods.

    Parameters
    ----------
    data : Prevalence, sequence of Prevalence, or tuple (y, n, x)
        Shares over periods; or one prevalence per aligned fit
        (:func:`trends.analysis.prevalence.estimate.estimate_each`), whose slopes are then pooled by
        Rubin's rules; or counts ``y`` (topics × periods), denominators ``n`` (periods, or topics ×
        periods) and times ``x`` in years.
    level : float
        Of the intervals.
    complete_only : bool
        Leave out periods that the corpus does not cover as a whole.
    labels : sequence of str, optional
        Names of the topics, where the data have none.

    Returns
    -------
    Trend
        Besides the columns of every trend table: ``kind`` (``trend``, ``change`` or ``none``),
        ``log_odds``, ``log_odds_lower``, ``log_odds_upper`` (change of the log-odds a year),
        ``p_by``, ``count`` (documents of the topic), ``periods``, ``df``, ``dispersion``,
        ``separated``, ``autocorrelation``, ``p_prewhitened`` and ``p_prewhitened_adjusted`` (where
        :func:`trends.analysis.trend.autocorrelation.enough` says that they can be known).

    Raises
    ------
    DataError
        See :func:`series_of`.
    UsageError
        If ``level`` does not lie between 0 and 1.

    Notes
    -----
    *Model.* :math:`\operatorname{logit} p_{kt} = a_k + b_k x_t`, with weights and a dispersion that
    allow shares to move between periods beyond sampling
    (:func:`trends.analysis.prevalence.dispersion.fit_pooled`); :math:`b_k` over its standard error
    is compared with Student's t. Documents of one period are never taken for independent evidence
    of a trend.

    *Percentage points.* For a slope b let a(b) be the intercept with which the fitted total equals
    the observed one. Then

    .. math:: f(b) = 100\,\frac{\operatorname{expit}(a(b) + b x_T) - \operatorname{expit}(a(b) + b x_1)}{x_T - x_1}

    is the mean yearly change of the fitted share between the first and the last period. f increases
    with b and f(0) = 0, so the interval :math:`[f(b_{lower}), f(b_{upper})]` excludes 0 exactly if
    the test rejects at the same level.

    *Power.* ``power`` is the smallest slope, in percentage points a year, that this series would
    have shown (p < 1 - level, unadjusted) with a probability of 80 %; see
    :func:`trends.analysis.trend.power.detectable`.

    *Special cases.* A topic that occurs never, or always, has no slope and no p. A topic that
    occurs in one period at the end of the span only (separated) has no finite slope; its p is that
    of the score test. Two periods are tested as a change between two proportions
    (:mod:`trends.analysis.trend.change`), fewer not at all. Fewer than three topics are not pooled.

    References
    ----------
    Williams (1982), Applied Statistics 31, 144–148; Smyth (2004), Statistical Applications in
    Genetics and Molecular Biology 3, article 3; Benjamini and Hochberg (1995).
    """
    if not 0 < level < 1:
        message = f"level must lie between 0 and 1; got {level!r}."
        raise UsageError(message)
    if isinstance(data, (list, tuple)) and data and all(isinstance(d, Prevalence) for d in data):
        from trends.analysis.trend.pooled import pool_trends

        return pool_trends(list(data), level=level, complete_only=complete_only, labels=labels)
    return trend_of(series_of(data, complete_only=complete_only, labels=labels), level)  # type: ignore[arg-type]


def trend_of(series: Series, level: float = 0.95) -> Trend:
    """The test that the number of periods allows: a trend, a change, or none."""
    if len(series.x) < 2:
        return _untested(series, level)
    if len(series.x) == 2:
        return change.table(series.y, series.n, series.x, series.labels, series.absent, level)
    fit, t, span = fit_series(series)
    return assemble(series, fit, t, span, level)


def fit_series(series: Series) -> tuple[PooledFit, Array, float]:
    """The pooled fit of one corpus, its times on [-0.5, 0.5], and the span in years."""
    span = float(series.x[-1] - series.x[0])
    t = (series.x - series.x[0]) / span - 0.5
    there = np.setdiff1d(np.arange(len(series.y)), series.absent)
    fit = fit_pooled(series.y[None, there], series.n[None, there], t)
    return fit, t, span


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
            "What moves the shares beyond their trends remembers the period before: its "
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
    note = f"{'one period has' if periods else 'no period has'} documents: a trend needs three, a change two"
    frame = pd.DataFrame({"topic": np.arange(k), "label": series.labels})
    for name in ("slope", "lower", "upper", "p", "p_adjusted", "power"):
        frame[name] = np.nan
    frame["note"], frame["kind"] = note, "none"
    for name in ("log_odds", "log_odds_lower", "log_odds_upper", "p_by"):
        frame[name] = np.nan
    frame["count"], frame["periods"] = series.y.sum(1), periods
    frame["df"], frame["dispersion"], frame["separated"] = np.nan, np.nan, False
    frame["autocorrelation"] = frame["p_prewhitened"] = frame["p_prewhitened_adjusted"] = np.nan
    return Trend(
        frame, {"method": "none", "level": level, "periods": periods, "topics": k, "notes": [note]}
    )
