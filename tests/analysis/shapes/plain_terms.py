"""Slow and obvious references for terms within topics."""

import math

import numpy as np


def step_fit(z, noise, steps, place, sd, rho):
    """Restricted likelihood, size and variance of one step, by whole matrices."""
    steps = np.asarray(steps, dtype=float)
    v = sd**2 * rho ** np.abs(steps[:, None] - steps[None]) + np.diag(noise)
    x = np.column_stack([np.ones(len(z)), np.where(np.arange(len(z)) >= place, 1.0, -1.0)])
    w = np.linalg.inv(v)
    information = x.T @ w @ x
    b = np.linalg.solve(information, x.T @ w @ z)
    rest = z - x @ b
    likelihood = -0.5 * (
        np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1] + rest @ w @ rest
    )
    return likelihood, 2 * b[1], 4 * np.linalg.inv(information)[1, 1]


def offsets(rates, tokens, power, total, period, periods):
    """Log-odds by which each period's documents are expected to hold a term more often than all.

    One term; ``rates`` are its chances per token in each document, ``total`` the documents with it.
    """

    def expected(log_scale):
        return [
            1 - math.exp(-math.exp(log_scale) * r * n**power)
            for r, n in zip(rates, tokens, strict=True)
        ]

    low, high = -60.0, 60.0
    while high - low > 1e-11:
        middle = (low + high) / 2
        low, high = (middle, high) if sum(expected(middle)) < total else (low, middle)
    e = expected(low)

    def log_odds(p):
        return math.log(p / (1 - p))

    usual = sum(e) / len(e)
    means = [
        (sum(x for x, t in zip(e, period, strict=True) if t == s) + usual)
        / (list(period).count(s) + 1)
        for s in range(periods)
    ]
    return [min(max(log_odds(m) - log_odds(usual), -1), 1) for m in means]
