"""How large and how lasting the shocks between periods are, learnt over the topics of a corpus.

Each topic has its own standard deviation and autocorrelation of shocks, and its own curvature of
the mean. How these are distributed over topics is not known either: a family of candidate
distributions is weighed by the likelihood of all topics together, so that a topic borrows from the
others as far as they are alike.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]


class Grid(NamedTuple):
    """What may be true of a topic, and how candidate distributions over it are made.

    ``sizes``: standard deviations (log-odds) of a shock; ``autocorrelations``: from one period to
    the next; ``curvatures``: standard deviations (log-odds) of the terms that bend the mean, the
    first of which stands for a line. Distributions of each have the middles and spreads (for
    autocorrelations: strengths) of the remaining fields. ``places``: most places at which the mean
    may jump; ``jumping``: parts of the topics with a jump that are thought possible.
    """

    sizes: tuple[float, ...]
    autocorrelations: tuple[float, ...]
    curvatures: tuple[float, ...]
    size_middles: tuple[float, ...]
    size_spreads: tuple[float, ...]
    lasting_middles: tuple[float, ...]
    lasting_strengths: tuple[float, ...]
    bend_middles: tuple[float, ...]
    bend_spreads: tuple[float, ...]
    places: int = 0
    jumping: tuple[float, ...] = (0.0,)

    @property
    def pairs(self) -> Array:
        """Pairs of standard deviation and autocorrelation: no shock first, then all sizes."""
        some = ((s, r) for s in self.sizes for r in self.autocorrelations)
        return np.array([(0.0, 0.0), *some])


FINE = Grid(
    sizes=(0.05, 0.1, 0.15, 0.2, 0.28, 0.38, 0.52, 0.7, 0.95, 1.3, 1.8),
    autocorrelations=(0.0, 0.15, 0.3, 0.45, 0.6, 0.72, 0.82, 0.9, 0.97),
    curvatures=(1e-3, 0.3, 0.7, 1.5, 3.5),
    size_middles=(0.05, 0.12, 0.2, 0.3, 0.45, 0.7, 1.1),
    size_spreads=(0.25, 0.8),
    lasting_middles=(0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9),
    lasting_strengths=(1.0, 4.0, 30.0),
    bend_middles=(0.3, 0.8, 2.0),
    bend_spreads=(0.5, 1.2),
    places=60,
    jumping=(0.0, 0.1, 0.4, 0.8),
)

#: Fewer points, where many shuffles are compared with the real order by the same statistic: that
#: is right whatever the statistic is.
COARSE = Grid(
    sizes=(0.12, 0.3, 0.8),
    autocorrelations=(0.0, 0.4, 0.75, 0.93),
    curvatures=(1e-3, 0.5, 2.0),
    size_middles=(0.1, 0.3, 0.8),
    size_spreads=(0.6,),
    lasting_middles=(0.05, 0.4, 0.8),
    lasting_strengths=(3.0,),
    bend_middles=(0.5, 2.0),
    bend_spreads=(0.8,),
)

#: For joint tests of many specifications against shuffled dates: a topic that bursts varies by
#: several log-odds between shuffled periods, which on a grid without such shocks is taken for
#: changes, so that the burst in its real place is nothing special.
JOINT = COARSE._replace(sizes=(*COARSE.sizes, 2.0), size_middles=(*COARSE.size_middles, 1.6))

#: The points of a whole test.
PAIRS = FINE.pairs

#: Topics share what moves their periods (shares sum to one, events are common), so that they say
#: less about the distribution than as many independent series would.
INDEPENDENCE = 0.7

#: Where nothing allows for it that few topics were learnt from, what they say of the candidates
#: counts for less, in proportion to their number.
ENOUGH_TOPICS = 8

#: What few topics teach is uncertain itself, and a grid does not hold all of that: standard errors
#: are wider by the first of these up to so many topics, by nothing from the last number on.
WIDER, FEW, MANY = 0.125, 6, 12

#: Autocorrelation is the more dangerous the higher it is: candidates of mean m weigh (1 - m)**LEAN.
LEAN = -0.4


class Candidates(NamedTuple):
    """Candidate distributions over the grid: products of one row of each table.

    ``sizes`` has a first column for no shock at all; ``prior`` has the shape (sizes,
    autocorrelations, curvatures).
    """

    sizes: Array
    autocorrelations: Array
    curvatures: Array
    prior: Array


@cache
def candidates(grid: Grid, levels: int, jumping: bool = False) -> Candidates:
    """The family of candidates for means with so many levels of curvature (1: a line).

    Where the mean may jump, a line with a jump follows as one level more.
    """
    scale = np.log(grid.sizes)
    sizes = []
    for middle in grid.size_middles:
        for spread in grid.size_spreads:
            density = np.exp(-0.5 * ((scale - np.log(middle)) / spread) ** 2) * np.gradient(scale)
            none = stats.norm.cdf(np.log(0.04 / middle) / spread)
            sizes.append([none, *(density / density.sum() * (1 - none))])
    at = np.array(grid.autocorrelations)
    edges = np.concatenate([[0], (at[1:] + at[:-1]) / 2, [1]])
    lasting, lean = [], []
    for middle in grid.lasting_middles:
        for strength in grid.lasting_strengths:
            mass = np.diff(stats.beta.cdf(edges, middle * strength, (1 - middle) * strength))
            lasting.append(mass / mass.sum())
            lean.append((1 - middle) ** LEAN)
    bends = [np.eye(levels)[0]]
    if levels > 1:
        scale = np.log(grid.curvatures[1:])
        for middle in grid.bend_middles:
            for spread in grid.bend_spreads:
                density = np.exp(-0.5 * ((scale - np.log(middle)) / spread) ** 2)
                none = stats.norm.cdf(np.log(0.15 / middle) / spread)
                bends.append(np.array([none, *(density / density.sum() * (1 - none))]))
        bends.append(np.full(levels, 1 / levels))
    each = np.ones(len(bends))
    if jumping:
        # That nearly every topic jumps is not expected: they weigh as the part without a jump.
        each = np.repeat(1 - np.array(grid.jumping), len(bends))
        bends = [np.append((1 - part) * row, part) for part in grid.jumping for row in bends]
    prior = np.multiply.outer(np.multiply.outer(np.ones(len(sizes)), lean), each)
    return Candidates(np.array(sizes), np.array(lasting), np.array(bends), prior / prior.sum())


def widening(topics: int) -> float:
    """How many times as wide standard errors are that rest on shocks learnt from so many topics.

    In the manner of Kenward and Roger (1997), Biometrics 53, 983–997, who widen them by what the
    variances are uncertain; the size is chosen so that flat topics keep their error rates.

    Examples
    --------
    >>> [widening(topics) for topics in (3, 6, 9, 12, 50)]
    [1.125, 1.125, 1.0625, 1.0, 1.0]
    """
    return 1 + WIDER * float(np.clip((MANY - topics) / (MANY - FEW), 0, 1))


def said_by(topics: int) -> float:
    """How much each topic says of the candidates, where errors are not widened."""
    return INDEPENDENCE * min(1.0, topics / ENOUGH_TOPICS)


def weigh(
    likelihood: Array,
    grid: Grid = FINE,
    seasons: Array | None = None,
    places: int = 0,
    power: float | None = None,
) -> tuple[Array, Array]:
    """Posterior of every topic over the grid, and the distribution learnt over topics.

    Parameters
    ----------
    likelihood : ndarray, shape (corpora, topics, pairs, levels)
        Logarithms, as :func:`trends.analysis.trend.kernel.generalised_least_squares` gives them.
    grid : Grid
        Whose points these are.
    seasons : ndarray, shape (candidates, strengths), optional
        Candidate distributions of the strength of seasons, where each level of curvature is there
        at every strength, which run fastest.
    places : int
        At which the mean may jump: levels after those without a jump.
    power : float, optional
        How much each topic says of the candidates; :func:`said_by` by default, ``INDEPENDENCE``
        where errors are then made wider (:func:`widening`).

    Returns
    -------
    posterior : ndarray, of the same shape
        Sums to 1 over the grid of each topic.
    learnt : ndarray, shape (corpora, pairs, levels)
        The mean of the candidates, each weighed by how well it predicts all topics of the corpus;
        jumps of all places together.
    """
    from trends.analysis.trend.kernel import grid_weights

    strengths = 1 if seasons is None else seasons.shape[1]
    levels = likelihood.shape[-1] - places
    family = candidates(grid, levels // strengths, places > 0)
    if seasons is not None:
        family = family._replace(
            curvatures=np.asarray(np.kron(family.curvatures, seasons), dtype=np.float64),
            prior=np.repeat(family.prior, len(seasons), axis=2) / len(seasons),
        )
    if power is None:
        power = said_by(likelihood.shape[1])
    values = (*family[:3], np.log(family.prior), power)
    if not places:
        found: tuple[Array, Array] = grid_weights(np.ascontiguousarray(likelihood), *values)
        return found
    # A jump is as likely at one place as at another, so that candidates tell only jumps and none.
    jumped = likelihood[..., levels:]
    top = jumped.max(axis=-1, keepdims=True)
    jumped = np.exp(jumped - top)
    mean = jumped.mean(axis=-1, keepdims=True)
    together = np.concatenate([likelihood[..., :levels], top + np.log(mean)], axis=-1)
    posterior, learnt = grid_weights(together, *values)
    at = jumped * posterior[..., levels:] / (places * mean)
    return np.concatenate([posterior[..., :levels], at], axis=-1), learnt


def weigh_apart(
    likelihood: Array, own: int, seasons: Array | None = None, places: int = 0
) -> tuple[Array, Array]:
    """The same for one corpus, where the first topics may be moved by other shocks than the rest.

    Words that belong together come and go together, so that a concept of several words is moved by
    more than as many words drawn at random are. For each of the first topics, what is learnt from
    all and what would be thought of it alone weigh alike.

    Parameters
    ----------
    likelihood : ndarray, shape (topics, pairs, levels)
        On the points of a whole test.
    own : int
        Number of the first topics.
    seasons, places
        As for :func:`weigh`.

    Returns
    -------
    posterior : ndarray, shape (own, pairs, levels)
        Of the first topics.
    learnt : ndarray, shape (pairs, levels)
        From all topics.
    """
    _, (learnt,) = weigh(likelihood[None], seasons=seasons, places=places, power=INDEPENDENCE)
    first = likelihood[:own]
    _, alone = weigh(first[:, None], seasons=seasons, places=places)
    prior = (learnt + alone) / 2
    if places:
        at = np.repeat(prior[..., -1:] / places, places, axis=-1)
        prior = np.concatenate([prior[..., :-1], at], axis=-1)
    weight = prior * np.exp(first - first.max(axis=(1, 2), keepdims=True))
    return weight / weight.sum(axis=(1, 2), keepdims=True), learnt
