"""Moving shares from topics to topics: nothing is lost, and no plan is cheaper."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends.analysis.alignment.transport import move, transport
from trends.core import Topics
from trends.errors import DataError


def make(labels, k):
    labels = np.asarray(labels)
    theta = np.where((labels >= 0)[:, None], np.eye(k)[labels], 0.0)
    ids = tuple(f"d{i}" for i in range(len(labels)))
    return Topics(theta, (labels < 0).astype(float), np.full((k, 2), 0.5), ("a", "b"), ids)


def test_a_topic_that_splits_goes_to_both_parts():
    whole = np.repeat([0, 1], [60, 40])
    split = np.repeat([2, 0, 1], [40, 20, 40])
    found = transport(make(whole, 2), make(split, 3))
    np.testing.assert_allclose(found, [[0.2, 0, 0.4], [0, 0.4, 0]], atol=1e-9)


def test_shares_are_of_the_assigned_mass():
    found = transport(make([0, 0, 1, -1, -1], 2), make([0, 0, 1, 1, -1], 2))
    np.testing.assert_allclose(found.sum(1), [2 / 3, 1 / 3])
    np.testing.assert_allclose(found.sum(0), [1 / 2, 1 / 2])


def test_with_equal_shares_the_best_plan_is_the_best_of_all_assignments():
    rng = np.random.default_rng(1)
    for _ in range(10):
        cost = rng.random((4, 4))
        equal = np.full(4, 0.25)
        best = min(
            sum(cost[i, p[i]] for i in range(4)) / 4 for p in itertools.permutations(range(4))
        )
        assert (move(equal, equal, cost) * cost).sum() == pytest.approx(best)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**16))
@settings(max_examples=40, deadline=None)
def test_nothing_is_lost_on_the_way(m, n, seed):
    rng = np.random.default_rng(seed)
    sources, sinks = rng.dirichlet(np.ones(m)), rng.dirichlet(np.ones(n))
    plan = move(sources, sinks, rng.random((m, n)))
    np.testing.assert_allclose(plan.sum(1), sources, atol=1e-7)
    np.testing.assert_allclose(plan.sum(0), sinks, atol=1e-7)
    assert (plan >= 0).all()


def test_a_fit_that_assigns_nothing_has_nothing_to_move():
    with pytest.raises(DataError, match="no shares"):
        transport(make([-1, -1], 2), make([0, 1], 2))
