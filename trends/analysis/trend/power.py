"""The smallest trend that a series could have shown: what "not detected" is worth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from trends.analysis.trend.dispersion import PooledFit
from trends.analysis.trend.units import points_a_year

Array = NDArray[np.float64]


def detectable(
    fit: PooledFit,
    y: Array,
    n: Array,
    t: Array,
    span: float,
    level: float = 0.95,
    power: float = 0.8,
) -> Array:
    r"""Smallest slope that the trend test would have found with the given power.

    In log-odds it is :math:`(t_{df, (1 + level)/2} + t_{df, power})` times the standard error at
    slope 0; it is turned into percentage points a year in both directions, and the larger of the
    two is returned.

    Parameters
    ----------
    fit : PooledFit
        Of one corpus (its first axis has length 1).
    y, n : ndarray, shape (topics, periods)
        Counts and denominators.
    t : ndarray, shape (periods,)
        Times, spanning 1.
    span : float
        In years.
    level : float
        One minus the size of the test.
    power : float
        Probability of finding the slope.

    Returns
    -------
    ndarray, shape (topics,)
        Percentage points a year; NaN for a topic that does not vary.

    Notes
    -----
    Unadjusted: with a false-discovery rate over many topics, of which few move, the slope must be
    larger, by a half as a rule. In corpora of some hundred documents planted trends
    (:func:`trends.analysis.robustness.power_simulation.planted_power`) must be larger by another
    tenth or two, since the variation between periods is estimated and cannot come out below none.
    """
    df = fit.df[0]
    # A dispersion below that of the binomial is luck, which the next series of this kind would not
    # have.
    usual = fit.null_se[0] * np.sqrt(np.maximum(fit.dispersion[0], 1.0) / fit.dispersion[0])
    smallest = (stats.t.ppf(0.5 + level / 2, df) + stats.t.ppf(power, df)) * usual
    weight = fit.weight[0]
    up, down = (points_a_year(sign * smallest, y, n, t, weight, span) for sign in (1.0, -1.0))
    return np.maximum(up, -down)
