"""The seal of a card: a hash for each section, so that a later change is found and named."""

from __future__ import annotations

from typing import Any

from trends.runs.cards.frozen import sha256_of
from trends.runs.cards.model import Card, Seal


def seal(card: dict[str, Any]) -> Seal:
    """Hashes of a card's sections, and of all of them."""
    sections = {name: sha256_of(value) for name, value in card.items() if name != "seal"}
    return Seal(sections=sections, card=sha256_of(sections))


def sealed(card: dict[str, Any]) -> Card:
    """A card of its sections, with their seal."""
    bare = {name: value for name, value in card.items() if name != "seal"}
    empty = {"sections": {}, "card": "0" * 64}
    # Validated first, so that the seal is about values as they are written and read back.
    whole = Card.model_validate({**bare, "seal": empty}).model_dump(mode="json")
    return Card.model_validate({**whole, "seal": seal(whole).model_dump()})


def broken(card: Card) -> list[str]:
    """Names of the sections whose content is not what was sealed."""
    given, now = card.seal, seal(card.model_dump(mode="json"))
    names = sorted({*given.sections, *now.sections})
    out = [name for name in names if given.sections.get(name) != now.sections.get(name)]
    return out or ([] if given.card == now.card else ["seal"])
