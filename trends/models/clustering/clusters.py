"""The search for a density clustering with the number of clusters that was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.core.computing.limits import PLAIN
from trends.errors import UsageError
from trends.models.device import hdbscan
from trends.models.imports import load

#: With more documents than this, clusters are compared in single precision and added up as sparse
#: products; scores differ in the seventh digit.
LARGE = PLAIN


@dataclass(frozen=True)
class Clustering:
    """A clustering and how it came about.

    Parameters
    ----------
    labels : ndarray of int, shape (documents,)
        Clusters from 0 without gaps; -1 is unassigned.
    settings : dict
        ``min_samples``, ``min_cluster_size``, ``selection`` of HDBSCAN; ``clusters`` that it found.
    unassigned, largest, score : float
        Share of documents without a cluster, share of the largest cluster, :func:`cohesion`.
    """

    labels: NDArray[np.int64]
    settings: dict[str, Any]
    unassigned: float
    largest: float
    score: float


def search_clustering(
    points: NDArray[np.float64],
    vectors: NDArray[np.floating[Any]],
    n_clusters: int,
    *,
    max_unassigned: float,
    max_share: float,
    min_samples: Sequence[int],
    min_cluster_sizes: Sequence[int],
    overclustering: float,
    device: str = "cpu",
) -> Clustering:
    """Find the HDBSCAN clustering of ``n_clusters`` that describes the documents best.

    Every combination of ``min_samples``, ``min_cluster_size`` and selection rule (excess of mass,
    leaves) is tried. One that finds more clusters than asked for, up to ``overclustering`` times as
    many,
    is brought down by :func:`merge`. Of those within both limits the one with the greatest
    :func:`cohesion` wins; if none keeps the limits, the one that breaks them least.

    Parameters
    ----------
    points : ndarray of float, shape (documents, dimensions)
        Reduced vectors, in which density is measured.
    vectors : ndarray of float, shape (documents, dimensions)
        Full vectors of length one, in which clusters are compared.
    n_clusters : int
        Clusters wanted, unassigned documents not counted.
    max_unassigned, max_share : float
        Limits for the share of documents without a cluster and in the largest one.
    min_samples, min_cluster_sizes : sequence of int
        Values to try.
    overclustering : float
        Largest number of clusters to merge from, in multiples of ``n_clusters``.
    device : {"cpu", "cuda"}
        Where HDBSCAN is computed, see :mod:`trends.models.device`.

    Raises
    ------
    UsageError
        If no setting finds as many clusters.
    """
    best: tuple[tuple[float, float], Clustering] | None = None
    most = 0
    tried: set[bytes] = set()
    if len(points) > LARGE:
        vectors = vectors.astype(np.float32)
    for labels, settings in _hdbscan(points, min_samples, min_cluster_sizes, device):
        found = int(labels.max()) + 1
        most = max(most, found)
        if (
            not n_clusters <= found <= max(n_clusters, overclustering * n_clusters)
            or labels.tobytes() in tried
        ):
            continue
        tried.add(labels.tobytes())
        merged = merge(labels, vectors, n_clusters, max_size=int(max_share * len(labels)))
        sizes = np.bincount(merged[merged >= 0])
        unassigned, largest = float((merged < 0).mean()), float(sizes.max() / len(merged))
        excess = max(0.0, unassigned - max_unassigned) + max(0.0, largest - max_share)
        score = cohesion(merged, vectors)
        candidate = Clustering(merged, {**settings, "clusters": found}, unassigned, largest, score)
        if best is None or (-excess, score) > best[0]:
            best = ((-excess, score), candidate)
    if best is None:
        raise _too_few(n_clusters, len(points), most, "")
    return best[1]


def library_clustering(
    points: NDArray[np.float64],
    vectors: NDArray[np.floating[Any]],
    n_clusters: int,
    *,
    min_cluster_size: int,
    device: str = "cpu",
) -> Clustering:
    """The clustering of BERTopic's defaults: HDBSCAN once, then average linkage by cosine.

    The means of the clusters are linked, in the same steps as
    ``BERTopic(min_topic_size=min_cluster_size, nr_topics=n_clusters + 1)`` of the
    package, version 0.17, which counts the unassigned documents as a topic. Nothing is searched,
    and no limit is kept.

    Parameters
    ----------
    points, vectors, n_clusters
        As in :func:`search_clustering`.
    min_cluster_size : int
        Fewest documents of a cluster, and neighbours that make a document's density.
    device : {"cpu", "cuda"}
        As in :func:`search_clustering`.

    Raises
    ------
    UsageError
        If HDBSCAN finds fewer clusters.
    """
    found = np.full(len(points), -1, dtype=np.int64)
    if len(points) > min_cluster_size:
        model = hdbscan(points, device, min_cluster_size=min_cluster_size)
        found = np.asarray(model.labels_, dtype=np.int64)
    many = int(found.max()) + 1
    if many < n_clusters:
        raise _too_few(
            n_clusters,
            len(points),
            many,
            ' in one attempt; clusters = "search" makes many, and min_topic_size allows smaller '
            "ones",
        )
    inside = np.flatnonzero(found >= 0)
    target = np.arange(many)
    if many > n_clusters:
        mean = _sums(found, vectors)
        mean /= np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12)
        distance = 1.0 - mean @ mean.T
        np.fill_diagonal(distance, 0.0)
        linkage = load("sklearn.cluster").AgglomerativeClustering(
            n_clusters, metric="precomputed", linkage="average"
        )
        target = np.asarray(linkage.fit(distance).labels_, dtype=np.int64)
    sizes = np.bincount(target[found[inside]], minlength=n_clusters)
    place = np.empty(n_clusters, dtype=np.int64)
    place[np.argsort(-sizes, kind="stable")] = np.arange(n_clusters)
    labels = np.full(len(points), -1, dtype=np.int64)
    labels[inside] = place[target[found[inside]]]
    settings = {
        "min_samples": min_cluster_size,
        "min_cluster_size": min_cluster_size,
        "selection": "eom",
        "clusters": many,
    }
    return Clustering(
        labels,
        settings,
        float((labels < 0).mean()),
        float(sizes.max() / len(labels)),
        cohesion(labels, vectors),
    )


def _too_few(n_clusters: int, n_documents: int, most: int, how: str) -> UsageError:
    reach = f"it reaches {most}" if most >= 2 else "it finds no clusters in them"
    return UsageError(
        f"{n_clusters} clusters were asked for, but HDBSCAN cannot find as many in {n_documents} "
        f"documents: {reach}{how}. "
        f"Set n_topics to {max(2, most)} or less, or choose an LDA backend."
    )


def merge(
    labels: NDArray[np.int64], vectors: NDArray[np.floating[Any]], n_clusters: int, *, max_size: int
) -> NDArray[np.int64]:
    """Merge clusters two by two until ``n_clusters`` are left.

    The pair whose union raises the variance within clusters least goes first (Ward 1963), among
    those whose union has at most ``max_size`` members; where no pair is that small, the smallest
    union goes first. Unassigned documents stay so.

    Returns
    -------
    ndarray of int, shape (documents,)
        Labels from 0 without gaps, in descending order of size.
    """
    k = int(labels.max()) + 1
    inside = np.flatnonzero(labels >= 0)
    sizes = np.bincount(labels[inside], minlength=k).astype(np.float64)
    sums = _sums(labels, vectors)
    target = np.arange(k)
    alive = np.ones(k, dtype=bool)
    for _ in range(k - n_clusters):
        at = np.flatnonzero(alive)
        size, mean = sizes[at], sums[at] / sizes[at, None]
        gram = mean @ mean.T
        square = np.maximum(np.diag(gram)[:, None] + np.diag(gram)[None, :] - 2 * gram, 0.0)
        union = size[:, None] + size[None, :]
        cost = square * size[:, None] * size[None, :] / union
        if (union[np.triu_indices(len(at), 1)] <= max_size).any():
            cost = np.where(union <= max_size, cost, np.inf)
        else:
            cost = union.copy()
        cost[np.tril_indices(len(at))] = np.inf
        a, b = (at[i] for i in np.unravel_index(int(np.argmin(cost)), cost.shape))
        sizes[a] += sizes[b]
        sums[a] += sums[b]
        alive[b] = False
        target[target == b] = a
    out = np.full(len(labels), -1, dtype=np.int64)
    out[inside] = target[labels[inside]]
    kept = np.flatnonzero(alive)
    order = kept[np.lexsort((kept, -sizes[kept]))]
    renumber = np.full(k, -1, dtype=np.int64)
    renumber[order] = np.arange(len(order))
    out[inside] = renumber[out[inside]]
    return out


def _sums(labels: NDArray[np.int64], vectors: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Sum of the vectors of each cluster, shape (clusters, dimensions)."""
    k, inside = int(labels.max()) + 1, np.flatnonzero(labels >= 0)
    if len(labels) > LARGE:
        table = sparse.csr_matrix(
            (np.ones(len(inside), vectors.dtype), (labels[inside], inside)), shape=(k, len(labels))
        )
        return np.asarray(table @ vectors, dtype=np.float64)
    members = np.zeros((k, len(labels)))
    members[labels[inside], inside] = 1.0
    return np.asarray(members @ vectors, dtype=np.float64)


