"""What is said of shapes: one table for all kinds, and the checks of what comes in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from trends.analysis.shapes.frames import table_of
from trends.analysis.trend.seasons import Seasons
from trends.analysis.trend.series import Series, series_of
from trends.core import Prevalence
from trends.core.given.expected import check_kind
from trends.errors import UsageError

#: What shapes are looked for in.
Input: TypeAlias = Prevalence | pd.DataFrame | tuple[ArrayLike, ArrayLike, ArrayLike]

#: What is told of the progress: corpora drawn, corpora in all.
Progress: TypeAlias = Callable[[int, int], None]

#: The fewest draws with which an adjusted p can be below .05, with room for ties.
FEWEST = 39


class Claim(NamedTuple):
    """One row: ``start`` and ``stop`` are numbers of periods, the second that behind the last."""

    topic: int
    start: int | None
    stop: int | None
    estimate: float
    low: float
    high: float
    p: float
    adjusted_p: float
    found: bool
    note: str


def input_of(
    data: Input,
    *,
    labels: Sequence[str] | None,
    complete_only: bool,
    season: Seasons | None = None,
    draws: int,
    level: float,
    name: str,
) -> Series:
    """Counts in periods, of whatever :func:`trends.fit_trends` takes.

    Raises
    ------
    UsageError
        If ``level`` does not lie between 0 and 1, there are too few draws, or something else than
        shares or counts is given.
    DataError
        See :func:`trends.analysis.trend.series.series_of`.
    """
    if not 0 < level < 1:
        message = f"level must lie between 0 and 1; got {level!r}."
        raise UsageError(message)
    if draws != int(draws) or draws < FEWEST:
        message = (
            f"draws is a whole number of at least {FEWEST}, or no p could be small; got {draws!r}."
        )
        raise UsageError(message)
    if isinstance(data, pd.DataFrame):
        data = Prevalence.from_frame(data)
    if not (isinstance(data, tuple) and len(data) == 3):
        check_kind(name, "shares", data, Prevalence, pd.DataFrame)
    return series_of(data, complete_only=complete_only, labels=labels, season=season)


def untested(series: Series, why: str = "") -> list[Claim]:
    """Rows of the topics in which no shape can be looked for, or of all where ``why`` is given."""
    rows = []
    tested = set() if why else set(series.tested.tolist())
    nan = float("nan")
    for k in range(len(series.y)):
        if k not in tested:
            note = why
            if k in series.absent:
                note = "this fit has no such topic"
            elif series.y[k].sum() <= 0:
                note = "occurs in no period: nothing to test"
            rows.append(
                Claim(
                    *(k, None, None, nan, nan, nan, nan, nan, False),
                    note or "is all there is in every period: nothing to test",
                )
            )
    return rows


def claims_frame(
    series: Series,
    kind: str,
    claims: Sequence[Claim],
    more: Mapping[str, NDArray[Any]] | None = None,
    **settings: Any,
) -> pd.DataFrame:
    """The table of claims, by topic and time; settings are kept in its ``attrs``."""
    starts = times_of(series, [c.start for c in claims])
    stops = times_of(series, [None if c.stop is None else c.stop - 1 for c in claims])
    rows = [
        {
            **c._asdict(),
            "label": series.labels[c.topic],
            "kind": kind,
            "start": start,
            "stop": stop,
        }
        for c, start, stop in zip(claims, starts, stops, strict=True)
    ]
    frame = table_of(rows)
    for name, values in (more or {}).items():
        frame[name] = values
    frame = frame.sort_values(["topic", "start"], kind="stable", ignore_index=True)
    frame.attrs.update(settings)
    return frame


def times_of(series: Series, at: Sequence[int | None]) -> NDArray[Any]:
    """First days of periods by their numbers, their times where only these are known."""
    periods: NDArray[Any] = series.periods[np.isin(series.course, series.steps)]
    missing: Any = np.datetime64("NaT", "s") if periods.dtype.kind == "M" else np.nan
    return np.array([missing if i is None else periods[i] for i in at], dtype=periods.dtype)
