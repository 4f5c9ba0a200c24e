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
        (:func:`trends.analysis.concepts.placebo.against_random`).
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
    settings : dict
        What was done, with ``notes``.
    """

    table: pd.DataFrame
    trends: Trend
    shares: tuple[Prevalence, ...]
    words: pd.DataFrame
    documents: pd.DataFrame
    weights: pd.DataFrame
    settings: dict[str, Any] = field(default_factory=dict)

    def frame(self) -> pd.DataFrame:
        """A copy of the table of concepts."""
        out = self.table.copy()
        out.attrs["spans"] = self.trends.settings.get("spans", [])
        return out

    def over_time(self) -> pd.DataFrame:
        """Shares by concept and period, as ``tr.plot("prevalence", …)`` draws them."""
        return frame_of(self.shares)

    def sentences(self) -> list[str]:
        """What can be said of every concept, in words."""
        rows: Iterator[Any] = self.table.itertuples()
        return [self._sentence(row) for row in rows]

    def _sentence(self, row: Any) -> str:
        name = quoted(row.label)
        total = len(self.weights)
        if row.verdict == ABSENT:
            return f"{name}: absent. {row.note[0].upper()}{row.note[1:]}."
        spans = self.trends.settings.get("spans", ())
        said = statements.sentence(row, spans)
        held = f"{plural(row.documents, 'document')} of {total:,} ({percent(row.share)})"
        return f"{name}: {row.verdict}. {said} Held by {held}.{self._placebo(row)}"

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


#: Of a concept that no document holds.
ABSENT = "absent"
