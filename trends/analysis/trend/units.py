"""From a slope in log-odds to percentage points a year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from trends.analysis.trend.logistic import profile_intercept

Array = NDArray[np.float64]


def points_a_year(slope: Array, y: Array, n: Array, t: Array, weight: Array, span: float) -> Array:
    """Mean yearly change of the fitted share, in percentage points.

    The change is that between the first and the last period. The intercept is the one that fits
    best for the given slope. The change is 0 for slope 0 and increases with the slope, so bounds of
    the slope become bounds of the change.

    Parameters
    ----------
    slope : ndarray, shape (topics,)
        Change of the log-odds over one unit of ``t``; NaN stays NaN.
    y, n, weight : ndarray, shape (topics, periods)
        Counts, denominators and weights of the fit.
    t : ndarray, shape (periods,)
        Increasing; the whole span is one unit.
    span : float
        The span in years.

    Returns
    -------
    ndarray, shape (topics,)
    """
    known = np.isfinite(slope)
    # Beyond 60 logits the fitted shares no longer move.
    b = np.clip(np.where(known, slope, 0.0), -60, 60)
    a = profile_intercept(b, y, n, t, weight)
    change = expit(a + b * t[-1]) - expit(a + b * t[0])
    return np.where(known, 100 * change / span, np.nan)
