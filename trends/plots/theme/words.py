"""Words: names of periods, numbers in print, and the sentences that captions are made of."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from trends.errors import UsageError
from trends.registry import unknown

#: Length of each calendar period in years.
UNITS = {
    "day": 1 / 365.25,
    "week": 7 / 365.25,
    "month": 1 / 12,
    "quarter": 0.25,
    "half-year": 0.5,
    "year": 1.0,
}


def unit_of(periods: Sequence[pd.Timestamp], unit: str | None) -> str:
    """The calendar unit: the one named, or the one nearest to the smallest step between periods (a year for one period)."""
    if unit is not None:
        if unit not in UNITS:
            raise UsageError(unknown("period", unit, UNITS))
        return unit
    if len(periods) < 2:
        return "year"
    step = min((b - a).days for a, b in pairwise(periods)) / 365.25
    return min(UNITS, key=lambda name: abs(np.log(UNITS[name] / step)))


def period_name(period: pd.Timestamp, unit: str) -> str:
    """A period as a reader calls it: 2024, 2024 H1, 2024 Q3, Mar 2024, week of 2024-03-04, 2024-03-04."""
    year, month = period.year, period.month
    if unit == "year":
        return str(year)
    if unit == "half-year":
        return f"{year} H{(month + 5) // 6}"
    if unit == "quarter":
        return f"{year} Q{(month + 2) // 3}"
    if unit == "month":
        return f"{_MONTHS[month - 1]} {year}"
    day = f"{year:04d}-{month:02d}-{period.day:02d}"
    return f"week of {day}" if unit == "week" else day


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def plural(n: int, noun: str) -> str:
    """``1 topic``, ``12 topics``, ``3,400 documents``."""
    many = noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in "aeiou" else noun + "s"
    return f"{n:,} {noun if n == 1 else many}"


def percent(value: float, digits: int = 1) -> str:
    """A fraction as a percentage; a dash for a missing value."""
    return "–" if not np.isfinite(value) else f"{100 * value:.{digits}f}%"


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign and a true minus; zero has no sign."""
    if not np.isfinite(value):
        return "–"
    text = f"{abs(value):.{digits}f}"
    if float(text) == 0:
        return text
    return ("+" if value > 0 else "−") + text


def listed(names: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def span(periods: Sequence[pd.Timestamp], unit: str) -> str:
    """How many periods there are and from when to when."""
    if len(periods) == 1:
        return f"1 {unit} ({period_name(periods[0], unit)})"
    first, last = period_name(periods[0], unit), period_name(periods[-1], unit)
    return f"{plural(len(periods), unit)} from {first} to {last}"
