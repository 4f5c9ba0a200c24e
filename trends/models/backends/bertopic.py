"""BERTopic (Grootendorst 2022) on given embeddings and counts.

UMAP, HDBSCAN and class-based TF-IDF.

The steps of the package are taken one by one, so that those that do not depend on the seed can be
shared; a test has the package take them with the same clusters, and finds the same topics.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.core.computing.cost import Cost
from trends.errors import UsageError
from trends.models.base import Backend, Estimate, Problem
from trends.models.clustering.clusters import (
    LARGE,
    Clustering,
    library_clustering,
    search_clustering,
)
from trends.models.clustering.ctfidf import class_tfidf
from trends.models.device import DEVICES, choose, version
from trends.models.inference.membership import METHODS, membership
from trends.models.inference.phi import term_distribution
from trends.models.settings import Settings, setting
from trends.models.umap.reduction import reduce

Array = NDArray[np.float64]

#: Values of HDBSCAN's ``min_samples`` that are searched, and those that are left of them in a
#: corpus of more than LARGE documents; there 8 sizes are tried instead of 24, and all of both only
#: if none of these gives as many clusters as are wanted.
MIN_SAMPLES, FEW_SAMPLES = (1, 2, 3, 5, 8, 12), (1, 3, 8)

#: Methods of finding clusters, and the settings of each where they are not given.
DEFAULTS: dict[str, dict[str, Any]] = {
    "search": {"n_neighbors": 10, "n_components": 10, "membership": "soft"},
    "library": {"n_neighbors": 15, "n_components": 5, "membership": "hard"},
}


@dataclass(frozen=True)
class BertopicSettings(Settings):
    """Settings of ``bertopic``."""

    clusters: str = setting(
        "search",
        (
            'How clusters are found. "search" tries many settings of HDBSCAN for n_topics '
            'clusters that leave few documents out and describe them best. "library" takes '
            "the steps of BERTopic with its default settings (one HDBSCAN, its clusters "
            "joined by average linkage): faster, nearer to published fits, but a third of the "
            "documents may stay unassigned and one topic may hold most of the others."
        ),
        options=tuple(DEFAULTS),
    )
    n_neighbors: int = setting(
        0,
        (
            "UMAP: nearest neighbours of a document; at most one less than there are "
            "documents. 0 is 10 in the search and 15, as in the library."
        ),
        low=2,
        default_is="what suits clusters",
    )
    n_components: int = setting(
        0,
        (
            "UMAP: dimensions in which density is measured. 0 is 10 in the search and 5, as "
            "in the library."
        ),
        low=2,
        default_is="what suits clusters",
    )
    min_topic_size: int = setting(
        10,
        ('For clusters = "library": fewest documents of a cluster before clusters are joined.'),
        low=2,
    )
    max_unassigned: float = setting(
        0.3,
        "Most documents that may stay without a topic; a fit beyond it carries a warning.",
        low=0,
        high=1,
    )
    max_share: float = setting(
        0.25,
        (
            "Largest share of one topic (twice the mean share where that is more); a fit "
            "beyond it carries a warning."
        ),
        above=0,
        high=1,
    )
    overclustering: float = setting(
        4.0,
        (
            "Clusters that HDBSCAN may find before they are merged, in multiples of n_topics; "
            "1 accepts exact hits only."
        ),
        low=1,
    )
    reduce_frequent_words: bool = setting(
        False,
        (
            "Square root of the term shares in c-TF-IDF, which takes weight from terms that "
            "are frequent everywhere."
        ),
    )
    counting: str = setting(
        "documents",
        (
            'What c-TF-IDF counts: the "documents" of a topic that hold a term, or its '
            '"tokens", of which a word that one document repeats has many.'
        ),
        options=("documents", "tokens"),
    )
    membership: str = setting(
        "",
        (
            'How clusters become shares of documents: "hard" labels, "soft" membership (a '
            'Gaussian mixture initialized by the clusters) or "windows" (votes of the terms '
            'by c-TF-IDF). "" is "soft" in the search, which recovers planted shares best, '
            'and "hard", as in the library.'
        ),
        options=METHODS,
        default_is="what suits clusters",
    )
    device: str = setting(
        "auto",
        (
            'Where UMAP and HDBSCAN are computed: "cpu", or "cuda" by cuML, which finds other '
            'clusters than the CPU. "auto" is CUDA where there is a card and cuML is installed.'
        ),
        options=DEVICES,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        # Settings that were not given are filled in here, so that the record of a fit names them.
        for name, value in DEFAULTS[self.clusters].items():
            object.__setattr__(self, name, getattr(self, name) or value)
        # So that the key of a fit holds the device too.
        object.__setattr__(self, "device", choose(self.device))


def largest_share(max_share: float, n_topics: int) -> float:
    """The limit for one topic: with few topics, the limit cannot be below twice the mean share."""
    return min(1.0, max(max_share, 2.0 / n_topics))


def _sizes(n_documents: int, n_topics: int) -> list[int]:
    # From the smallest that can be called a cluster to the mean size of a topic, closer together at
    # the small end.
    if n_documents <= 20:
        return [2, 3, 4]
    return _spaced(3, max(3, n_documents // n_topics), 24)


def _few_sizes(n_documents: int, n_topics: int) -> list[int]:
    # With this many documents smaller clusters are more than can be merged from, and larger ones
    # fewer than asked for.
    mean = n_documents / n_topics
    return _spaced(mean / 20, mean / 2, 8)


def _spaced(low: float, high: float, many: int) -> list[int]:
    return sorted({max(3, round(float(v))) for v in np.geomspace(low, high, many)})


def _search(problem: Problem, points: Array, vectors: Array) -> Clustering:
    s: BertopicSettings = problem.settings
    n, k = len(points), problem.n_topics

    def clusters(min_samples: Sequence[int], min_cluster_sizes: Sequence[int]) -> Clustering:
        return search_clustering(
            points,
            vectors,
            k,
            max_unassigned=s.max_unassigned,
            max_share=largest_share(s.max_share, k),
            min_samples=min_samples,
            min_cluster_sizes=min_cluster_sizes,
            overclustering=s.overclustering,
            device=s.device,
        )

    if n > LARGE:
        with contextlib.suppress(UsageError):
            return clusters(FEW_SAMPLES, _few_sizes(n, k))
    return clusters([v for v in MIN_SAMPLES if v < n], _sizes(n, k))


def _estimate(problem: Problem) -> Estimate:
    s: BertopicSettings = problem.settings
    counts = problem.counts
    vectors = problem.embeddings / np.linalg.norm(problem.embeddings, axis=1, keepdims=True)
    library = s.clusters == "library"
    points = reduce(
        vectors,
        s.n_neighbors,
        s.n_components,
        problem.seed,
        share=problem.share,
        init="spectral" if library else "pca",
        device=s.device,
    )
    if library:
        chosen = library_clustering(
            points,
            vectors,
            problem.n_topics,
            min_cluster_size=s.min_topic_size,
            device=s.device,
        )
    else:
        chosen = _search(problem, points, vectors)
    weighting = {"reduce_frequent_words": s.reduce_frequent_words}
    found = membership(
        s.membership,
        chosen.labels,
        vectors,
        counts,
        problem.n_topics,
        max_unassigned=s.max_unassigned,
        **weighting,
    )
    warnings = []
    if chosen.unassigned > s.max_unassigned:
        warnings.append(
            f"{chosen.unassigned:.0%} of the documents have no topic, more than max_unassigned = "
            f"{s.max_unassigned:.0%}."
        )
    limit = largest_share(s.max_share, problem.n_topics)
    if chosen.largest > limit:
        warnings.append(
            f"The largest topic holds {chosen.largest:.0%} of the documents, more than {limit:.0%}."
        )
    return Estimate(
        theta=found.theta,
        unassigned=found.unassigned,
        phi=term_distribution(found.theta, counts),
        relevance=class_tfidf(chosen.labels, counts, counting=s.counting, **weighting),
        chosen={
            **chosen.settings,
            "unassigned": round(chosen.unassigned, 6),
            "largest": round(chosen.largest, 6),
            "cohesion": round(chosen.score, 6),
            "n_neighbors": min(s.n_neighbors, len(points) - 1),
            "n_components": points.shape[1],
            **{f"membership_{key}": value for key, value in found.chosen.items()},
            **({"cuml": version()} if s.device == "cuda" else {}),
        },
        warnings=warnings,
    )


fit = Backend(
    name="bertopic",
    family="embedding",
    settings=BertopicSettings,
    estimate=_estimate,
    cost=Cost(900, entries=30, vectors=40, shares=40),
)
