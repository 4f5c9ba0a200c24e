"""The figures of quality.csv, counted by hand where they can be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from trends.analysis.quality.coherence import c_v, cooccurrence, npmi
from trends.analysis.quality.evaluate import diversity, evaluate, evaluate_many, top_terms
from trends.analysis.quality.frex import frex
from trends.core import TermCounts, Topics
from trends.errors import UsageError


def reference(seed=0, n=200, v=30):
    rng = np.random.default_rng(seed)
    matrix = rng.poisson(0.2, (n, v))
    return TermCounts(
        sparse.csr_matrix(matrix),
        tuple(f"w{j:02}" for j in range(v)),
        tuple(f"d{i}" for i in range(n)),
    )


def fit(seed=0, k=4, n=200, v=30, relevance=None):
    rng = np.random.default_rng(seed)
    theta, phi = rng.dirichlet(np.ones(k + 1), n), rng.dirichlet(np.full(v, 0.3), k)
    vocabulary, ids = tuple(f"w{j:02}" for j in range(v)), tuple(f"d{i}" for i in range(n))
    return Topics(theta[:, :k], theta[:, k], phi, vocabulary, ids, relevance=relevance)


def test_the_summary_is_made_of_the_parts():
    counts, topics = reference(), fit()
    found = evaluate(topics, counts, top_n=6)
    terms = topics.top_terms(6)
    joint = cooccurrence(counts, counts.vocabulary)
    assert found.npmi == pytest.approx(npmi(terms, joint).mean())
    assert found.c_v == pytest.approx(c_v(terms, joint).mean())
    np.testing.assert_allclose(found.per_topic["npmi"], npmi(terms, joint))
    score, column = frex(topics.phi), {t: j for j, t in enumerate(topics.vocabulary)}
    assert found.exclusivity == pytest.approx(
        np.mean([score[k, column[t]] for k, row in enumerate(terms) for t in row])
    )
    assert found.unassigned == pytest.approx(topics.unassigned.mean())
    hard = [
        int(np.argmax(np.r_[row, u]))
        for row, u in zip(topics.theta, topics.unassigned, strict=True)
    ]
    assert found.largest == pytest.approx(max(hard.count(k) for k in range(4)) / 200)
    assert list(found.summary()) == [
        "npmi",
        "c_v",
        "diversity",
        "exclusivity",
        "unassigned",
        "largest",
    ]


def test_diversity_counts_different_terms():
    assert diversity([["a", "b"], ["b", "c"]]) == 3 / 4
    assert diversity([["a", "b"], ["c", "d"]]) == 1
    assert np.isnan(diversity([[], []]))


def test_many_fits_at_once_are_each_evaluated_as_if_alone():
    counts, fits = reference(), [fit(seed, k=3 + seed) for seed in range(3)]
    together = evaluate_many(fits, counts)
    for one, topics in zip(together, fits, strict=True):
        assert one.summary() == pytest.approx(evaluate(topics, counts).summary())


def test_a_reference_with_other_terms_is_matched_by_name_and_what_it_lacks_is_counted():
    counts = reference(v=12)
    found = evaluate(fit(), counts, top_n=8)
    expected = [sum(int(t[1:]) >= 12 for t in terms) for terms in fit().top_terms(8)]
    assert sum(expected) > 0
    assert found.per_topic["n_absent"].tolist() == expected


def test_terms_without_weight_do_not_fill_a_short_list_up():
    own = np.zeros((2, 30))
    own[0, :3], own[1, 5:25] = (0.3, 0.2, 0.1), 0.5
    topics = fit(k=2, relevance=own)
    assert [len(t) for t in top_terms(topics, 10)] == [3, 10]
    assert evaluate(topics, reference()).per_topic["n_terms"].tolist() == [3, 10]


def test_one_top_term_makes_no_pair():
    with pytest.raises(UsageError, match="at least 2"):
        evaluate(fit(), reference(), top_n=1)
