"""Term scores against their definitions, computed one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trends.analysis.quality.frex import exclusivity, frex, relevance


def slow_frex(phi, weight):
    k, v = phi.shape
    out = np.empty((k, v))
    for i in range(k):
        own = [phi[i, j] / sum(phi[:, j]) if sum(phi[:, j]) else 0.0 for j in range(v)]
        for j in range(v):
            e = (sum(x < own[j] for x in own) + (sum(x == own[j] for x in own) + 1) / 2) / v
            f = (
                sum(x < phi[i, j] for x in phi[i]) + (sum(x == phi[i, j] for x in phi[i]) + 1) / 2
            ) / v
            out[i, j] = 1 / (weight / e + (1 - weight) / f)
    return out


@pytest.mark.parametrize("weight", [0.0, 0.5, 0.7, 1.0])
def test_frex_is_its_definition(weight):
    rng = np.random.default_rng(1)
    counts = rng.integers(0, 4, (4, 25)).astype(float)
    counts[:, 3] = 0
    phi = counts / counts.sum(1, keepdims=True)
    np.testing.assert_allclose(frex(phi, weight=weight), slow_frex(phi, weight))


def test_exclusivity_is_a_share_among_topics():
    phi = np.array([[0.5, 0.5, 0.0], [0.25, 0.75, 0.0]])
    np.testing.assert_allclose(exclusivity(phi), [[2 / 3, 0.4, 0], [1 / 3, 0.6, 0]])


def test_relevance_weighs_probability_and_lift():
    phi, background = np.array([[0.5, 0.5, 0.0], [0.1, 0.8, 0.1]]), np.array([0.3, 0.6, 0.1])
    for weight in (0.0, 0.6, 1.0):
        score = relevance(phi, background, weight=weight)
        expected = weight * math.log(0.1) + (1 - weight) * math.log(0.1 / 0.3)
        assert score[1, 0] == pytest.approx(expected)
        assert score[0, 2] == -np.inf
