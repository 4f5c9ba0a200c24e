"""UMAP on exact cosine neighbours."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from trends.core.computing.limits import PLAIN
from trends.models.device import umap, version
from trends.models.imports import load
from trends.models.umap.fuzzy_graph import fuzzy_graph, layout
from trends.models.umap.library import library

#: What several fits can share: called with a name, with what the result depends on besides the
#: vectors, and with what computes it (arrays by name).
Share = Callable[
    [str, Mapping[str, Any], Callable[[], dict[str, NDArray[Any]]]], dict[str, NDArray[Any]]
]

#: Up to so many documents pairs are compared in double precision; beyond, in single, which takes
#: half the time and half the memory.
DOUBLE = PLAIN
#: Up to so many documents neighbours are found by comparing all pairs; beyond, by nearest-neighbour
#: descent, whose time grows more slowly.
ALL_PAIRS = 100_000
#: Rows of one block of comparisons.
BLOCK = 1024


def reduce(
    vectors: NDArray[np.float64],
    n_neighbors: int,
    n_components: int,
    seed: int,
    *,
    share: Share | None = None,
    init: Literal["pca", "spectral"] = "pca",
    device: str = "cpu",
) -> NDArray[np.float64]:
    """UMAP (McInnes, Healy and Melville 2018) of unit vectors.

    Neighbours are exact, so that two seeds differ in the layout alone. By default the layout starts
    from principal components, which exist for every corpus; a spectral start, the library's, fails
    on small corpora and on graphs in several pieces, where the library falls back to another.

    Parameters
    ----------
    vectors : ndarray of float, shape (documents, dimensions)
        Each of length one.
    n_neighbors, n_components : int
        At most one less than there are documents, and two less; larger values are lowered.
    seed : int
        Fixes the layout.
    share : callable, optional
        Keeps neighbours and layout for other fits, see ``Share``.
    init : {"pca", "spectral"}
        Start of the layout. With "spectral" all that does not depend on the seed is shared, see
        :mod:`trends.models.umap.fuzzy_graph`.
    device : {"cpu", "cuda"}
        With "cuda" cuML takes all steps, from a spectral start (:mod:`trends.models.device`).

    Returns
    -------
    ndarray, shape (documents, n_components)
    """
    keep = share or _keep_nothing
    n = len(vectors)
    k, d = min(n_neighbors, n - 1), min(n_components, n - 2, vectors.shape[1])
    inputs = {"n_neighbors": k, "n_components": d}

    def graph() -> dict[str, NDArray[Any]]:
        return keep("graph", {"n_neighbors": k}, lambda: _neighbours(vectors, k))

    def weights() -> dict[str, NDArray[Any]]:
        found = graph()
        return fuzzy_graph(vectors, found["indices"], found["distances"], d)

    if device == "cuda":
        here = {**inputs, "seed": seed, "cuml": version()}
        made = keep("layout", here, lambda: {"points": umap(vectors, k, d, seed)})
        return np.asarray(made["points"], dtype=np.float64)

    def optimize() -> dict[str, NDArray[Any]]:
        if init == "spectral":
            return {"points": layout(keep("fuzzy-graph", inputs, weights), seed)}
        found = graph()
        return {"points": _library_layout(vectors, found["indices"], found["distances"], d, seed)}

    kept = keep("layout", {**inputs, "seed": seed, "init": init}, optimize)
    return np.asarray(kept["points"], dtype=np.float64)


def _library_layout(
    vectors: NDArray[np.float64],
    indices: NDArray[Any],
    distances: NDArray[Any],
    n_components: int,
    seed: int,
) -> NDArray[np.float64]:
    with warnings.catch_warnings():
        # Only new documents need the index that is missed, and they are not reduced.
        warnings.filterwarnings("ignore", message="precomputed_knn", category=UserWarning)
        reducer = library().UMAP(
            n_neighbors=indices.shape[1],
            n_components=n_components,
            min_dist=0.0,
            metric="cosine",
            init="pca",
            precomputed_knn=(np.array(indices), np.array(distances), None),
            random_state=seed,
            n_jobs=1,
        )
        return np.asarray(reducer.fit_transform(vectors), dtype=np.float64)


def _keep_nothing(
    name: str, inputs: Mapping[str, Any], make: Callable[[], dict[str, NDArray[Any]]]
) -> dict[str, NDArray[Any]]:
    del name, inputs
    return make()


def _neighbours(vectors: NDArray[np.float64], k: int) -> dict[str, NDArray[Any]]:
    """By the method, and in the precision, that suit the number of documents."""
    n = len(vectors)
    vectors = vectors if n <= DOUBLE else vectors.astype(np.float32)
    indices, distances = (descent if n > ALL_PAIRS else neighbours)(vectors, k)
    return {"indices": indices, "distances": distances}


def descent(
    vectors: NDArray[np.floating[Any]], k: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Nearly all of the ``k`` nearest rows by nearest-neighbour descent; as :func:`neighbours`.

    Method of Dong, Moses and Li (2011; pynndescent). The seed of the descent is fixed: which few
    neighbours are missed is no choice of a fit, and all
    fits share them.
    """
    index = load("pynndescent").NNDescent(
        vectors, metric="cosine", n_neighbors=k, random_state=0, n_jobs=1, compressed=False
    )
    indices, distances = index.neighbor_graph
    return np.asarray(indices, dtype=np.int32), np.maximum(
        np.asarray(distances, dtype=np.float32), 0.0
    )


def neighbours(
    vectors: NDArray[np.floating[Any]], k: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The ``k`` nearest rows of every row by cosine distance, itself first; ties by row.

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
        near = _least(block, k)
        indices[start : start + BLOCK] = near
        distances[start : start + BLOCK] = np.maximum(np.take_along_axis(block, near, axis=1), 0.0)
    return indices, distances


def _least(block: NDArray[np.floating[Any]], k: int) -> NDArray[np.int64]:
    """Columns of the ``k`` least values of each row, the least first, equal ones in their order."""
    near = np.sort(np.argpartition(block, k - 1, axis=1)[:, :k], axis=1)
    order = np.argsort(np.take_along_axis(block, near, axis=1), axis=1, kind="stable")
    return np.take_along_axis(near, order, axis=1)
