"""What a card says, in words, from the card alone."""

from __future__ import annotations

from types import SimpleNamespace

from trends.core import statements
from trends.core.claim import FOUND
from trends.core.wording import plural, probability
from trends.runs.cards.model import Card, ClaimFacts, ConceptClaim, Estimate

_NAN = float("nan")


def sentence(card: Card, claim: ClaimFacts) -> str:
    """What the run says of the topic, in the words of the report."""
    return sentence_of(claim, card.question.spans, card.test.level)


def sentence_of(claim: ClaimFacts, spans: list[str], level: float) -> str:
    """The same for a claim, whose card is yet to be made."""
    return statements.sentence(_row(claim), spans, f"{level * 100:g}% interval")


def _row(claim: ClaimFacts) -> SimpleNamespace:
    """A claim as the row of a table of trends."""

    def ends(name: str, estimate: Estimate | None, low: str, high: str) -> dict[str, float]:
        if estimate is None:
            return dict.fromkeys((name, low, high), _NAN)
        return {name: estimate.value, low: estimate.lower, high: estimate.upper}

    turn = claim.turn
    return SimpleNamespace(
        finding=claim.finding.value,
        note=claim.note,
        p=_known(claim.p),
        p_adjusted=_known(claim.p_adjusted),
        power=_known(claim.power),
        turn=turn.how if turn else "",
        turn_at=_known(turn.at if turn else None),
        p_turn_adjusted=_known(turn.p_adjusted if turn else None),
        fits=claim.fits or 1,
        fits_lower=_known(claim.fits_lower),
        fits_upper=_known(claim.fits_upper),
        **ends("change", claim.change, "change_lower", "change_upper"),
        **ends("slope", claim.change_a_year, "lower", "upper"),
        **ends("ratio", claim.ratio, "ratio_lower", "ratio_upper"),
    )


def _known(value: float | None) -> float:
    return _NAN if value is None else value


def line(card: Card, claim: ClaimFacts) -> str:
    """One claim as a line of text: what, how sure, on what, and how it can be checked."""
    said = sentence(card, claim)
    parts = [
        f"“{claim.topic.label}”: {said[0].lower()}{said[1:-1]}",
        *evidence(card, claim),
        f"{plural(card.corpus.documents, 'document')} of {card.corpus.name}, {_from_to(card)}",
        f"card {card.seal.card[:12]}, topic-trends {card.software.versions['topic-trends']}",
    ]
    return "; ".join(part for part in parts if part) + "."


def evidence(card: Card, claim: ClaimFacts) -> list[str]:
    """What speaks for and against one claim, a few words each."""
    out = []
    if isinstance(claim, ConceptClaim):
        out.append(f"verdict: {claim.verdict}")
        if claim.random is not None and claim.random.p is not None:
            out.append(f"against random concepts {probability(claim.random.p, 'p')}")
    if claim.finding in FOUND:
        out.append(f"over other choices: {claim.stability.value}{_agreeing(claim)}")
    taken = [c.diagnostic for c in claim.corrected if c.takes_away]
    if taken:
        out.append(f"not found any more once corrected for {', '.join(taken)}")
    if claim.placebo_p is not None:
        out.append(f"against shuffled dates {probability(claim.placebo_p, 'p')}")
    if card.plan is not None:
        n = len(card.plan.deviations)
        kept = "followed" if not n else f"with {plural(n, 'deviation')}"
        out.append(f"plan registered {card.plan.registered[:10]}, {kept}")
    return out


def _agreeing(claim: ClaimFacts) -> str:
    found = claim.multiverse
    if found is None or found.agreement is None:
        return ""
    joint = "" if found.joint_p is None else f", joint {probability(found.joint_p, 'p')}"
    return (
        f" ({found.agreement:.0%} of votes agree, {plural(found.specifications, 'specification')}"
        f"{joint})"
    )


def _from_to(card: Card) -> str:
    first, last = card.corpus.first_day, card.corpus.last_day
    return f"{first} to {last}" if first else "undated"
