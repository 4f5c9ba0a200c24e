"""What many documents allow: pairs that no permutation reaches are known without drawing one."""

from __future__ import annotations

import numpy as np
import pytest

from trends.analysis.alignment import hungarian as alignment
from trends.analysis.alignment import similarity
from trends.analysis.alignment.hungarian import align
from trends.analysis.alignment.permutation_null import minus_log_p
from trends.analysis.alignment.tail_bounds import (
    NEGLIGIBLE,
    correlation_at,
    least_out_of_reach,
    moments,
    reach,
    spread,
)
from trends.core import Topics


def make(theta, unassigned=None):
    theta = np.asarray(theta, dtype=float)
    unassigned = np.zeros(len(theta)) if unassigned is None else unassigned
    total = theta.sum(1) + unassigned
    ids = tuple(f"d{i}" for i in range(len(theta)))
    return Topics(
        theta / total[:, None],
        unassigned / total,
        np.full((theta.shape[1], 2), 0.5),
        ("u", "v"),
        ids,
    )


def planted(n, k, rng, hard=False, noise=0.2, sizes=None):
    """Two fits of the same topics, a part of the documents of each exchanged.

    The last topics are small where ``sizes`` says so.
    """
    sizes = np.full(k, 1 / k) if sizes is None else sizes
    label = rng.choice(k, n, p=sizes)
    theta = 0.3 * rng.dirichlet(np.full(k, 0.2), n)
    theta[np.arange(n), label] += 0.7
    theta = np.eye(k)[theta.argmax(1)] if hard else theta
    out = []
    for _ in range(2):
        hit = rng.random(n) < noise
        other = theta.copy()
        other[hit] = theta[rng.permutation(n)][hit]
        out.append(other)
    return out


@pytest.mark.parametrize("hard", [False, True])
def test_many_documents_are_compared_as_few_are(hard):
    """Sums over blocks give the similarities, the shared mass and the skewness of the plain way."""
    rng = np.random.default_rng(1)
    a, b = planted(9_000, 6, rng, hard)
    lost = (rng.random(9_000) < 0.1).astype(float)
    left, right = make(a * (1 - lost)[:, None], lost), make(b * (1 - lost)[:, None], lost)
    one, other = similarity.by_documents(left, right), similarity.by_many_documents(left, right)
    assert one.compared == other.compared < 9_000
    np.testing.assert_allclose(one.observed(), other.observed(), atol=1e-12)
    np.testing.assert_allclose(one.skewness, other.skewness, rtol=1e-9, atol=1e-12)
    for x, y in zip(one.shared_mass, other.shared_mass, strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-12)
    np.testing.assert_allclose(
        one.permuted(3, np.random.default_rng(2)),
        other.permuted(3, np.random.default_rng(2)),
        atol=1e-12,
    )


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("sizes", [None, [0.9, 0.08, 0.02]])
def test_the_bound_is_one(hard, sizes):
    """No larger part of 4,000 permutations reaches a correlation than the bound says."""
    rng = np.random.default_rng(3)
    a, b = planted(400, 3, rng, hard, sizes=sizes)
    n, size = len(a), spread(moments(a), moments(b), len(a))
    standard = [(x - x.mean(0)) / x.std(0) for x in (a, b)]
    drawn = np.stack([standard[0].T @ standard[1][rng.permutation(n)] / n for _ in range(4_000)])
    for at in (0.02, 0.05, 0.1, 0.15, 0.2, 0.3):
        bound = reach(size, np.full((3, 3), at))
        share = (drawn >= at).mean(0)
        assert (
            share <= bound + 3 * np.sqrt(bound * (1 - np.minimum(bound, 1)) / 4_000) + 1e-12
        ).all()
    assert (
        np.diff([reach(size, np.full((3, 3), at)) for at in np.linspace(0, 1, 30)], axis=0) <= 0
    ).all()


def test_the_bound_covers_what_is_known_exactly():
    """For hard labels the overlap is hypergeometric."""
    from scipy.stats import hypergeom

    n, m, k = 2_000, 100, 60
    a, b = np.zeros((n, 2)), np.zeros((n, 2))
    a[:, 0], a[:m, 0], a[:m, 1] = 1, 0, 1
    b[:, 0], b[:k, 0], b[:k, 1] = 1, 0, 1
    size = spread(moments(a), moments(b), n)
    for overlap in (6, 12, 25, 50):
        r = (overlap - m * k / n) / np.sqrt(m * (1 - m / n) * k * (1 - k / n))
        bound = reach(size, np.full((2, 2), r))[1, 1]
        exact = hypergeom.sf(overlap - 1, n, m, k)
        assert exact <= bound
        assert np.log(bound) <= 0.4 * np.log(exact)


