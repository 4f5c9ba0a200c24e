"""Corpora at the level of counts, with topics that are known and frozen, for what updates say.

No model is fitted: topics are made of the true topic of every word of the past, which is what a
perfect fit would find, so that a hundred corpora take minutes and in-sample optimism stays. For
clusters of vectors, they are made of the true topic of half of the documents of the past, as in a
run with a split: the other half is the past that new documents are compared with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from trends.core import TermCounts, Topics

#: Topics, words of the language, words of a document (median), periods.
TOPICS, WORDS, LENGTH, PERIODS = 12, 4000, 80, 20
#: Numbers of a vector; how far documents are from the centre of their topic, and how much that
#: differs (log-normal); part of the documents for learning that clusters leave out, the farthest.
NUMBERS, FAR, FAR_SPREAD, LEFT_OUT = 32, 1.0, 0.3, 0.15
#: Documents in which a term must occur to be in the vocabulary.
LEAST = 5


@dataclass(frozen=True)
class Made:
    """Past and new documents, and the topics of the past."""

    fit: Topics
    past: TermCounts
    new: TermCounts
    frequency: np.ndarray
    period: np.ndarray
    outside_past: np.ndarray
    outside_new: np.ndarray
    #: Counts over all words, past above new, and which documents are of the new theme.
    every: sparse.csr_matrix
    theme: np.ndarray
    #: The leading topic of every document, that of the theme being the last.
    leading: np.ndarray


def made(
    rng: np.random.Generator,
    *,
    documents: int,
    shock: float,
    theme: float,
    own_words: bool,
    rise: float = 0.0,
) -> Made:
    """A corpus whose last tenth is new.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of everything.
    documents : int
        In all.
    shock : float
        Standard deviation, between periods, of the log odds of each topic.
    theme : float
        Share of the new documents that are about a theme of their own.
    own_words : bool
        Whether the theme has words of its own, or mixes known words in a new way.
    rise : float
        Log odds by which the first, known topic is larger in the last tenth.
    """
    usual = rng.dirichlet(np.full(WORDS, 0.1))
    phi = np.array([rng.dirichlet(300 * usual + 0.005) for _ in range(TOPICS + 1)])
    if own_words:
        # A tenth of the words of the theme are twenty that nobody else uses.
        own = np.argsort(phi[:TOPICS].sum(0))[:20]
        phi[:TOPICS, own] = 0
        phi[:TOPICS] /= phi[:TOPICS].sum(1, keepdims=True)
        phi[TOPICS] *= 0.9 / phi[TOPICS].sum()
        phi[TOPICS, own] += 0.1 / len(own)
    period = np.arange(documents) * PERIODS // documents
    fresh = period >= PERIODS - PERIODS // 10
    levels = np.log(rng.dirichlet(np.full(TOPICS, 5.0)))
    logit = levels + rng.normal(0, shock, (PERIODS, TOPICS))
    logit[PERIODS - PERIODS // 10 :, 0] += rise
    share = np.exp(logit - logit.max(axis=1, keepdims=True))
    share = (share / share.sum(axis=1, keepdims=True)).cumsum(axis=1)
    main = (share[period] < rng.random(documents)[:, None]).sum(axis=1).clip(max=TOPICS - 1)
    of_theme = fresh & (rng.random(documents) < theme)
    length = np.maximum(15, rng.lognormal(np.log(LENGTH), 0.4, documents).astype(int))
    row = np.repeat(np.arange(documents), length)
    mix = rng.dirichlet(np.full(TOPICS, 0.05), documents).cumsum(axis=1)
    # Six words in ten are of the main topic, or of the theme, the others of any topic.
    topic = (mix[row] < rng.random(len(row))[:, None]).sum(axis=1).clip(max=TOPICS - 1)
    leading = rng.random(len(row)) < 0.6
    topic[leading] = np.where(of_theme, TOPICS, main)[row[leading]]
    col = np.empty(len(row), dtype=np.int64)
    for k in range(TOPICS + 1):
        col[topic == k] = rng.choice(WORDS, int((topic == k).sum()), p=phi[k])
    every = sparse.csr_matrix((np.ones(len(row)), (row, col)), shape=(documents, WORDS))
    old = ~fresh
    df = np.asarray((every[old] > 0).sum(0)).ravel()
    kept = df >= LEAST
    vocabulary = tuple(f"w{j:05d}" for j in np.flatnonzero(kept))
    ids = tuple(f"d{d:06d}" for d in range(documents))
    counts = TermCounts(every[:, kept].astype(np.int32), vocabulary, ids)
    there = old[row] & kept[col]
    tall = np.zeros((TOPICS, WORDS))
    np.add.at(tall, (topic[there], col[there]), 1)
    tall = tall[:, kept] + 0.01
    theta = np.zeros((documents, TOPICS))
    np.add.at(theta, (row[there], topic[there]), 1)
    theta = theta[old] + 0.01
    theta /= theta.sum(1, keepdims=True)
    past, new = (counts.take_documents(np.flatnonzero(x)) for x in (old, fresh))
    fit = Topics(
        theta, np.zeros(old.sum()), tall / tall.sum(1, keepdims=True), vocabulary, past.doc_ids,
        {"family": "counts", "chosen": {"alpha": [0.1] * TOPICS}},
    )  # fmt: skip
    frequency = np.asarray(past.matrix.sum(0)).ravel().astype(float)
    # A word that would not be in the vocabulary without the document is outside for it.
    sure = np.asarray(every[:, df > LEAST].sum(1)).ravel()
    known = np.asarray(every[:, kept].sum(1)).ravel()
    return Made(
        fit, past, new, frequency, period[old], 1 - (sure / length)[old],
        1 - (known / length)[fresh], every, of_theme, np.where(of_theme, TOPICS, main),
    )  # fmt: skip


def clusters(one: Made, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Past and new documents as clusters of vectors see them, and rows of that past in the whole.

    Vectors are their topic's centre and noise. The fit was made of half of the past, and the other
    half, which got its topics by votes of neighbours as new documents do, is the past here.
    """
    from trends.models.clustering.centres import unit
    from trends.models.inference.judged import judge
    from trends.models.inference.transfer import transfer

    n, old = len(one.leading), one.past.n_documents
    centres = unit(rng.normal(size=(TOPICS + 1, NUMBERS)))
    far = rng.lognormal(np.log(FAR), FAR_SPREAD, n)[:, None] / np.sqrt(NUMBERS)
    vectors = unit(centres[one.leading] + far * rng.normal(size=(n, NUMBERS)))
    half = np.sort(rng.permutation(old)[: old // 2])
    rest, label = np.setdiff1d(np.arange(old), half), one.leading[half]
    own = np.einsum("ij,ij->i", vectors[half], centres[label])
    taken = own >= np.quantile(own, LEFT_OUT)
    theta = np.eye(TOPICS)[label] * taken[:, None]
    learnt, judged = one.past.take_documents(half), one.past.take_documents(rest)
    phi = theta.T @ learnt.matrix + 0.01
    fit = Topics(
        theta, 1.0 - taken, phi / phi.sum(1, keepdims=True), learnt.vocabulary, learnt.doc_ids,
        {"family": "embedding", "new_documents": {"rule": "neighbours"}},
        centres=np.stack([vectors[half][taken & (label == k)].mean(0) for k in range(TOPICS)]),
    )  # fmt: skip
    frequency = np.asarray(judged.matrix.sum(0)).ravel().astype(float)
    new = np.arange(old, n)
    stack = sparse.csr_matrix(sparse.vstack([judged.matrix, one.new.matrix]))
    both = TermCounts(stack, judged.vocabulary, (*judged.doc_ids, *one.new.doc_ids))
    there = vectors[np.concatenate([rest, new])]
    hard = transfer(fit, both, train_vectors=vectors[half], vectors=there, compiled=True).hard
    out = []
    for counts, where, outside, topic in (
        (judged, rest, one.outside_past[rest], hard[: len(rest)]),
        (one.new, new, one.outside_new, hard[len(rest) :]),
    ):
        found = judge(fit, counts, frequency, own=False, vectors=vectors[where])
        columns = {
            "n_terms": counts.tokens,
            "unassigned": (topic < 0).astype(float),
            "surprise": found.surprise,
            "distance": found.distance,
            "outside": outside,
            "topic": found.topic,
        }
        out.append(pd.DataFrame(columns))
    return out[0], out[1], rest


def frames(one: Made) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Past and new documents as the measures see them."""
    from trends.models.inference.judged import judge

    out = []
    for counts, outside, own in (
        (one.past, one.outside_past, True),
        (one.new, one.outside_new, False),
    ):
        found = judge(one.fit, counts, one.frequency, own=own)
        columns = {
            "n_terms": counts.tokens,
            "unassigned": np.full(counts.n_documents, np.nan),
            "surprise": found.surprise,
            "distance": found.distance,
            "outside": outside,
            "topic": found.topic,
        }
        out.append(pd.DataFrame(columns))
    return out[0], out[1]
