"""How large a shape is: the odds within it beside those without, with an interval."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.analysis.shapes.null import likelihood_of, terms_at
from trends.analysis.shapes.scanning.scan import Data
from trends.analysis.trend.posterior.mixture import Mixture
from trends.analysis.trend.shocks import COARSE

Array = NDArray[np.float64]


def effect_of(
    data: Data, steps: NDArray[Any], columns: Array, level: float
) -> tuple[float, float, float]:
    """Odds ratio of the first column, with those of the others in the mean beside it.

    Parameters
    ----------
    data : Data
        Of one series.
    steps : ndarray of int, shape (periods,)
    columns : ndarray, shape (columns, periods)
        Shapes, 0 or 1 in each period.
    level : float
        Of the interval.

    Returns
    -------
    ratio, low, high : float
        Median and equal-tailed interval. The prior of the effect has one log-odd; that the place of
        the shape was chosen by the data is no part of the interval.
    """
    terms = np.column_stack([terms_at(steps), *columns])
    first = np.zeros((1, terms.shape[1]))
    first[0, terms.shape[1] - len(columns)] = 1
    likelihood, value, variance = likelihood_of(
        data.z, data.noise, steps, terms, COARSE, known=len(columns), contrasts=first
    )
    weight = np.exp(likelihood - likelihood.max()) * data.learnt
    points = Mixture(
        (weight / weight.sum()).reshape(1, -1),
        value[..., 0].reshape(1, -1),
        np.sqrt(variance[..., 0]).reshape(1, -1),
    )
    middle, low, high = (
        float(np.exp(np.clip(points.quantile(q)[0], -50, 50)))
        for q in (0.5, (1 - level) / 2, (1 + level) / 2)
    )
    return middle, low, high
