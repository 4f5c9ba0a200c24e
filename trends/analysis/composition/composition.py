"""Did a topic fall, or did another rise? Volume, log-ratio to a reference set, and the test without the largest mover."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from trends.analysis.trend.fit import fit_trends
from trends.analysis.trend.series import Series, series_of
from trends.analysis.trend.slopes import trend_of
from trends.core import Prevalence, Trend

Array = NDArray[np.float64]


def volume(prevalence: Prevalence) -> pd.DataFrame:
    """Documents of each topic per day, period by period.

    A share says nothing about amounts: a topic whose share falls may still grow with the corpus.

    Parameters
    ----------
    prevalence : Prevalence
        Shares with their denominators.

    Returns
    -------
    pandas.DataFrame
        ``topic``, ``label``, ``period``, ``days`` (length of the period), ``documents``,
        ``per_day``, ``lower``, ``upper`` (exact Poisson limits at the level of the prevalence),
        ``complete``. Topic -1 is all documents together. In an incomplete period the days that the
        corpus did not cover count as days without documents.

    References
    ----------
    Garwood (1936), Biometrika 28, 437–442, for the limits.
    """
    level = float(prevalence.settings.get("level", 0.95))
    days = (prevalence.ends - prevalence.periods).astype(float) + 1
    counts = np.column_stack([prevalence.counts, prevalence.n_docs])
    k = counts.shape[1]
    lower = np.where(counts > 0, stats.chi2.ppf((1 - level) / 2, 2 * counts) / 2, 0.0)
    upper = stats.chi2.ppf((1 + level) / 2, 2 * (counts + 1)) / 2
    topics = [*range(k - 1), -1]
    return pd.DataFrame(
        {
            "topic": np.repeat(topics, len(days)),
            "label": np.repeat(
                np.array([*prevalence.labels, "all documents"], dtype=object), len(days)
            ),
            "period": np.tile(prevalence.periods, k).astype("datetime64[s]"),
            "days": np.tile(days, k).astype(int),
            "documents": counts.T.ravel(),
            "per_day": (counts / days[:, None]).T.ravel(),
            "lower": (lower / days[:, None]).T.ravel(),
            "upper": (upper / days[:, None]).T.ravel(),
            "complete": np.tile(prevalence.complete, k),
        }
    )


def without_largest_mover(
    prevalence: Prevalence, *, level: float = 0.95, complete_only: bool = False
) -> tuple[Trend, int]:
    """Test all topics among the documents that do not belong to the topic that moved most.

    Parameters
    ----------
    prevalence : Prevalence
        Shares with their denominators.
    level, complete_only
        As in :func:`trends.analysis.trend.fit.fit_trends`.

    Returns
    -------
    trend : Trend
        One row a topic; the largest mover's has no slope, and a note.
    mover : int
        The topic whose fitted share changed most, in points; -1 if no topic has a slope.
    """
    full = fit_trends(prevalence, level=level, complete_only=complete_only)
    moved = full.table["slope"].abs().to_numpy(dtype=float)
    if np.isnan(moved).all():
        return full, -1
    mover = int(np.nanargmax(moved))
    series = series_of(prevalence, complete_only=complete_only)
    n = np.maximum(series.n * (1 - series.y[mover] / series.n[mover]), 0)
    left = (n > 0).all(0)
    rest = Series(
        np.minimum(series.y, n)[:, left],
        n[:, left],
        series.x[left],
        series.labels,
        tuple(sorted({*series.absent, mover})),
    )
    found = trend_of(rest, level)
    table = found.frame()
    table.loc[mover, "note"] = "the largest mover, left out here"
    return Trend(table, {**found.settings, "without": mover}), mover