def cohesion(labels: NDArray[np.int64], vectors: NDArray[np.floating[Any]]) -> float:
    """Mean simplified silhouette over all documents, unassigned ones counting as zero.

    For a document at cosine distance a from the centroid of its cluster and b from the nearest
    other one, (b - a) / max(a, b) (Hruschka et al. 2004). Counting unassigned documents as zero
    keeps a clustering from gaining by leaving documents out.
    """
    k = int(labels.max()) + 1
    inside = np.flatnonzero(labels >= 0)
    if len(labels) > LARGE:
        centroids = _sums(labels, vectors)
    else:
        centroids = np.zeros((k, vectors.shape[1]))
        np.add.at(centroids, labels[inside], vectors[inside])
    centroids /= np.maximum(np.linalg.norm(centroids, axis=1, keepdims=True), 1e-12)
    distance = 1.0 - vectors[inside] @ centroids.T.astype(vectors.dtype)
    rows = np.arange(len(inside))
    own = distance[rows, labels[inside]]
    distance[rows, labels[inside]] = np.inf
    other = distance.min(axis=1)
    return float(
        ((other - own) / np.maximum(np.maximum(own, other), 1e-12)).sum(dtype=np.float64)
        / len(labels)
    )


def _hdbscan(
    points: NDArray[np.float64],
    min_samples: Sequence[int],
    min_cluster_sizes: Sequence[int],
    device: str,
) -> Iterator[tuple[NDArray[np.int64], dict[str, Any]]]:
    # The tree depends on min_samples alone, so it is built once and cut for every minimum size and
    # selection rule.
    cut = load("hdbscan._hdbscan_tree")
    for samples in min_samples:
        if samples >= len(points):
            continue
        model = hdbscan(points, device, min_cluster_size=2, min_samples=samples)
        tree = np.asarray(model.single_linkage_tree_.to_numpy(), dtype=np.float64)
        for size in min_cluster_sizes:
            condensed = cut.condense_tree(tree, size)
            stability = cut.compute_stability(condensed)
            for selection in ("eom", "leaf"):
                labels, _, _ = cut.get_clusters(
                    condensed, dict(stability), cluster_selection_method=selection
                )
                settings = {
                    "min_samples": samples,
                    "min_cluster_size": size,
                    "selection": selection,
                }
                yield np.asarray(labels, dtype=np.int64), settings
