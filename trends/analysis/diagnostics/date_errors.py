"""What errors of dates by one period do to the verdicts."""

from __future__ import annotations

import numpy as np
from scipy import stats

from trends.analysis.diagnostics.finding import Finding, quoted
from trends.analysis.trend.dispersion import fit_pooled
from trends.analysis.trend.multiplicity import adjust
from trends.analysis.trend.series import Series, fit_series, series_of
from trends.analysis.trend.slopes import trend_of
from trends.core import Prevalence
from trends.core.computing.rng import Rng, generator_from
from trends.errors import UsageError


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
