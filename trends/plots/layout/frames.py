"""Frames: what a figure may expect of the table it is given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from trends.core.wording import guess_period, period_years
from trends.errors import DataError, UsageError
from trends.plots.theme.styles import active

#: The row of documents that no topic took; not a topic.
UNASSIGNED = -1


class TooTallError(UsageError):
    """A figure that its venue has no height for; ``most`` is how many topics (rows, panels) would fit."""

    def __init__(self, message: str, most: int) -> None:
        super().__init__(message)
        self.most = most


def check_height(
    n: int, row: float, frame: float, *, rows: str = "rows", advice: str = "give at most {fits}."
) -> None:
    """Raise if ``n`` rows of this height, and what stands around them, are taller than the venue in force allows; all in inches.

    Raises
    ------
    TooTallError
        With what stands in a row (``rows``) and what to do (``advice``, where ``{fits}`` is how
        many would fit).
    """
    venue, _ = active()
    if frame + n * row > venue.height:
        fits = int((venue.height - frame) / row)
        message = f"{n} {rows} do not fit a figure for {venue.name}, which may be {venue.height:.1f} in tall; {advice.format(fits=fits)}"
        raise TooTallError(message, fits)


def figure_of_rows(
    n: int,
    row: float,
    frame: float,
    *,
    least: int = 2,
    rows: str = "rows",
    advice: str = "give at most {fits}.",
) -> Figure:
    """An empty figure as wide as the venue in force asks, for ``n`` rows of this height (room for ``least``) and what stands around them.

    Raises
    ------
    TooTallError
        As :func:`check_height`.
    """
    check_height(n, row, frame, rows=rows, advice=advice)
    return Figure(figsize=(active()[1], frame + max(n, least) * row), layout="constrained")


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
        raise DataError(message)
    out = frame.copy().reset_index(drop=True)
    if "period" in columns:
        out["period"] = pd.to_datetime(out["period"])
    if "label" in columns:
        out["label"] = out["label"].astype(str)
    if "complete" in out.columns:
        # A table read back from a file may hold the words True and False.
        out["complete"] = out["complete"].map(
            lambda value: str(value).strip().lower() in {"true", "1", "1.0"}
        )
    return out


def one_backend(frame: pd.DataFrame, figure: str) -> str:
    """The backend that the rows are about, or an empty string where the table does not say.

    Raises
    ------
    UsageError
        If the rows are about several.
    """
    if "backend" not in frame.columns:
        return ""
    names = sorted(frame["backend"].astype(str).unique())
    if len(names) > 1:
        message = f"The figure {figure} shows one backend, and the table holds {', '.join(names)}; select the rows of one."
        raise UsageError(message)
    return names[0]


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
        message = f"The figure {figure} needs one row for each {' and '.join(columns)}; {int(twice.sum())} repeat, for example {where}."
        raise DataError(message)


def period_of(frame: pd.DataFrame, period: str | None = None) -> str:
    """The kind of period: the one named, the one the frame remembers, or else the likeliest.

    Raises
    ------
    UsageError
        If there is no such kind of period.
    """
    known = period or frame.attrs.get("period")
    if known:
        period_years(str(known))
        return str(known)
    return guess_period([pd.Timestamp(p) for p in sorted(frame["period"].dropna().unique())])


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """Rows as named tuples, whose fields the type checker cannot know."""
    return iter(frame.itertuples())
