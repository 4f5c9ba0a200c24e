"""Columns of days in any year of the calendar; pandas' own conversion ends at 1678 and 2261."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def calendar_days(values: Any, form: str = "") -> pd.Series:
    """A column of moments, as :func:`pandas.to_datetime` makes it, also of far years.

    Parameters
    ----------
    values : array-like
        Dates, moments or texts; missing where nothing is known.
    form : str
        How texts are written; ISO 8601 if empty.
    """
    column = pd.Series(values).reset_index(drop=True)
    if column.dtype.kind == "M":
        return column
    texts = column.dtype != object or isinstance(column.dropna().head(1).squeeze(), str)
    try:
        return pd.to_datetime(column, format=(form or "ISO8601") if texts else None)
    except pd.errors.OutOfBoundsDatetime:
        days = [pd.Timestamp(value).to_datetime64() for value in column.dropna()]
        far = np.full(len(column), np.datetime64("NaT"), dtype="datetime64[s]")
        far[column.notna().to_numpy()] = days
        return pd.Series(far)
