"""The documents on which a change of a concept rests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from trends.analysis.prevalence.periods import Periods
from trends.analysis.trend.spans import Span, calendar_years, span_weights
from trends.core import Concept, Corpus
from trends.runs.concepts.occurrences import Occurrences

#: Documents of each concept and span.
MOST = 10

COLUMNS = ("concept", "span", "place", "id", "title", "date", "words", "occurrences", "found")


def deciding(
    corpus: Corpus,
    concepts: Sequence[Concept],
    found: Occurrences,
    weights: pd.DataFrame,
    periods: Periods,
    spans: tuple[Span, Span] | None,
    *,
    n: int = MOST,
) -> pd.DataFrame:
    """The documents of both spans that hold each concept most clearly.

    First those of which most belongs to it, then those with most different words of the concept,
    then those with most occurrences, then in the order of the corpus.

    Returns
    -------
    pandas.DataFrame
        Columns concept, span ("first" or "last"), place (from 1), id, title, date, words (different
        ones), occurrences, found (the words).
    """
    rows = []
    filled = np.flatnonzero(periods.n_docs > 0)
    sides: list[tuple[str, np.ndarray]] = []
    if len(filled) > 1:
        of_spans, _ = span_weights(calendar_years(periods.starts[filled]), spans)
        sides = [
            (name, np.isin(periods.index, filled[weight > 0]))
            for name, weight in zip(("first", "last"), of_spans, strict=True)
        ]
    documents = corpus.documents
    for concept in concepts:
        inside = found.inside(concept)
        different = np.asarray((inside > 0).sum(axis=1)).ravel()
        total = np.asarray(inside.sum(axis=1)).ravel()
        weight = weights[concept.name].to_numpy()
        for name, here in sides:
            at = np.flatnonzero((weight > 0) & here)
            at = at[np.lexsort((at, -total[at], -different[at], -weight[at]))][:n]
            for place, row in enumerate(at, start=1):
                words = inside.indices[inside.indptr[row] : inside.indptr[row + 1]]
                rows.append(
                    (
                        concept.name,
                        name,
                        place,
                        documents["id"].iloc[row],
                        documents["title"].iloc[row],
                        documents["date"].iloc[row],
                        int(different[row]),
                        int(total[row]),
                        "; ".join(concept.words[j] for j in sorted(words)),
                    )
                )
    return pd.DataFrame(rows, columns=list(COLUMNS))
