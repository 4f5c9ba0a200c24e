"""What topics are called, and whether documents find their way to it."""

from __future__ import annotations

from dataclasses import dataclass

from trends.analysis.quality import labels
from trends.analysis.quality.label_check import BlindAssignment, LabelCheck
from trends.core import Corpus, TermCounts, Topics
from trends.runs.tasks.analysis_parts.names import Names
from trends.runs.tasks.curation import edited
from trends.runs.tasks.terms import languages


def phrases_of(corpus: Corpus, counts: TermCounts) -> TermCounts:
    """Noun phrases of titles and texts; where there are no texts, terms of the vocabulary."""
    from trends.text.noun_phrases import noun_phrases, spelled_terms

    titles = corpus.documents["title"].fillna("").astype(str).tolist()
    if not corpus.has_text:
        return spelled_terms(counts, titles)
    return noun_phrases(titles, [*corpus.texts], corpus.ids, languages=list(languages(corpus)))


@dataclass(frozen=True)
class Named:
    """Names of a fit's topics: in use, without the user's, checked, and what to know of them."""

    labels: tuple[str, ...]
    automatic: tuple[str, ...]
    check: LabelCheck
    notes: list[str]


def name(
    backend: str, fit: Topics, counts: TermCounts, phrases: TermCounts, own: Names, rng: int
) -> Named:
    """Names of a fit's topics, the user's where there are such, and their blind assignment."""
    automatic = edited.named(fit, labels.label(fit, reference=counts, phrases=phrases))
    used, notes = own.of(backend, fit, automatic, rng)
    return Named(used, automatic, BlindAssignment(fit, counts).check(used), notes)


def sentence(backend: str, check: LabelCheck) -> str:
    """What the blind assignment says of the labels of a fit."""
    return (
        f"{backend}: {check.mean:.0%} of held-out documents find their way to the label of their "
        f"topic by its words alone, where chance would send {check.chance:.0%} (mean over topics, "
        f"{int(check.documents.sum()):,} documents)."
    )
