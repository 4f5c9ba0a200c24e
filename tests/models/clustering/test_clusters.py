"""The search for a clustering with a given number of clusters."""

import hdbscan
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import adjusted_rand_score

from trends.errors import UsageError
from trends.models.clustering import clusters
from trends.models.imports import load, load_bertopic


def unit(points):
    return points / np.linalg.norm(points, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def blobs():
    """Eight dense groups in pairs that lie close together, and a cloud around them."""
    g = np.random.default_rng(5)
    pairs = np.repeat(6 * g.normal(size=(4, 5)), 2, axis=0) + 0.9 * g.normal(size=(8, 5))
    labels = np.repeat(np.arange(8), 30)
    points = pairs[labels] + 0.25 * g.normal(size=(240, 5))
    return np.vstack([points, 6 * g.normal(size=(20, 5))]), np.concatenate(
        [labels, np.full(20, -1)]
    )


def limits(**changes):
    return {
        "max_unassigned": 0.3,
        "max_share": 0.5,
        "min_samples": [1, 3, 5],
        "min_cluster_sizes": [3, 5, 8, 12],
        "overclustering": 4.0,
        **changes,
    }


@pytest.mark.parametrize("samples", [1, 5])
@pytest.mark.parametrize("size", [3, 8, 15])
@pytest.mark.parametrize("selection", ["eom", "leaf"])
def test_cutting_one_tree_gives_what_hdbscan_gives(blobs, samples, size, selection):
    points, _ = blobs
    wanted = {"min_samples": samples, "min_cluster_size": size, "selection": selection}
    cut = next(
        labels
        for labels, settings in clusters._hdbscan(points, [samples], [size], "cpu")
        if settings == wanted
    )
    model = hdbscan.HDBSCAN(
        min_cluster_size=size,
        min_samples=samples,
        cluster_selection_method=selection,
        core_dist_n_jobs=1,
    )
    np.testing.assert_array_equal(cut, model.fit(points).labels_)


@pytest.mark.parametrize("n", [2, 3, 4, 6, 8])
def test_the_number_is_exact_and_limits_are_kept(blobs, n):
    points, _ = blobs
    found = clusters.search_clustering(points, unit(points), n, **limits(max_share=0.55))
    assert set(found.labels) - {-1} == set(range(n))
    assert found.unassigned == (found.labels < 0).mean() <= 0.3
    assert found.largest == np.bincount(found.labels[found.labels >= 0]).max() / len(points) <= 0.55


def test_eight_groups_are_found_as_they_are(blobs):
    points, truth = blobs
    found = clusters.search_clustering(points, unit(points), 8, **limits())
    for k in range(8):
        inside = found.labels[truth == k]
        assert (inside == np.bincount(inside[inside >= 0]).argmax()).mean() > 0.9
    assert (found.labels[truth == -1] == -1).mean() > 0.5


def test_more_clusters_than_there_are_is_refused_with_what_can_be_had(blobs):
    points, _ = blobs
    with pytest.raises(
        UsageError,
        match=r"200 clusters were asked for.*it reaches \d+.*Set n_topics to \d+ or less",
    ):
        clusters.search_clustering(points, unit(points), 200, **limits())


def test_merging_joins_the_closest_pairs(blobs):
    points, truth = blobs
    merged = clusters.merge(truth, unit(points), 4, max_size=len(points))
    for pair in range(4):
        assert len({*merged[truth == 2 * pair], *merged[truth == 2 * pair + 1]}) == 1
    assert (merged[truth == -1] == -1).all()


@settings(deadline=None)
@given(st.integers(2, 9), st.integers(0, 10_000), st.integers(1, 60))
def test_merging_gives_the_number_asked_for_and_never_splits_or_assigns(n, seed, max_size):
    g = np.random.default_rng(seed)
    labels = g.permutation(np.concatenate([np.arange(9), g.integers(-1, 9, size=50)]))
    vectors = unit(g.normal(size=(59, 4)))
    merged = clusters.merge(labels, vectors, n, max_size=max_size)
    assert set(merged) - {-1} == set(range(n))
    assert ((merged == -1) == (labels == -1)).all()
    for k in range(9):
        assert len(set(merged[labels == k])) == 1
    assert (np.diff(np.bincount(merged[merged >= 0])) <= 0).all()


def test_merging_respects_the_largest_size_while_it_can():
    # Three groups of ten lie close together, two of ten elsewhere: without a limit the three become
    # one.
    g = np.random.default_rng(1)
    labels = np.repeat(np.arange(5), 10)
    centres = np.array([[1, 0, 0], [1, 0.1, 0], [1, 0, 0.1], [-1, 1, 0], [-1, 0, 1]])
    vectors = unit(centres[labels] + 0.01 * g.normal(size=(50, 3)))
    assert np.bincount(clusters.merge(labels, vectors, 3, max_size=50)).tolist() == [30, 10, 10]
    assert np.bincount(clusters.merge(labels, vectors, 3, max_size=20)).max() == 20


def test_cohesion_equals_its_definition(blobs):
    points, truth = blobs
    vectors = unit(points)
    centre = [unit(vectors[truth == k].mean(0, keepdims=True))[0] for k in range(8)]
    total = 0.0
    for x, k in zip(vectors, truth, strict=True):
        if k >= 0:
            distance = [1 - x @ c for c in centre]
            own, other = distance[k], min(d for j, d in enumerate(distance) if j != k)
            total += (other - own) / max(own, other)
    assert clusters.cohesion(truth, vectors) == pytest.approx(total / len(truth), abs=1e-9)


def test_leaving_documents_out_does_not_raise_cohesion(blobs):
    points, truth = blobs
    fewer = truth.copy()
    fewer[::3] = -1
    assert clusters.cohesion(fewer, unit(points)) < clusters.cohesion(truth, unit(points))


@settings(deadline=None)
@given(st.integers(2, 9), st.integers(0, 10_000))
def test_the_way_of_large_corpora_merges_and_judges_alike(n, seed):
    g = np.random.default_rng(seed)
    labels = g.permutation(np.concatenate([np.arange(9), g.integers(-1, 9, size=50)]))
    vectors = unit(g.normal(size=(59, 4)))
    merged = clusters.merge(labels, vectors, n, max_size=30)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clusters, "LARGE", 10)
        np.testing.assert_array_equal(
            clusters.merge(labels, vectors.astype(np.float32), n, max_size=30), merged
        )
        single = clusters.cohesion(merged, vectors.astype(np.float32))
    assert single == pytest.approx(clusters.cohesion(merged, vectors), abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("n", [2, 3, 5])
def test_library_clustering_gives_the_topics_of_the_library(blobs, n):
    bertopic = load_bertopic()
    reduction = load("bertopic.dimensionality").BaseDimensionalityReduction
    points, _ = blobs
    # The library counts the unassigned documents as a topic.
    model = bertopic.BERTopic(
        umap_model=reduction(), nr_topics=n + 1, vectorizer_model=CountVectorizer()
    )
    theirs, _ = model.fit_transform(["some words"] * len(points), embeddings=points)
    found = clusters.library_clustering(points, points, n, min_cluster_size=10)
    assert min(theirs) == -1
    assert found.labels.max() + 1 == max(theirs) + 1 == n
    assert adjusted_rand_score(theirs, found.labels) == 1.0
    np.testing.assert_array_equal(found.labels == -1, np.array(theirs) == -1)
    assert (np.diff(np.bincount(found.labels[found.labels >= 0])) <= 0).all()
    assert found.settings["clusters"] >= n
    assert found.unassigned == (found.labels < 0).mean()


def test_library_clustering_keeps_clusters_as_they_are_where_so_many_are_asked_for(blobs):
    points, truth = blobs
    many = clusters.library_clustering(points, unit(points), 2, min_cluster_size=10).settings[
        "clusters"
    ]
    found = clusters.library_clustering(points, unit(points), many, min_cluster_size=10)
    for k in range(8):
        inside = found.labels[truth == k]
        assert (inside == np.bincount(inside[inside >= 0]).argmax()).mean() > 0.8
    with pytest.raises(
        UsageError,
        match=r"50 clusters were asked for.*it reaches \d+ in one attempt.*min_topic_size",
    ):
        clusters.library_clustering(points, unit(points), 50, min_cluster_size=10)
    with pytest.raises(UsageError, match="it finds no clusters"):
        clusters.library_clustering(points[:8], unit(points[:8]), 2, min_cluster_size=10)
