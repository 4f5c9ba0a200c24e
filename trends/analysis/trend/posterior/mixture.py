"""A quantity of which a posterior is a mixture of normals: its mean, its p, its quantiles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Array = NDArray[np.float64]


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
        return two_sided(self.below(0.0))

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


def two_sided(below: Array) -> Array:
    """The two-sided p from the probability of lying below 0."""
    return np.clip(2 * np.minimum(below, 1 - below), 1e-300, 1.0)
