"""Vectors for simulated documents that look to a clustering like those of a sentence encoder.

The defaults of :class:`Vectors` are calibrated to the MiniLM vectors (all-MiniLM-L6-v2, 384
dimensions) of the founding corpus, 356 abstracts of one field, with the other settings of a
:class:`~trends.analysis.simulation.truth.Design` at ``topics=12``, ``purity=1``, ``off_topic=0.1``.
Means over six simulated corpora of 356 documents beside the real ones:

====================================================  =========  =====
statistic                                             simulated  real
====================================================  =========  =====
cosine of two documents, mean                         .444       .448
cosine of two documents, standard deviation           .098       .101
cosine to the nearest document                        .709       .712
cosine to the fifth nearest                           .628       .645
cosine within / between 12 k-means clusters           .524/.436  .542/.439
adjusted Rand index of two k-means starts (k = 12)    .30        .33
variance in the first 1 / 10 / 50 components          .08/.35/.70  .09/.34/.71
UMAP + HDBSCAN (size 10): unassigned, clusters        .13, 6.7   .16, 4.2
UMAP + HDBSCAN (size 5): unassigned, clusters         .16, 17.7  .31, 16.2
====================================================  =========  =====

Every row but the last agrees within what another seed changes; with very small clusters real
abstracts leave more documents unassigned. In these vectors k-means finds the planted topics with an
adjusted Rand index of about .32, UMAP + HDBSCAN with .58 among the documents that it assigns: about
one field, not about twelve, and as hard. Plain Gaussian clusters are far too easy (index 1, nothing
unassigned).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trends.analysis.simulation.truth import Truth
from trends.errors import UsageError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Vectors:
    """What the vectors of a simulated corpus are like; shares are of a vector's squared length.

    Parameters
    ----------
    common : float
        Share that all documents have in common: encoders put every document of a field into one
        cone.
    topic : float
        Share that carries the topic.
    blend : float
        0 uses the written topic only, 1 the document's true shares of all topics: mixed documents
        lie between centres.
    parents : int
        Families of topics; centres of one family are alike.
    parent_share : float
        Share of a centre that its family has in common.
    detail : float
        Share that small groups of documents within a topic have in common, such as papers on one
        method.
    group : float
        Mean size of such a group.
    decay : float
        The remaining variation has variances proportional to ``rank ** -decay`` in its principal
        directions.
    tail : float
        Standard deviation of the logarithm of its size: some documents are typical, others far from
        everything.
    dimensions : int
        Of a vector.
    """

    common: float = 0.39
    topic: float = 0.15
    blend: float = 0.8
    parents: int = 4
    parent_share: float = 0.35
    detail: float = 0.12
    group: float = 5.0
    decay: float = 0.84
    tail: float = 0.27
    dimensions: int = 384

    def __post_init__(self) -> None:
        shares = (self.common, self.topic, self.detail)
        inside = (
            all(0 <= s < 1 for s in (*shares, self.parent_share))
            and sum(shares) < 1
            and 0 <= self.blend <= 1
        )
        if not inside or self.parents < 1 or self.group < 1 or self.tail < 0 or self.dimensions < 8:
            message = (
                "Shares of a vector must lie in [0, 1) and leave some variation, sizes must be "
                f"positive; got {self}."
            )
            raise UsageError(message)


def draw_vectors(truth: Truth, vectors: Vectors, rng: np.random.Generator) -> NDArray[np.float32]:
    """Vectors of unit length for the documents of a simulated corpus.

    Parameters
    ----------
    truth : Truth
        Topics and documents; off-topic documents get a direction of their own, copies the vector of
        their original.
    vectors : Vectors
        What the vectors are like.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    ndarray of float32, shape (documents, dimensions)
    """
    d, k, n = vectors.dimensions, truth.design.topics, len(truth.label)
    basis = np.linalg.qr(rng.standard_normal((d, d)))[0]
    common = basis[0]
    centres = _centres(k, vectors, common, rng)
    spectrum = np.arange(1, d) ** -vectors.decay
    deviation = np.sqrt(spectrum / spectrum.sum())[:, None] * basis[1:]
    lonely = truth.label < 0
    topical = (1 - vectors.blend) * centres[truth.label] + vectors.blend * (truth.theta @ centres)
    topical[lonely] = rng.standard_normal((int(lonely.sum()), d - 1)) @ basis[1:] / np.sqrt(d - 1)
    sizes = np.bincount(truth.label + 1, minlength=k + 1)
    groups = np.maximum(1, np.rint(sizes / vectors.group)).astype(int)
    # Groups of one topic have consecutive numbers; the off-topic documents come first.
    member = (np.cumsum(groups) - groups)[truth.label + 1] + (
        rng.random(n) * groups[truth.label + 1]
    ).astype(int)
    shared = rng.standard_normal((int(groups.sum()), d - 1)) @ deviation
    scale = np.exp(vectors.tail * rng.standard_normal(n) - vectors.tail**2)
    left = 1 - vectors.common - vectors.topic - vectors.detail
    out = (
        np.sqrt(vectors.common) * common
        + np.sqrt(vectors.topic) * topical
        + np.sqrt(vectors.detail) * shared[member]
    )
    out = out + np.sqrt(left) * scale[:, None] * (rng.standard_normal((n, d - 1)) @ deviation)
    source = np.where(truth.copy_of >= 0, truth.copy_of, np.arange(n))
    return _unit(out)[source].astype(np.float32)


def _centres(topics: int, vectors: Vectors, common: Array, rng: np.random.Generator) -> Array:
    """Directions of the topics, in families, without the direction that all documents share."""
    d = vectors.dimensions
    parents = _unit(rng.standard_normal((vectors.parents, d)))
    own = _unit(rng.standard_normal((topics, d)))
    family = rng.permutation(np.arange(topics) % vectors.parents)
    centres = (
        np.sqrt(vectors.parent_share) * parents[family] + np.sqrt(1 - vectors.parent_share) * own
    )
    return _unit(centres - np.outer(centres @ common, common))


def _unit(rows: Array) -> Array:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
