"""The scale of the null: its moments by every permutation, its tail by another implementation, and
what it is good for.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from trends.analysis.alignment.hungarian import align
from trends.analysis.alignment.permutation_null import minus_log_p
from trends.analysis.alignment.similarity import compare
from trends.core import Topics


def make(theta):
    phi = np.full((theta.shape[1], 2), 0.5)
    return Topics(
        theta, 1 - theta.sum(1), phi, ("a", "b"), tuple(f"d{i}" for i in range(len(theta)))
    )


def test_the_skewness_is_that_of_all_permutations():
    rng = np.random.default_rng(1)
    left, right = make(rng.dirichlet(np.full(3, 0.3), 7)), make(rng.dirichlet(np.full(2, 0.3), 7))
    comparison = compare(left, right, "documents")
    values = np.stack(
        [comparison.left.T @ comparison.right[list(p)] for p in itertools.permutations(range(7))]
    )
    np.testing.assert_allclose(values.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(values.var(0), 1 / 6)
    np.testing.assert_allclose(comparison.skewness, stats.skew(values, axis=0), atol=1e-9)


@pytest.mark.parametrize("skewness", [-0.5, 0.0, 0.2, 1.0, 4.0])
def test_the_tail_is_that_of_pearson_type_three(skewness):
    z = np.linspace(-1, 6, 30)
    expected = -(stats.norm.logsf(z) if skewness <= 0 else np.log(stats.pearson3.sf(z, skewness)))
    np.testing.assert_allclose(minus_log_p(z, np.array(skewness)), expected, rtol=1e-6, atol=1e-9)


def test_two_small_topics_by_chance_do_not_hide_the_true_ones():
    """Where many topics have a handful of documents, the largest correlation by chance is large,
    and is theirs.
    """
    found = 0
    for corpus in range(4):
        rng = np.random.default_rng([corpus, 40])
        theta = rng.dirichlet(4 * rng.dirichlet(np.full(40, 3.0)), 300)
        fits = []
        for _ in range(2):
            spoilt, hit = theta.copy(), rng.random(300) < 0.2
            spoilt[hit] = theta[rng.permutation(300)][hit]
            fits.append(make(spoilt / spoilt.sum(1, keepdims=True)))
        pairs = align(*fits, rng=corpus, n_null=99).pairs
        assert (pairs[:, 0] == pairs[:, 1]).mean() >= 0.97
        found += len(pairs)
    # One common scale and one step leave more than half of these topics without their partner.
    assert found >= 0.75 * 160
