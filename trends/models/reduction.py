"""UMAP on exact cosine neighbours."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.models.imports import load

#: Up to so many documents neighbours are found by comparing all pairs; beyond, by UMAP's nearest-neighbour descent.
ALL_PAIRS = 30_000
#: Rows of one block of comparisons.
BLOCK = 1024


class Reduction:
    """UMAP (McInnes, Healy and Melville 2018) of unit vectors, as BERTopic's ``umap_model``.

    Neighbours are exact, so that two seeds differ in the layout alone, and the layout starts from principal components, which exist
    for every corpus; a spectral start fails on small corpora and on graphs in several pieces.

    Parameters
    ----------
    n_neighbors, n_components : int
        At most one less than there are documents, and two less; larger values are lowered.
    seed : int
        Fixes the layout.
    """

    def __init__(self, n_neighbors: int, n_components: int, seed: int) -> None:
        self.n_neighbors, self.n_components, self.seed = n_neighbors, n_components, seed
        self.points: NDArray[np.float64]

    def fit(self, vectors: NDArray[np.float64], y: Any = None) -> Reduction:
        """Reduce ``vectors``, shape (documents, dimensions), each of length one."""
        del y
        n = len(vectors)
        self.n_neighbors = min(self.n_neighbors, n - 1)
        self.n_components = min(self.n_components, n - 2, vectors.shape[1])
        given = neighbours(vectors, self.n_neighbors) if n <= ALL_PAIRS else (None, None)
        with warnings.catch_warnings():
            # Only transforming new documents needs the index that is missed, and BERTopic's own transform is not used.
            warnings.filterwarnings("ignore", message="precomputed_knn", category=UserWarning)
            reducer = load("umap").UMAP(
                n_neighbors=self.n_neighbors,
                n_components=self.n_components,
                min_dist=0.0,
                metric="cosine",
                init="pca",
                precomputed_knn=(*given, None),
                random_state=self.seed,
                n_jobs=1,
            )
            self.points = np.asarray(reducer.fit_transform(vectors), dtype=np.float64)
        return self

    def transform(self, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        """The points of the fitted documents; BERTopic asks for them right after :meth:`fit`."""
        del vectors
        return self.points


def neighbours(vectors: NDArray[np.float64], k: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The ``k`` nearest rows of every row by cosine distance, itself first; equal distances in the order of the rows.

    Parameters
    ----------
    vectors : ndarray of float, shape (documents, dimensions)
        Rows of length one.
    k : int
        Neighbours, the row itself included.

    Returns
    -------
    indices, distances : ndarray, shape (documents, k)
    """
    n = len(vectors)
    indices, distances = np.empty((n, k), dtype=np.int32), np.empty((n, k), dtype=np.float32)
    for start in range(0, n, BLOCK):
        block = 1.0 - vectors[start : start + BLOCK] @ vectors.T
        rows = np.arange(len(block))
        block[rows, start + rows] = -1.0
        near = np.sort(np.argpartition(block, k - 1, axis=1)[:, :k], axis=1)
        value = np.take_along_axis(block, near, axis=1)
        order = np.argsort(value, axis=1, kind="stable")
        indices[start : start + BLOCK] = np.take_along_axis(near, order, axis=1)
        distances[start : start + BLOCK] = np.maximum(np.take_along_axis(value, order, axis=1), 0.0)
    return indices, distances
