"""Prevalence over time, its trends, the words of each period, and a report of one fit."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pandas as pd

from trends.core import Corpus, Prevalence, TermCounts, Topics, Trend
from trends.core.rng import Rng
from trends.errors import UsageError
from trends.runs.tasks import terms as prepare


def prevalence(
    topics: Topics,
    corpus: Corpus,
    *,
    period: str = "half-year",
    labels: Sequence[str] | None = None,
    theta: Literal["hard", "mean"] = "hard",
    interval: Literal["wilson", "bootstrap"] = "wilson",
    level: float = 0.95,
    imprecise: Literal["error", "drop", "spread"] = "error",
    rng: Rng | None = None,
) -> Prevalence:
    """Shares of topics over calendar periods.

    Parameters
    ----------
    topics : Topics
        A fit of this corpus.
    corpus : Corpus
        Where the dates come from.
    period : str
        ``"day"``, ``"week"``, ``"month"``, ``"quarter"``, ``"half-year"``, ``"year"`` or
        ``"N-years"``.
    labels : sequence of str, optional
        Names of the topics; made from their terms if not given.
    theta : {"hard", "mean"}
        Whole documents by their largest topic, or their distributions.
    interval : {"wilson", "bootstrap"}
        See :mod:`trends.analysis.prevalence.intervals`; the bootstrap needs ``rng``.
    level : float
        Of the interval.
    imprecise : {"error", "drop", "spread"}
        What to do with dates that are coarser than the period.
    rng : int or numpy.random.Generator, optional
        For the bootstrap.

    Returns
    -------
    Prevalence
    """
    from trends.analysis.prevalence.estimate import estimate
    from trends.analysis.quality.labels import label
    from trends.runs.tasks.analysis_parts.periods import periods_of

    if topics.doc_ids != corpus.ids:
        message = "These topics are about other documents than the corpus; fit them on this corpus with tr.fit(corpus, …)."
        raise UsageError(message)
    periods = periods_of(corpus, period=period, imprecise=imprecise)
    names = tuple(labels) if labels is not None else label(topics)
    return estimate(
        topics, periods, labels=names, theta=theta, interval=interval, level=level, rng=rng
    )


def fit_trends(shares: Prevalence, *, level: float = 0.95, complete_only: bool = False) -> Trend:
    """Slope, interval and test of every topic.

    Parameters
    ----------
    shares : Prevalence
        From :func:`trends.prevalence`.
    level : float
        Of the interval.
    complete_only : bool
        Leave incomplete periods out.

    Returns
    -------
    Trend
    """
    from trends.analysis.trend import fit

    return fit.fit_trends(shares, level=level, complete_only=complete_only)


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


def report(
    path: str | os.PathLike[str], corpus: Corpus, topics: Topics, shares: Prevalence, slopes: Trend
) -> Path:
    """Write a self-contained HTML report of one fit.

    Returns
    -------
    Path
        The file written.
    """
    from trends.runs.tasks import report as compose

    return compose.single(Path(path), corpus, topics, shares, slopes)
