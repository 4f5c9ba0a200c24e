"""Topic cards: everything that the page tells about one topic, gathered from the run's tables."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup

from trends.core import multivalue as cells
from trends.core import statements
from trends.core.trend import drawn_curves
from trends.core.wording import (
    DASH,
    closed,
    missing,
    percent,
    period_name,
    period_noun,
    plural,
)
from trends.reports.content import Report
from trends.reports.links import checked
from trends.reports.sections import checks, sentences, topic_view
from trends.reports.sections.checks import Check
from trends.reports.sections.topic_view import Key, Partner
from trends.reports.svg.sparkline import again, sparkline
from trends.reports.svg.trend_chart import CARD, WIDE, Frame, trend_chart
from trends.reports.words import parts, records

#: Letters of a title that the page shows.
MOST_LETTERS = 300
#: Signs before a finding, which say the same as its colour.
SIGNS = {"rising": "▲ ", "falling": "▼ ", "turned": "◆ ", "none": "", "silent": ""}


class Example(NamedTuple):
    """A document: its title, its id, and the address where it can be read, if that is known."""

    title: str
    id: str
    link: str = ""


@dataclass(frozen=True)
class Card:
    """One topic of one backend, as text; the ``key_…`` fields sort the table."""

    anchor: str
    backend: str
    topic: int
    label: str
    n_docs: str
    share: str
    change: str
    p: str
    finding: str
    turn: str
    kind: str
    stability_of: str
    npmi: str
    stability: str
    terms: list[str]
    examples: list[Example]
    sentence: str
    spark: Markup
    curve: Markup
    chart: Markup
    partners: list[tuple[Partner, Markup]]
    fits: Check | None
    diagnosed: Check | None
    agreement: list[str]
    cautions: list[str]
    evidence: list[tuple[str, str]]
    key_docs: float
    key_share: float
    key_change: float
    key_npmi: float
    key_stability: float
    label_check: str
    key_label_check: float


def cards(report: Report) -> dict[str, list[Card]]:
    """Cards by backend, largest topic first, what no topic took last."""
    places = anchors(report)
    frames: dict[tuple[str, ...], str] = {}
    labels = {(r.backend, int(r.topic)): r.label for r in records(report.topics)}
    trends = {(r.backend, int(r.topic)): r for r in records(report.trends)}
    out: dict[str, list[Card]] = {}
    for backend in report.backends:
        rows = report.topics[report.topics["backend"] == backend]
        shares = (
            report.prevalence[report.prevalence["backend"] == backend]
            if len(report.prevalence)
            else report.prevalence
        )
        top = float(shares.loc[shares["topic"] != -1, "share"].max()) if len(shares) else math.nan
        made = []
        for row in records(rows):
            key = (backend, int(row.topic))
            series = (
                shares[shares["topic"] == row.topic].sort_values("period")
                if len(shares)
                else shares
            )
            matched = topic_view.partners(report, key, places, labels)
            made.append(
                _card(
                    report,
                    row,
                    places[key],
                    trends.get(key),
                    series,
                    top,
                    matched,
                    frames,
                )
            )
        out[backend] = sorted(made, key=lambda c: (c.topic < 0, -c.key_share, c.topic))
    return out


def anchors(report: Report) -> dict[Key, str]:
    """Where on the page each topic stands."""
    return {
        (b, t): f"t{i}-{'x' if t < 0 else t}"
        for i, b in enumerate(report.backends)
        for t in _topics(report, b)
    }


def _topics(report: Report, backend: str) -> list[int]:
    return [int(t) for t in report.topics.loc[report.topics["backend"] == backend, "topic"]]


def _card(
    report: Report,
    row: Any,
    anchor: str,
    found: Any,
    series: pd.DataFrame,
    top: float,
    matched: list[Partner],
    frames: dict[tuple[str, ...], str],
) -> Card:
    kind = "silent" if found is None else sentences.kind_of(found)
    outlier = int(row.topic) == -1
    key: Key = (str(row.backend), int(row.topic))
    ids = _items(getattr(row, "example_ids", None), ";")
    alt = _alt(report, series, str(row.label))
    sentence = (
        ""
        if outlier
        else "No trend was estimated."
        if found is None
        else sentences.trend(found, report)
    )
    number = {
        name: _number(getattr(row, name, None))
        for name in ("n_docs", "share", "npmi", "stability", "label_check")
    }
    return Card(
        anchor=anchor,
        backend=str(row.backend),
        topic=int(row.topic),
        label=str(row.label),
        n_docs=DASH if math.isnan(number["n_docs"]) else f"{number['n_docs']:,.0f}",
        share=percent(number["share"]),
        change=DASH if found is None else statements.change_of(found),
        p="" if found is None else _probability(found, kind),
        finding="not a topic"
        if outlier
        else "not tested"
        if found is None
        else f"{SIGNS[kind]}{found.finding}",
        turn="" if found is None or kind != "turned" else statements.turn_of(found),
        kind="silent" if outlier else kind,
        stability_of=topic_view.stability(report, key)
        if found is not None and statements.is_found(found)
        else "",
        npmi=_plain(number["npmi"]),
        stability=_plain(number["stability"]),
        terms=_terms(row.top_terms),
        examples=_examples(row, ids, report.links),
        sentence=sentence,
        spark=_spark(series, alt, top, anchor),
        curve=_chart(report, key, series, alt, None, CARD)
        if key[0] == report.lead and not outlier
        else Markup(""),
        chart=_chart(report, key, series, alt, frames, WIDE),
        partners=[(p, again(f"{p.anchor}-s") if p.anchor else Markup("")) for p in matched],
        fits=checks.fits(report, key),
        diagnosed=checks.diagnosed(report, key),
        agreement=topic_view.agreement(report, key, number["stability"]) if not outlier else [],
        cautions=topic_view.cautions(report, key),
        evidence=topic_view.evidence(report, key, ids),
        key_docs=number["n_docs"],
        key_share=number["share"],
        key_change=math.nan if found is None else _number(found.change),
        key_npmi=number["npmi"],
        key_stability=number["stability"],
        label_check=percent(number["label_check"], 0),
        key_label_check=number["label_check"],
    )


def _probability(row: Any, kind: str) -> str:
    """The adjusted p that the finding rests on, after “adjusted p”; empty where there is none."""
    turned = kind == "turned"
    p = row.p_turn_adjusted if turned else row.p_adjusted
    return "" if missing(p) else f"{'of the turn ' if turned else ''}{statements.equals(p)}"


def _terms(value: Any) -> list[str]:
    """Terms of a cell; the separator is the first of these that occurs in it."""
    return parts(
        value, next((s for s in (";", "|", ",") if isinstance(value, str) and s in value), "|")
    )


def _number(value: Any) -> float:
    return math.nan if missing(value) else float(value)


def _plain(value: float) -> str:
    if math.isnan(value):
        return DASH
    text = f"{abs(value):.2f}"
    return ("−" if value < 0 and float(text) else "") + text


def _examples(row: Any, ids: list[str], links: Mapping[str, str]) -> list[Example]:
    """Titles with their ids and addresses, where there is one id for each title."""
    titles = [
        t if len(t) <= MOST_LETTERS else t[:MOST_LETTERS] + "…"
        for t in _items(getattr(row, "examples", None), "|")
    ]
    pairs = zip(titles, ids if len(ids) == len(titles) else [""] * len(titles), strict=True)
    return [
        Example(title, name, checked(links.get(name, ""))) for title, name in pairs if title or name
    ]


def _items(value: Any, mark: str) -> list[str]:
    """The texts of a cell, empty ones included, so that titles and ids stay side by side."""
    return cells.split(value, mark) if isinstance(value, str) else parts(value, mark)


def _alt(report: Report, series: pd.DataFrame, label: str) -> str:
    """Text in the place of a topic's line for a reader who does not see it."""
    unit = str(report.metadata.get("period", "period"))
    known = series[series["share"].notna()] if len(series) else series
    label = closed(label)
    if known.empty:
        return f"{label}: no documents in any {period_noun(unit)}"
    first, last = known.iloc[0], known.iloc[-1]
    return (
        f"{label}: {percent(first['share'])} in {period_name(first['period'], unit)}, "
        f"{percent(last['share'])} in "
        f"{period_name(last['period'], unit)}, {plural(len(series), period_noun(unit))}"
    )


def _spark(series: pd.DataFrame, alt: str, top: float, anchor: str) -> Markup:
    if series.empty:
        return Markup("")
    return sparkline(series["share"].tolist(), series["complete"].tolist(), alt, top, f"{anchor}-s")


def _chart(
    report: Report,
    key: Key,
    series: pd.DataFrame,
    alt: str,
    frames: dict[tuple[str, ...], str] | None,
    frame: Frame,
) -> Markup:
    if series.empty or series["share"].isna().all():
        return Markup("")
    unit = str(report.metadata.get("period", "period"))
    known = series[series["share"].notna()]
    high = known.iloc[int(known["share"].to_numpy().argmax())]
    curves = report.curves
    if len(curves):
        curves = drawn_curves(curves[(curves["backend"] == key[0]) & (curves["topic"] == key[1])])
    words = f"{alt}; highest {percent(high['share'])} in {period_name(high['period'], unit)}"
    words += "; fitted curve with band" if len(curves) else "; line with band"
    return trend_chart(series, unit, words, frames, curve=curves, frame=frame)
