"""Counts of topics in periods with known slopes and known noise, for the calibration of tests.

No documents, no words.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.special import expit, logit

from trends.core.computing.rng import Rng, generator_from
from trends.errors import UsageError

Array = NDArray[np.float64]

Noise = Literal["none", "logit", "mixed", "beta-binomial"]

#: How shares move between periods beyond sampling. ``logit``: a normal shock of the log-odds, the
#: same standard deviation for every topic; ``mixed``: standard deviations drawn evenly between 0
#: and twice the given one; ``beta-binomial``: intra-class correlation.
NOISES: tuple[Noise, ...] = ("none", "logit", "mixed", "beta-binomial")


class Counts(NamedTuple):
    """Simulated counts, shape (corpora, topics, periods).

    ``t`` has shape (periods,); ``slope`` and ``base`` have shape (corpora, topics).
    """

    y: Array
    n: Array
    #: Times on [-0.5, 0.5].
    t: Array
    #: True change of the log-odds over the span.
    slope: Array
    #: Share of each topic at mid-time, without noise.
    base: Array


def period_sizes(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    median: float = 150.0,
    sd: float = 1.0,
    least: int = 10,
    most: int = 5000,
) -> Array:
    """Uneven numbers of documents: lognormal, rounded, held between two bounds."""
    return np.clip(np.rint(rng.lognormal(np.log(median), sd, shape)), least, most)


def simulate_counts(
    *,
    corpora: int,
    topics: int,
    periods: int,
    noise: Noise = "logit",
    size: float = 0.3,
    autocorrelation: float = 0.0,
    slope: float | Array = 0.0,
    base: float | tuple[float, float] | Array = (0.005, 0.15),
    median: float = 150.0,
    spread: float = 1.0,
    rng: Rng,
) -> Counts:
    """Draw independent topic series with logistic trends.

    Parameters
    ----------
    corpora, topics, periods : int
        How many of each; the sizes of periods are drawn once for each corpus.
    noise : {"none", "logit", "mixed", "beta-binomial"}
        See :data:`NOISES`.
    size : float
        Standard deviation of the logit shocks, or half the largest one (mixed), or the intra-class
        correlation.
    autocorrelation : float
        Of the logit shocks from one period to the next (stationary, first order).
    slope : float or ndarray of shape (corpora, topics)
        Change of the log-odds over the span.
    base : float, pair of float, or ndarray of shape (corpora, topics)
        Share at mid-time, or bounds between which it is drawn evenly.
    median, spread : float
        Median number of documents a period, and standard deviation of its logarithm.
    rng : int or numpy.random.Generator
        Source of the draws.

    Returns
    -------
    Counts

    Raises
    ------
    UsageError
        If the noise has another name.
    """
    if noise not in NOISES:
        message = f"noise must be one of {', '.join(NOISES)}; got {noise!r}."
        raise UsageError(message)
    rng = generator_from(rng)
    n = np.broadcast_to(
        period_sizes(rng, (corpora, 1, periods), median, spread), (corpora, topics, periods)
    )
    p0 = (
        rng.uniform(*base, (corpora, topics))
        if isinstance(base, tuple)
        else np.broadcast_to(np.asarray(base, float), (corpora, topics))
    )
    b = np.broadcast_to(np.asarray(slope, dtype=float), (corpora, topics))
    t = np.linspace(-0.5, 0.5, periods)
    path = logit(p0)[..., None] + b[..., None] * t
    if noise in ("logit", "mixed"):
        sd = (
            np.full((corpora, topics, 1), size)
            if noise == "logit"
            else rng.uniform(0, 2 * size, (corpora, topics, 1))
        )
        path = path + sd * shocks(rng, (corpora, topics, periods), autocorrelation)
    p = expit(path)
    if noise == "beta-binomial":
        total = 1 / size - 1
        p = rng.beta(p * total, (1 - p) * total)
    y = rng.binomial(n.astype(np.int64), p).astype(float)
    return Counts(y, np.array(n), t, np.array(b), np.array(p0))


def shocks(rng: np.random.Generator, shape: tuple[int, ...], autocorrelation: float = 0.0) -> Array:
    """Standard normal shocks, stationary and autoregressive along the last axis."""
    e = rng.standard_normal(shape)
    if not autocorrelation:
        return e
    # The first shock already has the stationary variance, the later ones are innovations.
    e[..., 1:] *= np.sqrt(1 - autocorrelation**2)
    return lfilter([1.0], [1.0, -autocorrelation], e, axis=-1)


def simulate_multinomial(
    *,
    corpora: int,
    topics: int,
    periods: int,
    movers: int = 0,
    slope: float = 1.5,
    noise: Noise = "beta-binomial",
    size: float = 1 / 301,
    median: float = 150.0,
    rng: Rng,
) -> Counts:
    """Draw whole compositions, in which the shares of a period sum to one.

    Topics with a trend rise and fall in pairs of equal base. Shares move in compensating pairs, so
    that a topic that does not move keeps its share exactly: what is null is null.

    Parameters
    ----------
    corpora, topics, periods : int
        How many of each.
    movers : int
        Number of topics with a trend, even; half of them rise.
    slope : float
        Change of the log-odds of a riser over the span; its partner mirrors the change of share.
    noise, size
        As in :func:`simulate_counts`; ``beta-binomial`` becomes Dirichlet-multinomial. Shocks act
        on the logits before closure.
    median : float
        Median number of documents a period.
    rng : int or numpy.random.Generator
        Source of the draws.

    Returns
    -------
    Counts
        ``slope`` is that of the logistic line closest to the true shares without noise, 0 for
        topics that do not move.
    """
    if movers % 2 or movers > topics:
        message = f"Movers come in pairs, not more than there are topics; got {movers} of {topics}."
        raise UsageError(message)
    rng = generator_from(rng)
    n = np.broadcast_to(
        period_sizes(rng, (corpora, 1, periods), median), (corpora, topics, periods)
    )
    base = rng.dirichlet(np.full(topics, 3.0), corpora)
    # Partners share one base, so that one can give what the other takes.
    pairs = movers // 2
    mean = (base[:, :pairs] + base[:, pairs : 2 * pairs]) / 2
    base[:, :pairs], base[:, pairs : 2 * pairs] = mean, mean
    t = np.linspace(-0.5, 0.5, periods)
    pi = np.repeat(base[..., None], periods, axis=2)
    risers = expit(logit(base[:, :pairs])[..., None] + slope * t)
    pi[:, :pairs] = risers
    # 2 * base - riser stays positive only while the riser at most doubles; it is held to that.
    pi[:, :pairs] = np.minimum(risers, 1.9 * mean[..., None])
    pi[:, pairs : 2 * pairs] = 2 * mean[..., None] - pi[:, :pairs]
    truth = np.zeros((corpora, topics))
    if movers:
        line = logit(pi[:, : 2 * pairs])
        truth[:, : 2 * pairs] = (line * t).sum(-1) / (t**2).sum()
    if noise in ("logit", "mixed"):
        sd = (
            np.full((corpora, topics, 1), size)
            if noise == "logit"
            else rng.uniform(0, 2 * size, (corpora, topics, 1))
        )
        pi = pi * np.exp(sd * rng.standard_normal(pi.shape))
        pi = pi / pi.sum(1, keepdims=True)
    elif noise == "beta-binomial":
        gamma = rng.standard_gamma(np.maximum(pi * (1 / size - 1), 1e-12))
        pi = gamma / gamma.sum(1, keepdims=True)
    draws = rng.multinomial(n[:, 0].astype(np.int64), np.moveaxis(pi, 1, 2))
    return Counts(np.moveaxis(draws, 2, 1).astype(float), np.array(n), t, truth, base)
