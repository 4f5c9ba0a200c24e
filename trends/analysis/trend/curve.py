"""The fitted curve of a topic: the smooth mean of the model, as a share, with a band."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.interpolate import BarycentricInterpolator
from scipy.special import expit

from trends.analysis.trend.model import KNOTS, Fit
from trends.analysis.trend.series import Series

COLUMNS = ("topic", "label", "period", "fitted", "lower", "upper")


def curves_of(fit: Fit, series: Series, level: float) -> pd.DataFrame:
    """The curve of every topic tested, over all periods from the first to the last with documents.

    Parameters
    ----------
    fit : Fit
        Of the topics of ``series`` that are tested.
    series : Series
        Counts in periods.
    level : float
        Of the band: at each period by itself, not of the whole curve at once.

    Returns
    -------
    pandas.DataFrame
        Columns :data:`COLUMNS`; shares are fractions.

    Notes
    -----
    The curve is the posterior mean of the log-odds, so its mean over the last span less that over
    the first is the mean of the change that is tested. A shock of one period is no part of it: the
    band is that of the mean, not of the shares of single periods.

    Mean and quantiles are exact at the knots. Between them the mean is still exact, as it is a
    polynomial of degree 3 at most, and the squared half-widths are interpolated, as the variance is
    one of degree 6: an end of the band is off by at most 1.5 % of its width (measured).
    """
    first, last = series.steps[[0, -1]]
    inside = (series.course >= first) & (series.course <= last)
    low, high = fit.curve.interval(level)
    middle = fit.curve.mean
    known = np.stack([middle, (middle - low) ** 2, (high - middle) ** 2])
    place = 2 * (series.course[inside] - first) / (last - first) - 1
    mean, below, above = BarycentricInterpolator(KNOTS, known, axis=-1)(place)
    below, above = (np.sqrt(np.maximum(side, 0)) for side in (below, above))
    rows, periods = series.tested, series.periods[inside]
    return pd.DataFrame(
        {
            "topic": np.repeat(rows, len(periods)),
            "label": np.repeat(np.array(series.labels, dtype=object)[rows], len(periods)),
            "period": np.tile(periods, len(rows)),
            "fitted": expit(mean).ravel(),
            "lower": expit(mean - below).ravel(),
            "upper": expit(mean + above).ravel(),
        }
    )
