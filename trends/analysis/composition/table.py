"""One row per topic that tells "fell because another rose" from "fell".

Volume, ratio and the test without the largest mover.

All views go through the one calibrated test (:mod:`trends.analysis.trend.fit`): what changes is
the denominator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.trend.fit import fit_trends
from trends.analysis.trend.series import series_of
from trends.analysis.trend.spans import Span, covers
from trends.analysis.trend.table import trend_of
from trends.core import Prevalence, Trend

Array = NDArray[np.float64]
Spans: TypeAlias = tuple[Span, Span] | None

#: Documents that a day could hold; so many that a share of them is a rate.
SLOTS = 10_000.0

#: Stands for "no document" of a topic and its reference in a period; it carries no information.
NOTHING = 1e-6

DAYS = 365.2425


def composition(
    prevalence: Prevalence,
    trend: Trend,
    *,
    spans: Spans = None,
    level: float = 0.95,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Put the three views of a topic beside its share.

    Parameters
    ----------
    prevalence : Prevalence
        Shares with their denominators.
    trend : Trend
        The main test of these shares.
    spans, level
        As in :func:`trends.analysis.trend.fit.fit_trends`.
    alpha : float
        Adjusted p at which a change counts, for ``reading``.

    Returns
    -------
    pandas.DataFrame
        ``topic``, ``label``; ``slope``, ``p_adjusted`` (share, points a year, as in ``trend``);
        ``volume``, ``volume_lower``, ``volume_upper`` (documents a year gained each year, on
        average over the span) with ``volume_p_adjusted``; ``ratio``, ``ratio_lower``,
        ``ratio_upper`` (change against the reference topics, percent a year) with
        ``ratio_p_adjusted``; ``reference`` (whether the topic is one of these); ``slope_without``,
        ``p_adjusted_without`` (share among the documents outside the largest mover's) and ``mover``
        (its label); ``reading``.
    """
    frame = trend.table[["topic", "label", "slope", "p_adjusted"]].copy()
    grown = volume_trends(prevalence, spans=spans, level=level).table
    for name, column in (("volume", "slope"), ("volume_lower", "lower"), ("volume_upper", "upper")):
        # From percentage points of the slots to documents a year.
        frame[name] = grown[column] / 100 * SLOTS * DAYS
    frame["volume_p_adjusted"] = grown["p_adjusted"]
    reference = reference_topics(trend)
    against = ratio_trends(prevalence, reference, spans=spans, level=level)
    ratio, years = against.table, against.settings.get("years", 1.0)
    for name, column in (
        ("ratio", "log_odds"),
        ("ratio_lower", "log_odds_lower"),
        ("ratio_upper", "log_odds_upper"),
    ):
        frame[name] = 100 * np.expm1((ratio[column] / years).clip(-20, 20))
    frame["ratio_p_adjusted"] = ratio["p_adjusted"]
    frame["reference"] = np.isin(np.arange(len(frame)), reference)
    rest, mover = without_largest_mover(prevalence, spans=spans, level=level)
    frame["slope_without"] = rest.table["slope"] if mover >= 0 else np.nan
    frame["p_adjusted_without"] = rest.table["p_adjusted"] if mover >= 0 else np.nan
    frame["mover"] = str(frame["label"][mover]) if mover >= 0 else ""
    frame["reading"] = [
        _reading(row, alpha, k == mover) for k, row in enumerate(frame.to_dict("records"))
    ]
    return frame


def volume_trends(prevalence: Prevalence, *, spans: Spans = None, level: float = 0.95) -> Trend:
    """Test the documents a day of every topic.

    A day is given :data:`SLOTS` places, of which the topic takes a share: its log-odds is the
    logarithm of the rate, and the test's variance that of a negative binomial count, so that
    periods without documents of the topic need no small number added to them. Periods that the
    corpus does not cover as a whole are left out where three others remain.
    """
    keep, series = prevalence.n_docs > 0, series_of(prevalence, complete_only=True)
    if len(series.x) >= 3 and covers(series.starts, spans):
        keep = keep & prevalence.complete
    else:
        series = series_of(prevalence)
    days = ((prevalence.ends - prevalence.periods).astype(float) + 1)[keep]
    y = prevalence.counts[keep].T
    grown = series.over(y, np.broadcast_to(days * SLOTS, y.shape).copy())
    return trend_of(replace(grown, absent=()), level, spans)


