"""Scans and automata with whole matrices and whole lists: slow and obvious."""

from itertools import product

import numpy as np
from scipy import stats


def covariance(noise, steps, size, lasting):
    lag = np.abs(np.subtract.outer(steps, steps)).astype(float)
    return np.diag(noise) + size**2 * lasting**lag


def priors(terms, known, bend):
    """Variances: nearly flat for level and slope, of the bends, and of shapes that are known."""
    count = terms.shape[1] - 2 - known
    return np.array([1e5, 1e5, *[bend**2] * count, *[1.0] * known])


def density(z, mean_terms, known, bend, v):
    """Log-density of z, the terms of the mean integrated out."""
    spread = priors(mean_terms, known, bend)
    return stats.multivariate_normal(cov=v + (mean_terms * spread) @ mean_terms.T).logpdf(z)


def evidence(z, noise, steps, terms, known, grid, learnt, window, spread, upward):
    """Bayes factor of one raised window, by densities at every point of the grid."""
    raised = np.zeros(len(z))
    raised[window[0] : window[1]] = 1
    without, within = [], []
    for (size, lasting, bend), chance in zip(grid, learnt, strict=True):
        v = covariance(noise, steps, size, lasting)
        without.append(np.log(chance) + density(z, terms, known, bend, v))
        more = v + spread**2 * np.outer(raised, raised)
        value = np.log(chance) + density(z, terms, known, bend, more)
        if upward:  # twice the posterior chance that the effect is positive
            prior = priors(terms, known, bend)
            whole = np.linalg.inv(v + (terms * prior) @ terms.T)
            precision = raised @ whole @ raised + spread**-2
            value += np.log(2 * stats.norm.cdf(raised @ whole @ z / np.sqrt(precision)))
        within.append(value)
    return np.logaddexp.reduce(within) - np.logaddexp.reduce(without)


def dates(places, level, **given):
    """Chances of a step at each place, and the shortest of all stretches that hold the level."""
    periods = len(given["z"])
    value = np.array([evidence(window=(a, periods), upward=False, **given) for a in places])
    chance = np.exp(value - value.max())
    chance /= chance.sum()
    some = [
        (b - a, -chance[a:b].sum(), places[a], places[b - 1])
        for a in range(len(places))
        for b in range(a + 1, len(places) + 1)
        if chance[a:b].sum() >= level
    ]
    return chance, min(some)[2:]


def states(y, n, scaling, gamma):
    """The cheapest of all courses of the two-state automaton, each priced by itself."""
    usual = sum(y) / sum(n)
    shares = (usual, min(scaling * usual, (1 + usual) / 2))
    enter = gamma * np.log(len(y))
    price = [
        [-(stats.binom.logpmf(a, b, s) - stats.binom.logpmf(a, b, usual)) for s in shares]
        for a, b in zip(y, n, strict=True)
    ]
    best = None
    for course in product((0, 1), repeat=len(y)):
        cost = sum(price[t][s] for t, s in enumerate(course))
        cost += enter * sum(b > a for a, b in zip((0, *course), course, strict=False))
        if best is None or cost < best[0] - 1e-9:
            best = (cost, course)
    return best
