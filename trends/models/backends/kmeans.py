"""k-means on vectors of length one (Lloyd 1982; k-means++: Arthur and Vassilvitskii 2007).

The plainest model of the family "embedding": every document belongs to the topic whose centre is
nearest, none is left out; c-TF-IDF describes the clusters. Beside it one sees what reduction and
density bring to ``bertopic``.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from trends.core.computing.cost import Cost
from trends.errors import UsageError
from trends.models.base import Backend, Estimate, Problem
from trends.models.clustering.centres import nearest, unit
from trends.models.clustering.ctfidf import class_tfidf
from trends.models.imports import load
from trends.models.inference.phi import term_distribution
from trends.models.initialization.centres import initialize_centres
from trends.models.settings import Settings, setting


@dataclass(frozen=True)
class KmeansSettings(Settings):
    """Settings of ``kmeans``."""

    init: str = setting(
        "neighbours",
        (
            'Initialization of the centres: "neighbours" (merged clusters of documents that '
            'are each other\'s nearest) or "k-means++" (drawn far from each other).'
        ),
        options=("neighbours", "k-means++"),
    )
    n_init: int = setting(
        10,
        (
            "Draws by k-means++ that are tried, for the centres themselves or for the "
            'clusters that "neighbours" merges; the smallest sum of squared distances wins.'
        ),
        low=1,
        high=1000,
    )
    overclustering: float = setting(
        2.0,
        'Clusters before "neighbours" merges them, in multiples of n_topics.',
        low=1,
        high=10,
    )
    max_iter: int = setting(
        300,
        "Most steps from one initialization.",
        low=1,
    )
    reduce_frequent_words: bool = setting(
        False,
        (
            "Square root of the term shares in c-TF-IDF, which takes weight from terms that "
            "are frequent everywhere."
        ),
    )


def _estimate(problem: Problem) -> Estimate:
    s: KmeansSettings = problem.settings
    vectors = unit(problem.embeddings)
    with warnings.catch_warnings():
        # Fewer different vectors than clusters; said below, in our words.
        warnings.filterwarnings("ignore", message="Number of distinct clusters")
        first: dict[str, Any] = {"init": "k-means++", "n_init": s.n_init}
        if s.init == "neighbours":
            centres = initialize_centres(
                vectors,
                problem.n_topics,
                problem.seed,
                overclustering=s.overclustering,
                n_init=s.n_init,
            )
            first = {"init": centres, "n_init": 1}
        settings = {
            "max_iter": s.max_iter,
            "tol": 0.0,
            "random_state": problem.seed,
            "algorithm": "lloyd",
        }
        model = load("sklearn.cluster").KMeans(problem.n_topics, **first, **settings).fit(vectors)
    # The centres in the precision in which they are saved, so that they give the fit's documents
    # the same topics when it is read back.
    means = np.asarray(model.cluster_centers_, dtype=np.float32)
    labels, support = nearest(vectors, means)
    found = len(np.unique(labels))
    if found < problem.n_topics:
        message = (
            f"{problem.n_topics} clusters were asked for, but the {len(vectors)} documents have "
            f"vectors for {found} only: too many are equal. "
            f"Set n_topics to {max(2, found)} or less, or choose a backend that works on counts."
        )
        raise UsageError(message)
    theta = np.eye(problem.n_topics)[labels]
    steps = int(model.n_iter_)
    return Estimate(
        theta=theta,
        unassigned=np.zeros(len(theta)),
        phi=term_distribution(theta, problem.counts),
        relevance=class_tfidf(
            labels, problem.counts, reduce_frequent_words=s.reduce_frequent_words
        ),
        centres=means,
        chosen={"steps": steps, "mean_squared_distance": round(float((1 - support).mean()), 9)},
        warnings=[f"k-means had not settled after {steps} steps; raise max_iter."]
        if steps >= s.max_iter
        else [],
    )


fit = Backend(
    name="kmeans",
    family="embedding",
    settings=KmeansSettings,
    estimate=_estimate,
    cost=Cost(400, entries=30, vectors=40, shares=40),
    new_rule="nearest centre",
)
