"""Exact neighbours and the reduction that is built on them."""

import numpy as np
import pytest

from trends.models.umap import reduction
from trends.models.umap.reduction import descent, neighbours, reduce


def unit(n, d, rng=0):
    x = np.random.default_rng(rng).normal(size=(n, d))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


@pytest.mark.parametrize("n", [5, 60, 1100])
def test_neighbours_equal_a_full_sort(n):
    vectors = unit(n, 6)
    indices, distances = neighbours(vectors, 5)
    for i in range(0, n, 7):
        d = 1 - vectors @ vectors[i]
        d[i] = -1
        np.testing.assert_array_equal(indices[i], np.argsort(d, kind="stable")[:5])
        np.testing.assert_allclose(distances[i, 1:], np.sort(d)[1:5], atol=1e-6)
    assert (distances[:, 0] == 0).all()


def test_a_document_is_its_own_first_neighbour_among_copies():
    vectors = np.repeat(unit(4, 6), 5, axis=0)
    indices, _ = neighbours(vectors, 3)
    np.testing.assert_array_equal(indices[:, 0], np.arange(20))


@pytest.mark.parametrize("n", [3, 4, 12, 40])
def test_small_corpora_lower_neighbours_and_dimensions(n):
    points = reduce(unit(n, 24), 15, 10, 1)
    assert np.isfinite(points).all()
    assert points.shape == (n, min(10, n - 2))


def test_copies_of_one_document_are_no_obstacle():
    vectors = np.vstack([np.repeat(unit(1, 8), 30, axis=0), unit(30, 8, rng=3)])
    assert np.isfinite(reduce(vectors, 10, 5, 1)).all()


def test_single_precision_finds_the_same_neighbours_but_for_ties():
    vectors = unit(700, 24, rng=2)
    indices, distances = neighbours(vectors, 8)
    single, near = neighbours(vectors.astype(np.float32), 8)
    assert (single == indices).mean() > 0.999
    np.testing.assert_allclose(near, distances, atol=1e-6)


@pytest.mark.slow
def test_descent_misses_few_neighbours_and_is_the_same_twice():
    vectors = unit(900, 12, rng=3).astype(np.float32)
    exact, _ = neighbours(vectors, 10)
    found, distances = descent(vectors, 10)
    assert np.mean([len(set(a) & set(b)) / 10 for a, b in zip(exact, found, strict=True)]) > 0.9
    np.testing.assert_array_equal(found[:, 0], np.arange(900))
    assert (np.diff(distances, axis=1) >= 0).all()
    assert found.tobytes() == descent(vectors, 10)[0].tobytes()


@pytest.mark.parametrize("limit", ["DOUBLE", pytest.param("ALL_PAIRS", marks=pytest.mark.slow)])
def test_the_ways_of_large_corpora_keep_groups_apart(monkeypatch, limit):
    labels = np.repeat(np.arange(3), 60)
    vectors = 4 * unit(3, 24, rng=5)[labels] + unit(180, 24, rng=6)
    monkeypatch.setattr(reduction, "DOUBLE", 20)
    monkeypatch.setattr(reduction, limit, 20)
    points = reduce(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), 10, 5, 1)
    centre = np.stack([points[labels == k].mean(0) for k in range(3)])
    distance = np.linalg.norm(points[:, None] - centre, axis=2)
    assert (distance.argmin(1) == labels).all()
