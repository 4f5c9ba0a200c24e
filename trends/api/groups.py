"""Whether topics change alike in groups of documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import pandas as pd

from trends.core import Corpus, Topics
from trends.core.given.expected import expects

if TYPE_CHECKING:
    from trends.analysis.groups.table import GroupTrends


@expects(topics=Topics, corpus=Corpus)
def compare_groups(
    topics: Topics,
    corpus: Corpus,
    *,
    by: str,
    period: str = "year",
    labels: Sequence[str] | Mapping[int, str] | pd.Series | None = None,
    theta: Literal["hard", "mean"] = "hard",
    spans: tuple[tuple[str, str], tuple[str, str]] | None = None,
    smallest: int = 50,
    ranges: int = 4,
    level: float = 0.95,
    imprecise: Literal["error", "drop", "spread"] = "error",
    cluster: str = "",
    standardize_by: str = "",
) -> GroupTrends:
    """Test every topic in every group of documents, and whether the groups change alike.

    Parameters
    ----------
    topics : Topics
        A fit of this corpus.
    corpus : Corpus
        Where dates and groups come from.
    by : str
        Column of the groups, such as a venue, a party or a country; a column of many numbers, such
        as an age, is divided into ranges; "length" is the number of words of each document.
    period : str
        ``"day"``, ``"week"``, ``"month"``, ``"quarter"``, ``"half-year"``, ``"year"`` or
        ``"N-years"``.
    labels : sequence of str, mapping or Series, optional
        Names of the topics; made from their terms if not given.
    theta : {"hard", "mean"}
        Whole documents by their largest topic, or their distributions.
    spans : pair of pairs of str, optional
        As in :func:`trends.fit_trends`.
    smallest : int
        Groups with fewer documents are counted together as "other".
    ranges : int
        Ranges of a column of numbers, with as many documents each.
    level : float
        Of the intervals.
    imprecise, cluster
        As in :func:`trends.prevalence`.
    standardize_by : str
        Another column, such as the venue where groups are countries, whose mix is held fixed:
        every group then has that of all documents, so that groups do not differ only because their
        documents are of other kinds. Empty: no column.

    Returns
    -------
    GroupTrends
        ``groups``, ``differences`` and ``pairs`` are frames; ``sentences()`` says it in words;
        ``tr.plot("groups", found.over_time())`` draws it.

    Raises
    ------
    UsageError
        If the corpus has no such column, or there are too many groups.
    DataError
        If there is one group, or too few periods have documents.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> topics = tr.fit(corpus, "nmf", n_topics=4, rng=7)
    >>> found = tr.compare_groups(topics, corpus, by="pages", smallest=80)
    >>> found.differences[["topic", "differs"]].shape
    (4, 2)
    """
    from trends.analysis.groups.division import column_of, groups_of
    from trends.analysis.groups.mix import Mix
    from trends.analysis.groups.table import group_trends
    from trends.analysis.quality.labels import label
    from trends.api.prevalence import _matched
    from trends.core.given.keys import of_topics
    from trends.runs.tasks.analysis_parts.periods import clusters_of
    from trends.runs.tasks.analysis_parts.standardized import strata

    column = column_of(corpus, by)
    topics, periods = _matched(topics, corpus, period, imprecise)
    named = topics.provenance.get("labels") if labels is None else labels
    return group_trends(
        topics,
        periods,
        groups_of(column, smallest=smallest, ranges=ranges),
        labels=label(topics) if named is None else of_topics(named, topics.n_topics),
        theta=theta,
        spans=spans,
        level=level,
        clusters=clusters_of(corpus, cluster, "cluster"),
        mix=Mix(standardize_by, strata(corpus, standardize_by, "standardize_by"))
        if standardize_by
        else None,
    )
