"""A trend in the share of documents without a topic pushes all topics the other way."""

from __future__ import annotations

import numpy as np

from trends.analysis.diagnostics.finding import Finding, quoted, verdicts_changed
from trends.analysis.trend.series import Series, series_of
from trends.analysis.trend.slopes import trend_of
from trends.core import Prevalence


def unassigned_trend(prevalence: Prevalence, *, level: float = 0.95) -> Finding:
    """Whether the share of documents without a topic has a trend of its own.

    Such a trend pushes the shares of all topics the other way.

    Parameters
    ----------
    prevalence : Prevalence
        Shares with ``unassigned``.
    level : float
        Of the intervals of the corrected trends.

    Returns
    -------
    Finding
        ``slope`` (percentage points a year), ``lower``, ``upper``, ``p`` of the unassigned share,
        tested beside all topics; ``corrected`` holds the trends among assigned documents only.
    """
    series = series_of(prevalence)
    filled = prevalence.n_docs > 0
    size = prevalence.n_docs[filled].astype(float)
    rest = prevalence.unassigned[filled] * size
    if rest.sum() < 1 or len(size) < 3:
        why = (
            "No document is unassigned."
            if rest.sum() < 1
            else "Fewer than three periods have documents."
        )
        return Finding(
            "unassigned-trend", False, why, {"share": float(rest.sum() / max(size.sum(), 1))}
        )
    beside = Series(
        np.vstack([series.y, rest]),
        np.vstack([series.n, size]),
        series.x,
        (*series.labels, "unassigned"),
        series.absent,
    )
    row = trend_of(beside, level).table.iloc[-1]
    measures = {name: float(row[name]) for name in ("slope", "lower", "upper", "p")} | {
        "share": float(rest.sum() / size.sum())
    }
    raw = trend_of(series, level)
    left = np.maximum(series.n * (1 - prevalence.unassigned[filled]), 0)
    keep = (left > 0).all(0)
    if keep.sum() < 3:
        return Finding(
            "unassigned-trend",
            True,
            "In most periods no document has a topic: there is nothing to test.",
            measures,
        )
    among = Series(
        np.minimum(series.y, left)[:, keep],
        left[:, keep],
        series.x[keep],
        series.labels,
        series.absent,
    )
    corrected = trend_of(among, level)
    flagged = bool(row["p"] < 1 - level)
    changed = verdicts_changed(raw, corrected)
    sentence = f"{measures['share']:.0%} of the documents have no topic; their share "
    if np.isfinite(row["slope"]):
        sentence += (
            f"changes by {row['slope']:+.2f} points a year ({row['lower']:+.2f} to "
            f"{row['upper']:+.2f}, p = {row['p']:.2g})."
        )
    else:
        sentence += "is concentrated at one end of the span."
    if flagged:
        sentence += " Shares of all documents move with it. Among documents with a topic " + (
            f"the verdict changes for {quoted(raw, changed)}." if changed else "no verdict changes."
        )
    return Finding(
        "unassigned-trend", flagged, sentence, {**measures, "changed": changed}, corrected
    )
