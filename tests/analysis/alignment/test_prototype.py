"""Choosing the fit most like the others, and speaking of the others in its words."""

from __future__ import annotations

import numpy as np
import pytest

from trends.analysis.alignment.hungarian import align
from trends.analysis.alignment.prototype import choose, reorder, reverse
from trends.core import Topics
from trends.errors import DataError, UsageError


def make(theta, unassigned=None):
    theta = np.asarray(theta, dtype=float)
    unassigned = np.zeros(len(theta)) if unassigned is None else unassigned
    ids = tuple(f"d{i}" for i in range(len(theta)))
    return Topics(theta, unassigned, np.full((theta.shape[1], 2), 0.5), ("a", "b"), ids)


def planted(seed, k=6, n=300):
    return np.random.default_rng(seed).dirichlet(np.full(k, 0.1), n)


def moved(theta, share, seed):
    rng = np.random.default_rng(seed)
    out, hit = theta.copy(), rng.random(len(theta)) < share
    out[hit] = theta[rng.permutation(len(theta))][hit]
    return out[:, rng.permutation(theta.shape[1])]


def test_the_prototype_is_the_fit_nearest_to_the_rest():
    truth = planted(1)
    fits = [
        make(moved(truth, share, seed)) for seed, share in enumerate((0.3, 0.25, 0.02, 0.35, 0.3))
    ]
    found = choose(fits, rng=0, n_null=39)
    assert found.index == 2
    assert found.mean_similarity.argmax() == 2
    np.testing.assert_allclose(found.similarity, found.similarity.T)
    np.testing.assert_allclose(np.diag(found.similarity), 1)


def test_stability_is_the_mean_similarity_to_the_partners_and_zero_without_one():
    labels = np.random.default_rng(2).integers(0, 4, 400)
    whole = make(np.eye(4)[labels])
    # The second fit finds topics 0 to 2 exactly and cuts the documents of topic 3 up among them at
    # random.
    cut = np.where(labels == 3, np.random.default_rng(3).integers(0, 3, 400), labels)
    found = choose([whole, whole, make(np.eye(3)[cut])], rng=0, n_null=99)
    assert found.index == 0
    assert found.recurrence.tolist() == [1, 1, 1, 0.5]
    assert found.stability[3] == pytest.approx(0.5)
    partners = [a for a in found.alignments if a is not None]
    expected = np.mean(
        [dict(zip(a.pairs[:, 0], a.similarity, strict=True)).get(0, 0) for a in partners]
    )
    assert found.stability[0] == pytest.approx(expected)
    assert found.similarity[0, 2] == pytest.approx(partners[1].similarity.sum() / 4)


def test_alignments_lead_from_the_prototype_wherever_it_stands():
    truth = planted(4)
    fits = [make(moved(truth, share, seed)) for seed, share in enumerate((0.3, 0.01, 0.3))]
    found = choose(fits, rng=0, n_null=39)
    assert found.index == 1
    assert found.alignments[1] is None
    for other in (0, 2):
        again = align(fits[1], fits[other], rng=5, n_null=39)
        assert found.alignments[other].pairs.tolist() == again.pairs.tolist()


def test_one_fit_is_its_own_prototype_and_claims_no_stability():
    found = choose([make(planted(5))], rng=0)
    assert found.index == 0
    assert np.isnan(found.stability).all()
    assert np.isnan(found.mean_similarity).all()


def test_the_first_of_equal_fits_is_taken_and_the_seed_decides_nothing_else():
    fit = make(planted(6))
    assert choose([fit, fit, fit], rng=0).index == 0
    one, two = (choose([fit, make(moved(planted(6), 0.2, 1))], rng=3) for _ in range(2))
    np.testing.assert_array_equal(one.stability, two.stability)


def test_reordering_loses_no_mass_and_says_what_is_not_there():
    rng = np.random.default_rng(7)
    labels = rng.integers(0, 4, 300)
    prototype = make(np.eye(4)[labels])
    # The other fit: outliers, topic 2 taken apart, a topic of its own.
    other = np.where(labels == 2, 4, labels)
    other = np.where((other == 4) & (rng.random(300) < 0.5), rng.integers(0, 2, 300), other)
    theta = np.eye(5)[other][:, [3, 4, 1, 0]]
    outlier = (rng.random(300) < 0.1).astype(float)
    theta = theta * (1 - outlier)[:, None]
    fit = make(theta, outlier)
    alignment = align(prototype, fit, rng=0)
    found = reorder(fit, alignment)
    np.testing.assert_allclose(found.theta.sum(1) + found.unmatched + found.unassigned, 1)
    np.testing.assert_array_equal(found.theta[:, 0], fit.theta[:, 3])
    np.testing.assert_array_equal(found.theta[:, 3], fit.theta[:, 0])
    assert found.n_unmatched == len(alignment.unmatched_right)
    assert found.present.tolist() == [k not in alignment.unmatched_left for k in range(4)]
    assert (found.theta[:, ~found.present] == 0).all()


def test_reordering_keeps_unmatched_topics_apart():
    a, b = np.eye(3)[np.arange(30) % 3], np.eye(3)[np.random.default_rng(1).permutation(30) % 3]
    fit = make(np.column_stack([a[:, 0] / 2, a[:, 1] / 2, a[:, 2] / 2, b / 2]))
    alignment = align(make(a), fit, rng=0, minimum=0.5)
    found = reorder(fit, alignment)
    assert found.n_unmatched == 3
    np.testing.assert_allclose(found.unmatched, 0.5)
    assert found.present.all()


def test_an_alignment_read_backwards_says_the_same():
    left, right = make(planted(8)), make(moved(planted(8), 0.2, 3))
    there = align(left, right, rng=0)
    back = reverse(there)
    assert {(b, a) for a, b in there.pairs.tolist()} == {(a, b) for a, b in back.pairs.tolist()}
    np.testing.assert_array_equal(reverse(back).frame(), there.frame())


def test_no_fits_and_foreign_alignments_are_refused():
    with pytest.raises(UsageError, match="none was given"):
        choose([], rng=0)
    fit = make(planted(9))
    with pytest.raises(DataError, match="fit of 6 topics, this one has 3"):
        reorder(make(np.eye(3)), align(fit, fit, rng=0))
