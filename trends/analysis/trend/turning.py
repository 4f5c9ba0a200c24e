"""Turning points: topics that rose and then fell, or fell and then rose."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trends.analysis.trend.model import Fit, gaps_of
from trends.analysis.trend.posterior.mixture import Mixture
from trends.analysis.trend.shocks import PAIRS

Array = NDArray[np.float64]

#: Fewer periods cannot show two slopes.
ENOUGH = 8

#: Places of the turn that are tried, as parts of the span.
KNOTS = (1 / 3, 1 / 2, 2 / 3)


class Turn(NamedTuple):
    """The strongest turn of every topic; arrays of shape (topics,)."""

    #: 1 where the topic first rose, -1 where it first fell.
    sign: Array
    #: Place of the turn, as a part of the span.
    knot: Array
    #: p of the hypothesis that there is no such turn; 1 where the two slopes have one sign.
    p: Array


def turning(fit: Fit, steps: NDArray[Any], pairs: Array = PAIRS) -> Turn:
    """Test every topic for two slopes of opposite sign.

    Two lines that meet at a knot, with the shocks as learnt over the topics of the corpus; the
    claim needs both slopes, so its p is the larger of the two, times the number of knots tried.

    Parameters
    ----------
    fit : Fit
        Of :func:`trends.analysis.trend.model.fit_model`.
    steps : ndarray of int, shape (periods,)
        As there.
    pairs : ndarray, shape (pairs, 2)
        Standard deviations and autocorrelations of shocks for which ``fit.learnt`` has weights.

    Returns
    -------
    Turn

    References
    ----------
    Lind and Mehlum (2010), Oxford Bulletin of Economics and Statistics 72, 109–118; Simonsohn
    (2018), Advances in Methods and Practices in Psychological Science 1, 538–555.
    """
    from trends.analysis.trend.kernel import generalised_least_squares

    topics = len(fit.z)
    best = Turn(np.zeros(topics), np.full(topics, np.nan), np.ones(topics))
    if len(steps) < ENOUGH:
        return best
    at = (np.asarray(steps, dtype=float) - steps[0]) / (steps[-1] - steps[0])
    gaps = gaps_of(steps)
    contrasts = np.eye(3)[1:]
    for knot in KNOTS:
        terms = np.column_stack(
            [np.ones_like(at), np.minimum(at - knot, 0), np.maximum(at - knot, 0)]
        )
        likelihood, value, variance = generalised_least_squares(
            fit.z, fit.noise, gaps, terms, 3, np.ones((1, 3)), pairs, contrasts
        )
        weight = np.exp(likelihood[..., 0] - likelihood.max(axis=(1, 2))[:, None]) * fit.learnt
        weight /= weight.sum(-1, keepdims=True)
        before, after = (
            Mixture(weight, value[:, :, 0, c], np.sqrt(variance[:, :, 0, c])) for c in (0, 1)
        )
        opposite = before.mean * after.mean < 0
        p = np.where(opposite, np.minimum(len(KNOTS) * np.maximum(before.p, after.p), 1.0), 1.0)
        better = p < best.p
        best = Turn(
            np.where(better, np.sign(before.mean), best.sign),
            np.where(better, knot, best.knot),
            np.where(better, p, best.p),
        )
    return best
