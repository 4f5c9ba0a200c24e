"""Shocks that last, for corpora with a known truth."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def lasting(fresh: NDArray[np.float64], correlation: ArrayLike) -> NDArray[np.float64]:
    """Stationary first-order autoregressive shocks along the last axis.

    Parameters
    ----------
    fresh : ndarray, shape (..., periods)
        Independent draws of mean 0; the shocks have their variance.
    correlation : float or array-like of the shape of one period
        Between neighbours.

    Returns
    -------
    ndarray, shape (..., periods)

    Examples
    --------
    >>> lasting(np.array([1.0, 0.0, 0.0]), 0.5).tolist()
    [1.0, 0.5, 0.25]
    """
    kept = np.asarray(correlation)
    out = fresh.copy()
    for t in range(1, fresh.shape[-1]):
        out[..., t] = kept * out[..., t - 1] + np.sqrt(1 - kept**2) * fresh[..., t]
    return out