def reference_topics(trend: Trend) -> NDArray[np.int64]:
    """The half of the topics whose changes lie nearest to that of the median document's topic.

    Changes are those of the log-odds.
    """
    table = trend.table[np.isfinite(trend.table["log_odds"])].sort_values(
        ["log_odds", "topic"], kind="stable"
    )
    if table.empty:
        return np.arange(len(trend.table))
    weight = table["count"].to_numpy(dtype=float).cumsum()
    median = float(table["log_odds"].iloc[int(np.searchsorted(weight, weight[-1] / 2))])
    near = table.assign(distance=(table["log_odds"] - median).abs()).sort_values(
        ["distance", "topic"], kind="stable"
    )
    return np.sort(near["topic"].to_numpy(dtype=np.int64)[: max(2, (len(table) + 1) // 2)])


def ratio_trends(
    prevalence: Prevalence,
    reference: NDArray[np.int64],
    *,
    spans: Spans = None,
    level: float = 0.95,
) -> Trend:
    r"""Test every topic against a reference set that the other topics cannot move.

    Among the documents of topic k and of the reference topics R (without k), the log-odds of k is
    :math:`\log p_k / p_R`: another topic that rises moves neither.

    Parameters
    ----------
    prevalence : Prevalence
        Shares with their denominators.
    reference : ndarray of int
        Topics that stand for "unchanged".
    spans, level
        As in :func:`trends.analysis.trend.fit.fit_trends`.

    References
    ----------
    Aitchison (1986), The Statistical Analysis of Compositional Data, chapter 4.
    """
    series = series_of(prevalence)
    inside = np.isin(np.arange(len(series.y)), reference)[:, None]
    total = series.y[reference].sum(0)
    n = np.maximum(np.where(inside, total, total + series.y), NOTHING)
    return trend_of(series.over(np.minimum(series.y, n), n), level, spans)


def without_largest_mover(
    prevalence: Prevalence,
    *,
    spans: Spans = None,
    level: float = 0.95,
    complete_only: bool = False,
) -> tuple[Trend, int]:
    """Test all topics among the documents that do not belong to the topic that moved most.

    Parameters
    ----------
    prevalence : Prevalence
        Shares with their denominators.
    spans, level, complete_only
        As in :func:`trends.analysis.trend.fit.fit_trends`.

    Returns
    -------
    trend : Trend
        One row a topic; the largest mover's is empty, and has a note.
    mover : int
        The topic whose fitted share changed most, in points; -1 if no topic could be tested.
    """
    full = fit_trends(prevalence, spans=spans, level=level, complete_only=complete_only)
    moved = full.table["change"].abs().to_numpy(dtype=float)
    if np.isnan(moved).all():
        return full, -1
    mover = int(np.nanargmax(moved))
    series = series_of(prevalence, complete_only=complete_only)
    n = np.maximum(series.n * (1 - series.y[mover] / series.n[mover]), 0)
    rest = series.over(np.minimum(series.y, n), n, (n > 0).all(0))
    found = trend_of(replace(rest, absent=tuple(sorted({*rest.absent, mover}))), level, spans)
    table = found.frame()
    table.loc[mover, "note"] = "the largest mover, left out here"
    return Trend(table, {**found.settings, "without": mover}), mover


def _reading(row: Mapping[Any, Any], alpha: float, is_mover: bool) -> str:
    """What the three views say together, no stronger than they allow."""

    def found(p: str, slope: str) -> int:
        p_value, size = float(row[p]), float(row[slope])
        return int(np.sign(size)) if p_value <= alpha and np.isfinite(size) else 0

    share, ratio = found("p_adjusted", "slope"), found("ratio_p_adjusted", "ratio")
    without = found("p_adjusted_without", "slope_without")
    verb = {1: "rose", -1: "fell"}
    if share and ratio == share:
        return f"{verb[share]}, against the reference topics too"
    if share and ratio == -share:
        return f"{verb[share]} as a share but {verb[ratio]} against the reference topics"
    if share and (is_mover or without == share):
        return f"{verb[share]}; against the reference topics not detected" + (
            "" if is_mover else ", without the largest mover still detected"
        )
    if share:
        return (
            f"{verb[share]} as a share, perhaps only because “{row['mover']}” moved: not detected "
            "without it"
        )
    if ratio:
        return f"{verb[ratio]} against the reference topics; as a share not detected"
    return ""
