"""The date in a row of a corpus."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from trends.core.corpus import LAST
from trends.core.dates import DocDate, Evidence, Precision


def row_date(row: Mapping[Any, Any]) -> DocDate | None:
    """The date in a row of ``Corpus.documents``; ``None`` for an undated document."""
    if pd.isna(row["date"]):
        return None
    precision = Precision(row["date_precision"])
    until = _day(row[LAST]) if precision is Precision.RANGE else None
    return DocDate(_day(row["date"]), precision, Evidence(row["date_evidence"]), until)


def _day(value: Any) -> dt.date:
    day = np.datetime64(value, "D").astype(object)
    assert isinstance(day, dt.date)
    return day
