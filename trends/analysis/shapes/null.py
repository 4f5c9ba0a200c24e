"""Corpora in which nothing happens but a smooth mean and lasting shocks: the fitted null.

Shapes are judged against corpora drawn from it (a parametric bootstrap): the mean of the one model,
shocks of the size and autocorrelation that it learns, and documents that are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from trends.analysis.shapes.unseasonal import Unseasonal
from trends.analysis.trend.mean import smooth, terms_of, working
from trends.analysis.trend.model import gaps_of
from trends.analysis.trend.shocks import FINE, Grid, weigh

Array = NDArray[np.float64]

#: Terms of the mean with a flat prior: its level and its slope.
FREE = 2

#: Standard deviation (log-odds) of the prior of an effect: how large bursts and steps are.
SPREAD = 1.0

#: How far (log-odds) below the usual share the point of linearisation may lie.
FLOOR = 1.0

#: Corpora drawn from the null where a shape is tested.
DRAWS = 199


@dataclass(frozen=True)
class Null:
    """The model without a shape, ready to draw from.

    Parameters
    ----------
    n : ndarray, shape (topics, periods)
        Denominators.
    gaps : ndarray, shape (periods,)
        Periods since the one before; the first is not read.
    weight : ndarray, shape (topics, points)
        Posterior of the grid points; each row sums to 1.
    size, autocorrelation : ndarray, shape (points,)
        Of the shock at each point.
    mean : ndarray, shape (topics, points, periods)
        Log-odds of the smooth mean at each point, with seasons where there are some.
    season : Unseasonal, optional
        What takes seasons out of what is drawn.
    """

    n: Array
    gaps: Array
    weight: Array
    size: Array
    autocorrelation: Array
    mean: Array
    season: Unseasonal | None = None

    def draw(self, corpora: int, rng: np.random.Generator) -> Array:
        """Counts of corpora drawn from the null.

        Every topic of every corpus gets its own point of the grid, from its posterior: what is not
        known of its shocks is carried. Denominators that are no whole numbers (effective numbers of
        documents) are rounded for the draw, and the counts put back on their scale.

        Parameters
        ----------
        corpora : int
        rng : numpy.random.Generator

        Returns
        -------
        ndarray, shape (corpora, topics, periods)
            Each topic is there in some document and missing in another.
        """
        at = self.points(corpora, rng)
        shock = self.shocks(at, rng)
        share = expit(self.mean[np.arange(len(self.n)), at] + shock)
        whole = np.maximum(np.rint(self.n), 1)
        y = rng.binomial(whole.astype(np.int64), share).astype(float)
        # A topic without any document, or with all, has no log-odds: half a document is enough.
        total = y.sum(-1)
        y[..., 0] = np.where(total == 0, 0.5, y[..., 0])
        y[..., 0] = np.where(total == whole.sum(-1), whole[:, 0] - 0.5, y[..., 0])
        return y * (self.n / whole)

    def points(self, corpora: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Points of the grid drawn from the posterior of each topic, shape (corpora, topics)."""
        cumulative = np.cumsum(self.weight, axis=1)
        cumulative /= cumulative[:, -1:]
        chance = rng.random((corpora, len(self.weight)))
        at = np.stack(
            [np.searchsorted(row, chance[:, k]) for k, row in enumerate(cumulative)], axis=1
        )
        return np.minimum(at, self.weight.shape[1] - 1)

    def shocks(self, at: NDArray[np.int64], rng: np.random.Generator) -> Array:
        """Shocks at the points of the grid, shape (corpora, topics, periods)."""
        size, lasting = self.size[at], self.autocorrelation[at]
        shock: Array = rng.standard_normal((*at.shape, len(self.gaps)))
        for t in range(1, len(self.gaps)):
            kept = lasting ** self.gaps[t]
            shock[..., t] = kept * shock[..., t - 1] + np.sqrt(1 - kept**2) * shock[..., t]
        return size[..., None] * shock


