"""Corpora at the level of counts, with topics that are known and frozen, for what updates say.

No model is fitted: topics are made of the true topic of every word of the past, which is what a
perfect fit would find, so that a hundred corpora take minutes and in-sample optimism stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from trends.core import TermCounts, Topics

#: Topics, words of the language, words of a document (median), periods.
TOPICS, WORDS, LENGTH, PERIODS = 12, 4000, 80, 20
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
        1 - (known / length)[fresh], every, of_theme,
    )  # fmt: skip


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
