"""A trend in the share of documents without a topic pushes all topics the other way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trends.analysis.diagnostics.diagnosis import Diagnosis, findings_changed, quoted
from trends.analysis.trend.series import series_of
from trends.analysis.trend.spans import Span, covers
from trends.analysis.trend.table import trend_of
from trends.core import Prevalence
from trends.core.statements import spans_of

#: What is told of the trend of the unassigned share.
MEASURES = ("change", "change_lower", "change_upper", "slope", "p")


def unassigned_trend(
    prevalence: Prevalence, *, spans: tuple[Span, Span] | None = None, level: float = 0.95
) -> Diagnosis:
    """Whether the share of documents without a topic has a trend of its own.

    Such a trend pushes the shares of all topics the other way.

    Parameters
    ----------
    prevalence : Prevalence
        Shares with ``unassigned``.
    spans, level
        As in :func:`trends.analysis.trend.fit.fit_trends`.

    Returns
    -------
    Diagnosis
        ``change`` (percentage points from the first span to the last), ``change_lower``,
        ``change_upper``, ``slope``, ``p`` of the unassigned share, tested beside all
        topics; ``corrected`` holds the trends among assigned documents only.
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
        return Diagnosis(
            "unassigned-trend", False, why, {"share": float(rest.sum() / max(size.sum(), 1))}
        )
    beside = replace(
        series.over(np.vstack([series.y, rest]), np.vstack([series.n, size])),
        labels=(*series.labels, "unassigned"),
    )
    tested = trend_of(beside, level, spans)
    row = tested.table.iloc[-1]
    measures = {name: float(row[name]) for name in MEASURES}
    measures["share"] = float(rest.sum() / size.sum())
    raw = trend_of(series, level, spans)
    left = np.maximum(series.n * (1 - prevalence.unassigned[filled]), 0)
    keep = np.asarray((left > 0).all(0))
    if keep.sum() < 3 or not covers(series.starts[keep], spans):
        return Diagnosis(
            "unassigned-trend",
            True,
            "In most periods no document has a topic: there is nothing to test.",
            measures,
        )
    corrected = trend_of(series.over(np.minimum(series.y, left), left, keep), level, spans)
    flagged = bool(row["p"] < 1 - level)
    changed = findings_changed(raw, corrected)
    first, last = spans_of(tested.settings["spans"])
    sentence = (
        f"{measures['share']:.0%} of the documents have no topic; their share changes by "
        f"{row['change']:+.1f} points from {first} to {last} ({row['change_lower']:+.1f} to "
        f"{row['change_upper']:+.1f}, p = {row['p']:.2g})."
    )
    if flagged:
        sentence += " Shares of all documents move with it. Among documents with a topic " + (
            f"the finding changes for {quoted(raw, changed)}." if changed else "no finding changes."
        )
    return Diagnosis(
        "unassigned-trend", flagged, sentence, {**measures, "changed": changed}, corrected
    )
