"""Cards as files: read strictly, written with the same bytes for the same values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trends import files
from trends.errors import DataError, MissingError, UsageError
from trends.runs.cards.make import CARD, with_placebo
from trends.runs.cards.model import Card
from trends.runs.cards.plan import first_error
from trends.runs.cards.seal import sealed

#: Bytes that a card may have.
MOST_BYTES = 2**26
#: The JSON Schema of a card, shipped beside this file.
SCHEMA = Path(__file__).with_name("claims.schema.json")


def read(path: Path) -> Card:
    """Read a card: the file, or the folder of a run that holds it.

    Raises
    ------
    MissingError, DataError
        If it is not there, too large, or is not what the schema says.
    """
    place = path / CARD if path.is_dir() else path
    if not place.is_file():
        message = f"There is no claim card {place}; trends run writes {CARD} into its folder."
        raise MissingError(message)
    if place.stat().st_size > MOST_BYTES:
        message = f"{place} is too large for a claim card; at most {MOST_BYTES:,} bytes are read."
        raise DataError(message)
    try:
        return Card.model_validate(files.read_json(place))
    except ValidationError as error:
        message = f"{place} is no claim card: {first_error(error)} See trends card --schema."
        raise DataError(message) from error


def write(card: Card, path: Path) -> None:
    """Write a card."""
    files.write_json(path, card.model_dump(mode="json"))


def only(card: Card, topic: int) -> Card:
    """The card with the claim about one topic; the family of tests stays whole.

    Raises
    ------
    UsageError
        If there is no claim about it.
    """
    claims = [c.model_dump(mode="json") for c in card.claims if c.topic.number == topic]
    if not claims:
        have = ", ".join(str(c.topic.number) for c in card.claims)
        message = f"The card has no claim about topic {topic}; it has {have}."
        raise UsageError(message)
    return sealed({**card.model_dump(mode="json"), "claims": claims})


def add_placebo(path: Path, found: dict[str, Any]) -> Card | None:
    """The card of a run with its placebo; none where an earlier version made the run."""
    if not path.is_file():
        return None
    return with_placebo(read(path).model_dump(mode="json"), found)


def schema() -> dict[str, Any]:
    """The JSON Schema that is shipped."""
    found: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return found


def made_schema() -> str:
    """The schema as the classes of a card give it; the file holds this text."""
    made = Card.model_json_schema(mode="serialization")
    return files.json_text(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Claim card of topic-trends",
            **{name: value for name, value in made.items() if name != "title"},
        }
    )
