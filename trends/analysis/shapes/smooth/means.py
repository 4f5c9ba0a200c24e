"""Draws of the mean of every topic from the one model, with means that may bend and jump."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trends.analysis.shapes.smooth.basis import Family, family_of
from trends.analysis.trend.mean import smooth, working
from trends.analysis.trend.model import fit_model, gaps_of
from trends.analysis.trend.series import Series
from trends.analysis.trend.shocks import FINE, PAIRS, candidates, said_by

Array = NDArray[np.float64]

#: Draws from the posterior of a topic.
DRAWS = 4000


@dataclass(frozen=True)
class Means:
    """Draws of the mean of every topic that is tested.

    Parameters
    ----------
    terms : ndarray, shape (topics, draws, terms)
        Weights of the terms of ``family``; the last is the size of the jump.
    places : ndarray of int, shape (topics, draws)
        Period from which on there is the jump.
    shock : ndarray, shape (topics, draws)
        Shock of the last period with documents.
    pairs : ndarray of int, shape (topics, draws)
        Row of :data:`trends.analysis.trend.shocks.PAIRS` of the draw.
    course : ndarray of int
        Numbers of the periods at which the means are known.
    family : Family
    """

    terms: Array
    places: NDArray[np.int64]
    shock: Array
    pairs: NDArray[np.int64]
    course: NDArray[np.int64]
    family: Family

    def __iter__(self) -> Iterator[Array]:
        """Log-odds of the mean, topic by topic, shape (draws, course)."""
        smooth_terms = self.family.terms[:, :-1].T
        for weights, place in zip(self.terms, self.places, strict=True):
            jumped = self.course >= place[:, None]
            yield weights[:, :-1] @ smooth_terms + weights[:, -1:] * jumped


def course_of(series: Series) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers of all periods from the first to the last with documents, and which have some."""
    inside = (series.course >= series.steps[0]) & (series.course <= series.steps[-1])
    course = series.course[inside]
    return course, np.searchsorted(course, series.steps)


def draw_means(series: Series, rng: np.random.Generator, draws: int = DRAWS) -> Means:
    r"""Fit the model of trends with a freer mean, and draw from its posterior.

    The mean of :func:`trends.analysis.trend.model.fit_model` is a cubic or one jump, enough for a
    contrast of two spans and not for a band that is to hold the whole curve. Here it is

    .. math:: m_k(t) = a_k + b_k t + \sum_j c_{kj} \phi_j(t) + d_k 1(t \ge g_k)

    with the terms and priors of :func:`trends.analysis.shapes.smooth.basis.family_of`. Shocks and
    counts are as there; which kind of mean, where a jump is, and which shocks, is integrated over a
    grid with a distribution that is learnt over topics. Seasons are taken out first, at their
    posterior mean.

    Parameters
    ----------
    series : Series
        With two periods at least, and a topic that is tested.
    rng : Generator
    draws : int

    Returns
    -------
    Means
        Of the topics ``series.tested``.

    References
    ----------
    Ruppert, Wand and Carroll (2003), Semiparametric Regression, for splines as random effects;
    Hoeting, Madigan, Raftery and Volinsky (1999), Statistical Science 14, 382–417, for averaging
    over kinds of means.
    """
    from trends.analysis.shapes.smooth.sampling import draw_terms
    from trends.analysis.trend.kernel import generalised_least_squares, grid_weights

    rows = series.tested
    y, n = series.y[rows], series.n[rows]
    course, seen = course_of(series)
    family = family_of(course.astype(np.float64), seen)
    design = family.terms[seen].copy()
    cubic = np.polynomial.legendre.legvander(design[:, 1], 3 if len(family.precision) > 1 else 1)
    if series.season is None:
        z, noise = working(y, n, smooth(y, n, np.ascontiguousarray(cubic)))
    else:
        seasonal = fit_model(y, n, series.steps, season=series.season)
        z, noise = seasonal.z, seasonal.noise
    gaps = gaps_of(series.steps)
    nothing = np.zeros((0, design.shape[1]))
    parts = []
    for place in family.places:
        design[:, -1] = series.steps >= place
        parts.append(
            generalised_least_squares(
                z, noise, gaps, design.copy(), 2, family.precision, PAIRS, nothing
            )[0]
        )
    likelihood = np.concatenate(parts, axis=-1)
    usual = candidates(FINE, 1)
    prior = np.repeat(usual.prior, len(family.shares), axis=2) / len(family.shares)
    (posterior,), _ = grid_weights(
        np.ascontiguousarray(likelihood[None]),
        usual.sizes,
        usual.autocorrelations,
        family.shares,
        np.log(prior),
        said_by(len(rows)),
    )
    kinds, pairs, count = len(family.precision), len(PAIRS), len(family.places)
    posterior = posterior.reshape(len(rows), pairs, count, kinds).swapaxes(1, 2)
    cumulative = np.cumsum(posterior.reshape(len(rows), -1), axis=1)
    cumulative /= cumulative[:, -1:]
    level = (np.arange(draws) + rng.random((len(rows), 1))) / draws
    at = np.stack([np.searchsorted(c, u) for c, u in zip(cumulative, level, strict=True)])
    place, point = np.divmod(np.minimum(at, cumulative.shape[1] - 1), pairs * kinds)
    from_step = family.places[place]
    normal = rng.standard_normal((len(rows), draws, design.shape[1] + 1))
    terms, shock = draw_terms(
        z,
        noise,
        gaps,
        design,
        family.precision,
        PAIRS,
        point,
        np.searchsorted(series.steps, from_step),
        normal,
    )
    return Means(terms, from_step, shock, point // kinds, course, family)
