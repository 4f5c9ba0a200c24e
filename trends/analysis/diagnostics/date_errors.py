"""What errors of dates by one period do to the findings."""

from __future__ import annotations

import numpy as np

from trends.analysis.diagnostics.diagnosis import Diagnosis, quoted
from trends.analysis.trend.model import scores
from trends.analysis.trend.multiplicity import adjust
from trends.analysis.trend.series import Series, series_of
from trends.analysis.trend.spans import Span, span_weights
from trends.analysis.trend.table import trend_of
from trends.core import Prevalence
from trends.core.claim import ALPHA
from trends.core.computing.rng import Rng, generator_from
from trends.errors import UsageError


def date_errors(
    prevalence: Prevalence,
    *,
    share: float = 0.1,
    draws: int = 50,
    spans: tuple[Span, Span] | None = None,
    rng: Rng,
) -> Diagnosis:
    """What happens to rising and falling topics if some documents are dated one period off.

    Parameters
    ----------
    prevalence : Prevalence
        Shares over all periods.
    share : float
        Share of the documents that are moved to a neighbouring period.
    draws : int
        How often they are drawn.
    spans : pair of pairs, optional
        As in :func:`trends.analysis.trend.fit.fit_trends`.
    rng : int or numpy.random.Generator
        Source of the draws.

    Returns
    -------
    Diagnosis
        ``kept`` (topic → share of draws in which a topic that rises or falls still does),
        ``changes`` (topic → mean change of the log-odds over the draws relative to the real one),
        ``changed`` (topics that are lost in half of the draws or more). Flagged if there are such.
    """
    if not 0 < share < 1:
        message = f"The share of moved documents must lie between 0 and 1; got {share}."
        raise UsageError(message)
    series = series_of(prevalence)
    if len(series.x) < 3:
        return Diagnosis("date-errors", False, "Fewer than three periods have documents.", {})
    raw = trend_of(series, spans=spans)
    rows = series.tested
    first = raw.table.loc[rows, "log_odds"].to_numpy(dtype=float)
    found = np.flatnonzero(raw.table.loc[rows, "p_adjusted"].to_numpy(dtype=float) <= ALPHA)
    generator = generator_from(rng)
    moved = [_moved(series, share, generator) for _ in range(draws)]
    y, n = (np.stack([draw[i][rows] for draw in moved]) for i in (0, 1))
    weights, _ = span_weights(series.starts, spans, series.names)
    change, p = scores(y, n, series.steps, weights)
    same = np.stack([adjust(row) for row in p]) <= ALPHA
    same &= np.sign(change) == np.sign(first)
    rate = same[:, found].mean(0)
    ratio = change[:, found].mean(0) / first[found]
    topics = rows[found]
    lost = [int(t) for t, r in zip(topics, rate, strict=True) if r <= 0.5]
    measures = {
        "moved": share,
        "kept": {int(t): float(r) for t, r in zip(topics, rate, strict=True)},
        "changes": {int(t): float(r) for t, r in zip(topics, ratio, strict=True)},
        "changed": lost,
    }
    if not len(found):
        return Diagnosis(
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
    return Diagnosis("date-errors", bool(lost), sentence, measures)


def _moved(series: Series, share: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Counts after a random part of the documents moved to a neighbouring period.

    Topics and the rest are treated alike.
    """
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
