"""Counts of topics in periods with a known truth, drawn to break a test of trends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from trends.analysis.simulation.shocks import lasting

Array = NDArray[np.float64]

#: How documents are spread over periods: lognormal; the same growing; a start of few; half alone.
SPREADS = ("lognormal", "growth", "thin start", "half alone")
#: Courses of the log-odds over the span, between -1/2 and 1/2.
SHAPES = ("flat", "linear", "logistic", "step", "burst", "wave", "hump", "random walk")


@dataclass(frozen=True)
class Truth:
    """What a simulated corpus is like.

    ``autocorrelation`` of the shocks holds for all topics, or for half of them where ``half``;
    ``tails`` are degrees of freedom of Student's t (0: normal); ``common`` is the share of the
    variance of shocks that all topics have in common; ``movers`` of the topics follow ``shape``
    with a height of ``size`` log-odds, in alternating directions (0: all of them).
    """

    topics: int = 20
    periods: int = 24
    documents: float = 150.0
    autocorrelation: float = 0.0
    half: bool = False
    sd: float = 0.3
    tails: float = 0.0
    common: float = 0.0
    spread: str = "lognormal"
    shape: str = "flat"
    size: float = 0.0
    movers: int = 0


class Drawn(NamedTuple):
    """Counts and denominators (topics, periods), and the true log-odds without shocks."""

    y: Array
    n: Array
    mean: Array


def draw(truth: Truth, rng: np.random.Generator) -> Drawn:
    """One corpus.

    Topics without a course are parts of one whole (multinomial counts, so that shares of a period
    sum to one); where topics move, counts are binomial, so that the truth of each is exact.
    """
    k, t = truth.topics, truth.periods
    base = rng.lognormal(0, 1, k)
    base /= base.sum()
    size = _sizes(truth, rng)
    at = np.linspace(-0.5, 0.5, t)
    mean = np.zeros((k, t))
    moving = np.arange(truth.movers or k)
    sign = np.where(moving % 2 == 0, 1.0, -1.0)[:, None]
    if truth.shape == "random walk":
        mean[moving] = truth.size * np.cumsum(rng.standard_normal((len(moving), t)), axis=1)
    else:
        mean[moving] = truth.size * sign * course(truth.shape, at)
    shocks = truth.sd * _shocks(truth, rng)
    if truth.shape == "flat":
        share = np.exp(np.log(base)[:, None] + mean + shocks)
        share /= share.sum(0)
        y = np.array([rng.multinomial(size[i], share[:, i]) for i in range(t)]).T
    else:
        level = np.log(base / (1 - np.minimum(base, 0.5)))[:, None]
        mean = level + mean
        y = rng.binomial(size, expit(mean + shocks))
    seen = y.sum(1) > 0
    n = np.broadcast_to(size.astype(float), y.shape)
    return Drawn(y[seen].astype(float), np.array(n[seen]), mean[seen])


def course(shape: str, at: Array) -> Array:
    """A course of unit height at times from -1/2 to 1/2; wave and burst have equal ends."""
    courses = {
        "flat": np.zeros_like(at),
        "linear": at,
        "logistic": expit(18 * at) - 0.5,
        "step": np.where(at >= 0, 0.5, -0.5),
        "burst": np.exp(-0.5 * (at * 12) ** 2) - 0.5,
        "wave": 0.5 * np.sin(2 * np.pi * (at + 0.5) - np.pi / 2),
        "hump": 0.5 - (2 * at) ** 2,
    }
    return courses[shape]


def _sizes(truth: Truth, rng: np.random.Generator) -> NDArray[np.int64]:
    t, median = truth.periods, truth.documents
    size = np.clip(np.rint(rng.lognormal(np.log(median), 1, t)), 10, 20 * median)
    if truth.spread == "growth":
        size = np.maximum(np.rint(size * 10 ** np.linspace(-0.5, 0.5, t)), 1)
    elif truth.spread == "thin start":
        size = np.full(t, median)
        size[: min(6, t // 2)] = [1, 1, 2, 3, 5, 10][: min(6, t // 2)]
    elif truth.spread == "half alone":
        size = np.full(t, median)
        size[rng.permutation(t)[: t // 2]] = 1
    return size.astype(np.int64)


def _shocks(truth: Truth, rng: np.random.Generator) -> Array:
    shape = (truth.topics, truth.periods)
    if truth.tails:
        draws = rng.standard_t(truth.tails, shape) / np.sqrt(truth.tails / (truth.tails - 2))
    else:
        draws = rng.standard_normal(shape)
    if truth.common:
        together = rng.standard_normal(truth.periods)
        draws = np.sqrt(1 - truth.common) * draws + np.sqrt(truth.common) * together
    memory = np.full(truth.topics, truth.autocorrelation)
    if truth.half:
        memory[: truth.topics // 2] = 0.0
    return lasting(draws, memory)
