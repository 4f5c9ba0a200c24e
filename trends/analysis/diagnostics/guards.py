"""Guards against what looks like a trend and is none: each says in words what it saw and brings the corrected trends."""

from __future__ import annotations

import numpy as np
from scipy import stats

from trends.analysis.diagnostics.document_length import length_drift, match_lengths, matching_length
from trends.analysis.diagnostics.duplicates import duplicate_documents
from trends.analysis.diagnostics.finding import Finding, quoted, verdicts_changed
from trends.analysis.diagnostics.source_mix import source_mix
from trends.analysis.prevalence.dispersion import fit_pooled
from trends.analysis.trend.fit import Series, fit_series, fit_trends, series_of, trend_of
from trends.analysis.trend.multiplicity import adjust
from trends.core import Prevalence
from trends.core.rng import Rng, generator_from
from trends.errors import UsageError

__all__ = [
    "Finding",
    "date_errors",
    "duplicate_documents",
    "incomplete_periods",
    "length_drift",
    "match_lengths",
    "matching_length",
    "source_mix",
    "unassigned_trend",
]


def incomplete_periods(prevalence: Prevalence, *, level: float = 0.95) -> Finding:
    """Whether periods that the corpus does not cover as a whole decide a verdict.

    Parameters
    ----------
    prevalence : Prevalence
        Shares over all periods.
    level : float
        Of the intervals of the corrected trends.

    Returns
    -------
    Finding
        ``corrected`` holds the trends over complete periods.
    """
    open_ends = np.flatnonzero(~prevalence.complete & (prevalence.n_docs > 0))
    measures = {"incomplete": [str(prevalence.periods[i]) for i in open_ends]}
    if not len(open_ends):
        return Finding(
            "incomplete-period", False, "The corpus covers every period as a whole.", measures
        )
    raw = fit_trends(prevalence, level=level)
    corrected = fit_trends(prevalence, level=level, complete_only=True)
    shown = measures["incomplete"][:5]
    when = f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]
    more = f" and {len(open_ends) - 5} later ones" if len(open_ends) > 5 else ""
    sentence = f"The corpus does not cover the whole of {len(open_ends)} of {len(prevalence.periods)} periods, starting on {when}{more}."
    if corrected.settings["periods"] < 3:
        return Finding(
            "incomplete-period",
            True,
            sentence + " Too few complete periods are left to test without them.",
            measures,
        )
    changed = verdicts_changed(raw, corrected)
    sentence += (
        f" Without them the verdict changes for {quoted(raw, changed)}."
        if changed
        else " Without them no verdict changes."
    )
    return Finding(
        "incomplete-period", bool(changed), sentence, {**measures, "changed": changed}, corrected
    )


def unassigned_trend(prevalence: Prevalence, *, level: float = 0.95) -> Finding:
    """Whether the share of documents without a topic has a trend of its own, which pushes all topics the other way.

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
        sentence += f"changes by {row['slope']:+.2f} points a year ({row['lower']:+.2f} to {row['upper']:+.2f}, p = {row['p']:.2g})."
    else:
        sentence += "is concentrated at one end of the span."
    if flagged:
        sentence += " Shares of all documents move with it. Among documents with a topic " + (
            f"the verdict changes for {quoted(raw, changed)}." if changed else "no verdict changes."
        )
    return Finding(
        "unassigned-trend", flagged, sentence, {**measures, "changed": changed}, corrected
    )


def date_errors(
    prevalence: Prevalence,
    *,
    share: float = 0.1,
    draws: int = 50,
    q: float = 0.05,
    rng: Rng,
) -> Finding:
    """What happens to the verdicts if some documents are dated one period too early or too late.

    Parameters
    ----------
    prevalence : Prevalence
        Shares over all periods.
    share : float
        Share of the documents that are moved to a neighbouring period.
    draws : int
        How often they are drawn.
    q : float
        False-discovery rate of the verdicts.
    rng : int or numpy.random.Generator
        Source of the draws.

    Returns
    -------
    Finding
        ``kept`` (topic → share of draws in which a discovery remains one, with its sign),
        ``slopes`` (topic → mean log-odds slope over the draws relative to the real one). Flagged if
        a discovery is lost in half of the draws or more.
    """
    if not 0 < share < 1:
        message = f"The share of moved documents must lie between 0 and 1; got {share}."
        raise UsageError(message)
    series = series_of(prevalence)
    if len(series.x) < 3:
        return Finding("date-errors", False, "Fewer than three periods have documents.", {})
    raw = trend_of(series)
    found = raw.table.loc[raw.table["p_adjusted"] <= q, ["topic", "log_odds"]]
    generator = generator_from(rng)
    moved = [_moved(series, share, generator) for _ in range(draws)]
    there = np.setdiff1d(np.arange(len(series.y)), series.absent)
    rows = np.searchsorted(there, found["topic"].to_numpy(dtype=int))
    again = fit_pooled(
        np.stack([y[there] for y, _ in moved]),
        np.stack([n[there] for _, n in moved]),
        (series.x - series.x[0]) / (series.x[-1] - series.x[0]) - 0.5,
    )
    raw_p = np.asarray(2 * stats.t.sf(np.abs(again.statistic), again.df[:, None]))
    p = np.stack([adjust(row) for row in raw_p])
    # The statistic has a sign even where a topic is separated and has no finite slope.
    first = np.sign(fit_series(series)[0].statistic[0])[rows]
    kept = ((p[:, rows] <= q) & (np.sign(again.statistic[:, rows]) == first)).sum(0)
    with np.errstate(invalid="ignore"):
        mean_slope = again.slope[:, rows].sum(0) / draws / (series.x[-1] - series.x[0])
    rate = kept / draws
    lost = [int(t) for t, r in zip(found["topic"], rate, strict=True) if r <= 0.5]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = mean_slope / found["log_odds"].to_numpy()
    measures = {
        "moved": share,
        "kept": {int(t): float(r) for t, r in zip(found["topic"], rate, strict=True)},
        "slopes": {int(t): float(r) for t, r in zip(found["topic"], ratio, strict=True)},
    }
    if found.empty:
        return Finding(
            "date-errors",
            False,
            "No topic has a trend that errors of dates could take away.",
            measures,
        )
    sentence = f"With {share:.0%} of the documents dated one period too early or too late, " + (
        f"the trend of {quoted(raw, lost)} is lost in half of the draws or more."
        if lost
        else "every trend remains in most draws."
    )
    return Finding("date-errors", bool(lost), sentence, measures)


def _moved(series: Series, share: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Counts after a random part of the documents went to a neighbouring period, topics and rest alike."""
    t = series.y.shape[1]
    rest = series.n - series.y
    out = []
    for part in (series.y, rest):
        whole = np.rint(part).astype(np.int64)
        gone = rng.binomial(whole, share)
        later = rng.binomial(gone, 0.5)
        earlier = gone - later
        # At the ends of the span there is one neighbour only.
        later[:, t - 1], earlier[:, 0] = 0, 0
        now = part - later - earlier
        now[:, 1:] += later[:, :-1]
        now[:, :-1] += earlier[:, 1:]
        out.append(np.maximum(now, 0))
    return out[0], np.maximum(out[0] + out[1], 1e-6)
