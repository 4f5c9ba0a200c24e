"""BERTopic: UMAP, HDBSCAN and class-based TF-IDF (Grootendorst 2022), on given embeddings and given counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.core import TermCounts
from trends.core.cost import Cost
from trends.errors import UsageError
from trends.models.base import Backend, Estimate, Problem, require
from trends.models.clustering.clusters import LARGE, Clustering, as_library, search
from trends.models.clustering.ctfidf import class_tfidf
from trends.models.imports import load, load_bertopic
from trends.models.inference.membership import check_way, membership
from trends.models.inference.phi import term_distribution
from trends.models.umap.reduction import Reduction

#: Values of HDBSCAN's ``min_samples`` that are searched, and those that are left of them in a
#: corpus of more than LARGE documents; there 8 sizes are tried instead of 24, and all of both only
#: if none of these gives as many clusters as are wanted.
MIN_SAMPLES, FEW_SAMPLES = (1, 2, 3, 5, 8, 12), (1, 3, 8)

#: Ways to find clusters, and what each takes where a setting is left open.
DEFAULTS: dict[str, dict[str, Any]] = {
    "search": {"n_neighbors": 10, "n_components": 10, "membership": "soft"},
    "library": {"n_neighbors": 15, "n_components": 5, "membership": "hard"},
}


@dataclass(frozen=True)
class BertopicSettings:
    """Settings of ``bertopic``."""

    #: How clusters are found. "search" tries many settings of HDBSCAN for n_topics clusters that
    #: leave few documents out and describe them best. "library" takes the steps of BERTopic as it
    #: comes (one HDBSCAN, its clusters joined by average linkage): sooner, nearer to published
    #: fits, but a third of the documents may stay unassigned and one topic may hold most of the
    #: others.
    clusters: str = "search"
    #: UMAP: neighbours of a document that make its surroundings; at most one less than there are
    #: documents. 0 is 10 in the search and 15, as in the library.
    n_neighbors: int = 0
    #: UMAP: dimensions in which density is measured. 0 is 10 in the search and 5, as in the
    #: library.
    n_components: int = 0
    #: For clusters = "library": fewest documents of a cluster before clusters are joined.
    min_topic_size: int = 10
    #: Most documents that may stay without a topic; a fit beyond it carries a warning.
    max_unassigned: float = 0.3
    #: Largest share of one topic (twice the mean share where that is more); a fit beyond it carries
    #: a warning.
    max_share: float = 0.25
    #: Clusters that HDBSCAN may find before they are merged, in multiples of n_topics; 1 accepts
    #: exact hits only.
    finest: float = 4.0
    #: Square root of the term shares in c-TF-IDF, which takes weight from terms that are frequent
    #: everywhere.
    reduce_frequent_words: bool = False
    #: What c-TF-IDF counts: the "documents" of a topic that hold a term, or its "tokens". A word
    #: that one document repeats is no word of the topic; NPMI was higher with documents in all of 8
    #: fits on two corpora (experiments/bbc_news), and diversity no lower.
    counting: str = "documents"
    #: How clusters become θ: "hard" labels, "soft" membership (a Gaussian mixture that begins with
    #: the clusters) or "windows" (votes of the terms by c-TF-IDF). "" is "soft" in the search,
    #: which recovers planted shares best (experiments/planted), and "hard", as in the library.
    membership: str = ""

    def __post_init__(self) -> None:
        require(
            self.clusters in DEFAULTS,
            f"clusters must be one of {', '.join(DEFAULTS)}; got {self.clusters!r}.",
        )
        # What was left open is settled here, so that the record of a fit names what was used.
        for name, value in DEFAULTS[self.clusters].items():
            if not getattr(self, name):
                object.__setattr__(self, name, value)
        check_way(self.membership)
        require(
            self.min_topic_size >= 2,
            f"min_topic_size must be at least 2; got {self.min_topic_size}.",
        )
        require(
            self.counting in ("documents", "tokens"),
            f"counting must be 'documents' or 'tokens'; got {self.counting!r}.",
        )
        require(self.n_neighbors >= 2, f"n_neighbors must be at least 2; got {self.n_neighbors}.")
        require(
            self.n_components >= 2, f"n_components must be at least 2; got {self.n_components}."
        )
        require(
            0 <= self.max_unassigned <= 1,
            f"max_unassigned must lie between 0 and 1; got {self.max_unassigned}.",
        )
        require(
            0 < self.max_share <= 1,
            f"max_share must lie above 0 and at most at 1; got {self.max_share}.",
        )
        require(self.finest >= 1, f"finest must be at least 1; got {self.finest}.")


class CountedText:
    """What BERTopic takes for a vectorizer: a "text" names rows of the counts, and its term counts are the sum of those rows.

    BERTopic joins the texts of a topic with spaces before it counts them; joined row numbers come
    back as the topic's counts.
    """

    def __init__(self, counts: TermCounts, counting: str = "tokens") -> None:
        self._matrix = (counts.matrix > 0 if counting == "documents" else counts.matrix).astype(
            np.float64
        )
        self._names = np.array(counts.vocabulary, dtype=object)

    def fit(self, texts: list[str]) -> CountedText:
        """Nothing to learn: the vocabulary is given."""
        del texts
        return self

    def transform(self, texts: list[str]) -> sparse.csr_matrix:
        """Counts of each text, shape (texts, terms)."""
        rows = [[int(key) for key in text.split()] for text in texts]
        lengths = [len(r) for r in rows]
        indices = np.fromiter((i for r in rows for i in r), dtype=np.int64, count=sum(lengths))
        indptr = np.concatenate([[0], np.cumsum(lengths)])
        members = sparse.csr_matrix(
            (np.ones(len(indices)), indices, indptr), shape=(len(texts), self._matrix.shape[0])
        )
        return sparse.csr_matrix(members @ self._matrix)

    def fit_transform(self, texts: list[str]) -> sparse.csr_matrix:
        """The same as :meth:`transform`."""
        return self.transform(texts)

    def get_feature_names_out(self) -> NDArray[Any]:
        """The vocabulary."""
        return self._names


class ChosenClusters:
    """What BERTopic takes for its cluster model: the clustering that :func:`trends.models.clustering.clusters.search` chose."""

    def __init__(
        self, vectors: NDArray[np.float64], n_topics: int, settings: BertopicSettings
    ) -> None:
        self._vectors, self._n_topics, self._settings = vectors, n_topics, settings
        self.chosen: Clustering
        self.labels_: NDArray[np.int64]

    def fit(self, points: NDArray[Any], y: Any = None) -> ChosenClusters:
        """Search on the reduced vectors."""
        del y
        n, k = len(points), self._n_topics
        whole = [v for v in MIN_SAMPLES if v < n], _sizes(n, k)
        if n > LARGE:
            try:
                self.chosen = self._search(points, FEW_SAMPLES, _few_sizes(n, k))
            except UsageError:
                self.chosen = self._search(points, *whole)
        else:
            self.chosen = self._search(points, *whole)
        self.labels_ = self.chosen.labels
        return self

    def _search(
        self, points: NDArray[Any], min_samples: Sequence[int], min_cluster_sizes: Sequence[int]
    ) -> Clustering:
        s = self._settings
        return search(
            np.asarray(points, dtype=np.float64),
            self._vectors,
            self._n_topics,
            max_unassigned=s.max_unassigned,
            max_share=largest_share(s.max_share, self._n_topics),
            min_samples=min_samples,
            min_cluster_sizes=min_cluster_sizes,
            finest=s.finest,
        )

    def predict(self, points: NDArray[Any]) -> NDArray[np.int64]:
        """Labels of the fitted documents; BERTopic asks for the method, and never calls it during a fit."""
        del points
        return self.labels_


def largest_share(max_share: float, n_topics: int) -> float:
    """The limit for one topic: with few topics, the limit cannot be below twice the mean share."""
    return min(1.0, max(max_share, 2.0 / n_topics))


def _sizes(n_documents: int, n_topics: int) -> list[int]:
    # From the smallest that can be called a cluster to the mean size of a topic, closer together at
    # the small end.
    top = max(3, n_documents // n_topics)
    return (
        sorted({round(float(v)) for v in np.geomspace(3, top, 24)} | {3})
        if n_documents > 20
        else [2, 3, 4]
    )


def _few_sizes(n_documents: int, n_topics: int) -> list[int]:
    # With this many documents smaller clusters are more than can be merged from, and larger ones
    # fewer than asked for.
    mean = n_documents / n_topics
    return sorted({max(3, round(float(v))) for v in np.geomspace(mean / 20, mean / 2, 8)})


def _by_search(
    problem: Problem, vectors: NDArray[np.float64], reducer: Reduction
) -> tuple[Clustering, NDArray[Any], NDArray[np.float64]]:
    """The clustering, the topics that BERTopic makes of it, and their c-TF-IDF."""
    bertopic = load_bertopic()
    weighting = load("bertopic.vectorizers").ClassTfidfTransformer
    s: BertopicSettings = problem.settings
    clusters = ChosenClusters(vectors, problem.n_topics, s)
    model = bertopic.BERTopic(
        umap_model=reducer,
        hdbscan_model=clusters,
        vectorizer_model=CountedText(problem.counts, s.counting),
        ctfidf_model=weighting(reduce_frequent_words=s.reduce_frequent_words),
        calculate_probabilities=False,
        verbose=False,
    )
    labels, _ = model.fit_transform([str(row) for row in range(len(vectors))], embeddings=vectors)
    hard = np.asarray(labels, dtype=np.int64)
    first = int(hard.min() < 0)
    return clusters.chosen, hard, np.asarray(model.c_tf_idf_[first:].todense(), dtype=np.float64)


def _as_library(
    problem: Problem, vectors: NDArray[np.float64], reducer: Reduction
) -> tuple[Clustering, NDArray[Any], NDArray[np.float64]]:
    """The same by the library's own steps, of which those that do not depend on the seed are shared."""
    s: BertopicSettings = problem.settings
    points = reducer.fit(vectors).points
    chosen = as_library(points, vectors, problem.n_topics, min_cluster_size=s.min_topic_size)
    relevance = class_tfidf(
        chosen.labels,
        problem.counts,
        counting=s.counting,
        reduce_frequent_words=s.reduce_frequent_words,
    )
    return chosen, chosen.labels, relevance


