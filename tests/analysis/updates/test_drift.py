"""The alarm, and the search for new topics, on made documents."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from trends.analysis.updates.alarm import alarm, dispersion, excess, sentence
from trends.analysis.updates.misfits import beyond_wide, limits, some
from trends.analysis.updates.new_topics import (
    LARGEST,
    SMALLEST,
    NewTopics,
    _branches,
    new_topics,
    tf_idf,
)


def _documents(rng: np.random.Generator, n: int, shift: float = 0.0) -> pd.DataFrame:
    length = rng.integers(20, 200, n)
    return pd.DataFrame(
        {
            "n_terms": length,
            "unassigned": np.nan,
            # Short documents vary more, which is no misfit.
            "surprise": rng.normal(5 + shift, 10 / np.sqrt(length)),
            "distance": rng.uniform(0, 1, n) + shift,
            "outside": np.nan,
        }
    )


def test_limits_are_those_of_documents_of_like_length() -> None:
    """One in a hundred of every length is beyond, not the short ones alone."""
    past = _documents(np.random.default_rng(0), 8000)
    found = limits(past)
    assert set(found.values) == {"surprise", "distance"}
    beyond = found.beyond(past)["surprise"].to_numpy(float)
    short = past["n_terms"] < 60
    assert beyond[short].mean() == pytest.approx(0.01, abs=0.003)
    assert beyond[~short].mean() == pytest.approx(0.01, abs=0.003)


def test_excess_is_the_exact_test_where_periods_do_not_differ() -> None:
    """Against the binomial tail given the sum."""
    past, new = np.zeros(1800), np.zeros(200)
    past[:18], new[:7] = 1, 1
    p = excess(past, new)
    assert p == pytest.approx(stats.binom.sf(6, 25, 0.1), rel=1e-9)
    assert excess(past, new, over=2.0) > p
    assert excess(past, np.zeros(200)) == 1.0


def test_dispersion_is_of_periods() -> None:
    """One where misfits fall at random, large where they come in some periods."""
    period = np.repeat(np.arange(20), 100)
    even, lumped = np.zeros(2000), np.zeros(2000)
    even[::100], lumped[:20] = 1, 1
    assert dispersion(even, period) == (1.0, 20)
    assert dispersion(lumped, period)[0] > 10


@pytest.mark.parametrize(("shift", "sounds"), [(0.0, False), (1.0, True)])
def test_the_alarm_sounds_for_documents_that_fit_worse(shift: float, sounds: bool) -> None:
    """And says by which measure."""
    rng = np.random.default_rng(1)
    past, new = _documents(rng, 4000), _documents(rng, 300, shift)
    found = limits(past)
    table = alarm(found.beyond(past), np.repeat(np.arange(20), 200), {"a": found.beyond(new)})
    assert table["alarm"].any() == sounds
    assert sentence(table).startswith("Drift alarm" if sounds else "No alarm")
    if sounds:
        assert "of the past are such that it is far from every topic" in sentence(table)


def test_a_theme_of_few_documents_is_an_alarm_by_itself() -> None:
    """Where no measure has enough misfits, the search for new topics is one more measure."""
    rng = np.random.default_rng(1)
    past, new = _documents(rng, 4000), _documents(rng, 300)
    found, period = limits(past), np.repeat(np.arange(20), 200)
    sets = {"update": found.beyond(new)}
    group = NewTopics(pd.DataFrame(), 40, 200, 20, most=9, expected=0.6, p=0.001)
    table = alarm(found.beyond(past), period, sets, search=group)
    assert table["measure"].tolist() == ["surprise", "distance", "together"]
    row = table[table["alarm"]].squeeze()
    assert (row["measure"], row["misfits"], row["documents"]) == ("together", 9, 300)
    assert (row["share"], row["share_past"]) == pytest.approx((0.03, 0.002))
    assert row["p_adjusted"] == pytest.approx(0.003)
    said = sentence(table)
    assert "3.0% of the new documents against 0.2% by chance" in said
    assert "lack what these are about (new_topics.csv)" in said
    quiet = alarm(found.beyond(past), period, sets, search=NewTopics(pd.DataFrame(), 0, 9, 3))
    assert not quiet["alarm"].any()


def _words(rng: np.random.Generator, n: int, first: int) -> sparse.csr_matrix:
    """Documents of 30 words of a hundred, from ``first`` on."""
    rows = np.zeros((n, 1000))
    for row in rows:
        np.add.at(row, rng.integers(first, first + 100, 30), 1)
    return sparse.csr_matrix(rows)


def test_a_group_that_only_new_documents_have_is_found() -> None:
    """Six old themes of single documents, and one that is new."""
    rng = np.random.default_rng(2)
    parts = [_words(rng, 30, 100 * k) for k in range(6)] + [_words(rng, 12, 700)]
    counts = sparse.csr_matrix(sparse.vstack(parts))
    fresh = np.concatenate([rng.random(180) < 0.1, np.ones(12, dtype=bool)])
    topic = np.concatenate([np.repeat(np.arange(6), 30), rng.integers(0, 6, 12)])
    names = [f"w{j:03d}" for j in range(1000)]
    found = new_topics(counts, fresh, topic, names, rng=3, shuffles=199).groups
    assert found["n_docs"].tolist() == [12]
    assert found["rows"].iloc[0] == list(range(180, 192))
    assert all(term >= "w700" for term in found["top_terms"].iloc[0].split("; "))


def test_more_of_a_known_topic_is_no_new_topic() -> None:
    """Most new documents are about one of the old themes, which is called so."""
    rng = np.random.default_rng(4)
    counts = sparse.csr_matrix(sparse.vstack([_words(rng, 40, 100 * k) for k in range(5)]))
    topic = np.repeat(np.arange(5), 40)
    fresh = rng.random(200) < np.where(topic == 0, 0.7, 0.05)
    names = [str(j) for j in range(1000)]
    assert new_topics(counts, fresh, topic, names, rng=5, shuffles=199).groups.empty
    # Were it not for the topics, it would be found.
    blind = new_topics(counts, fresh, np.zeros(200, dtype=int), names, rng=5, shuffles=199)
    assert len(blind.groups) == 1


@pytest.mark.slow
def test_dates_that_mean_nothing_name_a_group_one_time_in_twenty() -> None:
    """Over 200 draws of which documents are new."""
    rng = np.random.default_rng(6)
    counts = sparse.csr_matrix(sparse.vstack([_words(rng, 20, 50 * k) for k in range(6)]))
    topic, names = np.repeat(np.arange(3), 40), [str(j) for j in range(1000)]
    hits = [
        not new_topics(
            counts, rng.random(120) < 0.15, topic, names, rng=i, shuffles=99
        ).groups.empty
        for i in range(200)
    ]
    assert np.mean(hits) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 200)


def test_few_documents_say_nothing() -> None:
    """Neither error nor group."""
    counts = sparse.csr_matrix(np.ones((4, 3)))
    found = new_topics(counts, np.array([True] * 4), np.zeros(4, int), ["a", "b", "c"], rng=1)
    assert found.groups.empty
    assert found.looked_at == 0


def test_a_search_takes_all_or_a_random_part() -> None:
    """At most so many, old and new alike."""
    assert some(10).tolist() == list(range(10))
    assert len(some(5000)) == 3000
    past = _documents(np.random.default_rng(7), 2000)
    assert 0.05 < beyond_wide(past, past).mean() < 0.12


def test_the_tree_of_documents_is_that_of_all_pairs() -> None:
    table = sparse.random_array((600, 300), density=0.02, rng=np.random.default_rng(2))
    weight = tf_idf(sparse.csr_matrix(table))
    apart = np.round(np.maximum(1 - (weight @ weight.T).toarray(), 0.0), 9)
    tree = hierarchy.linkage(squareform(apart * (1 - np.eye(600))), method="average")
    groups = {frozenset(node.pre_order()) for node in hierarchy.to_tree(tree, rd=True)[1]}
    found, leaves = _branches(weight)
    branches = {frozenset(row) for row in np.split(found.indices, found.indptr[1:-1])}
    assert branches == {g for g in groups if SMALLEST <= len(g) <= LARGEST * 600}
    marks = (np.arange(600) % 7 == 0).astype(float)
    assert leaves.sums(marks).tolist() == (found @ marks).tolist()
