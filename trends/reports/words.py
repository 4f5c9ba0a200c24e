"""Cells: what a table's cell holds, as it is printed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from trends.core.wording import DASH, missing


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
