"""The one model of trends: counts of a period on the log-odds scale with shocks that may last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import ndtr

from trends.analysis.trend import seasons
from trends.analysis.trend.mean import smooth, terms_of, thirds, working
from trends.analysis.trend.seasons import Season
from trends.analysis.trend.shocks import FINE, PAIRS, Grid, weigh

Array = NDArray[np.float64]

#: Grid points of all topics that are scored at a time, so that they stay near the processor.
TOGETHER = 50_000

#: Places in time, from -1 to 1, at which the posterior of the mean is kept.
KNOTS = np.polynomial.chebyshev.chebpts1(9)


@dataclass(frozen=True)
class Mixture:
    """A quantity of every topic: normal at each grid point, mixed over the grid.

    Parameters
    ----------
    weight, value, error : ndarray, shape (topics, points), or (topics, knots, points)
        Posterior of the grid point, and mean and standard error there.
    """

    weight: Array
    value: Array
    error: Array

    @property
    def mean(self) -> Array:
        """Posterior mean, shape (topics,)."""
        return (self.weight * self.value).sum(-1)

    @property
    def sd(self) -> Array:
        """Posterior standard deviation, shape (topics,)."""
        second = (self.weight * (self.error**2 + self.value**2)).sum(-1)
        return np.sqrt(np.maximum(second - self.mean**2, 0))

    def below(self, limit: Array | float) -> Array:
        """Posterior probability that the quantity lies below a limit, shape (topics,)."""
        return (self.weight * ndtr((np.asarray(limit)[..., None] - self.value) / self.error)).sum(
            -1
        )

    @property
    def p(self) -> Array:
        """Two-sided p of the hypothesis that the quantity is 0, shape (topics,)."""
        return _two_sided(self.below(0.0))

    def quantile(self, level: float) -> Array:
        """Quantile of the posterior, shape (topics,)."""
        from trends.analysis.trend.newton import mixture_quantile

        shape = self.value.shape
        weight, value, error = (
            np.ascontiguousarray(np.broadcast_to(part, shape)).reshape(-1, shape[-1])
            for part in (self.weight, self.value, self.error)
        )
        found: Array = mixture_quantile(weight, value, error, level)
        return found.reshape(shape[:-1])

    def interval(self, level: float) -> tuple[Array, Array]:
        """Equal-tailed interval: it excludes 0 exactly where p is below ``1 - level``."""
        return self.quantile((1 - level) / 2), self.quantile((1 + level) / 2)


@dataclass(frozen=True)
class Fit:
    """The model fitted to the topics of one corpus.

    Parameters
    ----------
    contrasts : tuple of Mixture
        Change of the log-odds from the first span to the last, and the mean log-odds of both.
    curve : Mixture
        Log-odds of the mean at :data:`KNOTS`; none where these are not wanted.
    size, autocorrelation : ndarray, shape (topics,)
        Posterior means of the shock's standard deviation and, where there is a shock, of its
        autocorrelation.
    learnt : ndarray, shape (pairs,)
        Distribution of the shocks over topics.
    z, noise : ndarray, shape (topics, periods)
        Working log-odds, without their seasons, and their sampling variances.
    seasonal : Mixture, optional
        Effect of each season on the log-odds; they sum to 0.
    p_season : ndarray, shape (topics,), optional
        Of the hypothesis that a topic has no season.
    """

    contrasts: tuple[Mixture, ...]
    curve: Mixture
    size: Array
    autocorrelation: Array
    learnt: Array
    z: Array
    noise: Array
    seasonal: Mixture | None = None
    p_season: Array | None = None

    @property
    def change(self) -> Mixture:
        """Change of the log-odds from the first span to the last."""
        return self.contrasts[0]

    def first(self, topics: int) -> Fit:
        """The first topics, with what was learnt from all."""
        mixtures = [
            None if m is None else Mixture(m.weight[:topics], m.value[:topics], m.error[:topics])
            for m in (*self.contrasts, self.curve, self.seasonal)
        ]
        return replace(
            self,
            contrasts=tuple(m for m in mixtures[:-2] if m is not None),
            curve=mixtures[-2] or self.curve,
            seasonal=mixtures[-1],
            p_season=None if self.p_season is None else self.p_season[:topics],
            **{n: getattr(self, n)[:topics] for n in ("size", "autocorrelation", "z", "noise")},
        )


def fit_model(
    y: Array,
    n: Array,
    steps: NDArray[Any],
    spans: tuple[Array, Array] | None = None,
    *,
    curve: bool = False,
    season: Season | None = None,
) -> Fit:
    r"""Fit the model to counts of topics in periods.

    .. math:: z_{kt} = m_k(t) + u_{kt} + e_{kt}, \quad u_{kt} = \rho_k u_{k,t-1} + \epsilon_{kt},
       \quad e_{kt} \sim N(0, v_{kt})

    z are log-odds linearised about a smooth mean, v their known sampling variance, u a stationary
    shock of standard deviation s_k. The mean m is a line, from eight periods on a cubic whose bend
    has standard deviation tau_k. (s, rho, tau) of each topic is integrated over a grid, with a
    distribution that is learnt over topics (:mod:`trends.analysis.trend.shocks`). Seasons are
    further terms of the mean, whose standard deviation is a further part of the grid
    (:mod:`trends.analysis.trend.seasons`).

    Parameters
    ----------
    y, n : ndarray, shape (topics, periods)
        Counts and denominators; each topic is there in some document and missing in another.
    steps : ndarray of int, shape (periods,)
        Number of each period in the calendar, increasing.
    spans : pair of ndarray, shape (periods,), optional
        Weights of the periods of the two spans that are compared; the first and last third by
        default.
    curve : bool
        Whether the mean is wanted at :data:`KNOTS` too, without its seasons.
    season : Season, optional
        Seasons of the periods.

    Returns
    -------
    Fit

    References
    ----------
    Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter, section 3.4;
    Patterson and Thompson (1971), Biometrika 58, 545–554, for the restricted likelihood.
    """
    place = _place(steps)
    terms = terms_of(place)
    first, last = spans or thirds(len(steps))
    bent, effects = terms.shape[1], np.zeros((0, 0))
    knots = np.polynomial.legendre.legvander(KNOTS if curve else KNOTS[:0], bent - 1)
    before, after = first @ terms, last @ terms
    contrasts = np.stack([after - before, before, after, *knots])
    if season is not None:
        effects, own = seasons.harmonics(season.length), season.terms
        if season.kept:
            in_spans = np.stack([(last - first) @ own, first @ own, last @ own])
        else:
            in_spans = np.zeros((3, own.shape[1]))
        inside = np.vstack([in_spans, np.zeros((len(knots), own.shape[1])), effects])
        contrasts = np.vstack([contrasts, np.zeros((len(effects), bent))])
        contrasts, terms = np.hstack([contrasts, inside]), np.hstack([terms, own])
    z, noise = working(y, n, smooth(y, n, terms, bent))
    likelihood, value, variance = _on_grid(z, noise, steps, terms, contrasts, bent=bent)
    some_seasons = None if season is None else seasons.candidates()
    (posterior,), (learnt,) = weigh(likelihood[None], seasons=some_seasons)
    topics = len(y)
    flat = posterior.reshape(topics, -1)
    value, error = (
        np.moveaxis(a.reshape(topics, -1, len(contrasts)), -1, 0).copy()
        for a in (value, np.sqrt(variance))
    )
    pairs = posterior.sum(-1)
    some = np.maximum(pairs[:, 1:].sum(-1), 1e-12)
    beyond = 3 + len(knots)
    curves, seasonal = (
        Mixture(flat[:, None], value[part].swapaxes(0, 1), error[part].swapaxes(0, 1))
        for part in (slice(3, beyond), slice(beyond, None))
    )
    p_season = None
    if season is not None:
        levels = posterior.reshape(topics, len(PAIRS), -1, seasons.LEVELS).sum(-1)
        bends = np.array(FINE.curvatures)[: levels.shape[-1]]
        p_season = seasons.test(z, noise, steps, terms[:, :bent], bends, season, PAIRS, levels)
        z = z - seasonal.mean[:, season.place]
    return Fit(
        tuple(Mixture(flat, value[c], error[c]) for c in range(3)),
        curves,
        pairs @ PAIRS[:, 0],
        (pairs @ PAIRS[:, 1]) / some,
        learnt.sum(-1),
        z,
        noise,
        None if season is None else seasonal,
        p_season,
    )


def scores(
    y: Array,
    n: Array,
    steps: NDArray[Any],
    spans: tuple[Array, Array] | None = None,
    grid: Grid = FINE,
) -> tuple[Array, Array]:
    """Change between two spans and its p, of many corpora at once.

    Parameters
    ----------
    y, n : ndarray, shape (corpora, topics, periods)
        As in :func:`fit_model`.
    steps : ndarray of int, shape (periods,)
    spans : pair of ndarray, optional
        As there.
    grid : Grid
        Points over which is integrated.

    Returns
    -------
    change, p : ndarray, shape (corpora, topics)
        Change of the log-odds, with the sign of its median; two-sided p.
    """
    corpora, topics, periods = y.shape
    place = _place(steps)
    terms = terms_of(place)
    first, last = spans or thirds(periods)
    contrast = (last @ terms - first @ terms)[None]
    change, p = np.empty((corpora, topics)), np.empty((corpora, topics))
    some = max(1, TOGETHER // (topics * len(grid.pairs) * len(grid.curvatures)))
    for start in range(0, corpora, some):
        part = slice(start, min(start + some, corpora))
        flat_y, flat_n = y[part].reshape(-1, periods), n[part].reshape(-1, periods)
        z, noise = working(flat_y, flat_n, smooth(flat_y, flat_n, terms))
        likelihood, value, variance = _on_grid(z, noise, steps, terms, contrast, grid)
        shape = (-1, topics, *likelihood.shape[1:])
        posterior, _ = weigh(likelihood.reshape(shape), grid)
        points = (len(posterior), topics, -1)
        mixture = Mixture(
            posterior.reshape(points),
            value[..., 0].reshape(points),
            np.sqrt(variance[..., 0]).reshape(points),
        )
        low = mixture.below(0.0)
        change[part] = np.copysign(mixture.mean, 0.5 - low)
        p[part] = _two_sided(low)
    return change, p


def normal_score(change: Array, p: Array) -> Array:
    """The p-value as a normal score with the sign of the change."""
    return np.sign(change) * stats.norm.isf(p / 2)


def gaps_of(steps: NDArray[Any]) -> Array:
    """Periods since the one before; 0 for the first."""
    return np.diff(np.asarray(steps, dtype=float), prepend=float(steps[0]))


def _two_sided(below: Array) -> Array:
    """The two-sided p from the probability of lying below 0."""
    return np.clip(2 * np.minimum(below, 1 - below), 1e-300, 1.0)


def _place(steps: NDArray[Any]) -> Array:
    """Times from -1 to 1."""
    steps = np.asarray(steps, dtype=float)
    return 2 * (steps - steps[0]) / max(steps[-1] - steps[0], 1.0) - 1


def _on_grid(
    z: Array,
    noise: Array,
    steps: NDArray[Any],
    terms: Array,
    contrasts: Array,
    grid: Grid = FINE,
    bent: int | None = None,
) -> tuple[Array, Array, Array]:
    """Least squares on the grid; terms from number ``bent`` on are those of seasons."""
    from trends.analysis.trend.kernel import generalised_least_squares

    bent = bent or terms.shape[1]
    bends = np.array(grid.curvatures if bent > 2 else grid.curvatures[:1])
    precision = np.repeat(bends[:, None] ** -2.0, bent, axis=1)
    if (more := terms.shape[1] - bent) > 0:
        strength = seasons.precisions(more + 1)
        precision = np.hstack(
            [np.repeat(precision, len(strength), axis=0), np.tile(strength, (len(bends), 1))]
        )
    found: tuple[Array, Array, Array] = generalised_least_squares(
        np.ascontiguousarray(z),
        np.ascontiguousarray(noise),
        gaps_of(steps),
        terms,
        2,
        precision,
        grid.pairs,
        contrasts,
    )
    return found
