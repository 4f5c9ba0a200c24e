"""Variation of shares between periods beyond sampling error, estimated over all topics.

There is one estimate for all topics together.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trends.analysis.trend.logistic import SEPARATED, LogisticFit, fit
from trends.analysis.trend.squeeze import squeeze

Array = NDArray[np.float64]

#: Largest variance of a period's logit that is considered: a standard deviation of 3 logits.
LARGEST_VARIANCE = 9.0


class PooledFit(NamedTuple):
    """A logistic trend per topic with the dispersion that carries its test.

    Shapes are (corpora, topics) or (corpora,).
    """

    slope: Array
    #: Standard error with the squeezed dispersion.
    se: Array
    #: Standard error at slope 0, which is finite for a separated series too.
    null_se: Array
    #: Slope over standard error; the score statistic where a series is separated.
    statistic: Array
    df: Array
    #: Variance of the logit between periods, one per corpus.
    variance: Array
    #: Squeezed dispersion of each topic.
    dispersion: Array
    prior_df: Array
    separated: NDArray[np.bool_]
    #: Neither absent everywhere nor everywhere alone.
    varies: NDArray[np.bool_]
    #: Weight of each period, shape (corpora, topics, periods).
    weight: Array
    #: Fitted share, shape (corpora, topics, periods).
    mean: Array

    def of(self, corpus: int) -> PooledFit:
        """The fit of one corpus alone; its arrays keep a first axis of length 1."""
        return PooledFit(
            **{name: value[corpus : corpus + 1] for name, value in self._asdict().items()}
        )


def fit_pooled(y: Array, n: Array, t: Array) -> PooledFit:
    """Fit logistic trends whose dispersion is learnt from all topics of a corpus.

    With ``logit p_kt = a_k + b_k t`` and shares that vary between periods with variance ``s^2`` on
    the logit scale, counts have the variance ``n p (1 - p) (1 + (n - 1) rho_k)`` with
    ``rho_k = s^2 p_k (1 - p_k)``. ``s^2`` solves ``sum_k X^2_k = K (T - 2)``; what a topic deviates
    from it is squeezed (:func:`trends.analysis.trend.squeeze.squeeze`).

    Parameters
    ----------
    y, n : ndarray, shape (corpora, topics, periods)
        Counts and denominators; every denominator above 0.
    t : ndarray, shape (periods,)
        Times, at least three different ones, spanning 1 around 0.

    Returns
    -------
    PooledFit

    References
    ----------
    Williams (1982), Applied Statistics 31, 144–148 (weights and moment equation for one series);
    Smyth (2004) for the squeeze.
    """
    periods = y.shape[-1]
    total, size = y.sum(-1), n.sum(-1)
    varies = (total > 0) & (total < size)
    # Series without variation take part in nothing; half of each keeps their arithmetic finite.
    y = np.where(varies[..., None], y, n / 2)
    ones = np.ones_like(y)
    plain = fit(y, n, t, ones)
    separated = varies & ~(np.abs(plain.slope) <= SEPARATED)
    use = varies & ~separated
    base = (total + 0.5) / (size + 1)
    unit = base * (1 - base)
    variance, last = _solve_variance(y, n, t, unit, use, plain)
    rho = np.minimum(variance[..., None] * unit, 0.95)
    weight = 1 / (1 + (n - 1).clip(0) * rho[..., None])
    last = fit(y, n, t, weight, start=(last.intercept, last.slope))
    raw = _pearson(y, n, weight, last.mean) / (periods - 2)
    dispersion, prior_df, prior = squeeze(raw, periods - 2, use)
    # A separated series has no dispersion of its own: the common one, never below that of the
    # binomial.
    dispersion = np.where(separated, np.maximum(prior, 1.0)[..., None], dispersion)
    df = np.minimum(periods - 2 + prior_df, np.maximum(use.sum(-1), 1) * (periods - 2))
    w = weight * n
    flat = (weight * y).sum(-1) / w.sum(-1)
    centred = t - ((w * t).sum(-1) / w.sum(-1))[..., None]
    information = (w * centred**2).sum(-1) * flat * (1 - flat)
    score = (weight * (y - n * flat[..., None]) * centred).sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        se = np.sqrt(last.variance * dispersion)
        null_se = np.sqrt(dispersion / information)
        statistic = np.where(separated, score / np.sqrt(information * dispersion), last.slope / se)
    return PooledFit(
        slope=np.where(use, last.slope, np.nan),
        se=np.where(use, se, np.nan),
        null_se=np.where(varies, null_se, np.nan),
        statistic=np.where(varies, statistic, np.nan),
        df=df,
        variance=variance,
        dispersion=dispersion,
        prior_df=prior_df,
        separated=separated,
        varies=varies,
        weight=weight,
        mean=last.mean,
    )


def _solve_variance(
    y: Array, n: Array, t: Array, unit: Array, use: NDArray[np.bool_], start: LogisticFit
) -> tuple[Array, LogisticFit]:
    """Root of the moment equation for each corpus.

    0 where counts vary no more than binomial ones.
    """
    target = use.sum(-1) * (len(t) - 2)
    current = start

    def excess(value: Array) -> Array:
        nonlocal current
        rho = np.minimum(value[..., None] * unit, 0.95)
        weight = 1 / (1 + (n - 1).clip(0) * rho[..., None])
        current = fit(
            y,
            n,
            t,
            weight,
            start=(np.clip(current.intercept, -30, 30), np.clip(current.slope, -30, 30)),
            steps=8,
        )
        return np.where(use, _pearson(y, n, weight, current.mean), 0).sum(-1) - target

    low, high = np.zeros(use.shape[:-1]), np.full(use.shape[:-1], LARGEST_VARIANCE)
    none = excess(low) <= 0
    if none.all():
        return low, current
    too_large = ~none & (excess(high) >= 0)
    # Bisection on the root scale, where the answer is spread evenly: 16 halvings of 3 logits leave
    # 5e-5.
    low, high = np.sqrt(low), np.sqrt(high)
    for _ in range(16):
        middle = (low + high) / 2
        above = excess(middle**2) > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    found = ((low + high) / 2) ** 2
    return np.where(none, 0.0, np.where(too_large, LARGEST_VARIANCE, found)), current


def _pearson(y: Array, n: Array, weight: Array, mean: Array) -> Array:
    """Weighted Pearson chi-square of each series."""
    p = np.clip(mean, 1e-9, 1 - 1e-9)
    return (weight * (y - n * p) ** 2 / (n * p * (1 - p))).sum(-1)
