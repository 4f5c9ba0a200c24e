"""The variants of a concept that its multiverse examines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.analysis.concepts.multiverse import LEAST_PERIODS, Variant
from trends.analysis.concepts.words import partners
from trends.analysis.prevalence.periods import Periods
from trends.core import Concept, Corpus
from trends.core.wording import PERIODS, listed, quoted
from trends.errors import DataError
from trends.runs.concepts.occurrences import Occurrences
from trends.runs.tasks.analysis_parts.periods import periods_of

#: Terms that are added to a concept.
NEAREST = 3
#: Documents that a typical period of another kind must have.
LEAST_DOCUMENTS = 20


def by_dictionary(concept: Concept, found: Occurrences) -> list[Variant]:
    """The concept as it is; without each word that occurs; with the nearest terms; thresholds."""
    inside = found.inside(concept)
    total = np.asarray(inside.sum(axis=1)).ravel()
    held = total >= concept.at_least
    out = [Variant("all", "all words", held.astype(float))]
    there = np.flatnonzero(np.asarray(inside.sum(axis=0)).ravel())
    for j in there if len(there) > 1 else ():
        rest = total - np.asarray(inside[:, [j]].sum(axis=1)).ravel()
        out.append(Variant("word", concept.words[j], (rest >= concept.at_least).astype(float)))
    near = nearest_terms(held, found)
    if len(near):
        more = found.counts.matrix[:, near].sum(axis=1)
        wider = total + np.asarray(more).ravel() * found.allowed(concept)
        weights = (wider >= concept.at_least).astype(float)
        out.append(Variant("nearest", with_terms(near, found), weights))
    for least in (concept.at_least - 1, concept.at_least + 1):
        if least:
            often = "once" if least == 1 else f"{least} times"
            weights = (total >= least).astype(float)
            out.append(Variant("threshold", f"words occur {often} or more", weights))
    return out


def nearest_terms(held: NDArray[np.bool_], found: Occurrences) -> NDArray[np.int64]:
    """The terms that stand beside a concept more often than by chance, as columns of the counts."""
    near = partners(found.counts, sparse.csr_matrix(held[:, None]), found.own, n=NEAREST)[0]
    place = {term: j for j, term in enumerate(found.counts.vocabulary)}
    return np.array([place[term] for term in near], dtype=np.int64)


def with_terms(columns: NDArray[np.int64], found: Occurrences) -> str:
    """What a concept with more terms is called."""
    return f"with {listed([quoted(found.counts.vocabulary[j]) for j in columns])}"


def other_periods(corpus: Corpus, main: Periods, imprecise: str) -> dict[str, Periods]:
    """The main period, and the next finer and the next coarser one where they can be had."""
    names = [*PERIODS, "2-years", "4-years", "8-years"]
    out = {main.period: main}
    if main.period not in names:
        return out
    at = names.index(main.period)
    for name in names[max(at - 1, 0) : at + 2]:
        if name in out:
            continue
        try:
            one = periods_of(corpus, period=name, imprecise=imprecise)  # type: ignore[arg-type]
        except DataError:
            continue
        filled = one.n_docs[one.n_docs > 0]
        if len(filled) >= LEAST_PERIODS and np.median(filled) >= LEAST_DOCUMENTS:
            out[name] = one
    return out
