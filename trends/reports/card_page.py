"""A claim card as one HTML file: the claims first, then what they rest on."""

from __future__ import annotations

from dataclasses import dataclass

from trends.reports.page_parts import asset, environment, policy

Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class ClaimView:
    """One claim: its label, what kind of finding it is, a sentence, and facts by name."""

    label: str
    finding: str
    kind: str
    sentence: str
    evidence: str
    facts: Rows


@dataclass(frozen=True)
class CardPage:
    """All that the page shows, as text."""

    title: str
    summary: str
    altered: list[str]
    claims: list[ClaimView]
    sections: list[tuple[str, Rows]]
    check: list[str]
    seal: str


def render(card: CardPage) -> str:
    """Make the page: it asks the network for nothing, and no text of the card is markup."""
    style = asset("report.css")
    page = environment().get_template("card.html")
    shown = page.render({"card": card, "style": style, "policy": policy(style, "")})
    return shown.encode("utf-8", "replace").decode("utf-8")
