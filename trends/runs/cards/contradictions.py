"""What in a card cannot be true together, found without any data."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from trends.analysis.concepts.verdict import said
from trends.analysis.trend.multiplicity import adjust
from trends.analysis.trend.table import found_of
from trends.core.claim import FOUND, Finding, Stability
from trends.core.computing.rng import seeds_from
from trends.core.statements import spans_of
from trends.core.wording import percent
from trends.runs.cards.frozen import documents_sha256
from trends.runs.cards.model import Card, ClaimFacts, ConceptClaim, Member, Model
from trends.runs.cards.seal import broken
from trends.runs.cards.sentences import sentence

#: Tables hold ten digits.
CLOSE = 1e-8


def contradictions(card: Card) -> list[tuple[str, str]]:
    """Section of the card, and a sentence, for each thing that does not fit.

    First what was changed after the card was sealed, then what a new seal cannot hide: numbers that
    follow from other numbers of the card.
    """
    found = [
        (name, f"The section {name!r} is not what it was when the card was made.")
        for name in broken(card)
    ]
    for check in (_settings, _seeds, _family, _models, _placebo, _concepts):
        found += check(card)
    for claim in card.claims:
        found += [("claims", f"Topic {claim.topic.number}: {text}") for text in _claim(card, claim)]
    return found


def _settings(card: Card) -> Iterator[tuple[str, str]]:
    p, models = card.config.get("prevalence", {}), card.config.get("models", {})
    stated = {
        "measure": ("prevalence.theta", p.get("theta")),
        "period": ("prevalence.period", p.get("period")),
        "clusters": ("prevalence.cluster", p.get("cluster")),
        "standardized_by": ("prevalence.standardize_by", p.get("standardize_by")),
        "spans_set_by": ("prevalence.spans", "config" if p.get("spans") else "thirds"),
    }
    for name, (setting, value) in stated.items():
        said = getattr(card.question, name)
        if said != value:
            yield "question", f"{name} is {said!r}, by config.{setting} it is {value!r}."
    if not all(span in card.question.estimand for span in spans_of(card.question.spans)):
        yield "question", "The spans are not those of the estimand."
    if card.test.level != p.get("level"):
        yield "test", f"The level is {card.test.level:g}, the settings say {p.get('level')}."
    if [m.backend for m in card.models] != list(models.get("backends", ())):
        yield "models", "The models are not those of the settings."
    if card.rng != card.config.get("rng"):
        yield "rng", f"rng is {card.rng}, the settings say {card.config.get('rng')}."
    c = card.corpus
    if c.documents_sha256 != documents_sha256(c.columns_sha256):
        yield "corpus", "The hash of the documents is not that of their columns."
    if c.dated > c.documents or c.documents > c.records:
        yield "corpus", "There are more dated documents than documents, or more than records."


def _seeds(card: Card) -> Iterator[tuple[str, str]]:
    for model in card.models:
        number = card.config.get("models", {}).get("seeds")
        drawn = seeds_from(card.rng, model.backend, int(number)) if number else []
        seeds = [fit.seed for fit in model.fits]
        if seeds != drawn:
            yield "models", f"The seeds of {model.backend} are not those that rng {card.rng} gives."
        if card.seeds.get(model.backend) != drawn:
            yield "seeds", f"The seeds of {model.backend} are not those that rng {card.rng} gives."
        if model.prototype not in seeds:
            yield "models", f"The prototype of {model.backend} is none of its fits."


def _family(card: Card) -> Iterator[tuple[str, str]]:
    family = card.test.family
    p = [math.nan if m.p is None else m.p for m in family]
    given = [math.nan if m.p_adjusted is None else m.p_adjusted for m in family]
    if not np.allclose(adjust(p), given, rtol=CLOSE, atol=CLOSE, equal_nan=True):
        yield "test", "The adjusted p are not those that the p of all topics give."
    members = {m.topic: m for m in family}
    for claim in card.claims:
        member = members.get(claim.topic.number, Member(topic=claim.topic.number))
        if (member.p, member.p_adjusted) != (claim.p, claim.p_adjusted):
            yield "claims", f"Topic {claim.topic.number}: p is not that of the family of tests."


def _models(card: Card) -> Iterator[tuple[str, str]]:
    kinds = {claim.topic.kind for claim in card.claims}
    if kinds != {"topic"} if card.models else "topic" in kinds:
        yield "models", "Claims about concepts rest on no model, those about topics on one."
    if card.models and [m.leads for m in card.models] != [True] + [False] * (len(card.models) - 1):
        yield "models", "Not exactly the first model is the one that claims are about."
    for model in card.models:
        yield from (("models", text) for text in _fits(card, model))


def _concepts(card: Card) -> Iterator[tuple[str, str]]:
    """What only cards of concepts hold: their words in the settings, and their seeds."""
    if card.models:
        return
    given = card.config.get("concepts", {}).get("asked", [])
    for claim in card.claims:
        k = claim.topic.number
        stated = given[k] if k < len(given) else {}
        if not isinstance(claim, ConceptClaim):
            continue
        own = claim.asked.model_dump(mode="json") | {"name": claim.topic.label}
        own |= {"texts": len(stated.get("texts", ()))}
        names = ("name", "words", "exclude", "examples", "at_least")
        if (
            any(own[name] != stated.get(name) for name in names)
            or own["texts"] != claim.asked.texts
        ):
            yield "claims", f"Concept {k}: it is not the one of the settings."
    order = ("placebo", "shuffles", "nearness", "seeded")
    drawn = [seed for name in order for seed in card.seeds.get(name, ())]
    if drawn != seeds_from(card.rng, "concepts", len(drawn)):
        yield "seeds", f"The seeds are not those that rng {card.rng} gives."


def _fits(card: Card, model: Model) -> Iterator[str]:
    sizes = {sum(fit.documents) + fit.unassigned for fit in model.fits}
    if len(sizes) != 1 or max(sizes) > card.corpus.documents:
        yield f"The documents of the fits of {model.backend} do not add up to those of the corpus."
    if any(len(fit.documents) > model.n_topics for fit in model.fits):
        yield f"A fit of {model.backend} has more topics than the model."


def _placebo(card: Card) -> Iterator[tuple[str, str]]:
    asked = card.config.get("placebo", {})
    for one in card.placebo:
        if (one.shuffles, one.q) != (asked.get("shuffles"), asked.get("q")):
            yield "placebo", "The placebo is not that of the settings."
        for name, p in (("joint p", one.joint_p), ("rate", one.any_discovery)):
            least = one.shuffles + (name == "joint p")
            if not _counted(p, least):
                yield (
                    "placebo",
                    f"The {name} of {one.backend} is none that {least} counts can give.",
                )
        if percent(one.any_discovery) not in one.sentence:
            yield "placebo", f"The sentence about {one.backend} has another rate than the number."


def _counted(p: float, n: int) -> bool:
    """Whether a probability is a number of cases in ``n``."""
    return abs(p * n - round(p * n)) <= 1e-6 * n


def _claim(card: Card, claim: ClaimFacts) -> Iterator[str]:
    for name in ("change", "change_a_year", "log_odds", "ratio"):
        part = getattr(claim, name)
        if part is not None and not part.lower <= part.value <= part.upper:
            yield f"{name} lies outside its interval."
    if claim.finding != _finding(claim):
        yield f"the finding is {claim.finding.value!r}, its numbers say {_finding(claim)!r}."
    if claim.stability != Stability.NOT_EXAMINED and claim.multiverse is None:
        yield "a stability is stated, but no multiverse."
    if claim.multiverse is not None and claim.multiverse.matched > claim.multiverse.specifications:
        yield "more specifications match than there are."
    if card.multiverse is not None and claim.multiverse is not None:
        p, shuffles = claim.multiverse.joint_p, card.multiverse.shuffles
        if p is not None and not _counted(p, shuffles + 1):
            yield f"its joint p is none that {shuffles} shuffles can give."
    if claim.stability == Stability.STABLE and not _may_be_stable(card, claim):
        yield "it is called stable, which its numbers do not allow."
    if claim.stability == Stability.DEPENDS and _may_be_stable(card, claim):
        yield "it is said to depend on choices, which its numbers do not say."
    if claim.sentence and claim.sentence != sentence(card, claim):
        yield "the sentence is not what its numbers say."
    if isinstance(claim, ConceptClaim):
        yield from _concept(claim)
    lead = next((m for m in card.models if m.leads), None)
    if lead is not None and claim.topic.backend != lead.backend:
        yield "it is about a topic of another model than the one that leads."
    if card.placebo and claim.placebo_p is not None:
        shuffles = card.placebo[0].shuffles
        if not _counted(claim.placebo_p, shuffles + 1):
            yield f"p against shuffled dates is none that {shuffles} shuffles can give."


def _concept(claim: ConceptClaim) -> Iterator[str]:
    """The verdict that follows from the numbers, and what words and random ones are."""
    against = math.nan if claim.random is None or claim.random.p is None else claim.random.p
    hanging = [each.word for each in claim.without if each.hangs]
    absent = not claim.topic.documents
    words = "absent" if absent else said(claim.finding, claim.stability, hanging, against)
    named = set(claim.asked.words)
    if not named.issuperset(each.word for each in claim.without):
        yield "a word is left out that the concept does not have."
    if claim.verdict != words:
        yield f"the verdict is {claim.verdict!r}, its numbers say {words!r}."
    if claim.asked.words != claim.topic.words or claim.asked.measurement != claim.topic.backend:
        yield "its words or its measurement are stated in two ways."


def _finding(claim: ClaimFacts) -> str:
    """The finding that follows from the numbers."""
    if claim.p_adjusted is None or claim.log_odds is None:
        return Finding.NOT_TESTED.value
    how, p_turn = "", 1.0
    if claim.turn is not None:
        how, p_turn = (
            claim.turn.how,
            1.0 if claim.turn.p_adjusted is None else claim.turn.p_adjusted,
        )
    return found_of(claim.log_odds.value, claim.p_adjusted, how, p_turn)


def _may_be_stable(card: Card, claim: ClaimFacts) -> bool:
    """The rule of stability, on the numbers of the card (see ``analysis/robustness/claims.py``)."""
    found = claim.multiverse
    if found is None or found.agreement is None or claim.finding not in FOUND:
        return False
    joint = claim.finding == Finding.TURNED or (
        found.joint_p is not None and found.joint_p <= card.test.alpha
    )
    taken = any(each.takes_away for each in claim.corrected)
    if isinstance(claim, ConceptClaim):
        taken = any(each.hangs for each in claim.without) or (
            claim.random is not None and (claim.random.p or 0.0) > card.test.alpha
        )
    return found.votes >= 0.5 - 1e-9 and found.agreement > 0.5 + 1e-9 and joint and not taken
