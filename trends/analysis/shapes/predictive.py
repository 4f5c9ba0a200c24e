"""Where shares go next: draws from the predictive distribution of the one model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from trends.analysis.trend.mean import smooth, working
from trends.analysis.trend.model import fit_model, gaps_of
from trends.analysis.trend.seasons import Season
from trends.analysis.trend.shocks import FINE, weigh

Array = NDArray[np.float64]

#: Draws from the posterior of a topic.
DRAWS = 4000

#: What may be true of a topic. Beside the shocks of a test there are some that hardly fade, as the
#: last share is often the best guess; and slopes are small, as few go on for long.
AHEAD = FINE._replace(
    sizes=(*FINE.sizes, 2.6, 4.0),
    autocorrelations=(*FINE.autocorrelations, 0.99, 0.997),
    curvatures=(1e-3, 0.15, 0.3),
    lasting_middles=(*FINE.lasting_middles, 0.96),
    bend_middles=(0.1, 0.2),
)


def draw_shares(
    y: Array,
    n: Array,
    steps: NDArray[np.int64],
    ahead: NDArray[np.int64],
    rng: np.random.Generator,
    season: Season | None = None,
) -> Array:
    r"""Draws of true shares in periods that are still to come, shape (topics, draws, ahead).

    The model of :func:`trends.analysis.trend.model.fit_model` with a line as its mean, whose slope
    has a small standard deviation that is learnt over topics: a slope without a prior would be
    drawn on for ever, at its most uncertain end. Size and correlation of the shocks are carried on,
    so that a shock fades as fast as shocks of the topic do.

    Parameters
    ----------
    y, n : ndarray, shape (topics, periods)
        Counts and denominators; each topic is there in some document and missing in another.
    steps : ndarray of int, shape (periods,)
        Numbers of the periods in the calendar.
    ahead : ndarray of int
        How many periods after the last one, increasing.
    rng : Generator
    season : Season, optional
        Seasons of the periods; they go on at their posterior mean.

    References
    ----------
    Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter, section 3.5.
    """
    from trends.analysis.shapes.smooth.sampling import draw_terms
    from trends.analysis.trend.kernel import generalised_least_squares

    topics, half = len(y), (steps[-1] - steps[0]) / 2
    at = (steps - steps[-1]) / half
    line = np.column_stack([np.ones_like(at), at])
    effects = np.zeros((topics, len(ahead)))
    if season is None:
        z, noise = working(y, n, smooth(y, n, line))
    else:
        seasonal = fit_model(y, n, steps, season=season)
        z, noise = seasonal.z, seasonal.noise
        if seasonal.seasonal is not None:
            effects = seasonal.seasonal.mean[:, (season.place[-1] + ahead) % season.length]
    design = np.column_stack([line, np.zeros(len(steps))])
    slopes, points = np.array(AHEAD.curvatures), AHEAD.pairs
    precision = np.column_stack([0 * slopes, slopes**-2.0, np.ones(len(slopes))])
    gaps = gaps_of(steps)
    likelihood, _, _ = generalised_least_squares(
        z, noise, gaps, design, 1, precision, points, np.zeros((0, 3))
    )
    (posterior,), _ = weigh(likelihood[None], AHEAD)
    cumulative = np.cumsum(posterior.reshape(topics, -1), axis=1)
    cumulative /= cumulative[:, -1:]
    level = (np.arange(DRAWS) + rng.random((topics, 1))) / DRAWS
    point = np.stack([np.searchsorted(c, u) for c, u in zip(cumulative, level, strict=True)])
    point = np.minimum(point, cumulative.shape[1] - 1)
    normal = rng.standard_normal((topics, DRAWS, 4))
    none = np.full(point.shape, len(steps))
    terms, shock = draw_terms(z, noise, gaps, design, precision, points, point, none, normal)
    sd, rho = np.moveaxis(points[point // len(slopes)], -1, 0)
    out, now = np.empty((topics, DRAWS, len(ahead))), 0
    for i, h in enumerate(ahead):
        decay = rho ** (h - now)
        fresh = sd * np.sqrt(1 - decay**2) * rng.standard_normal(shock.shape)
        shock, now = decay * shock + fresh, h
        out[..., i] = expit(effects[:, i, None] + terms[..., 0] + terms[..., 1] * h / half + shock)
    return out


def summary(shares: Array, n: Array, level: float, rng: np.random.Generator) -> Array:
    """What documents of a period to come will show: median and interval, shape (3, topics).

    Parameters
    ----------
    shares : ndarray, shape (topics, draws)
        True shares.
    n : ndarray, shape (topics,)
        Documents of that period.
    level : float
        Of the interval.
    rng : Generator

    Notes
    -----
    Counts come in whole documents. The count at a bound belongs to the interval, so the usual
    quantiles would hold more than the level, the more so the fewer the documents. Of the
    mid-distribution, which gives half of a count's chance to either side, a count is held where its
    middle is: a little more than the level is held or a little less, and the level on average.

    References
    ----------
    Parzen (2004), Statistical Science 19, 652–662, for quantiles of the mid-distribution.
    """
    whole = np.maximum(np.rint(n), 1)[:, None]
    counts = rng.binomial(whole.astype(np.int64), shares)
    middle = np.median(counts, axis=1, keepdims=True)
    spread = counts + rng.uniform(-0.5, 0.5, counts.shape)
    low, high = np.quantile(spread, [(1 - level) / 2, (1 + level) / 2], axis=1)
    ends = np.column_stack([np.minimum(np.ceil(low), middle[:, 0]), np.floor(high)])
    ends[:, 1] = np.maximum(ends[:, 1], middle[:, 0])
    return np.asarray(np.clip(np.hstack([middle, ends]), 0, whole).T / whole.T)
