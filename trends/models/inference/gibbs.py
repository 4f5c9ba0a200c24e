"""What collapsed Gibbs samplers of topic models (tomotopy) have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.core import TermCounts

Array = NDArray[np.float64]

#: Arguments of ``train``: with more workers, a seed does not fix the result.
ONE_WORKER: dict[str, Any] = {"workers": 1, "show_progress": False}


@dataclass(frozen=True)
class Means:
    """Means over the states of a sampler.

    Parameters
    ----------
    theta, phi, weighted : ndarray
        Shares of documents; p(term | topic) by tokens, and by the sampler's term weights. Rows sum
        to one.
    chosen : dict
        For the provenance: the number of ``states``, the last ``alpha`` and likelihood.
    """

    theta: Array
    phi: Array
    weighted: Array
    chosen: dict[str, Any]


def posterior_means(model: Any, counts: TermCounts, *, eta: float, sweeps: int, thin: int) -> Means:
    """Go on for so many sweeps and average every ``thin``-th state, at least one.

    Parameters
    ----------
    model : tomotopy.LDAModel
        A sampler of :func:`documents` whose burn-in is over.
    counts : TermCounts
        The same documents.
    eta : float
        Dirichlet prior of topics over terms, per term.
    sweeps, thin : int
        Sweeps over all tokens, and how many of them lie between two states.
    """
    column = {term: j for j, term in enumerate(counts.vocabulary)}
    place = np.array([column[term] for term in model.used_vocabs])
    # Documents keep their tokens in one order from state to state.
    terms = place[np.concatenate([document.words for document in model.docs])]
    theta = np.zeros((counts.n_documents, model.k))
    phi = np.zeros((model.k, counts.n_terms))
    weighted = np.zeros_like(phi)
    states = max(1, sweeps // thin)
    for _ in range(states):
        model.train(min(thin, sweeps), **ONE_WORKER)
        theta += np.array([document.get_topic_dist() for document in model.docs])
        topics = np.concatenate([document.topics for document in model.docs]).astype(np.int64)
        tokens = np.bincount(topics * counts.n_terms + terms, minlength=phi.size)
        tokens = tokens.reshape(phi.shape).astype(np.float64)
        phi += (tokens + eta) / (tokens.sum(axis=1, keepdims=True) + eta * counts.n_terms)
        weighted[:, place] += np.array([model.get_topic_word_dist(k) for k in range(model.k)])
    chosen = {
        "states": states,
        "alpha": [round(float(a), 6) for a in model.alpha],
        "log_likelihood_per_word": round(float(model.ll_per_word), 6),
    }
    theta, phi, weighted = (x / x.sum(axis=1, keepdims=True) for x in (theta, phi, weighted))
    return Means(theta, phi, weighted, chosen)


def documents(counts: TermCounts) -> Iterator[list[str]]:
    """The tokens of each document, one document at a time.

    All of them at once would take more memory than the sampler.
    """
    terms: NDArray[Any] = np.array(counts.vocabulary, dtype=object)
    m = counts.matrix
    for a, b in zip(m.indptr[:-1], m.indptr[1:], strict=True):
        yield np.repeat(terms[m.indices[a:b]], m.data[a:b]).tolist()
