"""Seasons taken out of series before they are scanned, of data and of draws in the same way."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trends.analysis.trend import seasons
from trends.analysis.trend.mean import terms_of
from trends.analysis.trend.model import fit_model
from trends.analysis.trend.seasons import Season
from trends.analysis.trend.shocks import FINE, PAIRS

Array = NDArray[np.float64]

#: Points of the grid that are averaged: the heaviest, up to this much of the posterior.
ENOUGH, MOST = 0.98, 60


class Unseasonal(NamedTuple):
    """What takes seasons out of working log-odds.

    Parameters
    ----------
    terms : ndarray, shape (periods, terms)
        Seasonal terms of the mean about which counts are linearised.
    operators : ndarray, shape (topics, periods, periods)
        From working log-odds of a topic to its seasonal effects.
    """

    terms: Array
    operators: Array

    def effects(self, z: Array) -> Array:
        """Seasonal effects in working log-odds.

        Parameters
        ----------
        z : ndarray, shape (corpora × topics, periods)
            The topics of a corpus stand together.

        Returns
        -------
        ndarray, of the same shape
        """
        topics, periods = self.operators.shape[:2]
        found = np.einsum("kij,ckj->cki", self.operators, z.reshape(-1, topics, periods))
        return np.asarray(found.reshape(z.shape), dtype=np.float64)


def unseasonal(y: Array, n: Array, steps: NDArray[Any], season: Season | None) -> Unseasonal | None:
    """The operators of topics that the one model gives, if seasons are fitted.

    Parameters
    ----------
    y, n : ndarray, shape (topics, periods)
        Counts and denominators; each topic is there in some document and missing in another.
    steps : ndarray of int, shape (periods,)
        Number of each period in the calendar, increasing.
    season : Season, optional

    Notes
    -----
    At a point of the grid the posterior mean of seasonal effects is linear in the working log-odds.
    The operator is its average over the posterior of the points, learnt from the data and the same
    for every corpus drawn from the null: so draws, which get the seasons of the data, lose them by
    the same estimate, with its error.
    """
    if season is None:
        return None
    fit = fit_model(y, n, steps, season=season)
    if fit.seasonal is None:
        return None
    place = 2 * (steps - steps[0]) / max(float(steps[-1] - steps[0]), 1.0) - 1
    smooth, own = terms_of(place), season.terms
    line, bend = smooth[:, :2], smooth[:, 2:]
    strengths = 1 / seasons.precisions(season.length)
    bends = np.array(FINE.curvatures if bend.shape[1] else FINE.curvatures[:1])
    apart = np.abs(np.subtract.outer(steps, steps)).astype(float)
    operators = np.zeros((len(y), len(steps), len(steps)))
    for k, weight in enumerate(fit.seasonal.weight[:, 0]):
        order = np.argsort(-weight, kind="stable")[:MOST]
        some = order[: int(np.searchsorted(np.cumsum(weight[order]), ENOUGH)) + 1]
        pair, level = np.divmod(some, len(bends) * len(strengths))
        bent, strength = np.divmod(level, len(strengths))
        for share, p, b, s in zip(
            weight[some] / weight[some].sum(), pair, bent, strength, strict=True
        ):
            size, lasting = PAIRS[p]
            seasonal = (own * strengths[s]) @ own.T
            cover = size**2 * lasting**apart + bends[b] ** 2 * (bend @ bend.T) + seasonal
            cover[np.diag_indices(len(steps))] += fit.noise[k]
            inverse = np.linalg.inv(cover)
            free = inverse @ line
            inverse -= free @ np.linalg.solve(line.T @ free, free.T)
            operators[k] += share * (seasonal @ inverse)
    return Unseasonal(own, operators)
