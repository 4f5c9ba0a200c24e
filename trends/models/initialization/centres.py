"""Initialization of k-means: a surplus of clusters of smoothed vectors, merged by their centres.

k-means stays in the solution next to its initialization, and k-means++ seldom has a centre in each
of many clusters of unequal size: large ones are divided and small ones joined. The mean of a
vector's nearest neighbours has less of what is particular to one document, and with more clusters
than are asked for small ones get their own; parts of a large one have centres that are no further
apart than chance puts them. Measured in ``experiments/planted/``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trends.models.clustering.centres import unit
from trends.models.imports import load
from trends.models.umap.reduction import neighbours

Array = NDArray[np.float64]

#: Neighbours whose mean stands for a document, itself included, and how often.
NEAR, ROUNDS = 10, 2
#: Documents that are clustered; all pairs are compared.
MOST = 10_000


def initialize_centres(
    vectors: Array, n_clusters: int, seed: int, *, overclustering: float, n_init: int
) -> Array:
    """Centres from which k-means starts.

    Parameters
    ----------
    vectors : ndarray, shape (documents, dimensions)
        Vectors of length one.
    n_clusters : int
        Centres that are returned.
    seed : int
        Of the k-means before the merging, and of the choice of documents where there are more than
        :data:`MOST`.
    overclustering : float
        Clusters before the merging, in multiples of ``n_clusters``.
    n_init : int
        Initializations of that k-means.

    Returns
    -------
    ndarray, shape (clusters, dimensions)
    """
    if len(vectors) > MOST:
        vectors = vectors[
            np.sort(np.random.default_rng(seed).choice(len(vectors), MOST, replace=False))
        ]
    points = unit(vectors - vectors.mean(axis=0))
    for _ in range(ROUNDS):
        near, _ = neighbours(points, min(NEAR, len(points)))
        points = unit(points[near].mean(axis=1))
    k = max(n_clusters, min(round(overclustering * n_clusters), len(vectors) // 2))
    labels = (
        load("sklearn.cluster")
        .KMeans(k, n_init=n_init, random_state=seed, algorithm="lloyd")
        .fit(points)
        .labels_
    )
    merged = merge_by_centres(points, np.asarray(labels, dtype=np.int64), n_clusters)
    members = np.eye(n_clusters)[merged]
    return np.asarray(members.T @ vectors / np.maximum(members.sum(axis=0), 1)[:, None])


def merge_by_centres(
    points: Array, labels: NDArray[np.int64], n_clusters: int
) -> NDArray[np.int64]:
    """Merge the two clusters whose centres are nearest until ``n_clusters`` are left.

    From the squared distance of two centres that is taken off which chance alone gives to two
    samples of their sizes, so that a small cluster is not kept apart by the error of its mean.

    Returns
    -------
    ndarray of int, shape (documents,)
        Labels from 0 without gaps.
    """
    _, labels = np.unique(labels, return_inverse=True)
    members = np.eye(int(labels.max()) + 1)[labels]
    size = members.sum(axis=0)
    centre = members.T @ points / size[:, None]
    within = members.T @ ((points - centre[labels]) ** 2).sum(axis=1)
    target, alive = np.arange(len(size)), np.arange(len(size))
    while len(alive) > n_clusters:
        c, noise = centre[alive], within[alive] / np.maximum(size[alive] - 1, 1) / size[alive]
        square = (c**2).sum(axis=1)
        # Rounded: the last bits of a sum differ between machines, the pair must not.
        apart = np.round(
            square[:, None] + square[None, :] - 2 * c @ c.T - noise[:, None] - noise[None, :], 9
        )
        apart[np.tril_indices(len(alive))] = np.inf
        a, b = (alive[i] for i in np.unravel_index(int(apart.argmin()), apart.shape))
        total = size[a] + size[b]
        within[a] += within[b] + size[a] * size[b] / total * ((centre[a] - centre[b]) ** 2).sum()
        centre[a] = (size[a] * centre[a] + size[b] * centre[b]) / total
        size[a] = total
        target[target == b] = a
        alive = alive[alive != b]
    return np.asarray(np.searchsorted(alive, target[labels]), dtype=np.int64)
