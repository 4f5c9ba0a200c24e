"""Many topics, many chances to be wrong: adjusted p-values and simultaneous levels."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from trends.analysis.prevalence.intervals import wilson
from trends.core import Prevalence
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


def simes(p: ArrayLike) -> float:
    """p-value of the hypothesis that none of several tests has an effect; NaN if none was made.

    References
    ----------
    Simes (1986), Biometrika 73, 751–754.
    """
    values = np.sort(np.asarray(p, dtype=float)[np.isfinite(np.asarray(p, dtype=float))])
    if not len(values):
        return float("nan")
    return float(min(1.0, (values * len(values) / np.arange(1, len(values) + 1)).min()))


def sidak_level(level: float, n: int) -> float:
    """Level that each of ``n`` intervals needs so that all of them hold together at ``level``.

    Exact for independent intervals, and conservative for those of shares of one whole (their errors
    are negatively dependent, and two-sided intervals of Gaussian vectors are covered by Šidák's
    inequality whatever the dependence).

    References
    ----------
    Šidák (1967), Journal of the American Statistical Association 62, 626–633.
    """
    return float(level ** (1 / max(n, 1)))


def simultaneous_bounds(
    prevalence: Prevalence, level: float = 0.95, across: Literal["topics", "all"] = "topics"
) -> tuple[Array, Array]:
    """Bounds that hold at once, for a figure in which topics are compared.

    Parameters
    ----------
    prevalence : Prevalence
        The shares of the figure.
    level : float
        Probability that all intervals cover together.
    across : {"topics", "all"}
        All topics of one period together, or all topics and periods of the figure.

    Returns
    -------
    lower, upper : ndarray, shape (periods, topics)
    """
    filled = int((prevalence.n_docs > 0).sum())
    n = prevalence.n_topics * (filled if across == "all" else 1)
    size = np.where(prevalence.n_eff > 0, prevalence.n_eff, np.nan)
    return wilson(prevalence.share, size, sidak_level(level, n))
