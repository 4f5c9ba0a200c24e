"""Periods and clusters of a corpus; light, because reading a corpus asks for them too."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pandas as pd

from trends.analysis.prevalence.periods import Periods, make_periods
from trends.core import Corpus
from trends.core.corpus import LAST
from trends.core.given.columns import name_of
from trends.errors import UsageError


def periods_of(
    corpus: Corpus,
    *,
    period: str,
    imprecise: Literal["error", "drop", "spread"] = "error",
    season: Literal["none", "auto", "adjust", "keep"] = "none",
) -> Periods:
    """Put the documents of a corpus into calendar periods.

    Parameters
    ----------
    corpus : Corpus
        Dated or not.
    period : str
        Calendar period.
    imprecise : {"error", "drop", "spread"}
        What to do with dates that are coarser than the period, see
        :func:`trends.analysis.prevalence.periods.make_periods`.
    season : {"none", "auto", "adjust", "keep"}
        What trends do about seasons.

    Returns
    -------
    Periods

    Raises
    ------
    DataError, UsageError
        If no document is dated, a date is too coarse, or there is no such period.
    """
    frame = corpus.documents
    first, last = corpus.observed.values()
    made = make_periods(
        frame["date"],
        frame["date_precision"],
        frame[LAST] if LAST in frame.columns else None,
        period=period,
        imprecise=imprecise,
        observed=(first, last),
    )
    return replace(made, season=season)


def clusters_of(
    corpus: Corpus, column: str, option: str = "prevalence.cluster"
) -> pd.Series | None:
    """The column whose documents are not independent of one another; none if it has no name.

    Raises
    ------
    UsageError
        If the corpus has no such column, or one value in it.
    """
    if not column:
        return None
    frame = corpus.documents
    values = frame[name_of(frame, column, option)]
    if len(corpus) > 1 and values.nunique(dropna=False) < 2 and values.notna().any():
        message = (
            f"{option} is {column!r}, but all documents have one {column}: as one cluster they say "
            "nothing about a share. Name another column."
        )
        raise UsageError(message)
    return values
