"""The model of trends with a mean that may also step once, for series that come from nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from trends.analysis.trend.mean import smooth, terms_of, thirds, working
from trends.analysis.trend.model import gaps_of
from trends.analysis.trend.posterior.mixture import Mixture
from trends.analysis.trend.shocks import FINE, PAIRS, weigh

Array = NDArray[np.float64]

#: Periods that a level needs on either side of a step.
EDGE = 3

#: Fewer periods cannot show a level before and a level after.
LEAST_PERIODS = 2 * EDGE

#: How likely a mean that does not bend is to step, before the data are seen.
STEPS = 0.2


@dataclass(frozen=True)
class StepFit:
    """Series whose mean bends or steps once.

    Parameters
    ----------
    change : Mixture
        Change of the log-odds from the first span to the last.
    places : ndarray of int, shape (places,)
        Periods at which a step may come: the first one after it.
    place : ndarray, shape (series, places)
        Posterior of the place of a step, if there is one.
    steps : ndarray, shape (series,)
        Posterior probability that the mean steps and does not bend.
    pairs : ndarray, shape (series, pairs)
        Posterior of the shock's standard deviation and autocorrelation
        (:data:`trends.analysis.trend.shocks.PAIRS`).
    bent : int
        Means that are a line or bend, beside those with a step.
    """

    change: Mixture
    places: NDArray[np.int64]
    place: Array
    steps: Array
    pairs: Array
    bent: int

    def interval(self, level: float) -> tuple[Array, Array]:
        """Interval of the change of every series: it excludes 0 exactly where p says so.

        Where it does not, each mean is taken for one normal over all shocks, which is much faster.
        """
        whole, terms = self.change, len(self.places) + self.bent
        shape = (len(whole.weight), -1, terms)
        weight, value, error = (
            part.reshape(shape) for part in (whole.weight, whole.value, whole.error)
        )
        each = weight.sum(1)
        some = np.maximum(each, 1e-300)
        mean = (weight * value).sum(1) / some
        second = (weight * (value**2 + error**2)).sum(1) / some
        rough = Mixture(each, mean, np.sqrt(np.maximum(second - mean**2, 1e-12)))
        low, high = rough.interval(level)
        clear = np.flatnonzero(whole.p <= 1 - level)
        if len(clear):
            low[clear], high[clear] = Mixture(
                whole.weight[clear], whole.value[clear], whole.error[clear]
            ).interval(level)
        return low, high

    def correlation(self, lag: Array) -> Array:
        """Correlation of shocks of the same series at distances in periods, over all series."""
        share = self.pairs.mean(0) * PAIRS[:, 0] ** 2
        share /= max(share.sum(), 1e-300)
        return np.asarray((share * PAIRS[:, 1] ** np.asarray(lag)[..., None]).sum(-1))

    def dates(self, level: float) -> tuple[NDArray[np.int64], ...]:
        """First, most likely and last period of a step, with an interval of equal tails."""
        reached = np.cumsum(self.place, axis=1)
        ends = [(reached < q - 1e-12).sum(1) for q in ((1 - level) / 2, (1 + level) / 2)]
        best = self.place.argmax(1)
        most = len(self.places) - 1
        return (
            self.places[np.minimum(np.minimum(ends[0], best), most)],
            self.places[best],
            self.places[np.minimum(np.maximum(ends[1], best), most)],
        )


def halfway(y: Array, n: Array) -> NDArray[np.int64]:
    """First period of the later part, where each series is cut in two parts that differ most.

    By the weighted squares of their shares: for a share that goes from one level to another, the
    period at which it is half of the way.
    """
    total, size = y.sum(1, keepdims=True), n.sum(1, keepdims=True)
    before, documents = np.cumsum(y, 1)[:, :-1], np.cumsum(n, 1)[:, :-1]
    after, rest = total - before, size - documents
    between = before**2 / np.maximum(documents, 1e-12) + after**2 / np.maximum(rest, 1e-12)
    return np.asarray(between.argmax(1) + 1)


def fit_steps(
    y: Array, n: Array, steps: NDArray[Any], spans: tuple[Array, Array] | None = None
) -> StepFit:
    """Fit the model of trends to series whose mean is a line, bends, or steps once.

    A word that enters a field goes from nothing to its level in few periods. About a smooth mean
    such a step is a large and lasting shock, and no change; where the mean may step it is one.
    Everything else is that of :func:`trends.analysis.trend.model.fit_model`.

    Parameters
    ----------
    y, n : ndarray, shape (series, periods)
        Counts and denominators.
    steps : ndarray of int, shape (periods,)
        Number of each period in the calendar, increasing.
    spans : pair of ndarray, shape (periods,), optional
        Weights of the periods of the two spans that are compared; thirds by default.

    Returns
    -------
    StepFit
    """
    from trends.analysis.shapes.words.step_kernel import step_least_squares
    from trends.analysis.trend.kernel import generalised_least_squares

    periods = len(steps)
    at = np.asarray(steps, dtype=float)
    terms = terms_of(2 * (at - at[0]) / max(at[-1] - at[0], 1.0) - 1)
    z, noise = (np.ascontiguousarray(a) for a in working(y, n, smooth(y, n, terms)))
    first, last = spans or thirds(periods)
    bends = np.array(FINE.curvatures if terms.shape[1] > 2 else FINE.curvatures[:1])
    precision = np.repeat(bends[:, None] ** -2.0, terms.shape[1], axis=1)
    gaps = gaps_of(steps)
    contrast = (last @ terms - first @ terms)[None]
    smooth_like, value, variance = generalised_least_squares(
        z, noise, gaps, terms, 2, precision, FINE.pairs, contrast
    )
    value, variance = value[..., 0], variance[..., 0]
    places = np.arange(EDGE, periods - EDGE + 1)
    after = np.arange(periods) >= places[:, None]
    reach = after @ (last - first)
    places, reach = places[reach > 0], reach[reach > 0]
    step_like, size, spread = step_least_squares(z, noise, gaps, places, FINE.pairs)
    # A mean without bends is a line or a step at any of the places.
    step_like += np.log(STEPS / max(len(places), 1))
    each = np.concatenate([smooth_like[..., :1] + np.log(1 - STEPS), step_like], axis=-1)
    total = logsumexp(each, axis=-1)
    likelihood = smooth_like.copy()
    likelihood[..., 0] = total
    (posterior,), _ = weigh(likelihood[None])
    straight = posterior[..., :1] * np.exp(each - total[..., None])
    weight = np.concatenate([straight, posterior[..., 1:]], axis=-1)
    ordered = (value[..., :1], size * reach, value[..., 1:])
    errors = (variance[..., :1], spread * reach**2, variance[..., 1:])
    flat = (len(y), -1)
    stepped = straight[..., 1:].sum(1)
    some = np.maximum(stepped.sum(-1), 1e-300)
    return StepFit(
        Mixture(
            weight.reshape(flat),
            np.concatenate(ordered, axis=-1).reshape(flat),
            np.sqrt(np.concatenate(errors, axis=-1)).reshape(flat),
        ),
        places,
        stepped / some[:, None],
        stepped.sum(-1),
        posterior.sum(-1),
        len(bends),
    )
