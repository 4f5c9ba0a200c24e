"""Many topics, many chances to be wrong: adjusted p-values and simultaneous levels."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from trends.errors import UsageError

Array = NDArray[np.float64]


def adjust(p: ArrayLike, method: Literal["bh", "by"] = "bh") -> Array:
    """Adjust p-values so that a threshold on them bounds the false-discovery rate.

    Parameters
    ----------
    p : array-like
        p-values; NaN (not tested) stays NaN and does not count as a test.
    method : {"bh", "by"}
        Benjamini–Hochberg, for independent or positively dependent tests; Benjamini–Yekutieli, for
        any dependence, which shares of one whole have.

    Returns
    -------
    ndarray
        Of the shape of ``p``, never below it.

    References
    ----------
    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289–300. Benjamini
    and Yekutieli (2001), Annals of Statistics 29, 1165–1188.
    """
    if method not in ("bh", "by"):
        message = f"The correction must be 'bh' or 'by'; got {method!r}."
        raise UsageError(message)
    values = np.asarray(p, dtype=float)
    out = np.full(values.shape, np.nan)
    tested = np.isfinite(values)
    if tested.any():
        out[tested] = np.maximum(
            stats.false_discovery_control(values[tested], method=method), values[tested]
        )
    return out
