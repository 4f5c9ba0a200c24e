"""A card of concepts checked by doing it again: words, measurement, test, random concepts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trends import sources, store
from trends.analysis.trend.spans import Span
from trends.core import Concept, Corpus
from trends.core.wording import listed, plural, quoted
from trends.errors import DataError, TrendsError, UsageError
from trends.runs.cards.model import Card, ConceptClaim
from trends.runs.concepts.card import OCCURRENCES, asked, card_of, occurrences_sha256
from trends.runs.concepts.concept_file import read_concepts
from trends.runs.concepts.inference import Options, examine
from trends.runs.concepts.occurrences import Occurrences, find
from trends.runs.review.comparison import (
    DIFFERS,
    EXACT,
    NOT_RUN,
    Step,
    compare,
    others,
    same_inputs,
)


def again(
    card: Card,
    features: Path,
    concepts: Path | None,
    beside: Path | None,
    tolerance: float,
) -> tuple[list[Step], Card | None]:
    """The concepts once more; not at all if documents, terms or words are others.

    Parameters
    ----------
    card : Card
    features : Path
        Folder of ``trends export-features``, or the corpus.
    concepts : Path, optional
        The file of the concepts, for texts of examples, of which the card holds hashes.
    beside : Path, optional
        Folder of the card, where the occurrences of words may lie.
    tolerance : float
        See :func:`~trends.runs.review.comparison.compare`.
    """
    try:
        given, options = _asked(card, concepts), _options(card)
    except (TrendsError, TypeError, ValueError, KeyError, IndexError) as error:
        return [Step("settings", DIFFERS, str(error))], None
    corpus = sources.read_corpus([str(features)])
    if (step := others(corpus, card)) is not None:
        return [step, Step("results", NOT_RUN)], None
    found = find(corpus, given)
    steps = [Step("documents", EXACT), same_inputs(card, found.counts.fingerprint, None)[0]]
    found, words = _words(card, corpus, found, beside)
    steps.append(words)
    if any(step.state == DIFFERS for step in steps):
        return [*steps, Step("results", NOT_RUN)], None
    made = examine(corpus, given, options, card.rng, found)
    new = card_of(made, corpus, given, rng=card.rng, title=card.title)
    if new.corpus.vectors_sha256 != card.corpus.vectors_sha256:
        steps.append(same_inputs(card, card.corpus.terms_sha256, new.corpus.vectors_sha256)[1])
    return [*steps, *compare(card, new, tolerance)], new


def _asked(card: Card, path: Path | None) -> list[Concept]:
    """The concepts of a card; from their file where texts stand for examples.

    Raises
    ------
    UsageError
        If the file is needed and not given, or says another thing.
    """
    stated: list[dict[str, Any]] = card.config["concepts"]["asked"]
    if path is not None:
        given = list(read_concepts(path))
        if [asked(concept) for concept in given] != stated:
            message = f"The concepts of {path} are others than those of the card."
            raise UsageError(message)
        return given
    texts = sum(len(one["texts"]) for one in stated)
    if texts:
        message = (
            f"Of {plural(texts, 'text')} of examples the card holds hashes alone; give the file "
            "of the concepts with --concepts."
        )
        raise UsageError(message)
    return [Concept(**one) for one in stated]


def _options(card: Card) -> Options:
    p, own = card.config["prevalence"], card.config["concepts"]
    spans: tuple[Span, Span] | None = None
    if p["spans"]:
        (a, b), (c, d) = p["spans"]
        spans = ((a, b), (c, d))
    return Options(
        measures=tuple(own["measures"]),
        spans=spans,
        **{name: p[name] for name in ("period", "level", "imprecise", "cluster")},
        **{name: own[name] for name in ("placebo", "multiverse", "shuffles")},
    )


def _words(
    card: Card, corpus: Corpus, found: Occurrences, beside: Path | None
) -> tuple[Occurrences, Step]:
    """Where the words stand: by the texts, by the counts, or by the file beside the card."""
    claims = [c for c in card.claims if isinstance(c, ConceptClaim)]
    lost = _differing(claims, found)
    path = None if beside is None else beside / OCCURRENCES
    if not lost:
        return found, Step("words in documents", EXACT)
    if corpus.has_text or path is None or not path.is_file():
        detail = f"other documents hold the words of {listed([quoted(n) for n in lost], most=3)}"
        if not corpus.has_text:
            detail += (
                f"; phrases may be no terms of the features: put {OCCURRENCES} of the run beside "
                "the card, or give the corpus with its texts"
            )
        return found, Step("words in documents", DIFFERS, detail)
    try:
        told = found.stated(store.read_csv(path))
    except DataError as error:
        return found, Step("words in documents", DIFFERS, str(error))
    if lost := _differing(claims, told):
        detail = f"{OCCURRENCES} is another than the card's in {listed([quoted(n) for n in lost])}"
        return found, Step("words in documents", DIFFERS, detail)
    return told, Step("words in documents", EXACT, f"as {OCCURRENCES} beside the card has them")


def _differing(claims: Sequence[ConceptClaim], found: Occurrences) -> list[str]:
    table = found.frame()
    return [
        c.topic.label
        for c in claims
        if occurrences_sha256(table, (*c.asked.words, *c.asked.exclude))
        != c.asked.occurrences_sha256
    ]
