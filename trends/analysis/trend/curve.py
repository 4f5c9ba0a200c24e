"""The fitted curve of a topic, as a share with a band, and its seasons."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.interpolate import PchipInterpolator
from scipy.special import expit, logit

from trends.analysis.trend.model import Fit
from trends.analysis.trend.multiplicity import adjust
from trends.analysis.trend.series import Series
from trends.core.wording import season_names

COLUMNS = ("topic", "label", "period", "fitted", "lower", "upper")

#: Columns of a table of seasons.
SEASONS = (
    *("topic", "label", "season", "name", "effect", "lower", "upper"),
    *("points", "points_lower", "points_upper", "p", "p_adjusted"),
)


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

    Mean and quantiles are exact at up to 31 periods (13 with seasons), between which they are
    interpolated without overshoot.
    """
    if fit.curve is None or fit.knots is None:
        message = "The model was fitted without its curve."
        raise ValueError(message)
    first, last = series.steps[[0, -1]]
    inside = (series.course >= first) & (series.course <= last)
    known = np.stack([fit.curve.mean, *fit.curve.interval(level)])
    mean, lower, upper = PchipInterpolator(fit.knots, known, axis=-1)(series.course[inside])
    rows, periods = series.tested, series.periods[inside]
    return pd.DataFrame(
        {
            "topic": np.repeat(rows, len(periods)),
            "label": np.repeat(np.array(series.labels, dtype=object)[rows], len(periods)),
            "period": np.tile(periods, len(rows)),
            "fitted": expit(mean).ravel(),
            "lower": expit(lower).ravel(),
            "upper": expit(upper).ravel(),
        }
    )


def seasons_of(fit: Fit, series: Series, level: float) -> pd.DataFrame:
    """The seasons of every topic tested.

    Returns
    -------
    pandas.DataFrame
        One row a topic and month or quarter: ``effect`` on the log-odds with the interval
        ``lower`` to ``upper``, drawn towards 0 as far as it is uncertain; ``points``,
        ``points_lower``, ``points_upper``, the same at the topic's mean share in percentage points;
        ``p`` of the hypothesis that the topic has no
        season, ``p_adjusted`` over topics.
    """
    season, seasonal, p = series.season, fit.seasonal, fit.p_season
    if season is None or seasonal is None or p is None:
        return pd.DataFrame(columns=list(SEASONS))
    rows, length = series.tested, season.length
    low, high = seasonal.interval(level)
    share = (series.y[rows].sum(1) / series.n[rows].sum(1))[:, None]
    each = {"topic": rows, "label": np.array(series.labels, dtype=object)[rows]}
    columns = {name: np.repeat(values, length) for name, values in each.items()}
    columns["season"] = np.tile(np.arange(1, length + 1), len(rows))
    columns["name"] = np.tile(np.array(season_names(length), dtype=object), len(rows))
    columns |= {"effect": seasonal.mean.ravel(), "lower": low.ravel(), "upper": high.ravel()}
    for name, effect in (("points", seasonal.mean), ("points_lower", low), ("points_upper", high)):
        columns[name] = (100 * (expit(logit(share) + effect) - share)).ravel()
    columns["p"] = np.repeat(p, length)
    columns["p_adjusted"] = np.repeat(adjust(p), length)
    return pd.DataFrame(columns)[list(SEASONS)]
