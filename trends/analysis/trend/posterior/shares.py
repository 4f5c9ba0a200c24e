"""From log-odds of two times to shares, percentage points and ratios."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit

from trends.analysis.trend.posterior.mixture import Mixture

Array = NDArray[np.float64]

#: Draws from the posterior of a topic, as a power of 2.
DRAWS = 12


class Contrast(NamedTuple):
    """Difference and ratio of two shares; arrays of shape (topics,), shares as fractions."""

    first: Array
    change: Array
    change_lower: Array
    change_upper: Array
    ratio: Array
    ratio_lower: Array
    ratio_upper: Array


def contrast_of_shares(
    change: Mixture, first: Mixture, last: Mixture, level: float, ends: Array | None = None
) -> Contrast:
    """Medians and equal-tailed intervals of the difference and ratio of two shares.

    One share exceeds the other exactly where its log-odds do, so the intervals exclude 0 and 1
    exactly where the interval of ``change`` excludes 0.

    Parameters
    ----------
    change, first, last : Mixture
        Log-odds of the last share minus those of the first, and both.
    level : float
        Of the intervals.
    ends : ndarray, shape (3, topics), optional
        Median of ``change`` and the ends of its interval, where they are known.

    Returns
    -------
    Contrast

    Notes
    -----
    Quantiles of draws at the points of a Sobol sequence: the same at every call.
    """
    component, one, two = _draws()
    topics = np.arange(len(change.weight))[:, None]
    cumulative = np.cumsum(change.weight, axis=1)
    cumulative /= cumulative[:, -1:]
    at = np.array([np.searchsorted(row, component) for row in cumulative])
    at = np.minimum(at, cumulative.shape[1] - 1)
    a, b, c = (m.error[topics, at] for m in (first, last, change))
    # Variances of both and of their difference give their correlation.
    r = np.clip((a**2 + b**2 - c**2) / (2 * a * b), -1, 1)
    low = first.value[topics, at] + a * one
    high = last.value[topics, at] + b * (r * one + np.sqrt(1 - r**2) * two)
    p, q = expit(low), expit(high)
    levels = [0.5, (1 - level) / 2, (1 + level) / 2]
    difference = np.quantile(q - p, levels, axis=1)
    ratio = np.quantile(q / p, levels, axis=1)
    sign = np.sign(np.stack([change.quantile(x) for x in levels]) if ends is None else ends)
    # Draws are many, not infinitely many: near 0 the side is that of the exact quantile.
    difference = np.where(np.sign(difference) * sign < 0, sign * 1e-12, difference)
    ratio = np.where((ratio - 1) * sign < 0, 1 + sign * 1e-12, ratio)
    return Contrast(np.median(p, axis=1), *difference, *ratio)


@cache
def _draws() -> tuple[Array, Array, Array]:
    points = stats.qmc.Sobol(3, scramble=False).random_base2(DRAWS) + 0.5**DRAWS / 2
    return points[:, 0], stats.norm.ppf(points[:, 1]), stats.norm.ppf(points[:, 2])
