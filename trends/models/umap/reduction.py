"""UMAP on exact cosine neighbours."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from trends.core.limits import PLAIN
from trends.models.imports import load
from trends.models.umap.fuzzy_graph import layout, surroundings

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


class Reduction:
    """UMAP (McInnes, Healy and Melville 2018) of unit vectors, as BERTopic's ``umap_model``.

    Neighbours are exact, so that two seeds differ in the layout alone. By default the layout starts
    from principal components, which exist for every corpus; a spectral start, the library's, fails
    on small corpora and on graphs in several pieces, where something stands in for it.

    Parameters
    ----------
    n_neighbors, n_components : int
        At most one less than there are documents, and two less; larger values are lowered.
    seed : int
        Fixes the layout.
    share : callable, optional
        Keeps neighbours and layout for other fits, see ``Share``; without it both are computed
        here.
    start : {"pca", "spectral"}
        Where the layout begins. With "spectral" all that does not depend on the seed is shared, see
        :mod:`trends.models.umap.fuzzy_graph`.
    """

    def __init__(
        self,
        n_neighbors: int,
        n_components: int,
        seed: int,
        share: Share | None = None,
        start: Literal["pca", "spectral"] = "pca",
    ) -> None:
        self.n_neighbors, self.n_components, self.seed, self.start = (
            n_neighbors,
            n_components,
            seed,
            start,
        )
        self.share = share or _nothing_kept
        self.points: NDArray[np.float64]

    def fit(self, vectors: NDArray[np.float64], y: Any = None) -> Reduction:
        """Reduce ``vectors``, shape (documents, dimensions), each of length one."""
        del y
        n = len(vectors)
        self.n_neighbors = min(self.n_neighbors, n - 1)
        self.n_components = min(self.n_components, n - 2, vectors.shape[1])
        near = {"n_neighbors": self.n_neighbors}
        inputs = {**near, "n_components": self.n_components}

        def graph() -> dict[str, NDArray[Any]]:
            return self.share("graph", near, lambda: _neighbours(vectors, self.n_neighbors))

        def around() -> dict[str, NDArray[Any]]:
            found = graph()
            return surroundings(vectors, found["indices"], found["distances"], self.n_components)

        def lay_out() -> dict[str, NDArray[Any]]:
            if self.start == "spectral":
                return {"points": layout(self.share("surroundings", inputs, around), self.seed)}
            found = graph()
            return {"points": self._lay_out(vectors, found["indices"], found["distances"])}

        inputs_of_layout = {**inputs, "seed": self.seed} | (
            {"start": self.start} if self.start != "pca" else {}
        )
        self.points = np.asarray(
            self.share("layout", inputs_of_layout, lay_out)["points"], dtype=np.float64
        )
        return self

    def _lay_out(
        self, vectors: NDArray[np.float64], indices: NDArray[Any], distances: NDArray[Any]
    ) -> NDArray[np.float64]:
        with warnings.catch_warnings():
            # Only transforming new documents needs the index that is missed, and BERTopic's own
            # transform is not used.
            warnings.filterwarnings("ignore", message="precomputed_knn", category=UserWarning)
            reducer = load("umap").UMAP(
                n_neighbors=self.n_neighbors,
                n_components=self.n_components,
                min_dist=0.0,
                metric="cosine",
                init="pca",
                precomputed_knn=(np.array(indices), np.array(distances), None),
                random_state=self.seed,
                n_jobs=1,
            )
            return np.asarray(reducer.fit_transform(vectors), dtype=np.float64)

    def transform(self, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        """The points of the fitted documents; BERTopic asks for them right after :meth:`fit`."""
        del vectors
        return self.points


def _nothing_kept(
    name: str, inputs: Mapping[str, Any], make: Callable[[], dict[str, NDArray[Any]]]
) -> dict[str, NDArray[Any]]:
    del name, inputs
    return make()


def _neighbours(vectors: NDArray[np.float64], k: int) -> dict[str, NDArray[Any]]:
    """All pairs, in the precision and by the method that the number of documents asks for."""
    if len(vectors) > ALL_PAIRS:
        indices, distances = descent(vectors.astype(np.float32), k)
    else:
        indices, distances = neighbours(
            vectors if len(vectors) <= DOUBLE else vectors.astype(np.float32), k
        )
    return {"indices": indices, "distances": distances}


def descent(vectors: NDArray[np.float32], k: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Nearly all of the ``k`` nearest rows by nearest-neighbour descent (Dong, Moses and Li 2011; pynndescent); as :func:`neighbours` otherwise.

    The seed of the descent is fixed: which few neighbours are missed is no choice of a fit, and all
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
        near = _single_least(block, k) if block.dtype == np.float32 else _least(block, k)
        indices[start : start + BLOCK] = near
        distances[start : start + BLOCK] = np.maximum(np.take_along_axis(block, near, axis=1), 0.0)
    return indices, distances


def _least(block: NDArray[np.floating[Any]], k: int) -> NDArray[np.int64]:
    """Columns of the ``k`` least values of each row, the least first, equal ones in their order."""
    near = np.sort(np.argpartition(block, k - 1, axis=1)[:, :k], axis=1)
    order = np.argsort(np.take_along_axis(block, near, axis=1), axis=1, kind="stable")
    return np.take_along_axis(near, order, axis=1)


def _single_least(block: NDArray[np.floating[Any]], k: int) -> NDArray[np.int64]:
    """:func:`_least` of numbers in single precision, to the last bit, in a tenth of the time."""
    from trends.models.kernels import largest

    near = largest(-block, min(k + 1, block.shape[1]))
    # Which of several equal values counts as the last of the k is left to _least.
    last = np.take_along_axis(block, near[:, k - 1 :], axis=1)
    tied = np.flatnonzero(last[:, 0] == last[:, -1]) if last.shape[1] > 1 else np.arange(0)
    near = near[:, :k]
    if len(tied):
        near[tied] = _least(block[tied], k)
    return near
