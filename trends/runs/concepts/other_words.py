"""Concepts with other words, where these are measured by seeded topics or by nearness.

By dictionary that is a matter of counting. A topic that other words lead is another fit, and other
words make another direction with a threshold of its own, so this is done only for concepts of which
something was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from trends.analysis.concepts.multiverse import Variant
from trends.core import Concept, Topics
from trends.errors import DataError
from trends.runs.concepts.measures import Measured
from trends.runs.concepts.occurrences import Occurrences
from trends.runs.concepts.seeded import Seeded, terms_of
from trends.runs.concepts.variants import nearest_terms, with_terms


def other_words(
    measured: Measured, concepts: Sequence[Concept], found: Occurrences, which: Sequence[int]
) -> dict[int, list[Variant]]:
    """Variants without each word that occurs, and with the nearest terms.

    Parameters
    ----------
    measured : Measured
        Its seeded fits and its space are used again.
    concepts, found
        As in :func:`trends.runs.concepts.measures.measure`.
    which : sequence of int
        The concepts that are wanted.

    Returns
    -------
    dict
        Number of a concept → its variants, with their documents that nothing excludes.
    """
    out: dict[int, list[Variant]] = {k: [] for k in which}
    near = {k: nearest_terms(found.held(concepts[k]) > 0, found) for k in which}
    if measured.seeded is not None:
        seed = measured.seeds["seeded"][0]
        for k, one in _by_topics(measured.seeded, concepts, found, near, seed):
            out[k].append(one)
    if measured.space is not None:
        for k in which:
            out[k] += _by_nearness(measured, concepts[k], found, near[k])
    return {
        k: [replace(v, weights=v.weights * found.allowed(concepts[k])) for v in variants]
        for k, variants in out.items()
    }


def words_that_occur(concept: Concept, found: Occurrences) -> list[str]:
    """Those of its words, where there are several: without the only one nothing is left."""
    total = np.asarray(found.inside(concept).sum(axis=0)).ravel()
    there = [word for word, n in zip(concept.words, total, strict=True) if n]
    return there if len(there) > 1 else []


def _by_topics(
    seeded: Seeded,
    concepts: Sequence[Concept],
    found: Occurrences,
    near: dict[int, NDArray[np.int64]],
    seed: int,
) -> list[tuple[int, Variant]]:
    """One fit for all concepts at a time: without the first word of each, then the second.

    A topic hardly depends on whether another one lost a word, and the fits are as many as the
    longest list has words.
    """
    left: dict[int, list[tuple[str, NDArray[np.int64]]]] = {}
    for k in near:
        words = words_that_occur(concepts[k], found)
        rest = [
            (word, terms_of([w for w in concepts[k].words if w != word], seeded.column))
            for word in words
        ]
        own = len(seeded.led[k])
        left[k] = [(word, terms) for word, terms in rest if 0 < len(terms) < own]
    out = []
    for j in range(max(map(len, left.values()), default=0)):
        some = {k: words[j] for k, words in left.items() if j < len(words)}
        fit = seeded.again({k: terms for k, (_, terms) in some.items()}, seed)
        out += [_of_topic(fit, k, "word", word) for k, (word, _) in some.items()]
    place = {term: j for j, term in enumerate(seeded.counts.vocabulary)}
    names = found.counts.vocabulary
    more = {
        k: np.array([place[names[j]] for j in columns if names[j] in place], dtype=np.int64)
        for k, columns in near.items()
    }
    wider = {
        k: np.union1d(seeded.led[k], columns)
        for k, columns in more.items()
        if len(columns) and len(seeded.led[k])
    }
    if wider:
        fit = seeded.again(wider, seed)
        out += [_of_topic(fit, k, "nearest", with_terms(near[k], found)) for k in wider]
    return [(k, one) for k, one in out if one is not None]


def _of_topic(fit: Topics | None, k: int, choice: str, level: str) -> tuple[int, Variant | None]:
    if fit is None:
        return k, None
    return k, Variant(choice, level, fit.theta[:, k], "seeded", "mean")


def _by_nearness(
    measured: Measured, concept: Concept, found: Occurrences, near: NDArray[np.int64]
) -> list[Variant]:
    space, seed = measured.space, measured.seeds["nearness"][0]
    if space is None:
        return []
    changed: list[tuple[str, str, Concept, NDArray[np.int64] | None]] = [
        ("word", word, replace(concept, words=tuple(w for w in concept.words if w != word)), None)
        for word in words_that_occur(concept, found)
    ]
    if len(near):
        changed.append(("nearest", with_terms(near, found), concept, near))
    out = []
    for choice, level, other, more in changed:
        try:
            weights = space.near(other, seed, more).weights()[: len(space.corpus)]
        except DataError:
            # Too few documents are left to learn a threshold from.
            continue
        out.append(Variant(choice, level, weights, "nearness"))
    return out
