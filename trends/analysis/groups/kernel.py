"""The compiled part of the model of groups: inverses of many small covariance matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]


@njit(cache=True, error_model="numpy")
def inverses(shock: Array, noise: Array) -> Any:
    """Inverses of shock + diag(noise), and the logarithms of the roots of their determinants.

    Parameters
    ----------
    shock : ndarray, shape (points, periods, periods)
    noise : ndarray, shape (groups, periods)

    Returns
    -------
    inverse : ndarray, shape (points, groups, periods, periods)
    log_root : ndarray, shape (points, groups)
        Half the logarithm of each determinant.
    """
    points, periods = shock.shape[0], shock.shape[1]
    groups = noise.shape[0]
    inverse = np.empty((points, groups, periods, periods))
    log_root = np.empty((points, groups))
    root = np.zeros((periods, periods))
    back = np.zeros((periods, periods))
    for p in range(points):
        for g in range(groups):
            # Cholesky root, row by row; then its inverse, and the product of that with itself.
            product = 0.0
            for i in range(periods):
                for j in range(i + 1):
                    rest = shock[p, i, j]
                    for k in range(j):
                        rest -= root[i, k] * root[j, k]
                    if i == j:
                        root[i, i] = np.sqrt(rest + noise[g, i])
                        product += np.log(root[i, i])
                    else:
                        root[i, j] = rest / root[j, j]
            log_root[p, g] = product
            for i in range(periods):
                scale = 1.0 / root[i, i]
                for j in range(i):
                    back[i, j] = 0.0
                for k in range(i):
                    part = root[i, k]
                    for j in range(k + 1):
                        back[i, j] -= part * back[k, j]
                for j in range(i):
                    back[i, j] *= scale
                back[i, i] = scale
            out = inverse[p, g]
            out[:] = 0.0
            for k in range(periods):
                for i in range(k + 1):
                    part = back[k, i]
                    for j in range(i + 1):
                        out[i, j] += part * back[k, j]
            for i in range(periods):
                for j in range(i):
                    out[j, i] = out[i, j]
    return inverse, log_root
