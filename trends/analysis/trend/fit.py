"""Trend tests: whether the share of a topic changed over the periods.

The one function that every trend goes through.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from numpy.typing import ArrayLike

from trends.analysis.trend.pooled import pool_trends
from trends.analysis.trend.series import series_of
from trends.analysis.trend.slopes import trend_of
from trends.core import Prevalence, Trend
from trends.core.given.expected import check_kind
from trends.errors import UsageError


def fit_trends(
    data: Prevalence | pd.DataFrame | Sequence[Prevalence] | tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    level: float = 0.95,
    complete_only: bool = False,
    labels: Sequence[str] | None = None,
) -> Trend:
    r"""Test every topic for a trend at the level of periods.

    Parameters
    ----------
    data : Prevalence, its frame, sequence of Prevalence, or tuple (y, n, x)
        Shares over periods; or one prevalence per aligned fit
        (:func:`trends.analysis.prevalence.estimate.estimate_each`), whose slopes are then pooled by
        Rubin's rules; or counts ``y`` (topics × periods), denominators ``n`` (periods, or topics ×
        periods) and times ``x`` in years.
    level : float
        Of the intervals.
    complete_only : bool
        Leave out periods that the corpus does not cover as a whole.
    labels : sequence of str, optional
        Names of the topics, where the data have none.

    Returns
    -------
    Trend
        Besides the columns of every trend table: ``kind`` (``trend``, ``change`` or ``none``),
        ``log_odds``, ``log_odds_lower``, ``log_odds_upper`` (change of the log-odds a year),
        ``p_by``, ``count`` (documents of the topic), ``periods``, ``df``, ``dispersion``,
        ``separated``, ``autocorrelation``, ``p_prewhitened`` and ``p_prewhitened_adjusted`` (where
        :func:`trends.analysis.trend.autocorrelation.enough` says that they can be known).

    Raises
    ------
    DataError
        See :func:`series_of`.
    UsageError
        If ``level`` does not lie between 0 and 1, or something else than these is given.

    Notes
    -----
    *Model.* :math:`\operatorname{logit} p_{kt} = a_k + b_k x_t`, with weights and a dispersion that
    allow shares to move between periods beyond sampling
    (:func:`trends.analysis.trend.dispersion.fit_pooled`); :math:`b_k` over its standard error
    is compared with Student's t. Documents of one period are never taken for independent evidence
    of a trend.

    *Percentage points.* For a slope b let a(b) be the intercept with which the fitted total equals
    the observed one. Then

    .. math:: f(b) = 100\,\frac{\operatorname{expit}(a(b) + b x_T) - \operatorname{expit}(a(b) + b
    x_1)}{x_T - x_1}

    is the mean yearly change of the fitted share between the first and the last period. f increases
    with b and f(0) = 0, so the interval :math:`[f(b_{lower}), f(b_{upper})]` excludes 0 exactly if
    the test rejects at the same level.

    *Power.* ``power`` is the smallest slope, in percentage points a year, that this series would
    have shown (p < 1 - level, unadjusted) with a probability of 80 %; see
    :func:`trends.analysis.trend.power.detectable`.

    *Special cases.* A topic that occurs never, or always, has no slope and no p. A topic that
    occurs in one period at the end of the span only (separated) has no finite slope; its p is that
    of the score test. Two periods are tested as a change between two proportions
    (:mod:`trends.analysis.trend.change`), fewer not at all. Fewer than three topics are not pooled.

    References
    ----------
    Williams (1982), Applied Statistics 31, 144–148; Smyth (2004), Statistical Applications in
    Genetics and Molecular Biology 3, article 3; Benjamini and Hochberg (1995).
    """
    if not 0 < level < 1:
        message = f"level must lie between 0 and 1; got {level!r}."
        raise UsageError(message)
    if isinstance(data, (list, tuple)) and data and all(isinstance(d, Prevalence) for d in data):
        return pool_trends(list(data), level=level, complete_only=complete_only, labels=labels)
    if isinstance(data, pd.DataFrame):
        data = Prevalence.from_frame(data)
    if not (isinstance(data, tuple) and len(data) == 3):
        check_kind("fit_trends", "shares", data, Prevalence, pd.DataFrame)
    return trend_of(series_of(data, complete_only=complete_only, labels=labels), level)  # type: ignore[arg-type]
