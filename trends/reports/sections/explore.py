"""Explore: what the linked chart draws and says, packed for the page's script.

Words are made here, so that the chart says what the rest of the page says; the script only draws.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable
from typing import Any

import pandas as pd

from trends.core.trend import drawn_curves
from trends.core.wording import closed, missing, percent, period_name, period_noun
from trends.reports.content import Report
from trends.reports.links import checked
from trends.reports.sections.cards import MOST_LETTERS, Card
from trends.reports.words import records

#: Parts of a share that are drawn: a thousandth of a percent.
PARTS = 100_000
#: Letters of titles, ids and addresses that the page holds: fewer documents of each topic and
#: period are listed where all would have more.
MOST_LETTERS_OF_ALL = 600_000


def explore(report: Report, cards: dict[str, list[Card]]) -> str:
    """Everything that the chart needs, as base64 of packed JSON; empty without shares.

    Parameters
    ----------
    report : Report
    cards : dict
        Of :func:`trends.reports.sections.cards.cards`.
    """
    if report.prevalence.empty:
        return ""
    unit = str(report.metadata.get("period", "period"))
    starts = sorted(report.prevalence["period"].unique())
    known = report.prevalence.drop_duplicates("period").set_index("period").loc[starts]
    documents, places = _documents(report, {start: i for i, start in enumerate(starts)})
    about = {
        "unit": period_noun(unit),
        "periods": [period_name(start, unit) for start in starts],
        "short": [period_name(start, unit, short=True) for start in starts],
        "documents": [round(float(n)) for n in known["n_docs"]],
        "complete": [bool(whole) for whole in known["complete"]],
        "lead": report.lead,
        "titles": documents,
        "models": [
            {
                "name": backend,
                "topics": [
                    _topic(report, card, starts, places.get((backend, card.topic), []))
                    for card in sorted(cards[backend], key=lambda c: c.kind in {"none", "silent"})
                    if card.topic >= 0
                ],
            }
            for backend in report.backends
        ],
    }
    text = json.dumps(about, ensure_ascii=False, separators=(",", ":"))
    packed = gzip.compress(text.encode("utf-8", "replace"), 9, mtime=0)
    return base64.b64encode(packed).decode("ascii")


def _topic(report: Report, card: Card, starts: list[Any], documents: list[Any]) -> dict[str, Any]:
    """One topic: its words, its shares as numbers to draw and as text, its curve and documents."""
    shares = _of(report.prevalence, card).set_index("period").reindex(starts)
    curve = drawn_curves(_of(report.curves, card))
    fitted = curve.set_index("period").reindex(starts) if len(curve) else None
    return {
        "id": card.anchor,
        "label": closed(card.label),
        "kind": card.kind,
        "finding": card.finding,
        "change": card.change,
        "seen": [_parts(shares[name]) for name in ("share", "lower", "upper")],
        "said": [[_said(v) for v in shares[name]] for name in ("share", "lower", "upper")],
        "curve": None
        if fitted is None
        else [_parts(fitted[name]) for name in ("fitted", "lower", "upper")],
        "partners": [p.anchor for p, _ in card.partners if p.anchor],
        "documents": documents,
    }


def _of(frame: pd.DataFrame, card: Card) -> pd.DataFrame:
    if frame.empty:
        return frame
    return frame[(frame["backend"] == card.backend) & (frame["topic"] == card.topic)]


def _parts(values: Iterable[float]) -> list[int | None]:
    return [None if missing(v) else round(PARTS * float(v)) for v in values]


def _said(value: float) -> str:
    return "" if missing(value) else percent(float(value)).removesuffix("%")


def _documents(
    report: Report, periods: dict[Any, int]
) -> tuple[list[list[str]], dict[tuple[str, int], list[Any]]]:
    """Every document once (title, id, address), and by topic: period, number, places in that list.

    The number counts all documents of the topic and period; those that are listed are the closest.
    """
    titles: list[list[str]] = []
    number: dict[str, int] = {}
    of: dict[tuple[str, int], list[Any]] = {}
    if report.documents.empty:
        return titles, of
    for key, rows in _fitting(report).groupby(["backend", "topic", "period"], sort=False):
        backend, topic, period = key
        if period not in periods:
            continue
        here = []
        for row in records(rows):
            name = str(row.id)
            if name not in number:
                number[name] = len(titles)
                title = closed("" if missing(row.title) else str(row.title))[:MOST_LETTERS]
                titles.append([title, closed(name), checked(report.links.get(name, ""))])
            here.append(number[name])
        of.setdefault((str(backend), int(str(topic))), []).append(
            [periods[period], int(rows["n_docs"].iloc[0]), here]
        )
    return titles, of


def _fitting(report: Report) -> pd.DataFrame:
    """As many documents of each topic and period as the page can hold, in order."""
    frame = report.documents.sort_values(["backend", "topic", "period", "place"], kind="stable")
    for most in range(int(frame["place"].max()), 0, -1):
        some = frame[frame["place"] <= most]
        each = some.drop_duplicates("id")
        letters = each["title"].fillna("").astype(str).str.len().clip(upper=MOST_LETTERS).sum()
        letters += sum(len(str(i)) + len(report.links.get(str(i), "")) for i in each["id"])
        if letters <= MOST_LETTERS_OF_ALL:
            return some
    return frame.iloc[:0]
