"""Intervals for shares: Wilson intervals, document bootstrap, and pooling over several fits.

Wilson intervals use an effective sample size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse, stats

Array = NDArray[np.float64]

#: A pooled dispersion is not taken below this: it would claim fifty documents for each one seen.
LEAST_DISPERSION = 0.02

#: Fits that the variance between fits of all topics counts for beside those of one topic.
BORROWED = 4


def wilson(
    share: ArrayLike, n_eff: ArrayLike, level: float = 0.95, df: ArrayLike = np.inf
) -> tuple[Array, Array]:
    """Wilson's score interval for a share.

    Parameters
    ----------
    share, n_eff : array-like
        Share and effective number of documents, broadcast together. NaN, or ``n_eff`` of 0, gives
        NaN.
    level : float
        Probability that the interval aims to cover, between 0 and 1.
    df : array-like
        Degrees of freedom of the quantile; infinite for the normal one.

    Returns
    -------
    lower, upper : ndarray
        Within [0, 1], with ``lower <= share <= upper``.

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22, 209–212. Brown, Cai and
    DasGupta (2001), Statistical Science 16, 101–133. The effective size is that of Korn and
    Graubard (1998), Survey Methodology 24, 193–201.
    """
    p, n, v = np.broadcast_arrays(
        np.asarray(share, float), np.asarray(n_eff, float), np.asarray(df, float)
    )
    z2 = stats.t.ppf(0.5 + level / 2, v) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        n = np.where(n > 0, n, np.nan)
        centre = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = np.sqrt(z2 * p * (1 - p) / n + (z2 / (2 * n)) ** 2) / (1 + z2 / n)
    # Rounding may push a bound past the share itself at 0 and 1.
    return np.clip(np.minimum(centre - half, p), 0, None), np.clip(
        np.maximum(centre + half, p), None, 1
    )


def pooled_dispersion(theta: Array, weights: sparse.csr_matrix) -> Array:
    """Dispersion of document weights, relative to that of hard labels, pooled over periods.

    The dispersion is measured around the mean of each period.

    For topic k it is ``sum_bd w_bd (theta_dk - p_bk)^2 / sum_b n_b p_bk (1 - p_bk)`` with the
    degrees of freedom that the means used up given back; 1 for hard labels, smaller for soft ones.
    A period's own dispersion cannot be used instead: in a small period a rare topic has often been
    drawn so little that its own variance says almost nothing.

    Parameters
    ----------
    theta : ndarray, shape (documents, topics)
        Part of each document that belongs to each topic.
    weights : scipy.sparse.csr_matrix, shape (documents, periods)
        Part of each document that counts in each period.

    Returns
    -------
    ndarray, shape (topics,)
        Not below 0.02; 1 for a topic that never occurs.
    """
    across = weights.T
    return dispersion_of_sums(
        across @ theta, across @ theta**2, np.asarray(weights.sum(axis=0)).ravel()
    )


def dispersion_of_sums(first: Array, second: Array, size: Array) -> Array:
    """The same from the sums of shares and of their squares over the documents of each period.

    Parameters
    ----------
    first, second : ndarray, shape (..., periods, topics)
    size : ndarray, shape (..., periods)
        Sum of the weights of a period's documents.

    Returns
    -------
    ndarray, shape (..., topics)
    """
    filled = (size > 0).sum(-1)[..., None]
    n = size[..., None]
    mean = first / np.where(n > 0, n, 1)
    # Sum of squares about the period means, from raw moments of weighted documents.
    spread = np.clip(second - n * mean**2, 0, None).sum(-2)
    total = size.sum(-1)[..., None]
    scale = (n * mean * (1 - mean)).sum(-2) * np.maximum(total - filled, 0) / total
    known = scale > 1e-12
    out = np.maximum(spread / np.where(known, scale, 1), LEAST_DISPERSION)
    return np.asarray(np.where(known, out, 1.0))


def pool_fits(share: Array, n_eff: Array) -> tuple[Array, Array, Array]:
    r"""Pool the shares of several fits.

    The total variance is ``W + (1 + 1/M) B``: the sampling variance within a fit plus the variance
    between fits (Rubin's rules). It is returned as the effective number of documents that has this
    variance, so that Wilson's interval can be used.

    Parameters
    ----------
    share : ndarray, shape (fits, periods, topics)
        NaN where a fit has no such topic.
    n_eff : ndarray, shape (fits, periods, topics) or (periods, topics)
        Effective number of documents of each fit.

    Returns
    -------
    share, n_eff, df : ndarray, shape (periods, topics)
        Mean over the fits that have the topic, effective number of documents, and degrees of
        freedom of its variance.

    Notes
    -----
    A few fits say little about the variance between them, and one period of one topic would have
    M - 1 degrees of freedom. B is taken on the log-odds, where it is much the same in all periods,
    pooled over these, and drawn towards that of all topics, which counts for
    :data:`BORROWED` fits more: a band rests on as many degrees of freedom at least.

    References
    ----------
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, eq. 3.1.2–3.1.6; Smyth (2004),
    Statistical Applications in Genetics and Molecular Biology 3, article 3, for the drawing
    together of variances.
    """
    share = np.asarray(share, float)
    size = np.broadcast_to(np.asarray(n_eff, float), share.shape)
    there = np.isfinite(share)
    fits = there.sum(0)
    counted = np.maximum(fits, 1)
    mean = np.where(fits > 0, np.where(there, share, 0).sum(0) / counted, np.nan)
    between = np.where(there, (share - np.where(fits > 0, mean, 0)) ** 2, 0).sum(0) / np.maximum(
        fits - 1, 1
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = np.where(there, 1 / size, 0).sum(0) / counted
        # Agresti-Coull's share keeps the within variance above 0 where a topic was not seen.
        inside = (mean / inverse + 2) / (1 / inverse + 4)
        unit = inside * (1 - inside)
        within = unit * inverse
        own, size_of = (fits - 1).max(axis=0, initial=0), np.nan_to_num(1 / inverse)
        scatter = np.where(np.isfinite(unit), size_of * between, 0).sum(0)
        room = np.where(np.isfinite(unit), size_of * unit**2 * (fits > 1), 0).sum(0)
        usual = (own * scatter).sum() / max((own * room).sum(), 1e-300)
        of_topic = np.where(room > 0, scatter / np.maximum(room, 1e-300), 0)
        pooled = (own * of_topic + BORROWED * usual) / (own + BORROWED)
        extra = (1 + 1 / counted) * unit**2 * pooled
        total = within + extra
        df = np.where(extra > 0, (own + BORROWED) * (1 + within / extra) ** 2, np.inf)
        effective = np.where(fits > 0, unit / total, np.nan)
    # One fit says nothing about the variance between fits: the sampling variance stands alone.
    alone = fits < 2
    return mean, np.where(alone, unit / within, effective), np.where(alone, np.inf, df)


def bootstrap_bounds(
    thetas: list[Array],
    weights: sparse.csr_matrix,
    level: float,
    rng: np.random.Generator,
    clusters: NDArray[np.int64] | None = None,
    draws: int = 1000,
) -> tuple[Array, Array]:
    """Percentile bounds of shares when the documents of each period are drawn again.

    With several fits each draw also picks one of them, so that the bounds carry the variation
    between fits.

    Parameters
    ----------
    thetas : list of ndarray, each of shape (documents, topics)
        Aligned fits; a column of NaN is a topic that the fit does not have.
    weights : scipy.sparse.csr_matrix, shape (documents, periods)
        Part of each document that counts in each period.
    level : float
        Of the interval between the bounds.
    rng : numpy.random.Generator
        Source of the draws.
    clusters : ndarray of int, shape (documents,), optional
        Whole clusters are drawn in place of documents.
    draws : int
        How often they are drawn again.

    Returns
    -------
    lower, upper : ndarray, shape (periods, topics)
        NaN where a period has no documents.

    Notes
    -----
    The bootstrap cannot see what was not drawn: for a topic of 2 % in a period of 30 documents its
    95 % interval covers the truth in 67 % of samples. It is offered for comparison, and for large
    periods.
    """
    periods, topics = weights.shape[1], thetas[0].shape[1]
    lower, upper = np.full((periods, topics), np.nan), np.full((periods, topics), np.nan)
    by_period = sparse.csc_matrix(weights)
    for b in range(periods):
        rows = by_period.indices[by_period.indptr[b] : by_period.indptr[b + 1]]
        if not len(rows):
            continue
        part = by_period.data[by_period.indptr[b] : by_period.indptr[b + 1]]
        own = [theta[rows] * part[:, None] for theta in thetas]
        if clusters is not None:
            _, unit = np.unique(clusters[rows], return_inverse=True)
            sums = sparse.csr_array((np.ones(len(rows)), (unit, np.arange(len(rows)))))
            part, own = sums @ part, [sums @ one for one in own]
        drawn = len(part)
        shares = np.empty((draws, topics))
        which = rng.integers(len(thetas), size=draws)
        # Blocks keep the table of draws below some 16 MB whatever the size of the period.
        block = max(1, 2_000_000 // drawn)
        for at in range(0, draws, block):
            times = rng.multinomial(drawn, np.full(drawn, 1 / drawn), size=min(block, draws - at))
            for m, one in enumerate(own):
                mine = which[at : at + len(times)] == m
                shares[at : at + len(times)][mine] = (
                    times[mine] @ one / (times[mine] @ part)[:, None]
                )
        seen = np.isfinite(shares).any(0)
        tail = (1 - level) / 2
        lower[b, seen], upper[b, seen] = np.nanquantile(shares[:, seen], [tail, 1 - tail], axis=0)
    return lower, upper
