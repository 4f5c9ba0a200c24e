"""The trend test written slowly with statsmodels and root finders, one topic after the other, to
check the fast one against.
"""

from __future__ import annotations

import warnings

import numpy as np
import statsmodels.api as sm
from scipy import stats
from scipy.optimize import brentq
from scipy.special import digamma, polygamma


def one(y, n, t, rho):
    """Slope, standard error and Pearson chi-square of one series with beta-binomial weights."""
    weight = 1 / (1 + (n - 1) * rho)
    fit = sm.GLM(
        y / n, sm.add_constant(t), family=sm.families.Binomial(), var_weights=n * weight
    ).fit(scale=1.0, maxiter=200)
    mean = np.clip(fit.fittedvalues, 1e-9, 1 - 1e-9)
    return (
        fit.params[1],
        np.sqrt(fit.cov_params()[1, 1]),
        (weight * (y - n * mean) ** 2 / (n * mean * (1 - mean))).sum(),
    )


def slow_trends(y, n, x):
    """p-values, slopes (log-odds over the span), standard errors, and what was pooled."""
    y, n = np.asarray(y, float), np.broadcast_to(np.asarray(n, float), np.shape(y))
    topics, periods = y.shape
    t = (x - x[0]) / (x[-1] - x[0]) - 0.5
    share = (y.sum(1) + 0.5) / (n.sum(1) + 1)
    varies = [k for k in range(topics) if 0 < y[k].sum() < n[k].sum()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        use = [k for k in varies if abs(one(y[k], n[k], t, 0.0)[0]) <= 10]

        def rho(k, variance):
            return min(variance * share[k] * (1 - share[k]), 0.95)

        def excess(variance):
            return sum(one(y[k], n[k], t, rho(k, variance))[2] for k in use) - len(use) * (
                periods - 2
            )

        variance = (
            0.0
            if excess(0.0) <= 0
            else 9.0
            if excess(9.0) >= 0
            else brentq(excess, 0, 9, xtol=1e-7)
        )
        fits = {k: one(y[k], n[k], t, rho(k, variance)) for k in use}
    df = periods - 2
    s2 = {k: fits[k][2] / df for k in use}
    if len(use) > 2:
        logs = np.log([max(s2[k], 1e-8) for k in use]) - digamma(df / 2) + np.log(df / 2)
        excess_variance = logs.var(ddof=1) - polygamma(1, df / 2)
        if excess_variance <= 0:
            d0, prior = np.inf, np.exp(logs.mean())
        else:
            d0 = 2 * brentq(lambda v: polygamma(1, v) - excess_variance, 1e-4, 1e8)
            prior = np.exp(logs.mean() + digamma(d0 / 2) - np.log(d0 / 2))
        d0 = min(d0, 10.0)
        squeezed = {k: (d0 * prior + df * s2[k]) / (d0 + df) for k in use}
    else:
        d0, squeezed = 0.0, {k: max(s2[k], 1.0) for k in use}
    total = min(df + d0, max(len(use), 1) * df)
    slope, se, p = (np.full(topics, np.nan) for _ in range(3))
    for k in use:
        slope[k], se[k] = fits[k][0], fits[k][1] * np.sqrt(squeezed[k])
        p[k] = 2 * stats.t.sf(abs(slope[k] / se[k]), total)
    return {
        "slope": slope,
        "se": se,
        "p": p,
        "variance": variance,
        "prior_df": d0,
        "df": total,
        "use": use,
    }