def _estimate(problem: Problem) -> Estimate:
    s: BertopicSettings = problem.settings
    counts = problem.counts
    vectors = problem.embeddings / np.linalg.norm(problem.embeddings, axis=1, keepdims=True)
    library = s.clusters == "library"
    reducer = Reduction(
        s.n_neighbors, s.n_components, problem.seed, problem.share, "spectral" if library else "pca"
    )
    chosen, hard, relevance = (_as_library if library else _by_search)(problem, vectors, reducer)
    found = membership(
        s.membership,
        hard,
        vectors,
        counts,
        problem.n_topics,
        max_unassigned=s.max_unassigned,
        reduce_frequent_words=s.reduce_frequent_words,
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
        relevance=relevance,
        chosen={
            **chosen.settings,
            "unassigned": round(chosen.unassigned, 6),
            "largest": round(chosen.largest, 6),
            "cohesion": round(chosen.score, 6),
            "n_neighbors": reducer.n_neighbors,
            "n_components": reducer.n_components,
            **{f"membership_{key}": value for key, value in found.chosen.items()},
        },
        warnings=warnings,
    )


fit = Backend(
    name="bertopic",
    family="embedding",
    settings=BertopicSettings,
    packages=("bertopic", "umap-learn", "hdbscan", "scikit-learn", "numba", "numpy"),
    estimate=_estimate,
    cost=Cost(900, entries=30, vectors=40, shares=40),
)
