"""UMAP step by step: weights of neighbours, the start, and the descent beside the library's own."""

import warnings

import numpy as np
import pytest

from trends.models.imports import load
from trends.models.umap import fuzzy_graph as steps
from trends.models.umap.fuzzy_graph import fuzzy_graph, layout
from trends.models.umap.optimize_layout import forces, optimize_layout
from trends.models.umap.reduction import neighbours, reduce


def unit(n, d, rng=0):
    x = np.random.default_rng(rng).normal(size=(n, d))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def groups(many=6, size=40, noise=1.5):
    """Groups of unit vectors, and the group of each."""
    labels = np.repeat(np.arange(many), size)
    x = 4 * unit(many, 24, rng=5)[labels] + noise * unit(many * size, 24, rng=6)
    return x / np.linalg.norm(x, axis=1, keepdims=True), labels


def reference(points, head, tail, every, epochs, a, b, seed):
    """The descent in double precision, with powers instead of a table."""
    p, due, state = points.astype(float), every.astype(float), seed
    for epoch in range(epochs):
        rate = 1 - max(epoch - 1, 0) / epochs
        for i in np.flatnonzero(due <= epoch):
            due[i] += every[i]
            j, k = head[i], tail[i]
            square = ((p[j] - p[k]) ** 2).sum() + 1e-12
            step = (
                np.clip(2 * a * b * square ** (b - 1) / (a * square**b + 1) * (p[k] - p[j]), -4, 4)
                * rate
            )
            here, push = p[j] + step, 0.0
            p[k] -= step
            for _ in range(5):
                state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
                other = p[((state >> 32) * len(p)) >> 32]
                square = ((here - other) ** 2).sum() + 1e-12
                push = push + np.clip(
                    2 * b / ((0.001 + square) * (a * square**b + 1)) * (here - other), -4, 4
                )
            p[j] = here + rate * push
    return p


def test_the_compiled_descent_is_the_descent_with_powers():
    g = np.random.default_rng(4)
    start = (10 * g.random((40, 3))).astype(np.float32)
    head, tail = g.integers(40, size=(2, 150)).astype(np.int32)
    every = np.r_[1.0, g.uniform(1, 4, size=149)].astype(np.float32)
    moved = start.copy()
    # So few epochs that what rounding does has not grown.
    optimize_layout(moved, head, tail, every, 4, forces(1.9, 0.8), 11)
    expected = reference(start, head, tail, every, 4, 1.9, 0.8, 11)
    assert np.abs(moved - start).max() > 1
    assert np.median(np.abs(moved - expected)) < 1e-3


def test_tabulated_forces_are_right_to_three_digits():
    table = forces(1.9, 0.8)
    square = np.geomspace(1e-6, 1e4, 500)
    exponent = np.floor(np.log2(square))
    place = (square / 2**exponent - 1) * 64
    row = table[((exponent + 40) * 64 + np.floor(place)).astype(int)]
    part = (place % 1)[:, None]
    pull, push = (row[:, [0, 2]] + part * row[:, [1, 3]]).T
    np.testing.assert_allclose(
        pull, 2 * 1.9 * 0.8 * square**-0.2 / (1.9 * square**0.8 + 1), rtol=1e-3
    )
    np.testing.assert_allclose(
        push, 2 * 0.8 / ((0.001 + square) * (1.9 * square**0.8 + 1)), rtol=1e-3
    )


def test_weights_are_those_of_the_library():
    vectors, _ = groups()
    near = neighbours(vectors, 15)
    around = fuzzy_graph(vectors, *near, 5)
    umap = load("umap").UMAP(
        n_neighbors=15,
        metric="cosine",
        min_dist=0.0,
        random_state=1,
        n_jobs=1,
        n_epochs=1,
        precomputed_knn=(*near, None),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        umap.fit(vectors)
    theirs = umap.graph_.toarray()
    ours = np.zeros_like(theirs)
    ours[around["head"], around["tail"]] = around["weight"]
    # Pairs too weak to take part in any epoch are left out.
    np.testing.assert_allclose(ours, np.where(theirs < theirs.max() / 500, 0, theirs), atol=1e-6)
    np.testing.assert_allclose(around["curve"], [umap._a, umap._b])


@pytest.mark.slow
def test_our_descent_keeps_as_many_neighbours_as_the_library_does(monkeypatch):
    vectors, labels = groups()
    around = fuzzy_graph(vectors, *neighbours(vectors, 15), 5)
    near, _ = neighbours(vectors, 15)

    def kept(seed):
        points = layout(around, seed)
        square = ((points[:, None] - points) ** 2).sum(2)
        found = np.argsort(square, axis=1)[:, :15]
        own = (labels[found] == labels[:, None]).mean()
        return np.mean([len(set(a) & set(b)) / 15 for a, b in zip(found, near, strict=True)]), own

    theirs = np.mean([kept(seed) for seed in (1, 2)], axis=0)
    monkeypatch.setattr(steps, "LIBRARY", 20)
    ours = np.mean([kept(seed) for seed in (1, 2)], axis=0)
    assert (ours > theirs - 0.03).all()
    assert ours[1] > 0.95


@pytest.mark.parametrize("limit", [20, 5_000])
def test_a_seed_fixes_the_layout_and_another_changes_it(monkeypatch, limit):
    monkeypatch.setattr(steps, "LIBRARY", limit)
    vectors, _ = groups(3, 30)
    around = fuzzy_graph(vectors, *neighbours(vectors, 10), 4)
    before = {name: array.copy() for name, array in around.items()}
    first = layout(around, 1)
    assert first.tobytes() == layout(around, 1).tobytes()
    assert not np.allclose(first, layout(around, 2))
    assert all(before[name].tobytes() == around[name].tobytes() for name in before)


@pytest.mark.parametrize("n", [3, 4, 12, 40, 60])
def test_small_corpora_have_a_layout(n):
    points = reduce(unit(n, 24), 15, 5, 1, init="spectral")
    assert points.shape == (n, min(5, n - 2))
    assert np.isfinite(points).all()


def test_copies_and_a_graph_in_pieces_have_a_layout():
    vectors = np.vstack([np.repeat(unit(3, 8), 30, axis=0), unit(30, 8, rng=3)])
    assert np.isfinite(reduce(vectors, 10, 5, 1, init="spectral")).all()


def test_seeds_share_all_but_the_layout():
    kept, made = {}, []

    def share(name, inputs, make):
        key = (name, tuple(sorted(inputs.items())))
        if key not in kept:
            made.append(name)
            kept[key] = make()
        return kept[key]

    vectors, _ = groups(3, 30)
    points = [reduce(vectors, 10, 4, seed, share=share, init="spectral") for seed in (1, 2)]
    assert sorted(made) == ["fuzzy-graph", "graph", "layout", "layout"]
    assert points[1].tobytes() == reduce(vectors, 10, 4, 2, init="spectral").tobytes()
    # The layout that begins elsewhere is another one.
    assert not np.allclose(reduce(vectors, 10, 4, 1, share=share), points[0])
