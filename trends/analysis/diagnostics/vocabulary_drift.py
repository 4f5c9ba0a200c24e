"""Words that are replaced over the span look like a change of topics, to every model alike."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, stats

from trends.analysis.diagnostics.diagnosis import Diagnosis, quoted
from trends.analysis.prevalence.periods import Periods
from trends.analysis.trend.multiplicity import adjust
from trends.core import TermCounts, Topics, Trend
from trends.core.claim import ALPHA
from trends.core.computing.rng import Rng, generator_from

Array = NDArray[np.float64]

#: Stretches of time, each with the same mass of a topic, of which the first and the last third are
#: compared and which are permuted; and the documents of a topic that each needs at least.
BLOCKS, LEAST = 12, 3
#: A topic keeps less of its words than this part of what a typical topic keeps: it is flagged.
KEPT = 0.85
#: Documents of two topics are alike in their words above this: the pair is flagged.
ALIKE = 0.3
#: Terms with fewer occurrences in the corpus say little about a topic, and much by chance.
RARE = 10


@dataclass(frozen=True)
class _Words:
    """Counts of the terms that are compared, their frequencies, and documents in time."""

    counts: sparse.csr_matrix
    tokens: Array
    terms: NDArray[np.int64]
    scale: Array
    order: NDArray[np.int64]


def vocabulary_drift(
    topics: Topics,
    counts: TermCounts,
    periods: Periods,
    trend: Trend,
    *,
    q: float = ALPHA,
    draws: int = 1999,
    rng: Rng,
) -> Diagnosis:
    r"""Topics whose words are replaced over the span, and pairs that are one topic in two words.

    Parameters
    ----------
    topics : Topics
        One fit.
    counts : TermCounts
        Over the documents of the fit; terms that the fit does not know are left out.
    periods : Periods
        Over the same documents.
    trend : Trend
        What the run finds about the topics.
    q : float
        False-discovery rate over all topics and pairs that are tested.
    draws : int
        Permutations of each topic's stretches of time.
    rng : int or numpy.random.Generator
        Source of the permutations.

    Returns
    -------
    Diagnosis
        ``measures``: ``replaced`` (topic → part of its words that is kept), ``pairs`` (of topics,
        with the likeness of their documents), ``typical`` (what a topic keeps in the middle),
        ``untested`` (topics with too few documents), ``changed`` (all topics that are flagged).

    Notes
    -----
    *Topics.* A topic's words in some documents are their counts, weighted by its part of each, less
    what the other topics are expected to add. Its documents are cut into 12 stretches of time with
    equal mass of the topic. What is kept is the cosine between the first and the last third, each
    term over the root of its frequency and the corpus subtracted, with products of different
    documents only, so that noise takes no part: 1 where nothing changes. P is the share of
    permutations of the stretches in which the words move as far along time (the squared length of
    their linear contrast); a topic that grows or fades is compared over its own documents, so it is
    no more often flagged than another. It is flagged if it keeps, too,
    less than 85 % of what the topic in the middle keeps: words that change everywhere move no topic
    against another.

    *Pairs.* Two topics of which one rises while the other falls (p of both at most .05, one of them
    found by the run), their sum by less than two thirds of that, are flagged if their documents
    are alike in their words: against all pairs, by the median and the median absolute deviation,
    and a cosine of .3 or more. New words for an old subject come up in documents that hold the old
    ones too; two subjects that trade places do not meet more often than others.

    The false-discovery rate holds over all topics and pairs tested together.

    References
    ----------
    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289–300.
    """
    words = _words(topics, counts, periods)
    generator = generator_from(rng)
    k = topics.n_topics
    kept, p = np.full(k, np.nan), np.full(k, np.nan)
    for topic in range(k):
        kept[topic], p[topic] = _kept(topics, words, topic, draws, generator)
    likeness = _likeness(topics, words)
    pairs = _mirrored(trend, k)
    together = np.array([likeness[a, b] for a, b in pairs])
    p_adjusted = adjust(np.concatenate([p, _stands_out(likeness, together)]))
    tested = np.isfinite(kept)
    typical = float(min(np.median(kept[tested]), 1.0)) if tested.any() else 1.0
    gone = [t for t in range(k) if p_adjusted[t] <= q and kept[t] < KEPT * typical]
    twins = [
        (a, b, float(s))
        for (a, b), s, at in zip(pairs, together, p_adjusted[k:], strict=True)
        if at <= q and s >= ALIKE
    ]
    changed = sorted({*gone, *(t for a, b, _ in twins for t in (a, b))})
    measures: dict[str, Any] = {
        "replaced": {str(t): float(kept[t]) for t in gone},
        "pairs": [list(pair) for pair in twins],
        "typical": typical,
        "untested": int((~tested).sum()),
        "changed": changed,
    }
    return Diagnosis(
        "vocabulary-drift", bool(changed), _sentence(trend, gone, twins, kept, typical), measures
    )


def _words(topics: Topics, counts: TermCounts, periods: Periods) -> _Words:
    place = {term: i for i, term in enumerate(counts.vocabulary)}
    known = [place[term] for term in topics.vocabulary if term in place]
    if len(known) < len(topics.vocabulary):
        missing = sparse.csr_matrix((counts.matrix.shape[0], 1), dtype=float)
        columns = [place.get(term, counts.matrix.shape[1]) for term in topics.vocabulary]
        matrix = sparse.csr_matrix(sparse.hstack([counts.matrix, missing]))[:, columns]
    else:
        matrix = sparse.csr_matrix(counts.matrix[:, known], dtype=float)
    total = np.asarray(matrix.sum(axis=0), dtype=float).ravel()
    terms = np.flatnonzero(total >= RARE)
    order = np.argsort(periods.index, kind="stable")
    return _Words(
        matrix,
        np.asarray(matrix.sum(axis=1), dtype=float).ravel(),
        terms,
        np.sqrt(total[terms] / max(total.sum(), 1)),
        order[periods.index[order] >= 0],
    )


def _kept(
    topics: Topics, words: _Words, topic: int, draws: int, rng: np.random.Generator
) -> tuple[float, float]:
    """What a topic keeps of its words from the first to the last third, and the p of that."""
    # Small parts of a document say nothing about a topic's words.
    rows = words.order[topics.theta[words.order, topic] >= 0.1]
    part, tokens = topics.theta[rows, topic], words.tokens[rows]
    mass = part**2 * tokens
    if (mass > 0).sum() < LEAST * BLOCKS or not len(words.terms):
        return np.nan, np.nan
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    block = np.minimum((BLOCKS * middle).astype(np.int64), BLOCKS - 1)
    # Every other document goes into the second half of its stretch, so that no product holds the
    # noise of one document twice.
    cell = 2 * block + np.arange(len(rows)) % 2
    weights = sparse.csr_matrix((part, (cell, rows)), (2 * BLOCKS, topics.n_documents))
    size = np.bincount(cell, mass, 2 * BLOCKS)
    others = topics.theta[rows] * tokens[:, None]
    others[:, topic] = 0.0
    mix = sparse.csr_matrix((part, (cell, np.arange(len(rows)))), (2 * BLOCKS, len(rows))) @ others
    expected = mix @ topics.phi[:, words.terms] / words.scale
    sums = (weights @ words.counts).toarray()[:, words.terms] / words.scale
    own = sums - expected - size[:, None] * words.scale
    products = own @ own.T
    between = products.reshape(BLOCKS, 2, BLOCKS, 2).sum((1, 3))
    np.fill_diagonal(between, 4 * np.diag(products[::2, 1::2]))
    time = np.tile(np.arange(BLOCKS) - (BLOCKS - 1) / 2, (draws + 1, 1))
    time[1:] = rng.permuted(time[1:], axis=1)
    moved = ((time @ between) * time).sum(1)
    third = BLOCKS // 3
    first, last = between[:third, :third].sum(), between[-third:, -third:].sum()
    if min(first, last) <= 0:  # noise is all that a third holds
        return np.nan, np.nan
    kept = between[:third, -third:].sum() / np.sqrt(first * last)
    return float(kept), float((1 + (moved[1:] >= moved[0]).sum()) / (1 + draws))


def _likeness(topics: Topics, words: _Words) -> Array:
    """Cosine of the words of the documents of each pair of topics; NaN where noise is all."""
    halves = []
    for half in (0, 1):
        rows = words.order[half::2]
        part = topics.theta[rows]
        sums = (words.counts[rows].T @ part)[words.terms].T / words.scale
        size = np.maximum(part.T @ words.tokens[rows], 1e-12)
        halves.append(sums / size[:, None] - words.scale)
    across = (halves[0] @ halves[1].T + halves[1] @ halves[0].T) / 2
    length = np.sqrt(np.where(np.diag(across) > 0, np.diag(across), np.nan))
    return across / np.outer(length, length)


def _mirrored(trend: Trend, topics: int) -> list[tuple[int, int]]:
    """Pairs of which one rises while the other falls, and that nearly keep their sum."""
    table = trend.table.set_index("topic").reindex(range(topics))
    change, p, adjusted = (table[c].to_numpy(float) for c in ("change", "p", "p_adjusted"))
    moving = np.flatnonzero(p <= ALPHA)
    return [
        (a, b)
        for a, b in combinations(moving.tolist(), 2)
        if change[a] * change[b] < 0
        and min(adjusted[a], adjusted[b]) <= ALPHA
        and abs(change[a] + change[b]) < 2 / 3 * max(abs(change[a]), abs(change[b]))
    ]


def _stands_out(likeness: Array, values: Array) -> Array:
    """P of pairs as alike as these, against all pairs; NaN where there are fewer than six."""
    every = likeness[np.triu_indices(len(likeness), 1)]
    every = every[np.isfinite(every)]
    if len(every) < 6:
        return np.full(len(values), np.nan)
    spread = stats.median_abs_deviation(every, scale="normal")
    return np.asarray(stats.norm.sf((values - np.median(every)) / max(spread, 1e-9)), dtype=float)


def _sentence(
    trend: Trend,
    gone: list[int],
    twins: list[tuple[int, int, float]],
    kept: Array,
    typical: float,
) -> str:
    if not gone and not twins:
        return "No topic's words are replaced over the span."
    said = []
    if gone:
        low, high = (f"{max(kept[gone].min(), 0):.0%}", f"{kept[gone].max():.0%}")
        said.append(
            f"The words of {quoted(trend, gone)} are replaced over the span: from the first to the "
            f"last third of {'its' if len(gone) == 1 else 'their'} documents "
            f"{low if low == high else f'{low} to {high}'} of what sets a topic apart is kept, by "
            f"a typical topic {typical:.0%}."
        )
    for a, b, _ in twins[:5]:
        said.append(
            f"{quoted(trend, [a])} and {quoted(trend, [b])} trade places in documents that share "
            "their words: they may be one topic under old and new words."
        )
    said.append(
        "Every model and setting sees such a change of words as a change of topics: read examples "
        "of the first and the last documents before you claim a rise or a fall."
    )
    return " ".join(said)
