"""Concepts of the user as one HTML file: the answer, then what each one rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from trends.reports.content import Picture
from trends.reports.page_parts import asset, environment, policy
from trends.reports.sections.cards import Example
from trends.reports.sections.tables import Downloads, Table, table
from trends.reports.svg.inline import inline

#: Bytes that the page may have: data of figures fill what the rest leaves.
MOST_BYTES = 1_900_000


@dataclass(frozen=True)
class ConceptView:
    """One concept: what is found, and the words and documents that it rests on."""

    anchor: str
    name: str
    kind: str
    verdict: str
    sentence: str
    hangs: str
    support: list[str]
    asked: str
    words: Table
    choices: Table
    #: Heading of each span, and the documents that hold the concept most clearly in it.
    spans: list[tuple[str, list[Example]]]
    pictures: Sequence[Picture] = ()
    figures: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class ConceptPage:
    """All that the page shows, as text."""

    title: str
    facts: str
    concepts: list[ConceptView]
    table: Table
    done: list[str]
    notes: list[str]
    settings: list[tuple[str, str]]
    check: list[str]
    seal: str


def render(page: ConceptPage, pictures: Sequence[Picture], unit: str) -> str:
    """Make the page: it asks the network for nothing, and no text of it is markup.

    Parameters
    ----------
    page : ConceptPage
    pictures : sequence of Picture
        Those of all concepts together; each concept has its own.
    unit : str
        Kind of period.
    """
    style = asset("report.css") + asset("print.css")
    script = asset("report.js")
    downloads, number = Downloads(), 0
    drawn: list[list[dict[str, Any]]] = []
    for group in (pictures, *(c.pictures for c in page.concepts)):
        made = []
        for picture in group:
            number += 1
            made.append(_figure(picture, number, unit, downloads))
        drawn.append(made)
    for concept, figures in zip(page.concepts, drawn[1:], strict=True):
        concept.figures.extend(figures)
    shown = {"page": page, "figures": drawn[0], "style": style, "script": script}
    shown["policy"] = policy(style, script)
    template = environment().get_template("concepts.html")
    downloads.grant(MOST_BYTES - len(template.render(shown).encode("utf-8", "replace")))
    return template.render(shown).encode("utf-8", "replace").decode("utf-8")


def _figure(picture: Picture, number: int, unit: str, downloads: Downloads) -> dict[str, Any]:
    return {
        "id": f"figure-{number}",
        "title": picture.title,
        "svg": inline(picture.svg, f"f{number}-", picture.alt),
        "caption": picture.caption,
        "stem": picture.stem,
        "other": False,
        "table": table(picture.data, unit),
        "saved": downloads.offer(picture.data, f"{picture.stem}.csv"),
    }
