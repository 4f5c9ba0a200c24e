"""The trend model in plain matrices and loops: slow on purpose, to hold the fast one against."""

import itertools

import numpy as np
from scipy import optimize, stats


def restricted_likelihood(z, noise, steps, terms, free, bend, sd, memory, contrasts):
    """Of one series at one point of the grid; contrasts of the mean and their standard errors."""
    apart = np.abs(np.subtract.outer(steps, steps)).astype(float)
    inverse = np.linalg.inv(sd**2 * memory**apart + np.diag(noise))
    prior = np.zeros(terms.shape[1])
    prior[free:] = bend**-2.0
    information = terms.T @ inverse @ terms + np.diag(prior)
    beta = np.linalg.solve(information, terms.T @ inverse @ z)
    rest = z - terms @ beta
    likelihood = -0.5 * (
        -np.linalg.slogdet(inverse)[1]
        + np.linalg.slogdet(information)[1]
        - np.log(prior[free:]).sum()
        + rest @ inverse @ rest
        + beta @ (prior * beta)
    )
    return (
        likelihood,
        contrasts @ beta,
        np.sqrt(np.diag(contrasts @ np.linalg.inv(information) @ contrasts.T)),
    )


def posterior(likelihood, sizes, autocorrelations, curvatures, prior, independence):
    """Weights of the grid for every topic, candidate by candidate.

    ``likelihood`` has the shape (topics, pairs, levels); the candidates are rows of the tables.
    """
    topics = len(likelihood)
    density = np.exp(likelihood - likelihood.max(axis=(1, 2), keepdims=True))
    score, mixed = [], []
    for i, j, k in itertools.product(
        range(len(sizes)), range(len(autocorrelations)), range(len(curvatures))
    ):
        pairs = np.concatenate([sizes[i][:1], np.outer(sizes[i][1:], autocorrelations[j]).ravel()])
        mixed.append(density * np.outer(pairs, curvatures[k]))
        evidence = mixed[-1].sum(axis=(1, 2))
        score.append(independence * np.log(evidence).sum() + np.log(prior[i, j, k]))
        mixed[-1] = mixed[-1] / evidence[:, None, None]
    score = np.exp(np.array(score) - max(score))
    score /= score.sum()
    return sum(s * m for s, m in zip(score, mixed, strict=True)).reshape(topics, -1)


def p_and_interval(weight, value, error, level):
    """Of one topic, from the mixture over the grid, by a root search."""
    below = (weight * stats.norm.cdf(-value / error)).sum()
    reach = np.abs(value).max() + 12 * error.max()

    def quantile(q):
        return optimize.brentq(
            lambda b: (weight * stats.norm.cdf((b - value) / error)).sum() - q, -reach, reach
        )

    return 2 * min(below, 1 - below), quantile((1 - level) / 2), quantile((1 + level) / 2)