def test_a_constant_topic_reaches_nothing():
    a = np.column_stack([np.full(50, 0.4), np.linspace(0, 0.6, 50)])
    size = spread(moments(a), moments(a), 50)
    assert (reach(size, np.full((2, 2), 0.1))[0] == 0).all()
    assert moments(a).skewness[0] == moments(a).deviation[0] == 0


@pytest.mark.parametrize("skewness", [-1.0, 0.0, 0.005, 0.05, 0.7, 3.0, 12.0])
@pytest.mark.parametrize("statistic", [5.0, 30.0, 150.0])
def test_the_correlation_of_a_statistic_gives_it_back(skewness, statistic):
    n = 10_000
    at = correlation_at(statistic, np.array([[skewness]]), n)
    np.testing.assert_allclose(
        minus_log_p(at * np.sqrt(n - 1), np.array([[skewness]])), statistic, rtol=1e-6
    )


def test_the_least_statistic_is_safe_and_not_far_above_what_is():
    rng = np.random.default_rng(5)
    a, b = planted(20_000, 8, rng)
    left, right = make(a), make(b)
    comparison = similarity.by_many_documents(left, right)
    among = np.ones((8, 8), dtype=bool)
    least = least_out_of_reach(
        comparison.spread, comparison.skewness, comparison.compared, among, 199
    )

    def chance(statistic):
        return (
            199
            * reach(
                comparison.spread,
                correlation_at(statistic, comparison.skewness, comparison.compared),
            ).sum()
        )

    assert chance(least) <= NEGLIGIBLE < chance(0.95 * least)
    assert least < 60


@pytest.mark.parametrize("hard", [False, True])
def test_the_alignment_is_that_of_all_permutations(hard, monkeypatch):
    """A lonely topic on either side, and outliers.

    With and without permutations the pairs, similarities and p are the same.
    """
    for corpus in range(4):
        rng = np.random.default_rng([corpus, 8])
        a, b = planted(6_000, 8, rng, hard)
        left, right = (
            make(a[:, :7] + 1e-9, a[:, 7]),
            make(b[:, [3, 1, 2, 7, 5, 6, 4]] + 1e-9, b[:, 0]),
        )
        fast = align(left, right, rng=corpus, n_null=59)
        monkeypatch.setattr(similarity, "MANY", 10**9)
        slow = align(left, right, rng=corpus, n_null=59)
        monkeypatch.undo()
        assert fast.pairs.tolist() == slow.pairs.tolist()
        assert fast.unmatched_left == [0]
        np.testing.assert_allclose(fast.similarity, slow.similarity)
        np.testing.assert_array_equal(fast.null_p, slow.null_p)
        assert (fast.null_p == 1 / 60).all()


def test_small_topics_are_compared_with_permutations_of_what_is_left(monkeypatch):
    """Topics of a dozen documents: what they share may be chance, and is drawn."""
    drawn = []
    whole = similarity.Comparison.permuted
    monkeypatch.setattr(
        similarity.Comparison,
        "permuted",
        lambda self, n, rng: drawn.append(self.left.shape[1]) or whole(self, n, rng),
    )
    rng = np.random.default_rng(9)
    n = 8_000
    label = np.repeat(np.arange(6), [4_000, 2_000, 1_976, 12, 8, 4])
    other = label.copy()
    # Of the small topics half of the documents stay together.
    for k in (3, 4, 5):
        rows = np.flatnonzero(label == k)
        other[rows[: len(rows) // 2]] = 0
    order = rng.permutation(n)
    fast = align(make(np.eye(6)[label[order]]), make(np.eye(6)[other[order]]), rng=1, n_null=199)
    assert {(k, k) for k in range(5)} <= {tuple(p) for p in fast.pairs.tolist()}
    assert drawn and max(drawn) <= 3
    assert (fast.null_p <= 0.05).all()


@pytest.mark.slow
def test_unrelated_fits_of_many_documents_are_rarely_matched():
    """Without a floor for the size: the permutations that are drawn hold the level."""
    false = 0
    for corpus in range(40):
        rng = np.random.default_rng([corpus, 17])
        left, right = (make(np.eye(3)[rng.choice(3, 5_001, p=[0.9, 0.09, 0.01])]) for _ in range(2))
        false += len(align(left, right, rng=corpus, n_null=39, minimum=0.0).pairs) > 0
    # 40 draws at .05: more than 6 would happen in less than one of a hundred trials.
    assert false <= 6
    assert alignment.MINIMUM > 0
