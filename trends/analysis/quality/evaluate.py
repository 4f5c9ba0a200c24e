"""Quality of fits on one fixed reference: coherence, diversity, exclusivity, outliers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from trends.analysis.quality.coherence import Cooccurrence, absent, c_v, cooccurrence, npmi
from trends.analysis.quality.frex import frex
from trends.core.terms import TermCounts
from trends.core.topics import Topics
from trends.errors import UsageError


@dataclass(frozen=True)
class Quality:
    """What can be said about a fit without reading it.

    Coherence ranks fits of one family on one reference; people do not always agree with it across
    families (Hoyle et al., 2021), so it is printed beside the other figures and never used alone to
    choose a model.

    Parameters
    ----------
    npmi, c_v : float
        Mean over the topics that have a value; see :mod:`trends.analysis.quality.coherence`.
    diversity : float
        Different terms among all topics' top terms, divided by their number (Dieng et al., 2020).
    exclusivity : float
        Mean FREX of the top terms, mean over topics.
    unassigned : float
        Mean unassigned share of a document.
    largest : float
        Share of documents whose largest topic is the most common one.
    per_topic : pandas.DataFrame
        Columns ``topic``, ``npmi``, ``c_v``, ``exclusivity``, ``n_terms`` (top terms it has) and
        ``n_absent`` (those of them that the reference does not contain).
    """

    npmi: float
    c_v: float
    diversity: float
    exclusivity: float
    unassigned: float
    largest: float
    per_topic: pd.DataFrame

    def summary(self) -> dict[str, float]:
        """The figures of the whole fit, in the order of ``quality.csv``."""
        return {
            "npmi": self.npmi,
            "c_v": self.c_v,
            "diversity": self.diversity,
            "exclusivity": self.exclusivity,
            "unassigned": self.unassigned,
            "largest": self.largest,
        }

    def _repr_html_(self) -> str:
        figures = ", ".join(f"{name} {value:.3f}" for name, value in self.summary().items())
        return f"<b>Quality</b>: {figures}" + self.per_topic.to_html(
            index=False, float_format="{:.3f}".format
        )


def evaluate(topics: Topics, reference: TermCounts, *, top_n: int = 10) -> Quality:
    """Evaluate one fit.

    Parameters
    ----------
    topics : Topics
        The fit.
    reference : TermCounts
        Counts on which coherence is estimated: the same for all fits that are compared.
    top_n : int
        Number of top terms a topic; at least 2.
    """
    return evaluate_many([topics], reference, top_n=top_n)[0]


def evaluate_many(
    fits: Sequence[Topics], reference: TermCounts, *, top_n: int = 10
) -> list[Quality]:
    """Evaluate several fits on one reference.

    The co-occurrences of all their top terms are counted once.

    Raises
    ------
    UsageError
        If ``top_n`` is less than 2.
    """
    if top_n < 2:
        message = f"Coherence compares pairs of terms, so top_n must be at least 2; got {top_n}."
        raise UsageError(message)
    lists = [top_terms(fit, top_n) for fit in fits]
    counts = cooccurrence(
        reference, (term for topics in lists for terms in topics for term in terms)
    )
    return [_evaluate(fit, terms, counts) for fit, terms in zip(fits, lists, strict=True)]


def top_terms(topics: Topics, n: int) -> list[list[str]]:
    """The first ``n`` terms of each topic, without terms of weight zero.

    The order is that of :meth:`Topics.top_terms`. A small cluster may have fewer than ``n`` terms;
    those that would fill its list up are not its own.
    """
    weight = topics.phi if topics.relevance is None else topics.relevance
    positive = (weight > 0).sum(1)
    return [terms[:size] for terms, size in zip(topics.top_terms(n), positive, strict=True)]


def diversity(topics: Sequence[Sequence[str]]) -> float:
    """Different terms divided by all terms of the lists; NaN if there are none."""
    listed = [term for terms in topics for term in terms]
    return len(set(listed)) / len(listed) if listed else float("nan")


def _evaluate(fit: Topics, terms: list[list[str]], counts: Cooccurrence) -> Quality:
    score = frex(fit.phi)
    column = {term: j for j, term in enumerate(fit.vocabulary)}
    exclusivity = [_mean(score[k, [column[t] for t in listed]]) for k, listed in enumerate(terms)]
    per_topic = pd.DataFrame(
        {
            "topic": np.arange(fit.n_topics),
            "npmi": npmi(terms, counts),
            "c_v": c_v(terms, counts),
            "exclusivity": exclusivity,
            "n_terms": [len(listed) for listed in terms],
            "n_absent": absent(terms, counts),
        }
    )
    sizes = np.bincount(fit.hard[fit.hard >= 0], minlength=fit.n_topics)
    return Quality(
        npmi=_mean(per_topic["npmi"].dropna().to_numpy()),
        c_v=_mean(per_topic["c_v"].dropna().to_numpy()),
        diversity=diversity(terms),
        exclusivity=_mean(per_topic["exclusivity"].dropna().to_numpy()),
        unassigned=float(fit.unassigned.mean()),
        largest=float(sizes.max() / fit.n_documents),
        per_topic=per_topic,
    )


def _mean(values: np.ndarray) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
