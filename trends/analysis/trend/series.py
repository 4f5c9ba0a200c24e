"""Counts of topics in periods, ready for a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from trends.analysis.trend.seasons import LENGTHS, Season, Seasons, check, season_of
from trends.analysis.trend.spans import calendar_years
from trends.core import Prevalence
from trends.core.wording import guess_period, period_name
from trends.errors import DataError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    """Counts of topics in periods, ready for a test.

    Parameters
    ----------
    y, n : ndarray, shape (topics, periods)
        (Effective) counts and denominators.
    x : ndarray, shape (periods,)
        Times in years, increasing.
    labels : tuple of str, length topics
    absent : tuple of int
        Topics that are not there at all, which is not the same as being there with share 0.
    steps : ndarray of int, shape (periods,)
        Number of each period in the calendar: periods without documents are counted.
    starts : ndarray, shape (periods,)
        Calendar years in which the periods start, for spans; ``x`` where only times are known.
    names : tuple of str, length periods
    course : ndarray of int
        Numbers of all periods that are known of, those without documents too.
    periods : ndarray, of the shape of ``course``
        Their first days; their times in years where only times are known.
    season : Season, optional
        Seasons of the periods, where these are fitted.
    unseasonal : str
        Why there are none, where they were wanted.
    """

    y: Array
    n: Array
    x: Array
    labels: tuple[str, ...]
    absent: tuple[int, ...] = ()
    steps: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    starts: Array = field(default_factory=lambda: np.empty(0))
    names: tuple[str, ...] = ()
    course: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    periods: NDArray[Any] = field(default_factory=lambda: np.empty(0))
    season: Season | None = None
    unseasonal: str = ""

    @property
    def tested(self) -> NDArray[np.int64]:
        """Topics that are there, and neither missing everywhere nor everywhere alone."""
        total = self.y.sum(1)
        varies = (total > 0) & (total < self.n.sum(1) * (1 - 1e-12))
        varies[list(self.absent)] = False
        return np.flatnonzero(varies)

    def over(self, y: Array, n: Array, keep: NDArray[np.bool_] | None = None) -> Series:
        """Other counts of the same topics, in those of the periods that are kept."""
        if keep is None:
            return replace(self, y=y, n=n)
        at = np.flatnonzero(keep)
        season = self.season
        return replace(
            self,
            season=None if season is None else season._replace(place=season.place[at]),
            y=y[:, at],
            n=n[:, at],
            x=self.x[at],
            steps=self.steps[at],
            starts=self.starts[at],
            names=tuple(self.names[i] for i in at),
        )


def counts_of(shares: Prevalence) -> tuple[Array, Array]:
    """Counts and denominators on the scale of hard labels, shape (topics, periods)."""
    dispersion = np.asarray(
        shares.settings.get("dispersion", np.ones(shares.n_topics)), dtype=float
    )
    n = shares.n_docs[:, None] / dispersion
    return (np.nan_to_num(shares.share) * n).T, n.T


def series_of(
    data: Prevalence | tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    complete_only: bool = False,
    labels: Sequence[str] | None = None,
    season: Seasons | None = None,
) -> Series:
    """Counts and denominators behind shares.

    Periods without documents are left out, the times of the others stay as they are.

    For mean theta a document counts for less or more than a hard label does: both share and size
    are put on the scale of hard labels, ``n_docs / dispersion``. With several fits the dispersion
    is that within a fit: what varies between fits varies between periods too, and the test learns
    it there.

    ``season`` says what is done about seasons (:mod:`trends.analysis.trend.seasons`); that of the
    settings of the shares by default, else none.

    Raises
    ------
    DataError
        If shapes do not match, a count exceeds its denominator, or times do not increase; if
        seasons are demanded and are not possible.
    """
    absent: tuple[int, ...] = ()
    if isinstance(data, Prevalence):
        keep = np.asarray(data.n_docs > 0)
        if complete_only:
            keep &= data.complete
        y, n = counts_of(data)
        y, n, x, names = y[:, keep], n[:, keep], data.years[keep], data.labels
        absent = tuple(data.settings.get("absent", ()))
        steps, course = np.flatnonzero(keep), np.arange(len(keep))
        periods: NDArray[Any] = data.periods.astype("datetime64[s]")
        starts = calendar_years(data.periods[keep])
        unit = str(
            data.settings.get("period") or guess_period(list(map(pd.Timestamp, data.periods)))
        )
        called = tuple(period_name(day, unit) for day in data.periods[keep])
        if labels is not None:
            names = tuple(labels)
        season = season or data.settings.get("season")
    else:
        y = np.atleast_2d(np.asarray(data[0], dtype=float))
        x = np.asarray(data[2], dtype=float)
        if x.ndim != 1 or y.ndim != 2 or y.shape[1] != len(x):
            message = (
                f"Counts have shape {y.shape} for {x.shape} times; expected topics × periods and "
                "one time a period."
            )
            raise DataError(message)
        given = np.asarray(data[1], dtype=float)
        if (
            given.ndim > 2
            or given.shape[-1:] != x.shape
            or (given.ndim == 2 and given.shape != y.shape)
        ):
            message = f"Denominators have shape {given.shape}; expected {x.shape} or {y.shape}."
            raise DataError(message)
        n = np.broadcast_to(given, y.shape)
        keep = np.asarray((n > 0).all(axis=0))
        y, n, x = y[:, keep], n[:, keep], x[keep]
        names = tuple(labels) if labels is not None else tuple(str(k) for k in range(len(y)))
        gaps = np.diff(x)
        steps = np.zeros(len(x), dtype=np.int64)
        if len(x) > 1 and (gaps > 0).all():
            steps[1:] = np.cumsum(np.maximum(np.rint(gaps / np.median(gaps)), 1))
        starts, called = x, tuple(f"{t:.6g}" for t in x)
        course, periods = steps, x
        step = float(np.median(gaps)) if len(gaps) else 0.0
        unit = next((u for u, k in LENGTHS.items() if abs(step * k - 1) < 0.1), "")
    if len(names) != len(y):
        message = f"{len(names)} labels were given for {len(y)} topics."
        raise DataError(message)
    if (
        not (np.isfinite(y).all() and np.isfinite(n).all())
        or (y < -1e-9).any()
        or (y > n * (1 + 1e-9)).any()
    ):
        message = "Counts must be finite, not negative and not larger than their denominator."
        raise DataError(message)
    if (np.diff(x) <= 0).any():
        message = "Times of the periods must increase."
        raise DataError(message)
    y, n = np.clip(y, 0, n), np.array(n)
    found, why = season_of(check(season), unit, steps, starts)
    return Series(y, n, x, names, absent, steps, starts, called, course, periods, found, why)
