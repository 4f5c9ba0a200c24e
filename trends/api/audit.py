"""``tr.audit``: what a reviewer would ask about a corpus, as an object for a notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from trends.core import Corpus
from trends.core.given.expected import expects

#: Flags in the order in which parts are shown.
_ORDER = ("look", "unknown", "ok")


@dataclass(frozen=True)
class Audit:
    """The audit of a corpus: a sentence, a flag and a table for each of its sides.

    Parameters
    ----------
    corpus : str
        Name of the corpus.
    period : str
        Calendar period of the tables.
    summary : pandas.DataFrame
        One row a part: ``part``, ``flag`` ("look", "ok"; "unknown" where the corpus lacks what the
        part needs), ``sentence``, ``rule`` (when the flag is raised).
    tables : mapping of str to pandas.DataFrame
        Tidy table of each part that could be audited: ``coverage``, ``dates``, ``mix-source`` and
        further mixes, ``lag``, ``length``, ``duplicates``, ``language``; as ``trends audit`` writes
        them to ``audit/<part>.csv``.
    measures : mapping of str to dict
        The numbers of each part's sentence.
    conclusion : str
        How many parts deserve a look.
    """

    corpus: str
    period: str
    summary: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    measures: Mapping[str, Mapping[str, object]]
    conclusion: str

    def _repr_html_(self) -> str:
        ranks = self.summary["flag"].map(_ORDER.index)
        shown = self.summary.loc[
            ranks.sort_values(kind="stable").index, ["flag", "part", "sentence"]
        ]
        with pd.option_context("display.max_colwidth", None):
            body = shown.to_html(index=False)
        head = f"{escape(self.corpus)}, by {escape(self.period)}: {escape(self.conclusion)}"
        return f"<b>Audit</b> {head}{body}"


@expects(corpus=Corpus)
def audit(corpus: Corpus, *, period: str = "year", mix: str | Sequence[str] = ()) -> Audit:
    """Check a corpus before any model is fitted.

    Coverage, dates, mix of sources and venues, indexing lag, text length, duplicates, languages.

    Parameters
    ----------
    corpus : Corpus
        With or without texts. A date that is coarser than the period counts by the share of its
        days.
    period : str
        Calendar period, as for :func:`trends.prevalence`.
    mix : str or sequence of str
        Further columns whose mix is audited beside source and venue.

    Returns
    -------
    Audit

    Raises
    ------
    DataError
        If no document is dated.
    UsageError
        If there is no such period or column.

    Examples
    --------
    >>> import trends as tr
    >>> found = tr.audit(tr.read_corpus("pretraining"))
    >>> found.summary[["part", "flag"]].head(3)
             part  flag
    0    coverage    ok
    1       dates    ok
    2  mix-source  look
    """
    from trends.analysis.audit import run as parts_of
    from trends.runs.tasks import audit as task

    _, parts = task.examine(corpus, period=period, mixes=[mix] if isinstance(mix, str) else mix)
    return Audit(
        corpus.name,
        period,
        parts_of.table(parts),
        {part.name: part.table for part in parts if len(part.table)},
        {part.name: part.measures for part in parts},
        parts_of.conclusion(parts),
    )
