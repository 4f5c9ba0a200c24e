"""Prevalence over time, its trends, the words of each period, and the report of one fit."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from trends.core import Corpus, Prevalence, TermCounts, Topics, Trend
from trends.core.computing.rng import Rng
from trends.core.given.expected import expects
from trends.core.given.keys import of_topics
from trends.errors import UsageError
from trends.runs.tasks import terms as prepare

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from trends.analysis.prevalence.periods import Periods


@expects(topics=Topics, corpus=Corpus)
def prevalence(
    topics: Topics,
    corpus: Corpus,
    *,
    period: str = "half-year",
    labels: Sequence[str] | Mapping[int, str] | pd.Series | None = None,
    theta: Literal["hard", "mean"] = "hard",
    interval: Literal["wilson", "bootstrap"] = "wilson",
    level: float = 0.95,
    imprecise: Literal["error", "drop", "spread"] = "error",
    cluster: str = "",
    rng: Rng | None = None,
) -> Prevalence:
    """Shares of topics over calendar periods.

    Parameters
    ----------
    topics : Topics
        A fit of this corpus; documents are matched by id.
    corpus : Corpus
        Where the dates come from.
    period : str
        ``"day"``, ``"week"``, ``"month"``, ``"quarter"``, ``"half-year"``, ``"year"`` or
        ``"N-years"``.
    labels : sequence of str, mapping or Series, optional
        Names of the topics, in their order or by their number; made from their terms if not given.
    theta : {"hard", "mean"}
        Whole documents by their largest topic, or their distributions.
    interval : {"wilson", "bootstrap"}
        See :mod:`trends.analysis.prevalence.intervals`; the bootstrap needs ``rng``.
    level : float
        Of the interval.
    imprecise : {"error", "drop", "spread"}
        What to do with dates that are coarser than the period.
    cluster : str
        Column of the corpus, such as an author, a thread or an outlet, whose documents are not
        independent of one another: intervals and trends count them for fewer (a design effect).
        Documents without a value are counted one by one. Empty: no clusters.
    rng : int or numpy.random.Generator, optional
        For the bootstrap.

    Returns
    -------
    Prevalence

    Raises
    ------
    UsageError
        If the topics are about other documents than the corpus, or there is no such period or
        column.
    DataError
        If dates are coarser than the period and ``imprecise`` is ``"error"``.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> topics = tr.fit(corpus, "nmf", n_topics=4, rng=7)
    >>> shares = tr.prevalence(topics, corpus, period="year")
    >>> shares.frame()[["topic", "period", "n_docs", "complete"]].head(2)
       topic     period  n_docs  complete
    0      0 2019-01-01       5     False
    1      0 2020-01-01      10      True
    """
    from trends.analysis.prevalence.estimate import estimate
    from trends.analysis.quality.labels import label
    from trends.runs.tasks.analysis_parts.periods import clusters_of

    topics, periods = _matched(topics, corpus, period, imprecise)
    named = topics.provenance.get("labels") if labels is None else labels
    names = label(topics) if named is None else of_topics(named, topics.n_topics)
    return estimate(
        topics,
        periods,
        labels=names,
        theta=theta,
        interval=interval,
        level=level,
        clusters=clusters_of(corpus, cluster, "cluster"),
        rng=rng,
    )


@expects(shares=(Prevalence, pd.DataFrame, tuple))
def fit_trends(
    shares: Prevalence | pd.DataFrame | tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    labels: Sequence[str] | None = None,
    spans: tuple[tuple[str, str], tuple[str, str]] | None = None,
    level: float = 0.95,
    complete_only: bool = False,
    season: Literal["none", "auto", "adjust", "keep"] | None = None,
) -> Trend:
    """Change between two spans of time, with interval and test, of every topic.

    Parameters
    ----------
    shares : Prevalence, its frame, or tuple (counts, totals, times)
        From :func:`trends.prevalence`; or counts (topics × periods), totals (of the periods, or
        like the counts) and times in years.
    labels : sequence of str, optional
        Names of the topics, where counts are given.
    spans : pair of pairs of str, optional
        From and to of the first and of the last span, both inclusive, such as ``(("2021", "2022"),
        ("2024", "2025"))``; the first and the last third of the periods by default.
    level : float
        Of the intervals.
    complete_only : bool
        Leave incomplete periods out.
    season : {"none", "auto", "adjust", "keep"}, optional
        Effects of months or quarters that come back every year. "auto" fits them where periods are
        months or quarters and two years have documents, and takes them out of the change; "adjust"
        is refused where that is not possible; "keep" too, and leaves in the change what the seasons
        of the two spans differ by. Not fitted by default.

    Returns
    -------
    Trend
        ``change`` in percentage points, ``slope`` the same a year, ``finding`` in words: rising,
        falling, turned, no change detected, not tested. ``curves()`` gives the fitted curve of each
        topic with its band, ``seasons()`` effects of months or quarters.

    Raises
    ------
    UsageError
        If ``shares`` is not a :class:`Prevalence`, or the spans cannot be read.
    DataError
        If seasons are demanded ("adjust", "keep") where they cannot be told.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> topics = tr.fit(corpus, "nmf", n_topics=4, rng=7)
    >>> found = tr.fit_trends(tr.prevalence(topics, corpus, period="year"))
    >>> found.frame()[["change", "change_lower", "change_upper", "p_adjusted"]].shape
    (4, 4)
    """
    from trends.analysis.trend import fit

    return fit.fit_trends(
        shares,
        labels=labels,
        spans=spans,
        level=level,
        complete_only=complete_only,
        season=season,
    )


@expects(topics=Topics, corpus=Corpus)
def words_over_time(
    topics: Topics,
    corpus: Corpus,
    *,
    counts: TermCounts | None = None,
    period: str = "half-year",
    n: int = 5,
    imprecise: Literal["error", "drop", "spread"] = "error",
) -> pd.DataFrame:
    """The most characteristic terms of each topic in each period, by class-based TF-IDF.

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

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> topics = tr.fit(corpus, "nmf", n_topics=4, rng=7)
    >>> words = tr.words_over_time(topics, corpus, period="year", n=1)
    >>> list(words.columns)
    ['topic', 'period', 'place', 'term', 'weight']
    """
    from trends.analysis.prevalence.words_over_time import words_over_time as table

    topics, periods = _matched(topics, corpus, period, imprecise)
    return table(topics, counts or prepare.known(corpus, topics.vocabulary), periods, n=n)


@expects(corpus=Corpus, topics=Topics, shares=Prevalence, slopes=Trend)
def report(
    path: str | os.PathLike[str], corpus: Corpus, topics: Topics, shares: Prevalence, slopes: Trend
) -> Path:
    """Write a self-contained HTML report of one fit.

    Parameters
    ----------
    path : str or path
        The file to write.
    corpus : Corpus
        The documents.
    topics : Topics
        The fit.
    shares : Prevalence or its frame
        From :func:`trends.prevalence`.
    slopes : Trend
        From :func:`trends.fit_trends`.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    StorageError
        If the file cannot be written.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> topics = tr.fit(corpus, "nmf", n_topics=4, rng=7)
    >>> shares = tr.prevalence(topics, corpus, period="year")
    >>> tr.report("report.html", corpus, topics, shares, tr.fit_trends(shares)).name
    'report.html'
    """
    from trends.runs.tasks import report as compose

    return compose.single(Path(path), corpus, topics, shares, slopes)


def _matched(
    topics: Topics, corpus: Corpus, period: str, imprecise: Literal["error", "drop", "spread"]
) -> tuple[Topics, Periods]:
    """Topics in the order of the corpus, and its documents by period."""
    from trends.runs.tasks.analysis_parts.periods import periods_of
    from trends.runs.tasks.vectors import vectors_of

    if set(topics.doc_ids) != set(corpus.ids):
        message = (
            "These topics are about other documents than the corpus; fit them on this corpus with "
            "tr.fit(corpus, …)."
        )
        raise UsageError(message)
    if topics.doc_ids != corpus.ids:
        place = {name: i for i, name in enumerate(topics.doc_ids)}
        order = [place[name] for name in corpus.ids]
        topics = replace(
            topics,
            theta=topics.theta[order],
            unassigned=topics.unassigned[order],
            doc_ids=corpus.ids,
        )
    # Shares that were not made by a fit of this package are held against the content.
    if "terms" not in topics.provenance and (corpus.has_text or corpus.counts is not None):
        vectors_of(corpus, pd.DataFrame(topics.theta, index=list(corpus.ids)), "theta")
    return topics, periods_of(corpus, period=period, imprecise=imprecise)
