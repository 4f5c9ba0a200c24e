"""Topics that are led by words: latent Dirichlet allocation with priors on words (tomotopy).

Collapsed Gibbs sampling as in ``gibbs-lda``; the words of a concept have a larger prior in its
topic and a smaller one elsewhere (Jagarlamudi, Daumé and Udupa 2012, EACL, 204–213, in the form of
asymmetric priors). The words are led, not bound: where the corpus says otherwise, they end in
another topic.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.core import TermCounts, Topics
from trends.errors import UsageError
from trends.models.imports import load
from trends.models.inference.gibbs import ONE_WORKER, documents, posterior_means
from trends.models.inference.transfer import fold_in

#: Prior of topics over terms, and its factors for the words of a concept in its own topic and in
#: all others.
ETA, OWN, OTHER = 0.1, 100.0, 0.1
#: Sum over topics of the prior of documents.
ALPHA_SUM = 1.0
#: Sweeps over all tokens, those that are thrown away, and the distance of states that are kept.
SWEEPS, BURN_IN, THIN = 120, 60, 10
#: With more documents, topics are learnt on so many, evenly over the order given, and all documents
#: are then given their shares by one rule.
LEARN = 3_000


def fit_seeded(
    counts: TermCounts,
    words: Sequence[NDArray[np.int64]],
    *,
    background: int = 15,
    seed: int,
) -> Topics:
    """Fit topics of which the first are led by words.

    Parameters
    ----------
    counts : TermCounts
        The modelling vocabulary; documents in the order of time.
    words : sequence of ndarray of int
        For each concept the terms (columns) that lead its topic.
    background : int
        Topics beside those of the concepts.
    seed : int
        Of the sampler.

    Returns
    -------
    Topics
        Topic k is concept k. A document without a term is unassigned.

    Raises
    ------
    UsageError
        If no term leads any topic, or there is no topic beside those of the concepts.
    """
    if background < 1 or not any(len(w) for w in words):
        message = (
            "Seeded topics need a term of the vocabulary that leads, and a topic beside those of "
            f"the concepts; got {sum(len(w) for w in words)} terms and background={background}."
        )
        raise UsageError(message)
    n_topics = len(words) + background
    filled = np.flatnonzero(counts.tokens > 0)
    learn = filled
    if len(filled) > LEARN:
        learn = filled[np.linspace(0, len(filled) - 1, LEARN).round().astype(np.int64)]
    part = counts.take_documents(learn)
    model = load("tomotopy").LDAModel(
        k=n_topics, alpha=ALPHA_SUM / n_topics, eta=ETA, seed=int(seed)
    )
    for document in documents(part):
        model.add_doc(document)
    present = part.document_frequency > 0
    for k, columns in enumerate(words):
        for column in columns[present[columns]].tolist():
            priors = [ETA * OTHER] * n_topics
            priors[k] = ETA * OWN
            model.set_word_prior(counts.vocabulary[column], priors)
    model.train(BURN_IN, **ONE_WORKER)
    means = posterior_means(model, part, eta=ETA, sweeps=SWEEPS - BURN_IN, thin=THIN)
    theta = np.zeros((counts.n_documents, n_topics))
    if len(learn) == len(filled):
        theta[filled] = means.theta
    else:
        alpha = np.full(n_topics, ALPHA_SUM / n_topics)
        rows = sparse.csr_matrix(counts.matrix[filled])
        theta[filled], _, _ = fold_in(means.phi, rows, alpha, compiled=True)
    theta /= np.where(theta.sum(1) > 0, theta.sum(1), 1)[:, None]
    return Topics(
        theta,
        1 - theta.sum(1).round(12),
        means.phi,
        counts.vocabulary,
        counts.doc_ids,
        provenance={
            "backend": "seeded-lda",
            "seed": int(seed),
            "learnt_on": len(learn),
            "terms": counts.fingerprint,
            **means.chosen,
        },
    )


def ended_in(fit: Topics, columns: NDArray[np.int64]) -> int:
    """The topic in which most occurrences of some terms ended; -1 without terms."""
    if not len(columns):
        return -1
    return int((fit.phi[:, columns].sum(1) * fit.share).argmax())
