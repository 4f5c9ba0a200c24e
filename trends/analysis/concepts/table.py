"""What is known of concepts over time: shares, trends, words, documents, claims."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd

from trends.analysis.concepts.shares import frame_of
from trends.core import Prevalence, Trend, statements
from trends.core.claim import Finding
from trends.core.wording import listed, percent, plural, probability, quoted, signed


@dataclass(frozen=True)
class ConceptTrends:
    """Concepts of a corpus over time.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a concept: the columns of a table of trends (``label`` is its name), ``verdict``,
        ``documents`` that hold it, their ``share``, and the comparison with random concepts
        (:func:`trends.analysis.concepts.placebo.against_random`); ``stability``,
        ``hangs_on`` (words), ``joint_p``, ``agreement``, ``specifications``, ``matched``, ``votes``
        (:class:`trends.analysis.concepts.verdict.Verdict`).
    trends : Trend
        The test.
    shares : tuple of Prevalence
        One a concept.
    words : pandas.DataFrame
        One row a concept and word: what became of it.
    documents : pandas.DataFrame
        The documents that decide: those of both spans that hold a concept most clearly.
    weights : pandas.DataFrame
        One row a document of the corpus, one column a concept: how much of it belongs to it.
    specifications : pandas.DataFrame
        What each concept of which something was found says under other choices
        (:func:`trends.analysis.concepts.multiverse.examine_choices`).
    settings : dict
        What was done, with ``notes``.
    occurrences : pandas.DataFrame
        One row a document and word that stands in it: ``id``, ``word``, ``occurrences``.
    measured : tuple of str
        The measurement that leads, of each concept.
    """

    table: pd.DataFrame
    trends: Trend
    shares: tuple[Prevalence, ...]
    words: pd.DataFrame
    documents: pd.DataFrame
    weights: pd.DataFrame
    specifications: pd.DataFrame = field(default_factory=pd.DataFrame)
    settings: dict[str, Any] = field(default_factory=dict)
    occurrences: pd.DataFrame = field(default_factory=pd.DataFrame)
    measured: tuple[str, ...] = ()

    def frame(self) -> pd.DataFrame:
        """A copy of the table of concepts."""
        out = self.table.copy()
        out.attrs["spans"] = self.trends.settings.get("spans", [])
        return out

    def over_time(self) -> pd.DataFrame:
        """Shares by concept and period, as ``tr.plot("prevalence", …)`` draws them."""
        return frame_of(self.shares)

    def choices(self, name: str) -> pd.DataFrame:
        """A concept under other choices in the main period, as ``tr.plot("changes", …)`` draws it.

        Without rows where its choices were not examined.
        """
        rows = self.specifications
        if rows.empty:
            return rows
        rows = rows[(rows["concept"] == name) & (rows["period_length"] == self.settings["period"])]
        labels = [
            f"without {quoted(level)}" if choice == "word" else level
            for choice, level in zip(rows["choice"], rows["level"], strict=True)
        ]
        own = self.settings["measures"][0]
        named = [
            label if measure == own else f"{measure}: {label}"
            for measure, label in zip(rows["measure"], labels, strict=True)
        ]
        out = rows.assign(label=named, topic=range(len(rows)))
        out.attrs["spans"] = self.trends.settings.get("spans", [])
        return out

    def sentences(self) -> list[str]:
        """What can be said of every concept, in words."""
        rows: Iterator[Any] = self.table.itertuples()
        return [self._sentence(row) for row in rows]

    def _sentence(self, row: Any) -> str:
        name = quoted(row.label)
        if row.verdict == ABSENT:
            return f"{name}: absent. {row.note[0].upper()}{row.note[1:]}."
        spans = self.trends.settings.get("spans", ())
        said = statements.sentence(row, spans)
        more = " ".join(filter(None, self.support(row)))
        return f"{name}: {row.verdict}. {said} {more}"

    def support(self, row: Any) -> tuple[str, str, str]:
        """Who holds a concept, what random ones do, what other choices say; empty if not asked."""
        held = f"{plural(row.documents, 'document')} of {len(self.weights):,}"
        shown = f"Held by {held} ({percent(row.share)})."
        return shown, self._placebo(row).strip(), self._choices(row).strip()

    def _choices(self, row: Any) -> str:
        """What other choices say, and what the finding hangs on."""
        if row.specifications < 2:
            return ""
        text = (
            f" Of {plural(row.specifications, 'specification')}, {percent(row.agreement, 0)} of "
            f"the votes agree ({probability(row.joint_p, 'joint p')})."
        )
        for word in hanging(row.hangs_on):
            rows = self.specifications
            rows = rows[rows["concept"] == row.label]
            mine = (rows["choice"] == "word") & (rows["measure"] == rows["measure"].iloc[0])
            one: Any = next(rows[mine & (rows["level"] == word)].itertuples())
            text += (
                f" Without {quoted(word)} the change is {signed(one.change)} points "
                f"({probability(one.p, 'p')})."
            )
        return text

    def _placebo(self, row: Any) -> str:
        if pd.isna(row.placebo_p):
            return ""
        kind = "turn as clearly" if row.finding == Finding.TURNED else "change as far"
        return (
            f" Random concepts with words as frequent change by {signed(row.placebo_median)} "
            f"points in the median (95 % of them between {signed(row.placebo_lower)} and "
            f"{signed(row.placebo_upper)}); that they {kind}: {probability(row.placebo_p, 'p')}."
        )

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.sentences())
        return f"<b>Concepts</b>: {escape(listed(list(self.table['label'])))}<ul>{items}</ul>"


def hanging(hangs_on: str) -> list[str]:
    """The words of a cell ``hangs_on``, the most decisive first."""
    return [word for word in hangs_on.split("; ") if word]


#: Of a concept that no document holds.
ABSENT = "absent"
