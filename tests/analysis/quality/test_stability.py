"""Stability over seeds, orders and samples, shown with fits whose instability is known."""

from __future__ import annotations

import numpy as np

from trends.analysis.alignment.prototype import choose
from trends.analysis.quality.stability import between, shuffled
from trends.core import Topics

LABELS = np.random.default_rng(0).integers(0, 5, 200)


def make(labels, rows, seed):
    ids = tuple(f"d{i}" for i in rows)
    phi = np.full((5, 2), 0.5)
    return Topics(
        np.eye(5)[labels],
        np.zeros(len(labels)),
        phi,
        ("a", "b"),
        ids,
        provenance={"backend": "test", "seed": seed},
    )


def steady(rows, seed):
    """A fit that depends on neither seed nor order, but for the numbers of the topics."""
    return make((LABELS[rows] + seed) % 5, rows, seed)


def fickle(rows, seed):
    """A fit that gets wrong the documents that happen to come last."""
    labels = LABELS[rows].copy()
    labels[-60:] = (labels[-60:] + 1 + np.arange(60) % 4) % 5
    return make(labels, rows, seed)


def test_seeds_that_only_renumber_the_topics_agree_fully():
    rows = np.arange(200)
    fits = [steady(rows, seed) for seed in (0, 1, 3)]
    table = between(fits, rng=0, n_null=39)
    assert table[["a", "b"]].to_numpy().tolist() == [[0, 1], [0, 2], [1, 2]]
    assert table["seed_b"].tolist() == [1, 3, 3]
    np.testing.assert_allclose(table[["similarity", "ari", "ami"]], 1)
    assert (table["n_matched"] == 5).all()
    assert (table["n_documents"] == 200).all()
    assert choose(fits, rng=0, n_null=39).recurrence.tolist() == [1] * 5


def test_a_fit_that_depends_on_the_order_is_found_out_and_one_that_does_not_is_not():
    calm = shuffled(steady, 200, repeats=3, seed=2, n_null=39, rng=1)
    np.testing.assert_allclose(calm["ari"], 1)
    restless = shuffled(fickle, 200, repeats=3, seed=2, n_null=39, rng=1)
    assert (restless["ari"] < 0.7).all()
    assert (restless["seed_b"] == 2).all()


def test_the_same_rng_gives_the_same_table():
    one, two = (shuffled(fickle, 200, repeats=2, seed=0, n_null=39, rng=4) for _ in range(2))
    assert one.equals(two)
