"""Words: numbers, periods and lists as they are printed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DASH = "–"
#: Text without anything to mend, which is nearly all.
_PLAIN = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]*")
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
    """A fraction as a percentage."""
    return DASH if missing(value) or not math.isfinite(value) else f"{100 * value:.{digits}f}%"


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign and a true minus; zero has no sign."""
    if missing(value) or not math.isfinite(value):
        return DASH
    text = f"{abs(value):.{digits}f}"
    return text if float(text) == 0 else ("+" if value > 0 else "−") + text


def probability(value: float) -> str:
    """A p-value with three digits; small ones as a bound, never as zero."""
    if missing(value):
        return DASH
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def plural(n: int, noun: str) -> str:
    """``1 topic``, ``12 topics``, ``3,400 documents``."""
    many = noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in "aeiou" else noun + "s"
    return f"{n:,} {noun if n == 1 else many}"


def listed(names: Sequence[str], word: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return "".join(names) if len(names) < 2 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def quoted(label: str) -> str:
    """A label in quotation marks."""
    return f"“{closed(label)}”"


def closed(text: str) -> str:
    """Text from outside that cannot turn the words after it: overrides of the direction of writing end with it.

    Control characters and halves of characters, which a page cannot hold, become U+FFFD.
    """
    if _PLAIN.fullmatch(text):
        return text
    text = _CONTROL.sub("\ufffd", text)
    inner, isolated = (
        len(re.findall(f"[{a}]", text)) - text.count(b)
        for a, b in (("\u202a\u202b\u202d\u202e", "\u202c"), ("\u2066-\u2068", "\u2069"))
    )
    return text + "\u202c" * max(inner, 0) + "\u2069" * max(isolated, 0)


def period_name(period: pd.Timestamp, unit: str) -> str:
    """A period as a reader calls it: 2024, 2024 H1, 2024 Q3, Mar 2024, or its first day."""
    if missing(period):
        return "undated"
    if unit == "year":
        return str(period.year)
    if unit == "half-year":
        return f"{period.year} H{(period.month + 5) // 6}"
    if unit == "quarter":
        return f"{period.year} Q{(period.month + 2) // 3}"
    if unit == "month":
        return f"{_MONTHS[period.month - 1]} {period.year}"
    return f"{period.year:04d}-{period.month:02d}-{period.day:02d}"


def plain(value: Any) -> str:
    """A value of the settings or the metadata as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{key}: {plain(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple | set):
        return ", ".join(plain(inner) for inner in value)
    if missing(value):
        return DASH
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)


def parts(value: Any, separator: str) -> list[str]:
    """The items of a cell that holds several: a list, or text with a separator."""
    if isinstance(value, str):
        return [item.strip() for item in value.split(separator) if item.strip()]
    if missing(value):
        return []
    return [str(item) for item in value]


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """Rows as named tuples, whose fields the type checker cannot know."""
    return iter(frame.itertuples())
