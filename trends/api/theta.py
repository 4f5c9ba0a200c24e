"""Shares of topics that another package made, as a corpus and its topics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trends.core import Corpus, Topics


def from_theta(
    theta: Any,
    dates: Any = None,
    *,
    date: str | Sequence[str] = "",
    id: str = "",
    topics: Sequence[str] = (),
    by_row: bool = False,
    normalize: bool = False,
    labels: Sequence[str] | Mapping[int, str] | None = None,
    **options: Any,
) -> tuple[Corpus, Topics]:
    """Take shares of topics that another package made, and the dates of their documents.

    Parameters
    ----------
    theta : path, frame, array, model, or tuple (model, documents)
        Documents × topics: a table with a column of ids, an ``.npz`` with ``theta`` and ``ids``, a
        frame with ids as index, an array; the topic of each document, as one column; or a fitted
        model of BERTopic, tomotopy or topica, or one of gensim or scikit-learn with the bags of
        words or the matrix that it was fitted on. stm and keyATM write theirs with
        ``write.csv(model$theta, "theta.csv")``.
    dates : Corpus, path, frame, Series or mapping, optional
        Dates by id: a corpus, a table with the columns ``id`` and ``date``, or a mapping from ids
        to dates. Without it the dates stand in the table of the shares.
    date, id : str
        Columns of the date and of the ids.
    topics : sequence of str
        Columns of the topics, also with ``*``; by default all that hold numbers.
    by_row : bool
        Say that the rows of both are the same documents in the same order, where there are no ids.
    normalize : bool
        Divide each row by its sum, for weights that are no shares.
    labels : sequence of str or mapping from int, optional
        Names of the topics, by default their columns or words.
    **options
        How dates and tables are written, as in :func:`trends.read_corpus`.

    Returns
    -------
    corpus : Corpus
        The documents by date, without texts unless ``dates`` is a corpus that has them.
    topics : Topics
        In the order of the corpus. Where the words of topics are not known, each has its name as
        its only term.

    Raises
    ------
    DataError
        If shares are negative or add to more than one, or ids do not match.
    UsageError
        If there are no ids and ``by_row`` is not set, or a column is not named.

    Examples
    --------
    >>> import pandas as pd
    >>> import trends as tr
    >>> days = pd.date_range("2020-01-01", periods=60, freq="MS")
    >>> share = [0.2 + 0.01 * month for month in range(60)]
    >>> table = pd.DataFrame({"day": days, "solar": share, "coal": [1 - s for s in share]})
    >>> corpus, topics = tr.from_theta(table, date="day")
    >>> topics.theta.shape
    (60, 2)
    """
    from trends.runs.given import shares

    return shares.from_theta(
        theta,
        dates,
        date=date,
        id=id,
        topics=topics,
        by_row=by_row,
        normalize=normalize,
        labels=labels,
        **options,
    )
