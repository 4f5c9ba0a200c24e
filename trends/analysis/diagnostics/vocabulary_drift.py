"""Words that are replaced over the span look like a change of topics, to every model alike."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from trends.analysis.diagnostics.diagnosis import Diagnosis, quoted
from trends.analysis.prevalence.periods import Periods
from trends.analysis.shapes.words.drift import RARE, Words, drift_of, words_of
from trends.analysis.shapes.words.incidence import incidences
from trends.analysis.shapes.words.steps import LEAST_PERIODS, fit_steps
from trends.analysis.trend.multiplicity import adjust
from trends.core import TermCounts, Topics, Trend
from trends.core.claim import ALPHA
from trends.core.computing.rng import Rng, generator_from

Array = NDArray[np.float64]

#: Terms of a topic from which the correlation of its words between periods is learnt.
TERMS = 60
#: A topic keeps less of its words than this part of what a typical topic keeps: it is flagged.
KEPT = 0.85
#: Documents of two topics are alike in their words above this: the pair is flagged.
ALIKE = 0.3


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
    *Topics.* The drift index (:func:`trends.analysis.shapes.words.drift.drift_of`): what a topic
    keeps of its words from the first to the last third of its documents, and its p, which allows
    for shocks of words that last, as the topic's most frequent terms show them. A topic that grows
    or fades is compared over its own documents, so it is no more often flagged than another. It is
    flagged if it keeps, too, less than 85 % of what the topic in the middle keeps: words that
    change everywhere move no topic against another.

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
    words = words_of(topics, counts, periods)
    generator = generator_from(rng)
    k = topics.n_topics
    kept, p = np.full(k, np.nan), np.full(k, np.nan)
    for one in incidences(topics, counts, periods, least=RARE, most=TERMS):
        tested = len(one.steps) >= LEAST_PERIODS and len(one.terms) > 0
        lasting = fit_steps(one.y, one.n, one.steps).correlation if tested else None
        found = drift_of(topics, words, one.topic, lasting=lasting, draws=draws, rng=generator)
        kept[one.topic], p[one.topic] = found
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


def _likeness(topics: Topics, words: Words) -> Array:
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
