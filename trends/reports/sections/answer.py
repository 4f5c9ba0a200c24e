"""The answer: what the run found, in a sentence and on a card for each claim, before the method."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from trends.core import statements
from trends.core.claim import Stability
from trends.core.wording import plural
from trends.reports.content import Report
from trends.reports.sections import sentences
from trends.reports.sections.cards import Card
from trends.reports.words import records

#: Topics that all get a card; of more, those without a change are named only.
MOST_CARDS = 24
#: Finding as a class → its words after a number of topics.
SAID = {
    "rising": "{} rose",
    "falling": "{} fell",
    "turned": "{} turned",
    "none": "in {} no change detected",
    "silent": "{} not tested",
}


@dataclass(frozen=True)
class Answer:
    """The first screen: the sentence, cards of findings and of other topics, and the rest."""

    sentence: str
    stable: str = ""
    found: list[Card] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    others: list[Card] = field(default_factory=list)


def answer(report: Report, cards: dict[str, list[Card]]) -> Answer:
    """What the run found about the topics of the backend that its claims are about.

    Parameters
    ----------
    report : Report
    cards : dict
        Of :func:`trends.reports.sections.cards.cards`.
    """
    about = report.lead
    topics = [c for c in cards.get(about, []) if c.topic >= 0]
    if not topics or report.trends.empty:
        return Answer("No trends were estimated.")
    order = list(SAID)
    topics.sort(key=lambda c: (order.index(c.kind) > 2, -abs(c.key_change or 0), c.topic))
    first, last = statements.spans_of(sentences.spans_of(report))
    counts = [(sum(c.kind == kind for c in topics), words) for kind, words in SAID.items()]
    said = ", ".join(words.format(n) for n, words in counts if n)
    text = f"Of {plural(len(topics), 'topic')} of {about}, from {first} to {last}: {said}."
    found = [c for c in topics if order.index(c.kind) < 3]
    rest = topics[len(found) :]
    few = len(topics) <= MOST_CARDS
    return Answer(text, _stable(report), found, rest if few else [], [] if few else rest)


def _stable(report: Report) -> str:
    """How many of the findings are stable, and over how many specifications."""
    found: list[Any] = (
        [r for r in records(report.claims) if statements.is_found(r)] if len(report.claims) else []
    )
    if not found:
        return ""
    of = {name: sum(str(r.stability) == name for r in found) for name in Stability}
    if of[Stability.NOT_EXAMINED] == len(found):
        return "Whether other choices would say the same was not examined."
    number = max((getattr(r, "specifications", 0) for r in found), default=0)
    over = f" over {number:,} specifications" if number else ""
    return f"{of[Stability.STABLE]} of {plural(len(found), 'finding')} stable{over}."
