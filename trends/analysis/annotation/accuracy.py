"""Precision and recall of predictions in each period, from a sample that people coded."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.prevalence.intervals import wilson

Array = NDArray[np.float64]


def accuracy_by_period(
    gold: Array,
    predicted: Array,
    period: NDArray[np.int64],
    stratum: NDArray[np.int64],
    *,
    level: float = 0.95,
) -> pd.DataFrame:
    """Precision and recall of one code, labels weighed by the inverse of their probability.

    Parameters
    ----------
    gold, predicted, period, stratum : ndarray, shape (documents,)
        As :func:`trends.analysis.annotation.correction.correct_share` takes them; a prediction of
        at least one half counts as the code, a document on which coders differ in parts.
    level : float
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        A row for each period, and one for all (period -1): ``precision`` and ``recall`` with
        ``_lower``, ``_upper`` and ``_labels`` (labels behind each); NaN where there are none.

    Notes
    -----
    Wilson's interval on Kish's effective number of labels. Both drift where a prediction gets
    better or worse over time; then its uncorrected shares drift without any change of the topic.
    """
    labelled = np.isfinite(gold) & (period >= 0)
    size = np.bincount(np.maximum(stratum[period >= 0], 0))
    drawn = np.bincount(np.maximum(stratum[labelled], 0), minlength=len(size))
    y, said = gold[labelled], (predicted[labelled] >= 0.5).astype(float)
    when, at = period[labelled], np.maximum(stratum[labelled], 0)
    weight = size[at] / drawn[at]
    rows = []
    for p in [*range(int(period.max(initial=-1)) + 1), -1]:
        here = (when == p) if p >= 0 else np.ones(len(when), dtype=bool)
        row: dict[str, float] = {"period": p}
        for name, among in (("precision", said), ("recall", y)):
            w = (weight * among)[here]
            total = w.sum()
            value = float((weight * y * said)[here].sum() / total) if total else np.nan
            n = float(total**2 / (w**2).sum()) if total else 0.0
            low, high = wilson(value, n, level)
            row |= {
                name: value,
                f"{name}_lower": float(low),
                f"{name}_upper": float(high),
                f"{name}_labels": int((w > 0).sum()),
            }
        rows.append(row)
    return pd.DataFrame(rows)
