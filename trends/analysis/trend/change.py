"""Two periods: a change, not a trend."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, stats

from trends.analysis.trend.multiplicity import adjust
from trends.core import Trend

Array = NDArray[np.float64]

NOTE = (
    "two periods: a change with its sampling error only; how much shares move from period to "
    "period anyway cannot be known"
)


def score_statistic(y1: float, n1: float, y2: float, n2: float, difference: float) -> float:
    """Score statistic of the hypothesis that the second share exceeds the first by ``difference``.

    References
    ----------
    Miettinen and Nurminen (1985), Statistics in Medicine 4, 213–226.
    """
    p1, p2 = y1 / n1, y2 / n2
    total, theta = n1 + n2, difference

    def slope(p: float) -> float:
        # Derivative of the log-likelihood times the product of all denominators: a cubic whose root
        # is the constrained estimate.
        q = p + theta
        return (y1 - n1 * p) * q * (1 - q) + (y2 - n2 * q) * p * (1 - p)

    low, high = max(0.0, -theta), min(1.0, 1 - theta)
    edge = 1e-12 * (high - low)
    a, b = low + edge, high - edge
    root = (
        a
        if slope(a) <= 0
        else b
        if slope(b) >= 0
        else float(optimize.brentq(slope, a, b, xtol=1e-14))
    )
    q = root + theta
    variance = (root * (1 - root) / n1 + q * (1 - q) / n2) * total / (total - 1)
    if variance <= 0:
        return 0.0 if p2 - p1 == theta else float(np.copysign(np.inf, p2 - p1 - theta))
    return float((p2 - p1 - theta) / np.sqrt(variance))


def score_interval(y1: float, n1: float, y2: float, n2: float, level: float) -> tuple[float, float]:
    """Differences that the score test does not reject."""
    z, found = stats.norm.ppf(0.5 + level / 2), y2 / n2 - y1 / n1

    def bound(sign: int, limit: float) -> float:
        def beyond(d: float) -> float:
            return -sign * score_statistic(y1, n1, y2, n2, d) - z

        edge = limit * (1 - 1e-9)
        if abs(found - edge) < 1e-9 or beyond(edge) <= 0:
            return limit
        return float(optimize.brentq(beyond, found, edge, xtol=1e-10))

    return bound(-1, -1.0), bound(1, 1.0)


def table(
    y: Array, n: Array, x: Array, labels: Sequence[str], absent: Sequence[int], level: float
) -> Trend:
    """Difference of two shares, per year, with the score interval and test.

    Parameters
    ----------
    y, n : ndarray, shape (topics, 2)
        Counts and denominators.
    x : ndarray, shape (2,)
        Times in years.
    labels : sequence of str
        Names of the topics.
    absent : sequence of int
        Topics that are not there at all.
    level : float
        Of the intervals.

    Returns
    -------
    Trend
    """
    years = float(x[1] - x[0])
    rows = []
    for k, label in enumerate(labels):
        (a, b), (na, nb) = y[k], n[k]
        row = {
            "topic": k,
            "label": label,
            "note": NOTE,
            "kind": "change",
            "count": a + b,
            "periods": 2,
        }
        if k in absent or a + b <= 0 or a + b >= na + nb:
            why = (
                "this fit has no such topic"
                if k in absent
                else "occurs in no document, or in all: nothing to test"
            )
            rows.append({**row, "note": why, "kind": "none"})
            continue
        statistic = score_statistic(a, na, b, nb, 0.0)
        low, high = score_interval(a, na, b, nb, level)
        pooled = (a + b) / (na + nb)
        smallest = (stats.norm.ppf(0.5 + level / 2) + stats.norm.ppf(0.8)) * np.sqrt(
            pooled * (1 - pooled) * (1 / na + 1 / nb)
        )
        odds = [np.log((c + 0.5) / (m - c + 0.5)) for c, m in ((a, na), (b, nb))]
        rows.append(
            {
                **row,
                "slope": 100 * (b / nb - a / na) / years,
                "lower": 100 * low / years,
                "upper": 100 * high / years,
                "p": 2 * stats.norm.sf(abs(statistic)),
                "power": 100 * min(smallest, 1.0) / years,
                "log_odds": (odds[1] - odds[0]) / years,
            }
        )
    columns = [
        "slope",
        "lower",
        "upper",
        "p",
        "power",
        "log_odds",
        "log_odds_lower",
        "log_odds_upper",
        "df",
        "dispersion",
    ]
    frame = pd.DataFrame(rows).reindex(
        columns=[*rows[0], *[c for c in columns if c not in rows[0]]]
    )
    frame["p_adjusted"], frame["p_by"] = adjust(frame["p"]), adjust(frame["p"], "by")
    frame["separated"] = False
    frame["autocorrelation"] = frame["p_prewhitened"] = frame["p_prewhitened_adjusted"] = np.nan
    settings = {
        "method": "change between two periods: difference of two proportions, score test and "
        "interval (Miettinen and Nurminen 1985)",
        "level": level,
        "correction": "Benjamini–Hochberg over all topics tested; Benjamini–Yekutieli in p_by",
        "periods": 2,
        "topics": len(labels),
        "notes": [NOTE[0].upper() + NOTE[1:] + "."],
    }
    return Trend(frame, settings)
