"""Calendar periods: which documents fall into each, and which the corpus covers in full."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from trends.analysis.prevalence import completeness
from trends.core import Precision
from trends.core.calendar_days import calendar_days
from trends.core.checks import read_only
from trends.errors import DataError, UsageError

Imprecise = Literal["error", "drop", "spread"]

#: Names of the calendar periods, from fine to coarse; "2-years", "5-years" and so on are allowed
#: too.
PERIODS = ("day", "week", "month", "quarter", "half-year", "year")

#: More periods than this can neither be analysed in useful time nor read in a figure.
MOST_PERIODS = 2_000

_MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
_YEARS = re.compile(r"([1-9][0-9]?)-years?$")


@dataclass(frozen=True)
class Periods:
    """Gap-free calendar periods and the place of every document in them.

    Parameters
    ----------
    starts, ends : ndarray of datetime64[D], shape (periods,)
        First and last day of each period; each starts on the day after the one before ends.
    index : ndarray of int, shape (documents,)
        Period of each document; -1 where it is undated or was dropped. A document that was spread
        over several periods has the one that holds the largest part of it (the earliest of equals).
    weights : scipy.sparse.csr_matrix of float, shape (documents, periods)
        Part of each document that counts in each period. Rows sum to one, or to zero where
        ``index`` is -1.
    complete : ndarray of bool, shape (periods,)
        Whether the corpus is known to cover the whole period.
    period : str
        Name of the calendar period.
    dropped : dict of str to int
        Counted reasons why documents stand outside time: ``undated``, ``imprecise``; and
        ``spread``, the number of documents that count in several periods.
    season : {"none", "auto", "adjust", "keep"}
        What trends over these periods do about seasons, see
        :func:`trends.analysis.trend.fit.fit_trends`.
    """

    starts: NDArray[np.datetime64]
    ends: NDArray[np.datetime64]
    index: NDArray[np.int64]
    weights: sparse.csr_matrix
    complete: NDArray[np.bool_]
    period: str
    dropped: dict[str, int] = field(default_factory=dict)
    season: str = "none"

    def __post_init__(self) -> None:
        for name in ("starts", "ends", "index", "complete"):
            object.__setattr__(self, name, read_only(getattr(self, name)))

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def n_docs(self) -> NDArray[np.float64]:
        """Documents in each period, fractional where documents were spread, shape (periods,)."""
        return np.asarray(self.weights.sum(axis=0), dtype=float).ravel()

    @property
    def names(self) -> list[str]:
        """How a reader calls each period.

        2021, 2021 H1, 2021 Q3, 2021-05, 2021-W07, 2021-05-14, 2020–2021.
        """
        return [
            _name(start, end, self.period)
            for start, end in zip(self.starts, self.ends, strict=True)
        ]

    def frame(self) -> pd.DataFrame:
        """One row per period: first day, last day, name, documents, whether it is complete."""
        return pd.DataFrame(
            {
                "period": self.starts.astype("datetime64[s]"),
                "end": self.ends.astype("datetime64[s]"),
                "name": self.names,
                "n_docs": self.n_docs,
                "complete": self.complete,
            }
        )

    def _repr_html_(self) -> str:
        return f"<b>Periods</b> ({self.period})" + self.frame().to_html(
            index=False, float_format="{:g}".format
        )


def make_periods(
    dates: Any,
    precision: Sequence[str | None] | pd.Series | None = None,
    last: Any = None,
    *,
    period: str = "half-year",
    imprecise: Imprecise = "error",
    observed: tuple[dt.date | None, dt.date | None] = (None, None),
    times: NDArray[np.int64] | None = None,
) -> Periods:
    """Put every document into its calendar period.

    Parameters
    ----------
    dates : array-like of datetime64 or date, shape (documents,)
        Missing (``NaT``, ``None``) where a document is undated.
    precision : sequence of str, shape (documents,), optional
        ``"day"``, ``"month"``, ``"year"`` or ``"range"``; ignored where the date is missing.
        Without it all dates are days.
    last : array-like of datetime64 or date, shape (documents,), optional
        Last days of ranges; ignored elsewhere.
    period : str
        ``"day"``, ``"week"`` (Monday to Sunday, ISO 8601), ``"month"``, ``"quarter"``,
        ``"half-year"``, ``"year"`` or ``"N-years"`` (blocks that start in a year divisible by N).
    imprecise : {"error", "drop", "spread"}
        What to do with a date that may mean days of several periods, such as a month when periods
        are weeks or a season that crosses them: refuse; leave the document out and count it; or
        count it in each period by the share of its days that lie there.
    observed : pair of datetime.date or None
        First and last day that the source covers as a whole. A period is complete only if it lies
        between them. Where an end is not given, the documents tell: the first (last) period is
        complete only if it looks as whole as those beside it, and a period with far fewer documents
        than those around it is a hole (see :mod:`trends.analysis.prevalence.completeness`).
    times : ndarray of int, shape (documents,), optional
        How many documents each row stands for, where documents of one date are one row; the weights
        of a row then sum to that many.

    Returns
    -------
    Periods
        From the period of the first dated document to that of the last, the empty ones between them
        included.

    Raises
    ------
    DataError
        If no document is dated, if a precision is unknown, if a range has no last day, or if dates
        are coarser than the period and ``imprecise`` is ``"error"``.
    UsageError
        If the period or ``imprecise`` has another name, or there would be more than
        :data:`MOST_PERIODS` periods.
    """
    if imprecise not in ("error", "drop", "spread"):
        message = f"imprecise must be 'error', 'drop' or 'spread'; got {imprecise!r}."
        raise UsageError(message)
    _check_name(period)
    days = calendar_days(dates).to_numpy("datetime64[D]")
    dated = ~np.isnat(days)
    if not dated.any():
        message = (
            "No document has a date, so there are no periods; give dates in the input or a look-up "
            "table of dates."
        )
        raise DataError(message)
    level = (
        np.full(len(days), Precision.DAY.value, dtype=object)
        if precision is None
        else np.asarray(precision, dtype=object)
    )
    if level.shape != days.shape:
        message = f"{len(days)} dates and {len(level)} precisions were given; each date needs one."
        raise DataError(message)
    known = [p.value for p in Precision]
    unknown = sorted({str(v) for v in level[dated] if v not in known})
    if unknown:
        message = f"Unknown date precision {unknown[0]!r}; allowed: {', '.join(known)}."
        raise DataError(message)
    first, final = _span(days, level, dated, last)
    times = np.ones(len(days), dtype=np.int64) if times is None else times
    coarse = dated & (_floor(first, period) != _floor(final, period))
    if coarse.any() and imprecise == "error":
        raise DataError(_too_fine(level[coarse], times[coarse], period))
    used = dated & ~(coarse if imprecise == "drop" else np.zeros_like(coarse))
    if not used.any():
        message = (
            f"All {int(times[dated].sum())} dates are coarser than the period {period!r} and were "
            "dropped; choose a longer period."
        )
        raise DataError(message)
    starts, ends = _calendar(first[used].min(), final[used].max(), period)
    weights = sparse.csr_matrix(
        sparse.diags_array(times.astype(float)) @ _weights(first, final, used, starts, ends)
    )
    index = np.where(used, _heaviest(weights), -1)
    total = np.asarray(weights.sum(axis=0), dtype=float).ravel()
    whole = completeness.whole_ends(first[used], final[used], starts, ends, total)
    begin = starts[0] + (not whole[0])
    finish = ends[-1] - (not whole[1])
    if observed[0] is not None:
        begin = np.datetime64(observed[0], "D")
    if observed[1] is not None:
        finish = np.datetime64(observed[1], "D")
    # Who states both ends states that nothing is missing between them.
    stated = None not in observed
    hole = np.zeros(len(starts), dtype=bool) if stated else completeness.holes(total)
    return Periods(
        starts=starts,
        ends=ends,
        index=index.astype(np.int64),
        weights=weights,
        complete=(starts >= begin) & (ends <= finish) & ~hole,
        period=period,
        dropped={
            "undated": int(times[~dated].sum()),
            "imprecise": int(times[dated & ~used].sum()),
            "spread": int(times[coarse & used].sum()),
        },
    )


def _heaviest(weights: sparse.csr_matrix) -> NDArray[np.int64]:
    """Column of the largest weight of each row, the first of equal ones; 0 where there is none."""
    rows = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
    some = weights.data > 0
    rows, columns = rows[some], weights.indices[some]
    order = np.lexsort((columns, -weights.data[some], rows))
    found, at = np.unique(rows[order], return_index=True)
    out = np.zeros(weights.shape[0], dtype=np.int64)
    out[found] = columns[order][at]
    return out


def _check_name(period: str) -> None:
    if period not in PERIODS and not _YEARS.match(period):
        message = (
            f"Unknown period {period!r}. Allowed: {', '.join(PERIODS)}, and N-years, such as "
            "2-years."
        )
        raise UsageError(message)


def _months(period: str) -> int:
    """Length of a period in months; 0 for days and weeks."""
    match = _YEARS.match(period)
    return 12 * int(match[1]) if match else _MONTHS.get(period, 0)


def _floor(days: NDArray[np.datetime64], period: str) -> NDArray[np.datetime64]:
    """First day of the period that holds each day."""
    if period == "day":
        return days
    if period == "week":
        # 1970-01-01 was a Thursday: shift by three days so that weeks start on Monday.
        number = days.astype("datetime64[D]").astype(np.int64)
        return np.where(np.isnat(days), days, ((number + 3) // 7 * 7 - 3).astype("datetime64[D]"))
    step = _months(period)
    # Counted from January of year 0, so that blocks of N years start in years divisible by N.
    number = days.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    floored = (number // step * step - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
    return np.where(np.isnat(days), days, floored)


def _calendar(
    first: np.datetime64, last: np.datetime64, period: str
) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """Starts and ends of all periods from the one of ``first`` to that of ``last``."""
    low, high = _floor(np.array([first, last]), period)
    step = _months(period)
    number = (high - low).astype(np.int64) / (30.44 * step or (7 if period == "week" else 1)) + 1
    if number > MOST_PERIODS:
        message = (
            f"From {first} to {last} there are {number:,.0f} periods of the length {period!r}; at "
            f"most {MOST_PERIODS:,} can be analysed and read. Choose a longer period (period=…), "
            "such as 'month' or 'year'."
        )
        raise UsageError(message)
    if step:
        months = np.arange(
            low.astype("datetime64[M]"), high.astype("datetime64[M]") + step + 1, step
        )
        edges = months.astype("datetime64[D]")
    else:
        width = 7 if period == "week" else 1
        edges = np.arange(low, high + width + 1, width)
    return edges[:-1], edges[1:] - 1


def _span(
    days: NDArray[np.datetime64], level: NDArray[np.object_], dated: NDArray[np.bool_], ends: Any
) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """First and last day that each date may mean."""
    first, last = days.copy(), days.copy()
    for value, unit in (
        (Precision.MONTH.value, "datetime64[M]"),
        (Precision.YEAR.value, "datetime64[Y]"),
    ):
        rows = dated & (level == value)
        block = days[rows].astype(unit)
        first[rows] = block.astype("datetime64[D]")
        last[rows] = (block + 1).astype("datetime64[D]") - 1
    ranges = dated & (level == Precision.RANGE.value)
    if ranges.any():
        given = None if ends is None else calendar_days(ends).to_numpy("datetime64[D]")
        if given is None or given.shape != days.shape or not (given[ranges] >= days[ranges]).all():
            message = (
                f"{int(ranges.sum())} dates are ranges; each needs a last day that is not before "
                "its first."
            )
            raise DataError(message)
        last[ranges] = given[ranges]
    return first, last


def _weights(
    first: NDArray[np.datetime64],
    last: NDArray[np.datetime64],
    used: NDArray[np.bool_],
    starts: NDArray[np.datetime64],
    ends: NDArray[np.datetime64],
) -> sparse.csr_matrix:
    """Share of each date's days that lies in each period."""
    rows = np.flatnonzero(used)
    low = np.searchsorted(starts, first[rows], side="right") - 1
    high = np.searchsorted(starts, last[rows], side="right") - 1
    width = high - low + 1
    row = np.repeat(rows, width)
    column = (
        np.repeat(low, width) + np.arange(width.sum()) - np.repeat(np.cumsum(width) - width, width)
    )
    overlap = (np.minimum(last[row], ends[column]) - np.maximum(first[row], starts[column])).astype(
        float
    ) + 1
    part = overlap / ((last[row] - first[row]).astype(float) + 1)
    return sparse.csr_matrix((part, (row, column)), shape=(len(first), len(starts)))


def _too_fine(levels: NDArray[np.object_], times: NDArray[np.int64], period: str) -> str:
    counts = {p.value: int(times[levels == p.value].sum()) for p in Precision}
    to = {p: "a range of days" if p == Precision.RANGE.value else f"the {p}" for p in counts}
    shown = " and ".join(f"{n} documents are dated to {to[p]} only" for p, n in counts.items() if n)
    return (
        f"The period {period!r} is finer than some dates: {shown}. Choose a longer period, or say "
        "what to do with them: "
        "imprecise='drop' leaves them out and counts them, imprecise='spread' counts them in every "
        "period that their date may mean."
    )


def _name(start: np.datetime64, end: np.datetime64, period: str) -> str:
    day = pd.Timestamp(start)
    if period == "day":
        return f"{day:%Y-%m-%d}"
    if period == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    if period == "month":
        return f"{day:%Y-%m}"
    if period == "quarter":
        return f"{day.year} Q{(day.month + 2) // 3}"
    if period == "half-year":
        return f"{day.year} H{1 if day.month == 1 else 2}"
    last = pd.Timestamp(end).year
    return f"{day.year}" if last == day.year else f"{day.year}–{last}"
