"""Which words the documents of each topic took up or gave up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import pandas as pd

from trends.core import Corpus, TermCounts, Topics
from trends.core.computing.rng import Rng
from trends.core.given.expected import expects

if TYPE_CHECKING:
    from trends.analysis.shapes.terms import TermTrends


@expects(topics=Topics, corpus=Corpus)
def term_trends(
    topics: Topics,
    corpus: Corpus,
    *,
    counts: TermCounts | None = None,
    period: str = "year",
    labels: Sequence[str] | Mapping[int, str] | pd.Series | None = None,
    spans: tuple[tuple[str, str], tuple[str, str]] | None = None,
    level: float = 0.95,
    most: int = 200,
    imprecise: Literal["error", "drop", "spread"] = "error",
    rng: Rng = 0,
) -> TermTrends:
    """Test which terms the documents of each topic took up or gave up, and when.

    Parameters
    ----------
    topics : Topics
        A fit of this corpus; a document counts for its largest topic.
    corpus : Corpus
        Where the dates come from, and the texts unless ``counts`` are given.
    counts : TermCounts, optional
        Of the documents of the corpus, over any vocabulary; counted over the vocabulary of the fit
        if not given.
    period : str
        ``"day"``, ``"week"``, ``"month"``, ``"quarter"``, ``"half-year"``, ``"year"`` or
        ``"N-years"``; six with documents are needed.
    labels : sequence of str, mapping or Series, optional
        Names of the topics; made from their terms if not given.
    spans : pair of pairs of str, optional
        As in :func:`trends.fit_trends`.
    level : float
        Of the intervals.
    most : int
        Terms a topic that are tested: those that are in most of its documents, in 10 at least.
    imprecise : {"error", "drop", "spread"}
        As in :func:`trends.prevalence`.
    rng : int or numpy.random.Generator
        Of the permutations behind the p of the drift index.

    Returns
    -------
    TermTrends
        ``frame()``: one row a topic and term, with ``finding`` (entered, left, more frequent, less
        frequent, no change detected), ``since`` and the interval of that date, shares of documents
        with the term in both spans (fractions), ``odds_ratio`` with interval, ``p`` and
        ``p_adjusted`` over terms and topics. ``topics``: one row a topic, with the drift index
        ``kept`` and its p. ``sentences()`` says it in words.

    Raises
    ------
    UsageError
        If the topics are about other documents than the corpus, or the period has another name.
    DataError
        If the counts are about other documents, or dates are coarser than the period.

    Notes
    -----
    The unit is the document: a word that is repeated in one of them counts once; longer documents,
    and those that hold more of other topics, are expected to have more words. The test is that of
    :func:`trends.fit_trends` about a mean that may also step; see
    :func:`trends.analysis.shapes.terms.term_trends`.

    References
    ----------
    Benjamini and Bogomolov (2014), Journal of the Royal Statistical Society B 76, 297–318.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> topics = tr.fit(corpus, "nmf", n_topics=2, rng=7)
    >>> found = tr.term_trends(topics, corpus, period="half-year", most=20)
    >>> found.topics[["topic", "terms"]].values.tolist()
    [[0, 20], [1, 20]]
    """
    from trends.analysis.quality.labels import label
    from trends.analysis.shapes import terms
    from trends.api.prevalence import _matched
    from trends.core.given.keys import of_topics
    from trends.runs.tasks import terms as prepare

    topics, periods = _matched(topics, corpus, period, imprecise)
    named = topics.provenance.get("labels") if labels is None else labels
    return terms.term_trends(
        topics,
        prepare.known(corpus, topics.vocabulary) if counts is None else counts,
        periods,
        labels=label(topics) if named is None else of_topics(named, topics.n_topics),
        spans=spans,
        level=level,
        most=most,
        rng=rng,
    )
