"""``tr.words_over_time``: the words of each topic in each period."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from trends.core import Corpus, TermCounts, Topics
from trends.errors import UsageError
from trends.runs.tasks import prepare


def words_over_time(
    topics: Topics,
    corpus: Corpus,
    *,
    counts: TermCounts | None = None,
    period: str = "half-year",
    n: int = 5,
    imprecise: Literal["error", "drop", "spread"] = "error",
) -> pd.DataFrame:
    """The terms that are telling of each topic in each period, by class-based TF-IDF.

    Parameters
    ----------
    topics : Topics
        A fit of this corpus, of any backend.
    corpus : Corpus
        Where the dates come from, and the texts unless ``counts`` are given.
    counts : TermCounts, optional
        Of the documents of the corpus, over any vocabulary; counted over the vocabulary of the fit
        if not given.
    period : str
        ``"day"``, ``"week"``, ``"month"``, ``"quarter"``, ``"half-year"``, ``"year"`` or
        ``"N-years"``.
    n : int
        Terms of each topic and period.
    imprecise : {"error", "drop", "spread"}
        What to do with dates that are coarser than the period.

    Returns
    -------
    pandas.DataFrame
        Columns topic, period (its first day), place (from 1), term, weight; see
        :func:`trends.analysis.prevalence.words_over_time.words_over_time`.

    Raises
    ------
    UsageError
        If the topics are about other documents than the corpus, or ``n`` is less than 1.
    DataError
        If the counts are about other documents, or dates are coarser than the period.
    """
    from trends.analysis.prevalence.words_over_time import words_over_time as table
    from trends.runs.tasks.analysis_parts.periods import periods_of

    if topics.doc_ids != corpus.ids:
        message = "These topics are about other documents than the corpus; fit them on this corpus with tr.fit(corpus, …)."
        raise UsageError(message)
    periods = periods_of(corpus, period=period, imprecise=imprecise)
    return table(topics, counts or prepare.known_counts(corpus, topics.vocabulary), periods, n=n)
