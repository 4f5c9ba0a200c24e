"""Frames: what a figure may expect of the table it is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from trends.core.calendar_days import calendar_days
from trends.core.wording import (
    guess_period,
    listed,
    period_name,
    period_noun,
    period_years,
    plural,
)
from trends.errors import DataError, UsageError

#: The row of documents that no topic took; not a topic.
UNASSIGNED = -1


class EmptyFigureError(DataError):
    """A figure for which its tables hold nothing to draw."""


class TooTallError(UsageError):
    """A figure that its venue has no height for.

    ``most`` is how many topics (rows, panels) would fit.
    """

    def __init__(self, message: str, most: int) -> None:
        super().__init__(message)
        self.most = most


def taken(frame: pd.DataFrame, columns: Sequence[str], figure: str) -> pd.DataFrame:
    """A copy that the figure may change, after a look at its columns.

    Raises
    ------
    DataError
        If columns are missing or there are no rows.
    """
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        message = (
            f"The figure {figure} needs the columns {', '.join(columns)}; missing: "
            f"{', '.join(missing)}. "
            f"The table has: {', '.join(map(str, frame.columns))}."
        )
        raise DataError(message)
    if frame.empty:
        message = f"The figure {figure} was given a table without rows."
        raise EmptyFigureError(message)
    out = frame.copy().reset_index(drop=True)
    if "period" in columns:
        out["period"] = calendar_days(out["period"])
    if "label" in columns:
        out["label"] = out["label"].astype(str)
    if "complete" in out.columns:
        # A table read back from a file may hold the words True and False.
        out["complete"] = out["complete"].map(
            lambda value: str(value).strip().lower() in {"true", "1", "1.0"}
        )
    return out


def one_backend(frame: pd.DataFrame, figure: str) -> None:
    """Raise if the rows are about several backends.

    Raises
    ------
    UsageError
        If the rows are about several.
    """
    names = sorted(frame["backend"].astype(str).unique()) if "backend" in frame.columns else []
    if len(names) > 1:
        message = (
            f"The figure {figure} shows one backend, and the table holds {', '.join(names)}; "
            "select the rows of one."
        )
        raise UsageError(message)


def backend_of(frame: pd.DataFrame) -> str:
    """The backend that the rows are about, or an empty string where the table does not say."""
    return str(frame["backend"].iloc[0]) if "backend" in frame.columns else ""


def no_repeats(frame: pd.DataFrame, columns: Sequence[str], figure: str) -> None:
    """Raise if a figure would draw two values in one place.

    Raises
    ------
    DataError
        If the values of ``columns`` repeat.
    """
    twice = frame.duplicated(list(columns))
    if twice.any():
        where = ", ".join(f"{name} {frame.loc[twice, name].iloc[0]}" for name in columns)
        message = (
            f"The figure {figure} needs one row for each {' and '.join(columns)}; "
            f"{int(twice.sum())} repeat, for example {where}."
        )
        raise DataError(message)


def period_of(frame: pd.DataFrame, period: str | None = None) -> str:
    """The kind of period: the one named, the one kept with the frame, or the likeliest.

    Raises
    ------
    UsageError
        If there is no such kind of period, or the periods of the table are of another length.
    """
    starts = [pd.Timestamp(p) for p in sorted(frame["period"].dropna().unique())]
    known = str(period or frame.attrs.get("period") or "")
    if not known:
        return guess_period(starts)
    length = period_years(known)
    apart = min(((b - a).days / 365.25 for a, b in pairwise(starts)), default=length)
    if not 0.75 * length < apart < 1.5 * length:
        message = (
            f"The periods of this table are not of one {period_noun(known)}: they start "
            f"{365.25 * apart:.0f} days apart; leave period out, or give {guess_period(starts)}."
        )
        raise UsageError(message)
    return known


def labels_of(topics: pd.DataFrame) -> dict[Any, str]:
    """Label of each topic by backend and number."""
    return topics.set_index(["backend", "topic"])["label"].to_dict()


def calendar(frame: pd.DataFrame, period: str | None = None) -> tuple[list[pd.Timestamp], str]:
    """First days of the periods of a table, in order, and their kind."""
    firsts = sorted(frame["period"].dropna().unique())
    return [pd.Timestamp(p) for p in firsts], period_of(frame, period)


def incomplete(periods: Sequence[pd.Timestamp], complete: Iterable[Any], period: str) -> str:
    """Names of the periods that the corpus does not cover as a whole; many are counted."""
    names = [
        period_name(p, period) for p, whole in zip(periods, complete, strict=True) if not whole
    ]
    return listed(names) if len(names) < 6 else plural(len(names), period_noun(period))


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """Rows as named tuples, whose fields the type checker cannot know."""
    return iter(frame.itertuples())
