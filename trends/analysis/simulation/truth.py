"""The planted truth of a simulated corpus: shares over time, and documents that follow them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from trends.analysis.prevalence.periods import Periods, make_periods
from trends.analysis.simulation.shocks import lasting
from trends.errors import UsageError

Array = NDArray[np.float64]

#: Forms of change that can be planted.
SHAPES = ("flat", "linear", "logistic", "burst", "step", "seasonal")


@dataclass(frozen=True)
class Design:
    """What a simulated corpus is like.

    Parameters
    ----------
    topics, periods : int
        How many.
    movers : tuple of str
        Shapes that are planted, one a pair of topics: the first topic of the pair follows the
        shape, its partner gives up what the first takes, so that all other topics keep their share
        exactly.
    amplitude : float
        Distance of the highest from the lowest log-odds of a mover, at most 1.5; shares of which a
        partner could not give as much are drawn again.
    shock : float
        Standard deviation of the log-share between periods, beyond the planted shape.
    memory : float
        Autocorrelation of these shocks from one period to the next.
    period : str
        Calendar period, see :func:`trends.analysis.prevalence.periods.make_periods`.
    first_year : int
        Year in which the first period starts.
    documents, spread : float
        Median number of documents a period and standard deviation of its logarithm; held between 20
        and 1500.
    purity : float
        Total of the Dirichlet from which a document's shares are drawn: near 0 one topic a
        document, 1 typical, 5 mixed.
    off_topic : float
        Share of documents that belong to no topic.
    duplicates : float
        Probability that a document was posted again, word for word, within a month, under a new id.
    date_noise : float
        Share of documents dated one period too early or too late.
    """

    topics: int = 12
    periods: int = 12
    movers: tuple[str, ...] = ("linear", "logistic")
    amplitude: float = 1.2
    shock: float = 0.15
    memory: float = 0.0
    period: str = "half-year"
    first_year: int = 2010
    documents: float = 150.0
    spread: float = 1.0
    purity: float = 1.0
    off_topic: float = 0.0
    duplicates: float = 0.0
    date_noise: float = 0.0

    def __post_init__(self) -> None:
        unknown = [m for m in self.movers if m not in SHAPES]
        if unknown:
            message = f"Unknown shape {unknown[0]!r}; allowed: {', '.join(SHAPES)}."
            raise UsageError(message)
        if 2 * len(self.movers) > self.topics:
            message = (
                f"{len(self.movers)} movers need {2 * len(self.movers)} topics, a pair each; there "
                f"are {self.topics}."
            )
            raise UsageError(message)
        if not 0 <= self.amplitude <= 1.5:
            message = (
                "The amplitude must lie between 0 and 1.5 log-odds, so that partners keep a "
                f"positive share; got {self.amplitude}."
            )
            raise UsageError(message)
        for name in ("memory", "off_topic", "duplicates", "date_noise"):
            if not 0 <= getattr(self, name) < 1:
                message = f"{name} is a share and must lie in [0, 1); got {getattr(self, name)}."
                raise UsageError(message)


@dataclass(frozen=True)
class Truth:
    """What was planted, and the documents that follow it.

    Parameters
    ----------
    design : Design
    periods : Periods
        Over the documents with their stated (possibly wrong) dates.
    path : ndarray, shape (periods, topics)
        Expected shares without shocks.
    share : ndarray, shape (periods, topics)
        Expected shares with shocks, among all documents; what is missing to one is off topic.
    slope : ndarray, shape (topics,)
        Change of the log-odds over the span of the line closest to ``path``; exactly 0 for topics
        that do not move.
    shapes : tuple of str, length topics
        ``"flat"`` or the planted shape; ``"mirror"`` for the partner of a mover.
    theta : ndarray, shape (documents, topics)
        True shares of each document; rows of off-topic documents are 0.
    label : ndarray of int, shape (documents,)
        Topic that each document was written about; -1 off topic.
    true_period : ndarray of int, shape (documents,)
        Period in which each document was written.
    dates : ndarray of datetime64[D], shape (documents,)
        Stated dates.
    copy_of : ndarray of int, shape (documents,)
        Row of the original; -1 for originals.
    """

    design: Design
    periods: Periods
    path: Array
    share: Array
    slope: Array
    shapes: tuple[str, ...]
    theta: Array
    label: NDArray[np.int64]
    true_period: NDArray[np.int64]
    dates: NDArray[np.datetime64]
    copy_of: NDArray[np.int64]
    extra: dict[str, Any] = field(default_factory=dict)


def curve(shape: str, x: Array, amplitude: float = 1.2) -> Array:
    """A planted change of the log-odds, centred between its extremes.

    Parameters
    ----------
    shape : str
        ``flat``; ``linear``; ``logistic`` (rises within the middle third); ``burst`` (a peak of one
        sixth of the span at two thirds of it); ``step`` (at the middle); ``seasonal`` (three
        cycles).
    x : ndarray
        Times between 0 and 1.
    amplitude : float
        Distance between the extremes.

    Returns
    -------
    ndarray
        Of the shape of ``x``.
    """
    x = np.asarray(x, dtype=float)
    unit = {
        "flat": np.zeros_like(x),
        "linear": x - 0.5,
        "logistic": expit(18 * (x - 0.5)) - 0.5,
        "burst": np.exp(-0.5 * ((x - 2 / 3) / (1 / 12)) ** 2) - 0.5,
        "step": np.where(x >= 0.5, 0.5, -0.5),
        "seasonal": 0.5 * np.sin(2 * np.pi * 3 * x),
    }
    if shape not in unit:
        message = f"Unknown shape {shape!r}; allowed: {', '.join(SHAPES)}."
        raise UsageError(message)
    return amplitude * unit[shape]


def plant(design: Design, rng: np.random.Generator) -> tuple[Array, Array, Array, tuple[str, ...]]:
    """Expected shares without and with shocks, log-odds slopes and shapes of the topics."""
    k, t = design.topics, design.periods
    x = np.linspace(0, 1, t) if t > 1 else np.array([0.5])
    for _ in range(1000):
        base = rng.dirichlet(np.full(k, 3.0))
        middle = base[: 2 * len(design.movers)].reshape(-1, 2).mean(1)
        if (expit(logit(middle) + design.amplitude / 2) < 2 * middle).all():
            break
    else:
        message = f"{k} topics are too small for movers of {design.amplitude:g} log-odds."
        raise UsageError(message)
    path = np.tile(base, (t, 1))
    shapes = ["flat"] * k
    for i, shape in enumerate(design.movers):
        a, b = 2 * i, 2 * i + 1
        middle = (base[a] + base[b]) / 2
        risen = expit(logit(middle) + curve(shape, x, design.amplitude))
        path[:, a], path[:, b] = risen, 2 * middle - risen
        shapes[a], shapes[b] = shape, "flat" if shape == "flat" else "mirror"
    centred = x - x.mean()
    moving = np.array([s != "flat" for s in shapes])
    square = max(float((centred**2).sum()), 1e-12)
    slope = np.where(
        moving, (centred[:, None] * logit(np.clip(path, 1e-9, 1 - 1e-9))).sum(0) / square, 0.0
    )
    shocks = lasting(rng.standard_normal((t, k)).T, design.memory).T
    shaken = path * np.exp(design.shock * shocks)
    shaken /= shaken.sum(1, keepdims=True)
    return path * (1 - design.off_topic), shaken * (1 - design.off_topic), slope, tuple(shapes)


def draw_documents(design: Design, rng: np.random.Generator) -> Truth:
    """Plant shares and draw dated documents from them; see :class:`Truth`."""
    path, share, slope, shapes = plant(design, rng)
    size = np.clip(
        np.rint(rng.lognormal(np.log(design.documents), design.spread, design.periods)), 20, 1500
    ).astype(int)
    written = np.repeat(np.arange(design.periods), size)
    n = len(written)
    off = rng.random(n) < design.off_topic
    within = share[written] / share[written].sum(1, keepdims=True)
    label = (rng.random((n, 1)) > np.cumsum(within, 1)[:, :-1]).sum(1)
    theta = _document_shares(design, label, within, rng)
    theta[off], label[off] = 0.0, -1
    starts, ends = _calendar(design)
    stated = written.copy()
    moved = rng.random(n) < design.date_noise
    stated[moved] = np.clip(
        stated[moved] + rng.choice([-1, 1], size=int(moved.sum())), 0, design.periods - 1
    )
    length = (ends - starts).astype(int) + 1
    dates = starts[stated] + (rng.random(n) * length[stated]).astype(int)
    copy_of = np.full(n, -1, dtype=np.int64)
    again = np.flatnonzero(rng.random(n) < design.duplicates)
    if len(again):
        later = np.minimum(dates[again] + rng.integers(0, 31, len(again)), ends[-1])
        dates, copy_of = np.concatenate([dates, later]), np.concatenate([copy_of, again])
        written, label, theta = (
            np.concatenate([written, written[again]]),
            np.concatenate([label, label[again]]),
            np.vstack([theta, theta[again]]),
        )
    # The order of a corpus: by date, then by the number that becomes the id.
    order = np.lexsort((np.arange(len(dates)), dates))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    copy_of = np.where(copy_of[order] >= 0, place[copy_of[order]], -1)
    dates = dates[order]
    periods = make_periods(
        dates,
        period=design.period,
        observed=(starts[0].astype(object), ends[-1].astype(object)),
    )
    return Truth(
        design,
        periods,
        path,
        share,
        slope,
        shapes,
        theta[order],
        label[order],
        written[order],
        dates,
        copy_of,
    )


def _document_shares(
    design: Design, label: NDArray[np.int64], within: Array, rng: np.random.Generator
) -> Array:
    """Dirichlet shares around the period's, with the written topic made the largest.

    Exchanging the largest share with that of the label keeps the documents as mixed as the
    Dirichlet makes them, and makes the label the true hard label, so that the share of hard labels
    is exactly the planted one.
    """
    gamma = rng.standard_gamma(np.maximum(design.purity * within, 1e-3)) + 1e-300
    theta = gamma / gamma.sum(1, keepdims=True)
    rows, top = np.arange(len(label)), theta.argmax(1)
    largest, own = theta[rows, top].copy(), theta[rows, label].copy()
    theta[rows, top], theta[rows, label] = own, largest
    return theta


def _calendar(design: Design) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """First and last days of the design's periods."""
    reach = make_periods(
        [
            np.datetime64(f"{design.first_year}-01-01"),
            np.datetime64(f"{design.first_year + 12 * design.periods}-01-01"),
        ],
        period=design.period,
    )
    return reach.starts[: design.periods], reach.ends[: design.periods]
