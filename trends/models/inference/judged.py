"""How well frozen topics fit documents: likelihood of their words, and distance from all topics.

A document that had a part in the topics fits them better than one that had none. So the topics that
judge a document of the fit are those of the other documents: what it gave to them is taken out
again. Else every new document would fit worse than every old one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.core import TermCounts, Topics
from trends.models.clustering.centres import unit
from trends.models.inference.transfer import prior
from trends.models.parallel import in_batches

Array = NDArray[np.float64]

#: Part of every probability that comes from the frequency of the word in the whole corpus, so that
#: no word has none.
FLOOR = 0.01
#: Steps of the shares of a document: as many for each, so that others with it change nothing.
STEPS = 25


@dataclass(frozen=True)
class Judged:
    """One number a document for each measure; the larger, the worse the topics fit.

    Parameters
    ----------
    surprise : ndarray, shape (documents,)
        Minus the mean log probability of a word under the mixture of topics that fits the document
        best; NaN for a document without words.
    distance : ndarray, shape (documents,)
        To the nearest topic, between 0 and 1 or 2: Hellinger's distance of the words, or for
        clusters of vectors one minus the cosine to the nearest centre.
    topic : ndarray of int, shape (documents,)
        The topic with the largest share; -1 for a document without words.
    """

    surprise: Array
    distance: Array
    topic: NDArray[np.int64]


def judge(
    fit: Topics, counts: TermCounts, frequency: Array, *, own: bool, vectors: Any = None
) -> Judged:
    """Judge documents by the topics of a fit.

    Parameters
    ----------
    fit : Topics
        The topics.
    counts : TermCounts
        Documents over the vocabulary of the fit.
    frequency : ndarray, shape (terms,)
        How often each term occurs in the documents of the fit.
    own : bool
        Whether these are the documents of the fit, in its order, each then judged by the others.
    vectors : ndarray, shape (documents, dimensions), optional
        For clusters of vectors, whose centres are then what is near or far.

    Returns
    -------
    Judged
    """
    from trends.models import kernels

    m = sparse.csr_matrix(counts.matrix, dtype=np.float64)
    surprise, distance = np.full(m.shape[0], np.nan), np.full(m.shape[0], np.nan)
    topic = np.full(m.shape[0], -1, dtype=np.int64)
    # The words that each topic was made of, in all documents of the fit.
    tokens = np.asarray(fit.theta.T @ m.sum(axis=1)).ravel() if own else np.ones(fit.n_topics)
    terms, alpha = np.ascontiguousarray(fit.phi.T), prior(fit)
    theta = np.ascontiguousarray(fit.theta) if own else np.zeros((0, fit.n_topics))

    def some(first: int, end: int) -> tuple[int, int]:
        return kernels.judge(
            terms,
            m.data,
            m.indices.astype(np.int32, copy=False),
            m.indptr[first : end + 1].astype(np.int64),
            alpha,
            np.asarray(frequency, dtype=np.float64),
            tokens,
            theta[first:end] if own else theta,
            FLOOR,
            STEPS,
            surprise[first:end],
            distance[first:end],
            topic[first:end],
        )

    in_batches(some, m.shape[0])
    if vectors is not None and fit.centres is not None:
        distance = _from_centres(fit, np.asarray(vectors, dtype=np.float64), own)
    return Judged(surprise, distance, topic)


def _from_centres(fit: Topics, vectors: Array, own: bool) -> Array:
    """One minus the cosine to the nearest centre."""
    assert fit.centres is not None
    x, centres = unit(vectors), fit.centres.astype(np.float64)
    cosine = x @ unit(centres).T
    if own:
        rows, label = np.arange(len(x)), fit.theta.argmax(axis=1)
        weight = fit.theta.sum(axis=0)[label]
        share = fit.theta[rows, label]
        rest = centres[label] * weight[:, None] - x * share[:, None]
        alone = np.einsum("ij,ij->i", unit(rest), x)
        cosine[rows, label] = np.where(share > 0, alone, cosine[rows, label])
    return np.asarray(1 - cosine.max(axis=1))
