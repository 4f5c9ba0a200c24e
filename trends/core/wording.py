"""Wording: numbers, lists, periods and labels as every sentence and figure prints them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from trends.errors import UsageError

#: What stands for a missing value.
DASH = "–"

#: Length in years of each calendar period, from fine to coarse; "2-years" to "99-years" are allowed
#: too.
PERIODS = {
    "day": 1 / 365.25,
    "week": 7 / 365.25,
    "month": 1 / 12,
    "quarter": 0.25,
    "half-year": 0.5,
    "year": 1.0,
}

_N_YEARS = re.compile(r"([1-9][0-9]?)-years?")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Text without anything to repair, which is nearly all.
_SAFE = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def missing(value: Any) -> bool:
    """Whether a cell of a table holds nothing."""
    if value is None:
        return True
    try:
        return bool(pd.isna(value))
    except (TypeError, ValueError):
        return False


def percent(value: float, digits: int = 1) -> str:
    """A fraction as a percentage; a dash for a missing value."""
    return DASH if missing(value) or not math.isfinite(value) else f"{100 * value:.{digits}f}%"


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign and a true minus; zero has no sign."""
    if missing(value) or not math.isfinite(value):
        return DASH
    text = f"{abs(value):.{digits}f}"
    return text if float(text) == 0 else ("+" if value > 0 else "−") + text


def probability(value: float, symbol: str = "") -> str:
    """A probability with three digits, small ones as a bound: ``0.012``, ``p < 0.001``."""
    if missing(value):
        text, relation = DASH, "="
    else:
        text, relation = ("0.001", "<") if value < 0.001 else (f"{value:.3f}", "=")
    if symbol:
        return f"{symbol} {relation} {text}"
    return f"< {text}" if relation == "<" else text


def plural_noun(noun: str) -> str:
    """``topics``, ``categories``, ``values of organization``."""
    head, of, rest = noun.partition(" of ")
    many = head[:-1] + "ies" if head.endswith("y") and head[-2] not in "aeiou" else head + "s"
    return f"{many}{of}{rest}"


def plural(n: float, noun: str) -> str:
    """``1 topic``, ``12 topics``, ``3,400 documents``."""
    return f"{n:,.0f} {noun if round(n) == 1 else plural_noun(noun)}"


def listed(names: Sequence[str], *, word: str = "and", most: int | None = None) -> str:
    """``a``, ``a and b``, ``a, b and c``; beyond ``most`` names ``a, b and 3 more``."""
    if most is not None and len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return "".join(names) if len(names) < 2 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def period_years(period: str) -> float:
    """Length of a calendar period in years, whose name it checks.

    Raises
    ------
    UsageError
        If there is no such period.
    """
    if period in PERIODS:
        return PERIODS[period]
    if match := _N_YEARS.fullmatch(period):
        return float(match[1])
    message = (
        f"Unknown period {period!r}. Allowed: {', '.join(PERIODS)}, and N-years, such as 2-years."
    )
    raise UsageError(message)


def next_start(first: Any, period: str) -> pd.Timestamp:
    """First day of the period after the one that starts on ``first``."""
    days = {"day": 1, "week": 7}.get(period, 0)
    months = 0 if days else round(12 * period_years(period))
    return pd.Timestamp(first) + pd.DateOffset(days=days, months=months)


def period_noun(period: str) -> str:
    """One period of a kind: ``half-year``, ``10-year period``."""
    match = _N_YEARS.fullmatch(period)
    return f"{match[1]}-year period" if match else period


def period_name(first: Any, period: str, *, short: bool = False) -> str:
    """A period as a reader calls it.

    ``2020–2029``, ``2024``, ``2024 H1``, ``2024 Q3``, ``Mar 2024``, ``week of 2024-03-04``,
    ``2024-03-04``; where it is known that weeks are meant (``short``), a week is its first day.

    Parameters
    ----------
    first : date
        First day of the period; a missing one is "undated".
    period : str
        Kind of period, such as ``half-year``.
    short : bool
        Leave out "week of", as on an axis.
    """
    if missing(first):
        return "undated"
    day = pd.Timestamp(first)
    if match := _N_YEARS.fullmatch(period):
        return f"{day.year}–{day.year + int(match[1]) - 1}" if match[1] != "1" else str(day.year)
    if period == "year":
        return str(day.year)
    if period == "half-year":
        return f"{day.year} H{(day.month + 5) // 6}"
    if period == "quarter":
        return f"{day.year} Q{(day.month + 2) // 3}"
    if period == "month":
        return f"{_MONTHS[day.month - 1]} {day.year}"
    text = f"{day.year:04d}-{day.month:02d}-{day.day:02d}"
    return f"week of {text}" if period == "week" and not short else text


def season_names(length: int) -> list[str]:
    """What the seasons of a year are called: twelve months or four quarters."""
    return list(_MONTHS) if length == 12 else [f"Q{k}" for k in range(1, length + 1)]


def guess_period(firsts: Sequence[pd.Timestamp]) -> str:
    """The kind of period nearest to the smallest step between first days (one day: a year)."""
    if len(firsts) < 2:
        return "year"
    step = min((b - a).days for a, b in pairwise(firsts)) / 365.25
    if step > 1.5:
        return f"{min(round(step), 99)}-years"
    return min(PERIODS, key=lambda name: abs(math.log(PERIODS[name] / step)))


def span(firsts: Sequence[pd.Timestamp], period: str) -> str:
    """How many periods there are and from when to when."""
    noun = period_noun(period)
    if len(firsts) == 1:
        return f"1 {noun} ({period_name(firsts[0], period)})"
    first, last = period_name(firsts[0], period), period_name(firsts[-1], period)
    return f"{plural(len(firsts), noun)} from {first} to {last}"


def quoted(label: str) -> str:
    """A label in quotation marks."""
    return f"“{closed(label)}”"


def closed(text: str) -> str:
    """Text from outside that cannot change how the words after it are shown.

    Overrides of the direction of writing end with it; control characters and lone surrogates, which
    a page cannot hold, become U+FFFD.
    """
    if _SAFE.fullmatch(text):
        return text
    text = _CONTROL.sub("\ufffd", text)
    inner, isolated = (
        len(re.findall(f"[{a}]", text)) - text.count(b)
        for a, b in (("\u202a\u202b\u202d\u202e", "\u202c"), ("\u2066-\u2068", "\u2069"))
    )
    return text + "\u202c" * max(inner, 0) + "\u2069" * max(isolated, 0)