def fit_null(y: Array, n: Array, steps: NDArray[Any], season: Unseasonal | None = None) -> Null:
    """Fit the model to counts, with shocks learnt over the topics.

    Parameters
    ----------
    y, n : ndarray, shape (topics, periods)
        Counts and denominators; each topic is there in some document and missing in another.
    steps : ndarray of int, shape (periods,)
        Number of each period in the calendar, increasing.
    season : Unseasonal, optional
        What takes seasons out.

    Returns
    -------
    Null

    Notes
    -----
    The model is that of :func:`trends.analysis.trend.model.fit_model`, on its whole grid. A topic
    that has a shape has larger shocks here than it should, which costs little: evidence is weighed
    by the shocks that each drawn corpus shows.

    References
    ----------
    Davison and Hinkley (1997), Bootstrap Methods and their Application, section 4.2.
    """
    terms = terms_at(steps)
    z, noise, seasonal = linearised(y, n, terms, season)
    likelihood, mean, _ = likelihood_of(z, noise, steps, terms, FINE, contrasts=terms)
    (posterior,), _ = weigh(likelihood[None])
    levels = likelihood.shape[2]
    pairs = FINE.pairs
    return Null(
        n,
        gaps_of(steps),
        posterior.reshape(len(y), -1),
        np.repeat(pairs[:, 0], levels),
        np.repeat(pairs[:, 1], levels),
        mean.reshape(len(y), -1, y.shape[1]) + seasonal[:, None],
        season,
    )


def linearised(
    y: Array, n: Array, terms: Array, season: Unseasonal | None = None
) -> tuple[Array, Array, Array]:
    """Working log-odds and the variances of their noise, also where a topic is absent for long.

    About a mean that is far below the usual share, a period without the topic says nothing, not
    even that there was no more: the log-odds of 0 have no floor. So counts are linearised about the
    smooth mean, or :data:`FLOOR` below the log-odds of the whole series where that is higher.

    Parameters
    ----------
    y, n : ndarray, shape (series, periods)
        Counts and denominators.
    terms : ndarray, shape (periods, terms)
        Of the smooth mean.
    season : Unseasonal, optional
        Takes seasons out.

    Returns
    -------
    z, noise, seasonal : ndarray, shape (series, periods)
        Working log-odds without seasons, the variance of their noise, and the seasons.
    """
    total, size = y.sum(-1, keepdims=True), n.sum(-1, keepdims=True)
    usual = np.log((total + 0.5) / (size - total + 0.5))
    if season is None:
        z, noise = working(y, n, np.maximum(smooth(y, n, terms), usual - FLOOR))
        return z, noise, np.zeros_like(z)
    all_terms = np.ascontiguousarray(np.hstack([terms, season.terms]))
    mean = smooth(y, n, all_terms, terms.shape[1])
    z, noise = working(y, n, np.maximum(mean, usual - FLOOR))
    seasonal = season.effects(z)
    return z - seasonal, noise, seasonal


def terms_at(steps: NDArray[Any]) -> Array:
    """Smooth terms of the mean of the model at the periods, shape (periods, terms)."""
    steps = np.asarray(steps, dtype=float)
    return terms_of(2 * (steps - steps[0]) / max(steps[-1] - steps[0], 1.0) - 1)


def precision_of(terms: Array, grid: Grid, known: int = 0) -> Array:
    """Prior precisions of the terms at each curvature of the grid, shape (levels, terms).

    The first two terms are free, the last ``known`` are shapes with a prior of one log-odd.
    """
    bends = np.array(grid.curvatures if terms.shape[1] - known > FREE else grid.curvatures[:1])
    out = np.repeat(bends[:, None] ** -2.0, terms.shape[1], axis=1)
    out[:, terms.shape[1] - known :] = SPREAD**-2.0
    return out


def likelihood_of(
    z: Array,
    noise: Array,
    steps: NDArray[Any],
    terms: Array,
    grid: Grid,
    *,
    known: int = 0,
    contrasts: Array | None = None,
) -> tuple[Array, Array, Array]:
    """Likelihood and contrasts of every series at the grid points.

    See :func:`trends.analysis.trend.kernel.generalised_least_squares`.
    """
    from trends.analysis.trend.kernel import generalised_least_squares

    found: tuple[Array, Array, Array] = generalised_least_squares(
        z,
        noise,
        gaps_of(steps),
        terms,
        FREE,
        precision_of(terms, grid, known),
        grid.pairs,
        np.empty((0, terms.shape[1])) if contrasts is None else contrasts,
    )
    return found
