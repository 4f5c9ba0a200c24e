"""The one model of trends: counts of a period on the log-odds scale with shocks that may last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from trends.analysis.trend import seasons
from trends.analysis.trend.jumps import Jumps, jumps_of
from trends.analysis.trend.mean import smooth, terms_of, thirds, working
from trends.analysis.trend.posterior.mixture import Mixture, two_sided
from trends.analysis.trend.seasons import Season
from trends.analysis.trend.shocks import (
    FINE,
    INDEPENDENCE,
    PAIRS,
    Grid,
    weigh,
    weigh_apart,
    widening,
)

Array = NDArray[np.float64]

#: Grid points of all topics that are scored at a time, so that they stay near the processor.
TOGETHER = 50_000

#: Most places in time at which the posterior of the mean is kept, without and with seasons, of
#: which there is a term more for each.
MOST_KNOTS, SEASONAL_KNOTS = 31, 13


@dataclass(frozen=True)
class Fit:
    """The model fitted to the topics of one corpus, or to the first of them.

    Parameters
    ----------
    contrasts : tuple of Mixture
        Change of the log-odds from the first span to the last, and the mean log-odds of both.
    curve : Mixture, optional
        Log-odds of the mean at the times ``knots``.
    size, autocorrelation : ndarray, shape (topics,)
        Posterior means of the shock's standard deviation and, where there is a shock, of its
        autocorrelation.
    learnt : ndarray, shape (pairs,)
        Distribution of the shocks over topics.
    z, noise : ndarray, shape (topics, periods)
        Working log-odds, without their seasons, and their sampling variances.
    bends, jumps : bool
        Whether the mean may bend, and whether it may jump; it is a line otherwise.
    seasonal : Mixture, optional
        Effect of each season on the log-odds; they sum to 0.
    p_season : ndarray, shape (topics,), optional
        Of the hypothesis that a topic has no season.
    knots : ndarray, optional
        Numbers of periods at which ``curve`` is known, from the first to the last.
    """

    contrasts: tuple[Mixture, ...]
    curve: Mixture | None
    size: Array
    autocorrelation: Array
    learnt: Array
    z: Array
    noise: Array
    bends: bool
    jumps: bool
    seasonal: Mixture | None = None
    p_season: Array | None = None
    knots: NDArray[Any] | None = None

    @property
    def change(self) -> Mixture:
        """Change of the log-odds from the first span to the last."""
        return self.contrasts[0]


def fit_model(
    y: Array,
    n: Array,
    steps: NDArray[Any],
    spans: tuple[Array, Array] | None = None,
    *,
    curve: bool = False,
    season: Season | None = None,
    own: int | None = None,
) -> Fit:
    r"""Fit the model to counts of topics in periods.

    .. math:: z_{kt} = m_k(t) + u_{kt} + e_{kt}, \quad u_{kt} = \rho_k u_{k,t-1} + \epsilon_{kt},
       \quad e_{kt} \sim N(0, v_{kt})

    z are log-odds linearised about a smooth mean, v their known sampling variance, u a stationary
    shock of standard deviation s_k. The mean m is a line, from eight periods on a cubic whose bend
    has standard deviation tau_k, or, from ten on, a line that jumps once, at a place that is not
    known (:mod:`trends.analysis.trend.jumps`). (s, rho, tau, place) of each topic is
    integrated over a grid, with a distribution that is learnt over topics
    (:mod:`trends.analysis.trend.shocks`); with fewer than twelve topics standard errors are wider
    (:func:`trends.analysis.trend.shocks.widening`). Seasons are further terms of the mean, whose
    standard deviation is a further part of the grid (:mod:`trends.analysis.trend.seasons`); with
    them it does not jump.

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
        Whether the mean is wanted over time too, without its seasons.
    season : Season, optional
        Seasons of the periods.
    own : int, optional
        Number of the first topics, where the rest may be moved by other shocks: they only lend
        what is known of shocks, and are not in the fit.

    Returns
    -------
    Fit

    References
    ----------
    Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter, section 3.4;
    Patterson and Thompson (1971), Biometrika 58, 545–554, for the restricted likelihood; Hoeting,
    Madigan, Raftery and Volinsky (1999), Statistical Science 14, 382–417, for means with and
    without a jump.
    """
    terms = terms_of(_place(steps))
    first, last = spans or thirds(len(steps))
    weights = np.stack([last - first, first, last])
    bent, effects, contrasts = terms.shape[1], np.zeros((0, 0)), weights @ terms
    jumps = jumps_of(weights, FINE.places if season is None else 0)
    if season is not None:
        effects, waves = seasons.harmonics(season.length), season.terms
        in_spans = weights @ waves if season.kept else np.zeros((3, waves.shape[1]))
        contrasts = np.vstack(
            [
                np.hstack([contrasts, in_spans]),
                np.hstack([np.zeros((len(effects), bent)), effects]),
            ]
        )
        terms = np.hstack([terms, waves])
    z, noise = working(y, n, smooth(y, n, terms, bent))
    likelihood, value, variance = _on_grid(
        z, noise, steps, terms, contrasts, bent=bent, jumps=jumps
    )
    some_seasons = None if season is None else seasons.candidates()
    places = len(jumps.places)
    if own is None:
        (posterior,), (learnt,) = weigh(
            likelihood[None], seasons=some_seasons, places=places, power=INDEPENDENCE
        )
    else:
        posterior, learnt = weigh_apart(likelihood, own, some_seasons, places)
    z, noise, value, variance = (a[:own] for a in (z, noise, value, variance))
    topics, wider = len(z), widening(len(y))
    flat = posterior.reshape(topics, -1)
    value, error = (
        np.moveaxis(a.reshape(topics, -1, len(contrasts)), -1, 0).copy()
        for a in (value, wider * np.sqrt(variance))
    )
    pairs = posterior.sum(-1)
    some = np.maximum(pairs[:, 1:].sum(-1), 1e-12)
    curved, knots = None, None
    if curve:
        knots = _knots(steps, season)
        curved = _curve(z, noise, steps, terms, bent, knots, jumps, flat)
        curved = replace(curved, error=wider * curved.error)
    p_season, seasonal = None, None
    if season is not None:
        seasonal = Mixture(flat[:, None], value[3:].swapaxes(0, 1), error[3:].swapaxes(0, 1))
        levels = posterior.reshape(topics, len(PAIRS), -1, seasons.LEVELS).sum(-1)
        bends = np.array(FINE.curvatures)[: levels.shape[-1]]
        p_season = seasons.test(z, noise, steps, terms[:, :bent], bends, season, PAIRS, levels)
        z = z - seasonal.mean[:, season.place]
    return Fit(
        tuple(Mixture(flat, value[c], error[c]) for c in range(3)),
        curved,
        pairs @ PAIRS[:, 0],
        (pairs @ PAIRS[:, 1]) / some,
        learnt.sum(-1),
        z,
        noise,
        bent > 2,
        places > 0,
        seasonal,
        p_season,
        knots,
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
    weights = (last - first)[None]
    jumps = jumps_of(weights, grid.places)
    places = len(jumps.places)
    points = len(grid.pairs) * (len(grid.curvatures) + places)
    change, p = np.empty((corpora, topics)), np.empty((corpora, topics))
    some = max(1, TOGETHER // (topics * points))
    for start in range(0, corpora, some):
        part = slice(start, min(start + some, corpora))
        flat_y, flat_n = y[part].reshape(-1, periods), n[part].reshape(-1, periods)
        z, noise = working(flat_y, flat_n, smooth(flat_y, flat_n, terms))
        likelihood, value, variance = _on_grid(
            z, noise, steps, terms, weights @ terms, grid, jumps=jumps
        )
        shape = (-1, topics, *likelihood.shape[1:])
        posterior, _ = weigh(likelihood.reshape(shape), grid, places=places, power=INDEPENDENCE)
        of_topics = (len(posterior), topics, -1)
        mixture = Mixture(
            posterior.reshape(of_topics),
            value[..., 0].reshape(of_topics),
            widening(topics) * np.sqrt(variance[..., 0]).reshape(of_topics),
        )
        low = mixture.below(0.0)
        change[part] = np.copysign(mixture.mean, 0.5 - low)
        p[part] = two_sided(low)
    return change, p


def normal_score(change: Array, p: Array) -> Array:
    """The p-value as a normal score with the sign of the change."""
    return np.sign(change) * stats.norm.isf(p / 2)


def gaps_of(steps: NDArray[Any]) -> Array:
    """Periods since the one before; 0 for the first."""
    return np.diff(np.asarray(steps, dtype=float), prepend=float(steps[0]))


def _place(steps: NDArray[Any]) -> Array:
    """Times from -1 to 1."""
    steps = np.asarray(steps, dtype=float)
    return 2 * (steps - steps[0]) / max(steps[-1] - steps[0], 1.0) - 1


def _knots(steps: NDArray[Any], season: Season | None) -> NDArray[Any]:
    """Numbers of periods, evenly from the first to the last, at which the curve is kept."""
    most = MOST_KNOTS if season is None else SEASONAL_KNOTS
    if len(steps) <= most:
        return steps
    return steps[np.linspace(0, len(steps) - 1, most).round().astype(int)]


def _curve(
    z: Array,
    noise: Array,
    steps: NDArray[Any],
    terms: Array,
    bent: int,
    knots: NDArray[Any],
    jumps: Jumps,
    weight: Array,
) -> Mixture:
    """The mean at some of the periods, by the points of the grid that hold nearly all weight.

    All but a millionth: a tenth of the points, or fewer. Topics are taken a few at a time.
    """
    at = np.searchsorted(steps, knots)
    contrasts = np.hstack([terms[at, :bent], np.zeros((len(at), terms.shape[1] - bent))])
    jumps = jumps._replace(contrasts=(at[:, None] >= jumps.places).astype(np.float64))
    order = np.argsort(-weight, axis=1, kind="stable")
    reached = np.cumsum(np.take_along_axis(weight, order, axis=1), axis=1) < 1 - 1e-6
    points = order[:, : int(reached.sum(1).max()) + 1]
    value = np.empty((len(z), len(at), points.shape[1]))
    error = np.empty_like(value)
    some = max(1, TOGETHER * 4 // weight.shape[1])
    for start in range(0, len(z), some):
        part = slice(start, start + some)
        # Again, a sixth of the work of a curve: all points of all topics would take much memory.
        _, all_values, variance = _on_grid(
            z[part], noise[part], steps, terms, contrasts, bent=bent, jumps=jumps
        )
        shape = (len(all_values), -1, len(at))
        own = points[part, :, None]
        value[part] = np.take_along_axis(all_values.reshape(shape), own, 1).swapaxes(1, 2)
        error[part] = np.sqrt(np.take_along_axis(variance.reshape(shape), own, 1)).swapaxes(1, 2)
    held = np.take_along_axis(weight, points, axis=1)
    return Mixture((held / held.sum(axis=1, keepdims=True))[:, None], value, error)


def _on_grid(
    z: Array,
    noise: Array,
    steps: NDArray[Any],
    terms: Array,
    contrasts: Array,
    grid: Grid = FINE,
    bent: int | None = None,
    jumps: Jumps | None = None,
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
        z, noise, gaps_of(steps), terms, 2, precision, grid.pairs, contrasts, jumps
    )
    return found
