"""The mean of a topic over time: its terms, the spans that are compared, and working log-odds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trends.analysis.trend.seasons import RIDGE

Array = NDArray[np.float64]

#: From this many periods on the mean may bend; with fewer it is a line.
BENDS = 8

#: Log-odds beyond which a fitted share is 0 or 1 for all purposes.
LARGEST = 25.0

#: Standard deviation of a shock (log-odds) where none is known yet: it only says how far the point
#: about which counts are linearised may leave the smooth mean.
USUAL = 0.5


def terms_of(place: Array) -> Array:
    """Legendre terms of a mean over time: a line, from :data:`BENDS` periods on a cubic.

    Parameters
    ----------
    place : ndarray, shape (periods,)
        Times, increasing, from -1 to 1.

    Returns
    -------
    ndarray, shape (periods, 2 or 4)
    """
    degree = 3 if len(place) >= BENDS else 1
    return np.asarray(np.polynomial.legendre.legvander(place, degree), dtype=np.float64)


def thirds(periods: int) -> tuple[Array, Array]:
    """Weights of the first and of the last third of the periods (one at least); each sums to 1."""
    count = max(1, periods // 3)
    first, last = np.zeros(periods), np.zeros(periods)
    first[:count], last[-count:] = 1 / count, 1 / count
    return first, last


def smooth(y: Array, n: Array, terms: Array, bent: int | None = None) -> Array:
    """Log-odds of a smooth mean through counts, finite also where a topic is absent for long.

    Parameters
    ----------
    y, n : ndarray, shape (series, periods)
        Counts and denominators.
    terms : ndarray, shape (periods, terms)
    bent : int, optional
        Number of terms before those of seasons; all by default.

    Returns
    -------
    ndarray, shape (series, periods)

    Notes
    -----
    Quasi-likelihood of counts with usual shocks, so that no period counts for more than a shock
    allows; Jeffreys' prior, which keeps the fit of a separated series finite; a normal prior of
    standard deviation 2 on the bends, and of 1/2 on the seasons.

    References
    ----------
    Firth (1993), Biometrika 80, 27–38; Heinze and Schemper (2002), Statistics in Medicine 21,
    2409–2419.
    """
    from trends.analysis.trend.newton import smooth_mean

    ridge = np.zeros(terms.shape[1])
    ridge[2:] = 0.25
    ridge[bent or len(ridge) :] = RIDGE
    found: Array = smooth_mean(
        np.ascontiguousarray(y), np.ascontiguousarray(n), terms, ridge, USUAL**2, LARGEST
    )
    return found


def working(y: Array, n: Array, mean: Array) -> tuple[Array, Array]:
    """Log-odds of counts, linearised, and the variance of their sampling noise.

    The point of linearisation lies between the mean, where a period has few documents, and the
    period's own log-odds, where it has many: it is the mode under a usual shock about the mean.

    Parameters
    ----------
    y, n, mean : ndarray, shape (series, periods)
        Counts, denominators, and log-odds of the smooth mean.

    Returns
    -------
    z, noise : ndarray, shape (series, periods)

    References
    ----------
    Breslow and Clayton (1993), Journal of the American Statistical Association 88, 9–25.
    """
    from trends.analysis.trend.newton import linearised

    found: tuple[Array, Array] = linearised(y, n, mean, USUAL**2, LARGEST)
    return found
