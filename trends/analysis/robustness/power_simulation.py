"""The smallest trend that this corpus could have shown, by planting trends of known size in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit, logit

from trends.analysis.trend.dispersion import fit_pooled
from trends.analysis.trend.multiplicity import adjust
from trends.analysis.trend.series import fit_series, series_of
from trends.core import Prevalence
from trends.core.computing.rng import Rng, generator_from
from trends.errors import DataError, UsageError

Array = NDArray[np.float64]

#: Changes of the log-odds over the span that are planted.
SLOPES = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0)


def planted_power(
    prevalence: Prevalence,
    *,
    slopes: Sequence[float] = SLOPES,
    draws: int = 200,
    q: float = 0.05,
    target: float = 0.8,
    complete_only: bool = False,
    rng: Rng,
) -> pd.DataFrame:
    """Plant a trend in one topic after the other and count how often the whole procedure finds it.

    For each topic, slope and draw, every period's documents are drawn again: a document of the
    topic with a probability that follows the planted logistic line (and moves between periods as
    shares of this corpus do), a document of another topic otherwise, in the proportions of that
    period. All topics are then tested and adjusted together, as in the real analysis.

    Parameters
    ----------
    prevalence : Prevalence
        Shares of hard labels.
    slopes : sequence of float
        Changes of the log-odds over the span, positive and increasing; each is planted upwards in
        one half of the draws and downwards in the other.
    draws : int
        For each topic and slope.
    q : float
        False-discovery rate of the verdict.
    target : float
        Power that is asked for.
    complete_only : bool
        As in the real analysis.
    rng : int or numpy.random.Generator
        Source of the draws.

    Returns
    -------
    pandas.DataFrame
        One row per topic and slope: ``topic``, ``label``, ``log_odds`` (planted, over the span),
        ``points`` (the same in percentage points a year), ``power`` (found with the right sign at
        q), ``power_unadjusted`` (at p < .05), ``smallest`` (points a year that reach the target,
        interpolated; NaN if no planted slope does).

    Raises
    ------
    DataError
        If fewer than three periods have documents.
    UsageError
        If slopes do not increase from above 0, or there are fewer than two draws.

    Notes
    -----
    The analytic ``power`` column of a trend table is unadjusted and takes seconds; this one carries
    the adjustment and everything else that the procedure does. Between the planted slopes power is
    interpolated linearly.
    """
    if list(slopes) != sorted(set(slopes)) or min(slopes, default=0) <= 0 or draws < 2:
        message = (
            "Planted slopes must increase from above 0, with two draws or more; got "
            f"{list(slopes)} and {draws}."
        )
        raise UsageError(message)
    series = series_of(prevalence, complete_only=complete_only)
    if len(series.x) < 3:
        message = f"{len(series.x)} periods have documents; a trend needs at least three."
        raise DataError(message)
    fit, t, span = fit_series(series)
    n = np.rint(series.n[0]).astype(np.int64)
    shock = float(np.sqrt(fit.variance[0]))
    generator = generator_from(rng)
    rest = np.maximum(n - series.y.sum(0), 0)
    table = np.vstack([series.y, rest])
    rows = []
    for k, label in enumerate(series.labels):
        share = (series.y[k].sum() + 0.5) / (n.sum() + 1)
        others = np.delete(table, k, axis=0) + 1e-9
        mix = (others / others.sum(0)).T
        reached: list[dict[str, Any]] = []
        for slope in slopes:
            sign = np.where(np.arange(draws) % 2 == 0, 1.0, -1.0)
            path = (
                logit(share)
                + sign[:, None] * slope * t
                + shock * generator.standard_normal((draws, len(t)))
            )
            mine = generator.binomial(n, expit(path))
            other = np.moveaxis(generator.multinomial(n - mine, mix), 2, 1)
            y = np.insert(other.astype(float), k, mine, axis=1)[:, : len(series.y)]
            found = fit_pooled(y, np.broadcast_to(n.astype(float), y.shape).copy(), t)
            p = np.asarray(2 * stats.t.sf(np.abs(found.statistic), found.df[:, None]))
            right = np.sign(found.statistic[:, k]) == sign
            adjusted = np.stack([adjust(row) for row in p])[:, k]
            ends = np.asarray(expit(logit(share) + slope * t[[0, -1]]))
            reached.append(
                {
                    "topic": k,
                    "label": label,
                    "log_odds": slope,
                    "points": 100 * float(ends[1] - ends[0]) / span,
                    "power": float(((adjusted <= q) & right).mean()),
                    "power_unadjusted": float(((p[:, k] < 0.05) & right).mean()),
                }
            )
        smallest = _crossing([r["points"] for r in reached], [r["power"] for r in reached], target)
        rows += [{**r, "smallest": smallest} for r in reached]
    return pd.DataFrame(rows)


def _crossing(points: Sequence[float], power: Sequence[float], target: float) -> float:
    """Where the broken line through (0, 0) and the measured powers first reaches the target."""
    x, y = np.array([0.0, *points]), np.array([0.0, *power])
    above = np.flatnonzero(y >= target)
    if not len(above):
        return float("nan")
    i = int(above[0])
    return float(x[i - 1] + (x[i] - x[i - 1]) * (target - y[i - 1]) / (y[i] - y[i - 1]))
