"""What every shape says of a topic: one kind of table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.trend.series import Series
from trends.core.wording import guess_period, period_name

#: Columns of a table of shapes: what is claimed of a topic, from when to when, how large it is with
#: its interval, the p and the adjusted p of that it is not there, whether it is found, and words.
COLUMNS = (
    *("topic", "label", "kind", "start", "stop", "estimate", "low", "high"),
    *("p", "adjusted_p", "found", "note"),
)


def table_of(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a table with the columns :data:`COLUMNS`, also where there are none."""
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    kinds = dict.fromkeys(("estimate", "low", "high", "p", "adjusted_p"), float)
    return table.astype({"topic": int, "found": bool, **kinds})


def names_of(series: Series) -> list[str]:
    """What the periods of the whole course of a series are called."""
    periods: NDArray[Any] = series.periods
    if not np.issubdtype(periods.dtype, np.datetime64):
        return [f"{t:.6g}" for t in periods]
    days = [pd.Timestamp(day) for day in periods]
    unit = guess_period(days)
    return [period_name(day, unit) for day in days]
