"""The three measurements of a concept behind one contract: concept → document weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from trends.analysis.concepts.multiverse import Variant
from trends.core import Concept, Corpus
from trends.core.wording import listed, plural
from trends.errors import DataError, UsageError
from trends.registry import unknown
from trends.runs.concepts.near import Space, said
from trends.runs.concepts.occurrences import Occurrences
from trends.runs.concepts.seeded import Seeded, fit_concepts
from trends.runs.concepts.variants import by_dictionary

MEASURES = ("dictionary", "seeded", "nearness")
#: Fits of seeded topics.
FITS = 3


@dataclass
class Measured:
    """Document weights of concepts under all measurements that were asked for.

    Parameters
    ----------
    variants : list of list of Variant
        Of each concept; the first is the one that leads.
    fates : dict
        (concept, word) → the topic in which a word ended, where topics were seeded.
    notes : list of str
    seeded : Seeded, optional
        The fits of seeded topics.
    space : Space, optional
        In which nearness was measured.
    seeds : mapping
        Of ``seeded`` (one a fit) and ``nearness`` (one).
    """

    variants: list[list[Variant]]
    fates: dict[tuple[str, str], str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    seeded: Seeded | None = None
    space: Space | None = None
    seeds: Mapping[str, Sequence[int]] = field(default_factory=dict)


def check(measures: Sequence[str], concepts: Sequence[Concept]) -> tuple[str, ...]:
    """The measurements, each once.

    Raises
    ------
    UsageError
        If one has another name, none is given, or a concept has none that suits it.
    """
    for name in measures:
        if name not in MEASURES:
            raise UsageError(unknown("measurement", name, MEASURES))
    if not measures or len(set(measures)) < len(measures):
        message = f"Name each measurement once, of {listed(MEASURES, word='or')}; got {measures!r}."
        raise UsageError(message)
    for concept in concepts:
        if not concept.words and "nearness" not in measures:
            message = (
                f"The concept {concept.name!r} has examples and no words, which measurement by "
                f"{listed(measures, word='or')} needs; add nearness (--measure nearness)."
            )
            raise UsageError(message)
    return tuple(measures)


def measure(
    corpus: Corpus,
    concepts: Sequence[Concept],
    found: Occurrences,
    measures: Sequence[str],
    seeds: Mapping[str, Sequence[int]],
) -> Measured:
    """Measure concepts in every way that was asked for.

    Parameters
    ----------
    corpus, concepts, found
        The documents, what is asked, and where its words occur.
    measures : sequence of str
        The first that suits a concept leads.
    seeds : mapping
        Of ``seeded`` (one a fit) and ``nearness`` (one).
    """
    out = Measured([[] for _ in concepts], seeds=seeds)
    for name in measures:
        if name == "dictionary":
            for k, concept in enumerate(concepts):
                if concept.words:
                    out.variants[k] += by_dictionary(concept, found)
        elif name == "seeded":
            _seed(out, concepts, found, seeds["seeded"])
        else:
            _near(out, corpus, concepts, found, seeds["nearness"][0], leads=name == measures[0])
    for k, variants in enumerate(out.variants):
        if not variants:
            nothing = np.zeros(len(corpus))
            out.variants[k] = [Variant("all", "no term", nothing, measures[0])]
        elif variants[0].choice != "all":
            variants[0] = replace(variants[0], choice="all")
    return out


def _seed(
    out: Measured, concepts: Sequence[Concept], found: Occurrences, seeds: Sequence[int]
) -> None:
    fitted = out.seeded = fit_concepts(concepts, found, seeds)
    if fitted is None:
        out.notes.append("No word of any concept is a term of the model: no topic was seeded.")
        return
    for k, concept in enumerate(concepts):
        if not any(len(fitted.column[word]) for word in concept.words):
            continue
        single = fitted.variants(k)
        mean = np.mean([v.weights for v in single], axis=0)
        allowed = found.allowed(concept)
        level = f"mean of {plural(len(single), 'fit')}"
        whole = Variant("measure", level, mean, "seeded", "mean")
        out.variants[k] += [replace(v, weights=v.weights * allowed) for v in (whole, *single)]
        for word in concept.words:
            out.fates[concept.name, word] = fitted.fate(k, word)


def _near(
    out: Measured,
    corpus: Corpus,
    concepts: Sequence[Concept],
    found: Occurrences,
    seed: int,
    *,
    leads: bool,
) -> None:
    space = out.space = Space(corpus, concepts, found)
    for k, concept in enumerate(concepts):
        try:
            near = space.near(concept, seed)
        except DataError as error:
            held = found.held(concept).any() if concept.words else True
            if held and (leads or not concept.words or concept.examples):
                raise
            out.notes.append(f"{concept.name}: not measured by nearness. {error}")
            continue
        allowed = found.allowed(concept)
        out.variants[k] += [replace(v, weights=v.weights * allowed) for v in space.variants(near)]
        out.notes.append(said(concept, near, space.name))
