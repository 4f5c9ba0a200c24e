"""Matching topics: right where the truth is planted, one to one whatever the input, and no partner
where there is none.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends.analysis.alignment.hungarian import align, assign, p_values
from trends.core import Topics
from trends.errors import UsageError


def make(theta, unassigned=None, phi=None):
    theta = np.asarray(theta, dtype=float)
    unassigned = np.zeros(len(theta)) if unassigned is None else unassigned
    total = theta.sum(1) + unassigned
    phi = np.full((theta.shape[1], 3), 1 / 3) if phi is None else phi
    ids = tuple(f"d{i}" for i in range(len(theta)))
    return Topics(
        theta / total[:, None],
        unassigned / total,
        phi,
        tuple(f"w{j:03}" for j in range(phi.shape[1])),
        ids,
    )


def harden(theta):
    out = np.zeros_like(theta)
    out[np.arange(len(theta)), theta.argmax(1)] = 1
    return out


def noisy(theta, share, rng):
    """The shares of some documents replaced by those of others: what a fit gets wrong."""
    out, hit = theta.copy(), rng.random(len(theta)) < share
    out[hit] = theta[rng.permutation(len(theta))][hit]
    return out


def without(theta, k, how, rng):
    """A fit that did not find topic k.

    Its mass is unassigned, or goes where the rest of the document is, or scatters.
    """
    lost, rest = theta[:, k], np.delete(theta, k, axis=1)
    if how == "unassigned":
        return make(rest, lost)
    if how == "to the rest":
        return make(rest + 1e-9)
    return make(rest + lost[:, None] * rng.dirichlet(np.full(rest.shape[1], 0.1), len(theta)))


def planted(n_topics, n_documents, rng):
    return (
        rng.dirichlet(0.1 * n_topics * rng.dirichlet(np.full(n_topics, 3.0)), n_documents) + 1e-12
    )


@pytest.mark.parametrize("families", ["soft", "hard", "mixed"])
@pytest.mark.parametrize("how", ["unassigned", "to the rest", "scattered"])
def test_planted_topics_find_each_other_and_lonely_ones_nobody(families, how):
    right = wrong = missed = lonely = rejected = 0
    for corpus in range(12):
        rng = np.random.default_rng([corpus, 20])
        theta = planted(20, 1000, rng)
        a, b = noisy(theta, 0.2, rng), noisy(theta, 0.2, rng)
        a = harden(a) if families == "hard" else a
        b = b if families == "soft" else harden(b)
        order = rng.permutation(20)
        lost_a, lost_b = rng.choice(20, 2, replace=False)
        names_a = np.delete(np.arange(20), lost_a)
        place = int(np.flatnonzero(order == lost_b)[0])
        names_b = np.delete(order, place)
        found = align(
            without(a, lost_a, how, rng),
            without(b[:, order], place, how, rng),
            rng=corpus,
            n_null=99,
        )
        partner = {int(names_a[i]): int(names_b[j]) for i, j in found.pairs}
        for name in names_a:
            if name == lost_b:
                lonely, rejected = lonely + 1, rejected + (name not in partner)
            else:
                right += partner.get(name) == name
                wrong += partner.get(name, name) != name
                missed += name not in partner
    assert right / (right + wrong) >= 0.99
    assert right / (right + wrong + missed) >= 0.99
    assert rejected / lonely >= 0.95


def test_unrelated_fits_are_rarely_matched_at_all():
    """The maximum statistic holds the chance of any false match at the level, whatever the number
    of pairs.
    """
    false = 0
    for corpus in range(200):
        rng = np.random.default_rng([corpus, 7])
        left, right = make(harden(planted(8, 60, rng))), make(planted(8, 60, rng))
        false += len(align(left, right, rng=corpus, n_null=39, level=0.05, minimum=0.0).pairs) > 0
    # 200 draws at .05: more than 19 would happen in less than one of a hundred trials.
    assert false <= 19


def test_words_and_embeddings_match_planted_topics_too():
    rng = np.random.default_rng(11)
    background = 1 / np.arange(1, 301)
    own = rng.dirichlet(np.full(300, 0.05), 8)
    phi = 0.5 * background / background.sum() + 0.5 * own
    theta = planted(8, 300, rng)
    centres = rng.normal(size=(8, 32))
    vectors = harden(theta) @ centres + rng.normal(size=(300, 32)) + 3
    order = rng.permutation(8)
    left, right = make(theta[:, :7], phi=phi[:7]), make(theta[:, order[1:]], phi=phi[order[1:]])
    expected = {(i, int(np.flatnonzero(order[1:] == i)[0])) for i in range(7) if i in order[1:]}
    for kind in ("words", "embeddings"):
        found = align(left, right, similarity=kind, embeddings=vectors, rng=1)
        assert {tuple(pair) for pair in found.pairs.tolist()} == expected, kind


def test_a_fit_is_aligned_with_itself_perfectly():
    fit = make(planted(6, 200, np.random.default_rng(3)))
    found = align(fit, fit, rng=0)
    assert found.pairs.tolist() == [[k, k] for k in range(6)]
    np.testing.assert_allclose(found.similarity, 1)
    assert (found.null_p == 1 / 200).all()


def test_empty_topics_never_match_though_their_prior_mass_is_the_same():
    """An unused LDA topic holds prior mass that depends on document length alone, so two of them
    correlate perfectly.
    """
    rng = np.random.default_rng(4)
    used = harden(planted(4, 200, rng))
    prior = 1 / rng.integers(10, 100, 200)[:, None]
    left, right = make(np.hstack([used, prior])), make(np.hstack([prior, used]))
    assert np.corrcoef(left.theta[:, 4], right.theta[:, 0])[0, 1] > 0.99
    found = align(left, right, rng=0)
    assert found.pairs.tolist() == [[0, 1], [1, 2], [2, 3], [3, 4]]
    assert found.unmatched_left == [4]
    assert found.settings["empty_left"] == [4]
    assert found.settings["empty_right"] == [0]


def test_a_split_topic_goes_to_its_larger_part_and_the_rest_stays_alone():
    labels = np.repeat([0, 1, 2], [120, 100, 80])
    left = make(np.eye(3)[labels])
    split = labels.copy()
    split[:40] = 3
    found = align(left, make(np.eye(4)[split]), rng=0)
    assert found.pairs.tolist() == [[0, 0], [1, 1], [2, 2]]
    assert found.unmatched_right == [3]


def test_the_same_seed_gives_the_same_alignment_and_generators_work():
    rng = np.random.default_rng(5)
    left, right = make(planted(6, 80, rng)), make(planted(6, 80, rng))
    one, two = (
        align(left, right, rng=9, minimum=0, level=1),
        align(left, right, rng=np.random.default_rng(9), minimum=0, level=1),
    )
    np.testing.assert_array_equal(one.frame(), two.frame())


def test_the_p_value_counts_the_data_among_the_permutations():
    maxima = np.array([0.1, 0.2, 0.3, 0.4])
    np.testing.assert_allclose(
        p_values(np.array([0.05, 0.25, 0.4, 0.5]), maxima), [1, 3 / 5, 2 / 5, 1 / 5]
    )


@pytest.mark.parametrize("shape", [(2, 2), (3, 2), (3, 4)])
def test_the_assignment_has_the_largest_sum_of_all(shape):
    """Against every one-to-one assignment, tried one by one."""
    rng = np.random.default_rng(6)
    for _ in range(20):
        weight = np.where(rng.random(shape) < 0.4, 0, rng.random(shape))
        short, long = min(shape), max(shape)
        table = weight if shape[0] <= shape[1] else weight.T
        best = max(
            sum(table[i, j] for i, j in enumerate(p))
            for p in itertools.permutations(range(long), short)
        )
        pairs = assign(weight)
        assert weight[pairs[:, 0], pairs[:, 1]].sum() == pytest.approx(best)
        assert (weight[pairs[:, 0], pairs[:, 1]] > 0).all()


@given(
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(1, 30),
    st.booleans(),
    st.booleans(),
    st.integers(0, 2**16),
)
@settings(max_examples=60, deadline=None)
def test_every_topic_is_matched_once_or_unmatched(k_left, k_right, n, hard, outliers, seed):
    rng = np.random.default_rng(seed)

    def one(k):
        theta = rng.dirichlet(np.full(k, 0.3), n) + 1e-9
        lost = (rng.random(n) < 0.3).astype(float) if outliers else np.zeros(n)
        theta = (harden(theta) if hard else theta) * (1 - lost)[:, None]
        return make(theta, lost)

    left, right = one(k_left), one(k_right)
    found = align(left, right, rng=seed, n_null=19, minimum=0)
    assert sorted([*found.pairs[:, 0].tolist(), *found.unmatched_left]) == list(range(k_left))
    assert sorted([*found.pairs[:, 1].tolist(), *found.unmatched_right]) == list(range(k_right))
    assert ((found.similarity > 0) & (found.similarity <= 1)).all()
    assert ((found.null_p > 0) & (found.null_p <= 0.05)).all()
    assert len(found.frame()) == k_left + k_right - len(found.pairs)


def test_settings_that_mean_nothing_are_refused():
    fit = make(np.eye(3))
    for bad in ({"n_null": 0}, {"level": 0.0}, {"level": 0.001}, {"minimum": 1.0}):
        with pytest.raises(UsageError):
            align(fit, fit, rng=0, **bad)


@pytest.mark.parametrize("kind", ["documents", "words", "embeddings"])
def test_it_does_not_matter_which_fit_comes_first(kind):
    rng = np.random.default_rng(12)
    theta = planted(7, 250, rng)
    phi = rng.dirichlet(np.full(120, 0.1), 7)
    vectors = 2 * rng.normal(size=(7, 64))[theta.argmax(1)] + rng.normal(size=(250, 64))
    order = rng.permutation(7)
    left = make(noisy(theta, 0.2, rng), phi=phi)
    right = make(noisy(theta, 0.2, rng)[:, order[:5]] + 1e-9, phi=phi[order[:5]])
    there = align(left, right, similarity=kind, embeddings=vectors, rng=1)
    back = align(right, left, similarity=kind, embeddings=vectors, rng=2)
    assert sorted(there.pairs.tolist()) == sorted([a, b] for b, a in back.pairs.tolist())
    np.testing.assert_allclose(np.sort(there.similarity), np.sort(back.similarity))
    assert len(there.pairs) >= 4


def slow_align(left, right, n_null, seed, level=0.05, minimum=0.25):
    """The rule in loops: permute, compare with the largest left, match, and look again."""
    from trends.analysis.alignment.permutation_null import minus_log_p
    from trends.analysis.alignment.scatter import scatter
    from trends.analysis.alignment.similarity import compare

    comparison, rng = compare(left, right, "documents"), np.random.default_rng(seed)
    observed, n = comparison.observed(), left.n_documents
    null = [comparison.left.T @ comparison.right[rng.permutation(n)] for _ in range(n_null)]
    chance = np.mean(null, axis=0)
    beyond = (observed - chance) / (1 - chance)
    every = np.ones(observed.shape, dtype=bool)
    size = beyond - scatter(comparison, beyond, assign(np.maximum(beyond, 0)), every)
    out, rows, columns = {}, set(range(left.n_topics)), set(range(right.n_topics))
    while rows and columns:

        def scaled(s, i, j):
            return float(
                minus_log_p(np.array(s[i, j] * np.sqrt(n - 1)), np.array(comparison.skewness[i, j]))
            )

        largest = [max(scaled(s, i, j) for i in rows for j in columns) for s in null]
        weight = np.zeros(observed.shape)
        for i, j in itertools.product(rows, columns):
            p = (1 + sum(m >= scaled(observed, i, j) for m in largest)) / (1 + n_null)
            if p <= level and size[i, j] >= minimum:
                weight[i, j] = size[i, j]
        best = assign(weight).tolist()
        if not best:
            break
        out |= dict(best)
        rows, columns = rows - {i for i, _ in best}, columns - {j for _, j in best}
    if out:
        middle = np.median([size[i, j] for i, j in out.items()])
        out = {i: j for i, j in out.items() if size[i, j] >= middle / 2}
    return sorted(out.items())


def test_the_rule_is_the_one_written_out_in_loops():
    matched = 0
    for corpus in range(6):
        rng = np.random.default_rng([corpus, 99])
        theta = planted(6, 60, rng)
        a, b = noisy(theta, 0.3, rng), noisy(theta, 0.3, rng)
        left, right = without(a, 0, "scattered", rng), without(b, 1, "scattered", rng)
        found = [(i, j) for i, j in align(left, right, rng=corpus, n_null=39).pairs.tolist()]
        assert found == slow_align(left, right, 39, corpus)
        matched += len(found)
    assert 6 <= matched < 24


def test_with_few_topics_and_documents_lonely_topics_still_find_nobody():
    """Five topics of which each fit lacks one.

    The others take up a quarter of its documents each, and so share them.
    """
    lonely = rejected = right = known = 0
    for corpus in range(60):
        rng = np.random.default_rng([corpus, 5])
        theta = planted(5, 300, rng)
        a, b = noisy(theta, 0.2, rng), noisy(theta, 0.2, rng)
        found = align(
            without(a, 0, "scattered", rng), without(b, 1, "scattered", rng), rng=corpus, n_null=59
        )
        # Left has topics 1 2 3 4, right 0 2 3 4: the first of each is lonely.
        lonely, rejected = (
            lonely + 2,
            rejected + (found.partner(0) is None) + (0 not in found.pairs[:, 1]),
        )
        known, right = known + 3, right + sum(found.partner(k) == k for k in (1, 2, 3))
    assert rejected / lonely >= 0.95
    assert right / known >= 0.95
