"""From concepts over time to their page: share, contrast, slope, verdict, words, documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from trends.analysis.concepts.table import ABSENT, ConceptTrends, hanging
from trends.core import Concept, Corpus, statements
from trends.core.claim import Finding
from trends.core.wording import listed, missing, percent, period_noun, plural, quoted
from trends.plots.output.drawn import Drawn
from trends.plots.output.saving import svg_text
from trends.reports.concept_page import ConceptPage, ConceptView, render
from trends.reports.content import Picture
from trends.reports.links import link_of
from trends.reports.sections.cards import MOST_LETTERS, SIGNS, Example
from trends.reports.sections.tables import Table, table
from trends.runs.cards.model import Card

_KINDS = {Finding.RISING: "rising", Finding.FALLING: "falling", Finding.TURNED: "turned"}
#: How the stem of a figure of one concept begins.
_OWN = "choices-"
#: Documents of each span on the page; the file has more.
DOCUMENTS = 5
#: Columns of ``words.csv`` and what the page calls them.
_WORDS = {
    "word": "word",
    "documents": "documents",
    "occurrences": "occurrences",
    "only_by_it": "held by it alone",
    "forms": "found as",
    "partners": "stands beside",
    "excluded": "lost to words that exclude",
    "ended_in": "ended in the topic of",
    "without": "without it (points)",
    "p": "p without it",
    "hangs": "the claim hangs on it",
}
_CHOICES = ("measure", "choice", "level", "period_length", "finding", "change", "p")
_TABLE = (
    *("label", "documents", "share", "share_first", "share_last", "change", "change_lower"),
    *("change_upper", "slope", "p_adjusted", "placebo_p"),
)


def page_of(
    found: ConceptTrends,
    corpus: Corpus,
    concepts: Sequence[Concept],
    card: Card,
    drawn: Sequence[Drawn],
) -> str:
    """The page of concepts as HTML.

    Parameters
    ----------
    found : ConceptTrends
    corpus : Corpus
        Where documents lead to, by their identifiers.
    concepts : sequence of Concept
        In the order of ``found``.
    card : Card
        Of the same concepts.
    drawn : sequence of Drawn
        Of :func:`trends.runs.concepts.publish.figures`: ``choices-K`` is of concept K.
    """
    unit = str(found.settings["period"])
    rows = found.frame().to_dict("records")
    titles = {f"{_OWN}{k}": f"{c.name} under other choices" for k, c in enumerate(concepts)}
    pictures = [
        Picture(
            titles.get(d.stem, d.title),
            *(svg_text(d), d.caption, d.alt, d.data),
            stem=d.stem,
        )
        for d in drawn
    ]
    own = {p.stem: p for p in pictures if p.stem.startswith(_OWN)}
    links = _links(corpus, found.documents["id"])
    views = [
        _view(found, concept, row, links, [p for n, p in own.items() if n == f"{_OWN}{k}"])
        for k, (concept, row) in enumerate(zip(concepts, rows, strict=True))
    ]
    page = ConceptPage(
        title=card.title,
        facts=f"{card.corpus.description} {card.question.estimand}.",
        concepts=views,
        table=_table(found.frame(), unit),
        done=_done(found, unit),
        notes=[str(note) for note in found.settings["notes"]],
        settings=[(name, _said(value)) for name, value in _settings(found).items()],
        check=card.check,
        seal=card.seal.card,
    )
    return render(page, [p for p in pictures if p.stem not in own], unit)


def _view(
    found: ConceptTrends,
    concept: Concept,
    row: Mapping[Any, Any],
    links: Mapping[str, str],
    pictures: list[Picture],
) -> ConceptView:
    kind = _KINDS.get(row["finding"], "silent")
    sign = "" if row["verdict"] == ABSENT else SIGNS[kind]
    spans = [str(span) for span in found.settings["spans"]]
    one = next(r for r in found.frame().itertuples() if r.label == concept.name)
    absent = row["verdict"] == ABSENT
    return ConceptView(
        anchor=f"c{row['topic']}",
        name=concept.name,
        kind=kind,
        verdict=f"{sign}{row['verdict']}",
        sentence=f"{row['note'][0].upper()}{row['note'][1:]}."
        if absent
        else statements.sentence(one, spans),
        hangs=_hangs(row),
        support=[] if absent else [line for line in found.support(one) if line],
        asked=_asked(concept, found.measured[int(row["topic"])]),
        words=_words(found, concept, row),
        choices=_choices(found, concept),
        spans=[] if absent else _documents(found, concept, spans, links),
        pictures=pictures,
    )


def _hangs(row: Mapping[Any, Any]) -> str:
    words = hanging(str(row["hangs_on"]))
    if not words:
        return ""
    return f"The claim hangs on {listed([quoted(word) for word in words])}."


def _asked(concept: Concept, measured: str) -> str:
    parts = [f"Measured by {measured}"]
    if concept.words:
        parts.append(f"words: {', '.join(concept.words)}")
    if concept.exclude:
        parts.append(f"documents with {', '.join(concept.exclude)} do not count")
    if concept.at_least > 1:
        parts.append(f"words occur {concept.at_least} times or more")
    if concept.examples or concept.texts:
        parts.append(plural(len(concept.examples) + len(concept.texts), "example"))
    return f"{'; '.join(parts)}."


def _words(found: ConceptTrends, concept: Concept, row: Mapping[Any, Any]) -> Table:
    words = found.words[found.words["concept"] == concept.name]
    words = words[[name for name in _WORDS if name in words]]
    choices = found.choices(concept.name)
    if len(choices):
        own = found.measured[int(row["topic"])]
        alone = choices[(choices["choice"] == "word") & (choices["measure"] == own)]
        alone = alone.set_index("level")
        hangs = hanging(str(row["hangs_on"]))
        words = words.assign(
            without=words["word"].map(alone["change"]),
            p=words["word"].map(alone["p"]),
            hangs=["yes" if word in hangs else "" for word in words["word"]],
        )
    for name in ("excluded", "ended_in", "hangs"):
        if name in words and not words[name].map(bool).any():
            words = words.drop(columns=name)
    made = table(words.rename(columns={"without": "change"}), str(found.settings["period"]), 1000)
    headings = [_WORDS[name] for name in words.columns]
    return Table(headings, made.rows, made.numeric)


def _choices(found: ConceptTrends, concept: Concept) -> Table:
    rows = found.specifications
    if rows.empty:
        return Table([], [], [])
    rows = rows.loc[rows["concept"] == concept.name, list(_CHOICES)]
    rows = rows.assign(choice=rows["choice"].replace("word", "without a word"))
    made = table(rows, str(found.settings["period"]), 1000)
    headings = ["measured by", "choice", "which", "period", "finding", "change (points)", "p"]
    return Table(headings, made.rows, made.numeric)


def _documents(
    found: ConceptTrends, concept: Concept, spans: Sequence[str], links: Mapping[str, str]
) -> list[tuple[str, list[Example]]]:
    own = found.documents[found.documents["concept"] == concept.name]
    out = []
    for side, span in zip(("first", "last"), statements.spans_of(spans), strict=True):
        rows = own[own["span"] == side].head(DOCUMENTS).to_dict("records")
        listed_ = []
        for one in rows:
            title = "" if missing(one["title"]) else str(one["title"])
            title = title if len(title) <= MOST_LETTERS else f"{title[:MOST_LETTERS]}…"
            holds = f": {one['found']}" if one["found"] else ""
            listed_.append(
                Example(title, f"{one['id']}{holds}", links.get(str(one["id"]), ""))
                if title
                else Example(f"{one['id']}{holds}", "", links.get(str(one["id"]), ""))
            )
        out.append((f"{span}, of those that hold it most clearly", listed_))
    return out


def _table(frame: pd.DataFrame, unit: str) -> Table:
    made = table(frame[list(_TABLE)].rename(columns={"placebo_p": "null_p"}), unit, 1000)
    names = {
        "label": "concept",
        "share_first": "first span",
        "share_last": "last span",
        "change": "points",
        "change_lower": "lower",
        "change_upper": "upper",
        "slope": "points a year",
        "p_adjusted": "adjusted p",
        "placebo_p": "p, random concepts",
    }
    rows = [list(row) for row in made.rows]
    for k, name in enumerate(_TABLE):
        if name in ("share_first", "share_last"):
            for row, value in zip(rows, frame[name], strict=True):
                row[k] = "–" if missing(value) else percent(float(value))
    return Table([names.get(n, n) for n in _TABLE], rows, made.numeric)


def _done(found: ConceptTrends, unit: str) -> list[str]:
    s = found.settings
    first, last = statements.spans_of([str(span) for span in s["spans"]])
    said = (
        f"Shares are of all dated documents of the {period_noun(unit)}; concepts may overlap. The "
        f"change is that between {first} and {last}, tested for all concepts together, with "
        "shocks between periods that may last."
    )
    lines = [said]
    if s["placebo"]:
        lines.append(
            f"Each concept is held against {plural(s['placebo'], 'random concept')} with words as "
            "frequent: words share what moves all of them, such as longer texts."
        )
    if s["multiverse"]:
        lines.append(
            "What is found is tested again without each word, with the nearest terms, with other "
            "thresholds, measurements and periods. A claim hangs on a word if it is lost, or less "
            "than half of it is left, without that word."
        )
    return lines


def _settings(found: ConceptTrends) -> dict[str, Any]:
    names = ("measures", "period", "level", "imprecise", "cluster", "placebo", "shuffles", "seeds")
    return {name: found.settings[name] for name in names}


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_said(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value) or "none"


def _links(corpus: Corpus, ids: pd.Series) -> dict[str, str]:
    rows = corpus.documents[corpus.documents["id"].isin(ids)]
    return {str(row["id"]): link_of(row) for row in rows.to_dict("records")}
