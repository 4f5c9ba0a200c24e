"""Labels out of noun phrases: those that tell a topic's documents from the others.

Each topic has a pool of phrases that are its own: by the log-likelihood ratio of phrase and topic
(Dunning, 1993), longer ones before shorter ones. Out of the pools comes one label a topic, or two
phrases where one says too little, so that documents find their way (:mod:`label_check`, on the half
that labels are made of).
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from trends.analysis.quality.label_check import BlindAssignment, words_of
from trends.core.terms import TermCounts
from trends.core.topics import Topics

#: Phrases of a pool, and those of them that may be joined to a pair.
POOL, PAIRED = 8, 5
#: Terms of a topic whose words a phrase has to be made of, and documents that have to hold it.
TERMS, LEAST = 30, 3
#: A word that is a label by itself has to be among so many.
LEADING = 10
#: What the best phrase of a pool is worth in shares of correct assignments, and what a pair costs.
FIRST, PAIR = 0.4, 0.15
#: Rounds in which labels are changed one by one.
ROUNDS = 3


def choose(topics: Topics, phrases: TermCounts, blind: BlindAssignment) -> list[str]:
    """One label a topic, all different; "" where no phrase is a topic's own."""
    pools = _pools(topics, phrases, set(blind.documents_made_of))
    options = [_options(pool) for pool in pools]
    near = [
        np.asarray(blind.weights @ np.array([blind.meaning(name) for name, _ in some]).T)
        if some
        else np.full((len(blind.making), 1), -1.0)
        for some in options
    ]
    own, place = blind.made_of, [0] * topics.n_topics
    sizes = np.bincount(own[own >= 0], minlength=topics.n_topics)
    for _ in range(ROUNDS):
        before = list(place)
        for k, some in enumerate(options):
            if some:
                place[k] = _best(k, options, near, place, own, sizes)
        if place == before:
            break
    return [some[at][0] if some else "" for some, at in zip(options, place, strict=True)]


def _best(
    k: int,
    options: list[list[tuple[str, float]]],
    near: list[NDArray[np.float64]],
    place: list[int],
    own: NDArray[np.int64],
    sizes: NDArray[np.int64],
) -> int:
    """Which option of a topic serves all topics best while the others keep theirs."""
    others = [u for u in range(len(near)) if u != k]
    taken = {options[u][place[u]][0].lower() for u in others if options[u]}
    theirs = np.array([near[u][:, place[u]] for u in others]).reshape(len(others), -1)
    nearest = theirs.argmax(axis=0) if others else np.zeros(len(own), dtype=int)
    theirs_best = theirs.max(axis=0) if others else np.full(len(own), -np.inf)
    went_there = np.array(others, dtype=int)[nearest] if others else np.full(len(own), -1)
    gains = []
    for at, (name, worth) in enumerate(options[k]):
        went = np.where(near[k][:, at] > theirs_best, k, went_there)
        right = np.bincount(own[(own >= 0) & (own == went)], minlength=len(sizes))
        gain = float((right / np.maximum(sizes, 1)).sum()) + worth
        gains.append(-np.inf if name.lower() in taken else round(gain, 9))
    return int(np.argmax(gains))


def _pools(topics: Topics, phrases: TermCounts, making: set[str]) -> list[list[tuple[str, float]]]:
    """Phrases of each topic with their worth between 0 and 1, the best first."""
    place = {doc: i for i, doc in enumerate(topics.doc_ids)}
    rows = [i for i, doc in enumerate(phrases.doc_ids) if doc in making]
    own = topics.hard[[place[phrases.doc_ids[i]] for i in rows]]
    member = (own[:, None] == np.arange(topics.n_topics)).astype(np.float64)
    holds = (phrases.matrix[rows] > 0).astype(np.float64)
    both = np.asarray(holds.T @ member)
    with_phrase, of_topic = np.asarray(holds.sum(axis=0)).ravel(), member.sum(axis=0)
    score = _likelihood_ratio(both, with_phrase[:, None], of_topic, float(len(rows)))
    size = np.array([len(name.split()) for name in phrases.vocabulary])
    score *= np.log2(size + 1)[:, None] ** 2.5
    rate = both / np.maximum(of_topic, 1)
    score[rate < rate.max(axis=1, keepdims=True)] /= 2
    score[with_phrase < LEAST] = 0
    terms = topics.top_terms(TERMS)
    out = []
    for k in range(topics.n_topics):
        known = {word for term in terms[k] for word in words_of(term)}
        leading = {word for term in terms[k][:LEADING] for word in words_of(term)}
        pool: list[tuple[str, float]] = []
        for j in np.argsort(-np.round(score[:, k], 9), kind="stable"):
            if score[j, k] <= 0 or len(pool) == POOL:
                break
            name = phrases.vocabulary[j]
            words = set(words_of(name))
            if words and words <= (known if len(words) > 1 else leading):
                pool.append((name, float(score[j, k])))
        out.append([(name, worth / pool[0][1]) for name, worth in pool])
    return out


def _likelihood_ratio(
    both: NDArray[np.float64], one: NDArray[np.float64], other: NDArray[np.float64], n: float
) -> NDArray[np.float64]:
    """G² of two things that documents have, with the sign of their association."""
    out = np.zeros_like(both)
    for a, b, seen in (
        (one, other, both),
        (one, n - other, one - both),
        (n - one, other, other - both),
        (n - one, n - other, n - one - other + both),
    ):
        expected = np.maximum(a * b / max(n, 1.0), 1e-12)
        out += 2 * seen * np.log(np.maximum(seen, 1e-12) / expected)
    return out * np.sign(both * n - one * other)


def _options(pool: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Labels that a pool allows with what they are worth: its phrases, and pairs of the best."""
    out = [(name, FIRST * worth) for name, worth in pool]
    for (a, worth_a), (b, worth_b) in combinations(pool[:PAIRED], 2):
        if not set(words_of(a)) & set(words_of(b)):
            out.append((f"{a} and {b}", FIRST * (worth_a + worth_b) / 2 - PAIR))
    return out
