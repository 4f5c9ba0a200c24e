"""The model of differences between groups: what all groups share in a period is taken out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from trends.analysis.trend.mean import smooth, terms_of, thirds, working
from trends.analysis.trend.posterior.mixture import Mixture
from trends.analysis.trend.shocks import PAIRS, weigh

Array = NDArray[np.float64]

#: Sampling variance of the log-odds of a group in a period without documents.
NOTHING = 1e8


@dataclass(frozen=True)
class GroupFit:
    """Changes of groups about what they share.

    Parameters
    ----------
    change : Mixture
        Change of the log-odds of each group from the first span to the last, less the mean of the
        groups (each weighed by its documents), shape (topics, groups, points).
    covariance : ndarray, shape (topics, points, groups, groups)
        Of these changes at each grid point; those of one topic are not independent.
    p : ndarray, shape (topics,)
        Of the hypothesis that all groups change alike.
    spread : ndarray, shape (topics,)
        Standard deviation of the true changes between groups (log-odds), by moments.
    pooled : ndarray, shape (topics, groups)
        The changes drawn towards 0 as far as they are uncertain.
    """

    change: Mixture
    covariance: Array
    p: Array
    spread: Array
    pooled: Array


def fit_groups(
    y: Array, n: Array, steps: NDArray[Any], spans: tuple[Array, Array] | None = None
) -> GroupFit:
    r"""Fit the model to counts of topics in groups and periods.

    .. math:: z_{kgt} = m_{kt} + a_{kg} + b_{kg} x_t + u_{kgt} + e_{kgt}

    z are log-odds, linearised as in :func:`trends.analysis.trend.model.fit_model`, and e their
    sampling noise. m is free in every period: whatever moves all groups, trend or event, says
    nothing about their difference. u is a stationary first-order autoregressive shock of the group
    alone, whose size and autocorrelation are learnt over topics. b is the group's own change
    between the spans; only differences of b can be told from m.

    Parameters
    ----------
    y : ndarray, shape (topics, groups, periods)
        Counts.
    n : ndarray, shape (groups, periods), or as the counts
        Denominators; 0 where a group has no documents.
    steps : ndarray of int, shape (periods,)
        Number of each period in the calendar.
    spans : pair of ndarray, shape (periods,), optional
        Weights of the periods of both spans; the first and the last third by default.

    Returns
    -------
    GroupFit

    References
    ----------
    Patterson and Thompson (1971), Biometrika 58, 545–554, for the restricted likelihood;
    DerSimonian and Laird (1986), Controlled Clinical Trials 7, 177–188, for the spread.
    """
    topics, groups, periods = y.shape
    first, last = spans or thirds(periods)
    place = np.asarray(steps, dtype=float)
    reach = last @ place - first @ place
    x = np.stack([np.ones(periods), (place - place.mean()) / reach], axis=1)
    z, noise = _working(y, n, steps)
    # Complement of the line: what all groups share beyond it.
    rest = np.linalg.svd(x)[0][:, 2:]
    lag = np.abs(place[:, None] - place[None, :])
    shock = np.stack([s**2 * np.power(r, lag) if s else 0 * lag for s, r in PAIRS])
    weight = np.broadcast_to(n, y.shape).sum(2)
    weight = weight / weight.sum(1, keepdims=True)
    likelihood = np.empty((topics, len(PAIRS)))
    value = np.empty((topics, len(PAIRS), groups))
    covariance = np.empty((topics, len(PAIRS), groups, groups))
    for k in range(topics):
        likelihood[k], slope, spread = _generalised_least_squares(z[k], noise[k], shock, x, rest)
        centre = np.eye(groups) - weight[k]
        value[k] = slope @ centre.T
        covariance[k] = centre @ spread @ centre.T
    (posterior,), _ = weigh(likelihood[None, :, :, None])
    mix = posterior[..., 0]
    error = np.sqrt(np.maximum(np.einsum("kpgg->kpg", covariance), 1e-300))
    change = Mixture(mix[:, None], value.swapaxes(1, 2), error.swapaxes(1, 2))
    inverse = np.linalg.pinv(covariance, rcond=1e-9, hermitian=True)
    statistic = np.einsum("kpg,kpgh,kph->kp", value, inverse, value)
    p = (mix * stats.chi2.sf(statistic, groups - 1)).sum(1)
    own = np.einsum("kp,kpgg->kg", mix, covariance)
    mean = change.mean
    spread2 = _spread(mean, own, (mix * statistic).sum(1))
    pooled = mean * spread2[:, None] / (spread2[:, None] + own)
    return GroupFit(change, covariance, np.clip(p, 1e-300, 1), np.sqrt(spread2), pooled)


def pairs(fit: GroupFit) -> tuple[NDArray[np.int64], Mixture]:
    """Differences of the changes of every two groups, shape (topics, pairs, points)."""
    groups = fit.change.value.shape[1]
    both = np.stack(np.triu_indices(groups, 1), axis=1)
    contrast = np.zeros((len(both), groups))
    contrast[np.arange(len(both)), both[:, 0]] = 1
    contrast[np.arange(len(both)), both[:, 1]] = -1
    value = np.einsum("cg,kgp->kcp", contrast, fit.change.value)
    variance = np.einsum("cg,kpgh,ch->kcp", contrast, fit.covariance, contrast)
    return both, Mixture(fit.change.weight, value, np.sqrt(np.maximum(variance, 1e-300)))


def _working(y: Array, n: Array, steps: NDArray[Any]) -> tuple[Array, Array]:
    """Working log-odds and their sampling variances; nothing is known where n is 0."""
    periods = y.shape[-1]
    place = 2 * (steps - steps[0]) / max(float(steps[-1] - steps[0]), 1.0) - 1
    flat_y = y.reshape(-1, periods)
    flat_n = np.broadcast_to(n, y.shape).reshape(-1, periods)
    seen = np.maximum(flat_n, 1e-9)
    z, noise = working(flat_y, seen, smooth(flat_y, seen, terms_of(place)))
    empty = flat_n <= 0
    z[empty], noise[empty] = 0.0, NOTHING
    return z.reshape(y.shape), noise.reshape(y.shape)


def _generalised_least_squares(
    z: Array, noise: Array, shock: Array, x: Array, rest: Array
) -> tuple[Array, Array, Array]:
    """Restricted likelihood of one topic, slopes of its groups and their covariance.

    Parameters
    ----------
    z, noise : ndarray, shape (groups, periods)
    shock : ndarray, shape (points, periods, periods)
    x : ndarray, shape (periods, 2)
        Level and line of a group.
    rest : ndarray, shape (periods, periods - 2)
        Orthonormal complement of ``x``: what all groups share beyond a line.

    Returns
    -------
    likelihood : ndarray, shape (points,)
    slope : ndarray, shape (points, groups)
    covariance : ndarray, shape (points, groups, groups)
    """
    from trends.analysis.groups.kernel import inverses

    points, groups = len(shock), len(z)
    w, roots = inverses(shock, noise)
    wx = w @ x
    information = x.T @ wx
    s = np.linalg.inv(information)
    b = s @ wx.swapaxes(-1, -2)  # (points, groups, 2, periods)
    p = w - wx @ b
    shared = rest.T @ p.sum(1) @ rest
    pz = np.einsum("pgst,gt->pgs", p, z)
    total = pz.sum(1) @ rest
    cover = np.linalg.inv(shared)
    effect = np.einsum("pab,pb->pa", cover, total)
    beyond = effect @ rest.T
    quadratic = np.einsum("pgs,gs->p", pz, z) - (total * effect).sum(-1)
    log_root = roots.sum(1)
    likelihood = -0.5 * (
        2 * log_root
        + np.linalg.slogdet(information)[1].sum(1)
        + np.linalg.slogdet(shared)[1]
        + quadratic
    )
    line = b[:, :, 1]
    slope = np.einsum("pgt,pgt->pg", line, z[None] - beyond[:, None])
    through = line @ rest
    covariance = through @ cover @ through.swapaxes(-1, -2)
    own = np.arange(groups)
    covariance[:, own, own] += s[:, :, 1, 1]
    return likelihood.reshape(points), slope, covariance


def _spread(mean: Array, variance: Array, statistic: Array) -> Array:
    """Variance of the true changes between groups, by moments."""
    precision = 1 / variance
    total = precision.sum(1)
    scale = total - (precision**2).sum(1) / total
    return np.maximum(statistic - (mean.shape[1] - 1), 0) / scale
