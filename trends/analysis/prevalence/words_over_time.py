"""The words of each topic in each period, by class-based TF-IDF."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from trends.analysis.prevalence.periods import Periods
from trends.core.terms import TermCounts
from trends.core.topics import Topics
from trends.errors import DataError, UsageError

#: Columns of the table.
COLUMNS = ("topic", "period", "place", "term", "weight")


def words_over_time(
    topics: Topics, counts: TermCounts, periods: Periods, *, n: int = 5
) -> pd.DataFrame:
    r"""The terms that are telling of each topic in each period.

    All documents of a topic in a period are taken for one text, in which a term weighs (class-based
    TF-IDF [1]_)

    .. math:: w_{ktv} = \frac{f_{ktv}}{\sum_u f_{ktu}} \, \ln\left(1 + \frac{A}{f_v}\right),

    with :math:`f_{ktv}` the occurrences of term v in documents of topic k in period t, :math:`f_v`
    those in all documents, and A the mean number of tokens of a topic, in whole tokens. The second
    factor does not depend on the period, so that weights of a term can be compared over time.

    Parameters
    ----------
    topics : Topics
        The fit. A document counts for its largest topic, or for none.
    counts : TermCounts
        The same documents in the same order, over any vocabulary.
    periods : Periods
        Over the same documents. A document that was spread over several periods counts in each by
        its part.
    n : int
        Terms of each topic and period; fewer where fewer occur.

    Returns
    -------
    pandas.DataFrame
        Columns topic, period (its first day), place (from 1), term, weight; in the order of topics,
        periods and places. A topic without documents or words in a period has no rows there. Equal
        weights are in the order of the vocabulary.

    Raises
    ------
    UsageError
        If ``n`` is less than 1.
    DataError
        If the three are about different documents.

    Notes
    -----
    Cost: one sparse product of documents' places with their counts, whatever the numbers of topics
    and periods. The weights are those of BERTopic's ``topics_over_time`` with both kinds of its
    tuning off [1]_ [2]_. Its global tuning adds each topic's weights over all time to those of the
    period: terms are then shown for periods in which nobody wrote them, and change is understated
    by half. It is not offered.

    References
    ----------
    .. [1] Grootendorst, M. (2022). BERTopic: Neural topic modeling with a class-based TF-IDF
           procedure. arXiv:2203.05794.
    .. [2] Blei, D. M. and Lafferty, J. D. (2006). Dynamic topic models. ICML 2006, for the question
           that such tables answer without a model
       of change.
    """
    if n < 1:
        message = f"Words over time need at least one term a topic and period; got n={n}."
        raise UsageError(message)
    if topics.doc_ids != counts.doc_ids or len(periods.index) != topics.n_documents:
        message = (
            f"The topics are about {topics.n_documents} documents, the counts about "
            f"{counts.n_documents} and the periods about "
            f"{len(periods.index)}; all must be about the same documents in the same order."
        )
        raise DataError(message)
    idf = inverse_frequency(topics.hard, counts.matrix)
    cells = cell_counts(topics, counts.matrix, periods)
    return _table(cells, idf, counts.vocabulary, periods, n)


def cell_counts(topics: Topics, matrix: sparse.csr_matrix, periods: Periods) -> sparse.csr_matrix:
    """Occurrences of terms by topic and period, shape (topics × periods, terms).

    The periods of one topic lie together.
    """
    place = sparse.coo_matrix(periods.weights)
    inside = topics.hard[place.row] >= 0
    rows, columns = topics.hard[place.row] * len(periods) + place.col, place.row
    shape = (topics.n_topics * len(periods), topics.n_documents)
    members = sparse.csr_matrix((place.data[inside], (rows[inside], columns[inside])), shape=shape)
    return sparse.csr_matrix(members @ matrix)


def inverse_frequency(labels: NDArray[np.int64], matrix: sparse.csr_matrix) -> NDArray[np.float64]:
    """The factor of each term that does not depend on topic and period, shape (terms,).

    0 for terms that do not occur.

    Documents without a topic count as one more topic, as in BERTopic.
    """
    frequency = np.asarray(matrix.sum(axis=0), dtype=np.float64).ravel()
    mean = int(frequency.sum() / max(len(np.unique(labels)), 1))
    return np.where(frequency > 0, np.log1p(mean / np.where(frequency > 0, frequency, 1.0)), 0.0)


def _table(
    cells: sparse.csr_matrix,
    idf: NDArray[np.float64],
    vocabulary: tuple[str, ...],
    periods: Periods,
    n: int,
) -> pd.DataFrame:
    """The ``n`` heaviest terms of each row.

    The heaviest of all rows at once, then the second, and so on.
    """
    size = np.diff(cells.indptr)
    filled = np.flatnonzero(size)
    starts, size = cells.indptr[filled], size[filled]
    row = np.repeat(np.arange(len(filled)), size)
    weight = cells.data / np.asarray(cells.sum(axis=1)).ravel()[filled][row] * idf[cells.indices]
    none = np.zeros(0, dtype=np.int64)
    cell, place, at, found = [none], [none], [none], [np.zeros(0)]
    for turn in range(1, n + 1):
        largest = np.maximum.reduceat(weight, starts) if len(filled) else np.zeros(0)
        if not (largest > 0).any():
            break
        best = np.flatnonzero((weight == largest[row]) & (weight > 0))
        # Of equals the first in the vocabulary.
        best = best[np.lexsort((cells.indices[best], row[best]))]
        best = best[np.diff(row[best], prepend=-1) > 0]
        cell, place, at = (
            [*cell, filled[row[best]]],
            [*place, np.full(len(best), turn)],
            [*at, cells.indices[best]],
        )
        found.append(weight[best])
        weight[best] = 0.0
    where, turns = np.concatenate(cell), np.concatenate(place)
    order = np.lexsort((turns, where))
    frame = {
        "topic": where // max(len(periods), 1),
        "period": periods.starts.astype("datetime64[s]")[where % max(len(periods), 1)],
        "place": turns,
        "term": np.array(vocabulary, dtype=object)[np.concatenate(at)],
        "weight": np.concatenate(found),
    }
    return pd.DataFrame(frame)[list(COLUMNS)].iloc[order].reset_index(drop=True)
