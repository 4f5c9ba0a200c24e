"""UMAP step by step: weights and spectral start, shared by all seeds, then the layout of one."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.core.computing.limits import PLAIN
from trends.models.imports import load
from trends.models.umap.library import library

Arrays = dict[str, NDArray[Any]]

#: Up to so many documents the library's own optimization is used; beyond, ours
#: (:mod:`trends.models.umap.optimize_layout`).
LIBRARY = PLAIN
#: With fewer documents the start is principal components: eigenvectors of so small a graph are not
#: found by iteration.
SPECTRAL = 50


def fuzzy_graph(
    vectors: NDArray[np.floating[Any]],
    indices: NDArray[Any],
    distances: NDArray[Any],
    n_components: int,
) -> Arrays:
    """What all layouts of the same documents start from: fuzzy simplicial set and spectral layout.

    Parameters
    ----------
    vectors : ndarray of float, shape (documents, dimensions)
        Rows of length one.
    indices, distances : ndarray, shape (documents, neighbours)
        :func:`trends.models.umap.reduction.neighbours`.
    n_components : int
        Dimensions of the layout.

    Returns
    -------
    dict
        ``head``, ``tail``, ``weight`` of each pair of neighbours (the fuzzy simplicial set),
        ``start`` (documents, n_components), and the two parameters of the ``curve`` of likeness for
        min_dist = 0.
    """
    steps, spectral = library(), load("umap.spectral")
    # For pieces of the graph too small for eigenvectors; fixed, so that seeds differ in the layout
    # alone.
    fixed = np.random.RandomState(0)
    single = np.asarray(vectors, dtype=np.float32)
    with warnings.catch_warnings():
        # Where no eigenvectors are found the library starts at random, and says so.
        warnings.simplefilter("ignore")
        graph, *_ = steps.fuzzy_simplicial_set(
            single,
            indices.shape[1],
            fixed,
            "cosine",
            knn_indices=np.array(indices),
            knn_dists=np.array(distances),
        )
        graph = graph.tocoo()
        graph.sum_duplicates()
        graph.data[graph.data < graph.data.max() / _epochs(len(vectors))] = 0.0
        graph.eliminate_zeros()
        if len(vectors) < SPECTRAL:
            start = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)[0][
                :, :n_components
            ]
        else:
            start = spectral.spectral_layout(single, graph, n_components, fixed, metric="cosine")
        curve = np.array(steps.find_ab_params(1.0, 0.0))
    return {
        "head": graph.row.astype(np.int32),
        "tail": graph.col.astype(np.int32),
        "weight": graph.data.astype(np.float32),
        "start": np.asarray(start, dtype=np.float64),
        "curve": curve,
    }


def layout(graph: Mapping[str, NDArray[Any]], seed: int) -> NDArray[np.float64]:
    """The layout of one seed, shape (documents, n_components), from :func:`fuzzy_graph`.

    The start gets a little noise, as in the library, and the descent is random: which documents
    push each other apart.
    """
    rng = np.random.RandomState(seed)
    start = np.asarray(graph["start"], dtype=np.float64)
    epochs = _epochs(len(start))
    points = start * (10.0 / max(float(np.abs(start).max()), 1e-12)) + rng.normal(
        scale=0.0001, size=start.shape
    )
    low, high = points.min(axis=0), points.max(axis=0)
    points = np.ascontiguousarray(10.0 * (points - low) / (high - low), dtype=np.float32)
    weight = np.asarray(graph["weight"], dtype=np.float64)
    # A pair takes part in the more epochs the greater its weight.
    every = weight.max() / weight
    head, tail = np.array(graph["head"]), np.array(graph["tail"])
    a, b = (float(v) for v in graph["curve"])
    if len(points) <= LIBRARY:
        state = rng.randint(-(2**31) + 1, 2**31 - 1, 3).astype(np.int64)
        moved = load("umap.layouts").optimize_layout_euclidean(
            points, points, head, tail, epochs, len(points), every, a, b, state, move_other=True
        )
        return np.asarray(moved, dtype=np.float64)
    from trends.models.umap.optimize_layout import forces, optimize_layout

    optimize_layout(
        points,
        head,
        tail,
        every.astype(np.float32),
        epochs,
        forces(a, b),
        int(rng.randint(2**31 - 1)),
    )
    return points.astype(np.float64)


def _epochs(n_documents: int) -> int:
    """As many as the library takes."""
    return 500 if n_documents <= 10_000 else 200
