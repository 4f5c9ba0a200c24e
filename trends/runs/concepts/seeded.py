"""Concepts as topics that their words lead: document weights, and where each word ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trends.analysis.concepts.multiverse import Variant
from trends.core import Concept, TermCounts, Topics
from trends.core.wording import quoted
from trends.models.seeded import ended_in, fit_seeded
from trends.runs.concepts.occurrences import Occurrences
from trends.runs.config.settings import TextConfig
from trends.runs.tasks.terms import choose_terms


@dataclass(frozen=True)
class Seeded:
    """Fits of all concepts together, one a seed.

    Parameters
    ----------
    fits : tuple of Topics
        Topic k of each is concept k.
    column : dict
        Word → columns of the terms of the model that hold it.
    counts : TermCounts
        Terms of the model.
    led : tuple of ndarray of int
        For each concept the terms that lead its topic.
    """

    fits: tuple[Topics, ...]
    column: dict[str, NDArray[np.int64]]
    counts: TermCounts
    led: tuple[NDArray[np.int64], ...]

    def again(self, led: Mapping[int, NDArray[np.int64]], seed: int) -> Topics | None:
        """A fit in which other terms lead the topics of some concepts; ``None`` without any."""
        words = [led.get(k, own) for k, own in enumerate(self.led)]
        return fit_seeded(self.counts, words, seed=seed) if any(map(len, words)) else None

    def variants(self, k: int) -> list[Variant]:
        """Concept k by each fit: the mean share of its topic in documents."""
        return [
            Variant("measure", f"seed {i}", fit.theta[:, k], "seeded", "mean")
            for i, fit in enumerate(self.fits, start=1)
        ]

    def fate(self, k: int, word: str) -> str:
        """The topic in which a word ended, in how many fits."""
        columns = self.column[word]
        if not len(columns):
            return "not a term of the model"
        ends = [ended_in(fit, columns) for fit in self.fits]
        own = ends.count(k)
        said = f"its concept in {own} of {len(ends)} fits"
        if own < len(ends):
            fit, end = next((f, e) for f, e in zip(self.fits, ends, strict=True) if e != k)
            terms = ", ".join(fit.top_terms(4)[end])
            said += f"; else {quoted(terms)}"
        return said


def fit_concepts(
    concepts: Sequence[Concept], found: Occurrences, seeds: Sequence[int]
) -> Seeded | None:
    """Fit all concepts together, once a seed; ``None`` where no term of the model leads.

    The vocabulary is that of models, with the terms of the concepts' words.
    """
    kept, _ = choose_terms(found.counts, TextConfig())
    names = set(kept.vocabulary)
    keep = np.array([term in names for term in found.counts.vocabulary], dtype=bool) | found.own
    counts: TermCounts = found.counts.keep_terms(keep)
    place = np.cumsum(keep) - 1
    column = {
        word: place[np.flatnonzero(found.terms[:, [j]].toarray().ravel())]
        for j, word in enumerate(found.words)
    }
    led = tuple(terms_of(concept.words, column) for concept in concepts)
    if not any(len(one) for one in led):
        return None
    fits = tuple(fit_seeded(counts, led, seed=seed) for seed in seeds)
    return Seeded(fits, column, counts, led)


def terms_of(words: Sequence[str], column: Mapping[str, NDArray[np.int64]]) -> NDArray[np.int64]:
    """Columns of the terms that hold any of some words."""
    return np.unique(np.concatenate([*(column[w] for w in words), np.zeros(0, dtype=np.int64)]))
