"""What two topics without a partner share.

The formula written out, and tables in which it is known.
"""

from __future__ import annotations

import numpy as np
import pytest

from trends.analysis.alignment.hungarian import align
from trends.analysis.alignment.scatter import scatter
from trends.analysis.alignment.similarity import compare
from trends.core import Topics


def make(theta, unassigned=None):
    theta = np.asarray(theta, dtype=float)
    unassigned = np.zeros(len(theta)) if unassigned is None else unassigned
    total = theta.sum(1) + unassigned
    phi = np.full((theta.shape[1], 2), 0.5)
    return Topics(
        theta / total[:, None],
        unassigned / total,
        phi,
        ("a", "b"),
        tuple(f"d{i}" for i in range(len(theta))),
    )


def slow_scatter(left, right, pairs, i, j):
    """Cell by cell, from theta."""
    n = len(left)

    def mass(a, b):
        return sum(left[d, a] * right[d, b] for d in range(n)) / n

    free = [
        (a, b)
        for a in range(left.shape[1])
        for b in range(right.shape[1])
        if [a, b] not in pairs.tolist() and (a, b) != (i, j)
    ]
    if not any(a == i for a, _ in free) or not any(b == j for _, b in free):
        return 0.0
    share_left, share_right = left.mean(0), right.mean(0)
    outside = [(a, b) for a, b in free if a != i and b != j]
    apart = sum(share_left[a] * share_right[b] for a, b in outside)
    rate = sum(mass(a, b) for a, b in outside) / apart if outside else 0.0
    row = np.mean([mass(a, b) - rate * share_left[a] * share_right[b] for a, b in free if a == i])
    column = np.mean(
        [mass(a, b) - rate * share_left[a] * share_right[b] for a, b in free if b == j]
    )
    independent = share_left[i] * share_right[j]
    expected = rate * independent + row + column
    return max(expected - independent, 0.0) / (left[:, i].std() * right[:, j].std())


@pytest.mark.parametrize("shape", [(4, 4), (3, 5), (2, 2), (1, 3)])
def test_it_is_its_formula_written_out(shape):
    rng = np.random.default_rng(shape)
    left, right = (
        rng.dirichlet(np.full(shape[0], 0.4), 30),
        rng.dirichlet(np.full(shape[1], 0.4), 30),
    )
    pairs = np.array([[k, k] for k in range(min(shape) - 1)], dtype=np.int64).reshape(-1, 2)
    comparison = compare(make(left), make(right), "documents")
    found = scatter(comparison, comparison.observed(), pairs, np.ones(shape, dtype=bool))
    expected = [
        [slow_scatter(left, right, pairs, i, j) for j in range(shape[1])] for i in range(shape[0])
    ]
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_it_explains_all_that_two_lonely_topics_share_and_nothing_of_a_true_pair():
    """Topic 3 is missing on the right and topic 4 on the left.

    Their documents go to the others in equal parts.
    """
    left, right = [], []
    for k in range(3):
        left += [k] * 40
        right += [k] * 40
    for other in range(4):
        left += [3] * 15
        right += [other] * 15
        left += [other] * 15
        right += [3] * 15
    fits = make(np.eye(4)[left]), make(np.eye(4)[right])
    comparison = compare(*fits, "documents")
    observed = comparison.observed()
    assert observed[3, 3] > 0.1
    pairs = np.array([[k, k] for k in range(4)])
    found = scatter(comparison, observed, pairs, np.ones((4, 4), dtype=bool))
    assert observed[3, 3] - found[3, 3] == pytest.approx(0, abs=0.02)
    assert (np.diag(found)[:3] < 0.05).all()
    assert align(*fits, rng=0, minimum=0.1).pairs.tolist() == [[0, 0], [1, 1], [2, 2]]
