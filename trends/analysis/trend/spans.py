"""The two spans of time whose shares are compared."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from trends.analysis.trend.mean import thirds
from trends.errors import UsageError

Array = NDArray[np.float64]

#: From and to, both inclusive: years or dates as text ("2021", "2021-07"), or times in years.
Span: TypeAlias = tuple[str | float, str | float]


def span_weights(
    times: Array, spans: tuple[Span, Span] | None, names: tuple[str, ...] | None = None
) -> tuple[tuple[Array, Array], tuple[str, str]]:
    """Weights of the periods of both spans, and what the spans are called.

    Parameters
    ----------
    times : ndarray, shape (periods,)
        Starts of the periods that have documents, in years.
    spans : pair of pairs, optional
        The first and the last span; the first and last third of the periods by default.
    names : tuple of str, optional
        Names of the periods.

    Returns
    -------
    weights : pair of ndarray, shape (periods,)
        Each sums to 1.
    words : pair of str

    Raises
    ------
    UsageError
        If a span cannot be read, holds no period, or the spans overlap or stand in the wrong order.
    """
    if spans is None:
        weights = thirds(len(times))
    else:
        if [len(tuple(s)) for s in spans] != [2, 2]:
            message = (
                "spans are two pairs of from and to, such as (('2021', '2022'), ('2024', '2025'));"
                f" got {spans!r}."
            )
            raise UsageError(message)
        inside = [_inside(times, span) for span in spans]
        for span, here in zip(spans, inside, strict=True):
            if not here.any():
                message = (
                    f"No period with documents starts from {span[0]} to {span[1]}; they run from "
                    f"{times[0]:.2f} to {times[-1]:.2f}."
                )
                raise UsageError(message)
        if np.flatnonzero(inside[0])[-1] >= np.flatnonzero(inside[1])[0]:
            message = "The first span must end before the last one starts."
            raise UsageError(message)
        weights = (inside[0] / inside[0].sum(), inside[1] / inside[1].sum())
    called = names or tuple(f"{t:.6g}" for t in times)
    words = []
    for weight in weights:
        at = np.flatnonzero(weight)
        words.append(called[at[0]] if at[0] == at[-1] else f"{called[at[0]]} to {called[at[-1]]}")
    return weights, (words[0], words[1])


def beyond_interval(
    y: Array, n: Array, weights: tuple[Array, Array], lower: Array, upper: Array
) -> Array:
    """What plain means of both spans differ by, where that lies outside the interval.

    A change is that of typical log-odds. A burst of a few periods lifts the mean of shares by more.

    Parameters
    ----------
    y, n : ndarray, shape (topics, periods)
        Counts and denominators.
    weights : pair of ndarray, shape (periods,)
        Of the periods of both spans.
    lower, upper : ndarray, shape (topics,)
        Interval of the change, in percentage points.

    Returns
    -------
    ndarray, shape (topics,)
        In percentage points; NaN where the difference lies within the interval, or outside it by no
        more than twice its sampling error.
    """
    share, contrast = y / n, weights[1] - weights[0]
    difference = 100 * share @ contrast
    error = 100 * np.sqrt((share * (1 - share) / n) @ contrast**2)
    outside = np.maximum(difference - upper, lower - difference)
    return np.where(outside > 2 * error, difference, np.nan)


def covers(times: Array, spans: tuple[Span, Span] | None) -> bool:
    """Whether both spans hold a period with documents."""
    return spans is None or all(_inside(times, span).any() for span in spans)


def _inside(times: Array, span: Span) -> NDArray[np.bool_]:
    low, high = (_time(end, upper=i == 1) for i, end in enumerate(span))
    return np.asarray((times >= low - 1e-6) & (times <= high + 1e-6))


def _time(value: str | float, *, upper: bool) -> float:
    """A time in years; text is read as a calendar year, month or day, its end where upper."""
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        return float(value) + (1 - 1e-3 if upper and float(value) == int(value) else 0)
    try:
        moment = np.datetime64(str(value).strip())
        unit = np.datetime_data(moment.dtype)[0]
        if unit not in {"Y", "M", "D"}:
            raise ValueError
    except ValueError:
        message = (
            f"A span is given by years, months or days such as 2021 or 2021-07; got {value!r}."
        )
        raise UsageError(message) from None
    day = ((moment + 1).astype("datetime64[D]") - 1) if upper else moment.astype("datetime64[D]")
    return float(calendar_years(day))


def calendar_years(days: NDArray[np.datetime64] | np.datetime64) -> Array:
    """Days as times in years: 2021-07-02 is 2021.5."""
    days = np.asarray(days, dtype="datetime64[D]")
    year = days.astype("datetime64[Y]")
    start = year.astype("datetime64[D]")
    length = ((year + 1).astype("datetime64[D]") - start).astype(float)
    out: Array = year.astype(int) + 1970 + (days - start).astype(float) / length
    return out
