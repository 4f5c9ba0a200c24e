"""Which topics come back in the same months or quarters of every year."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from trends.analysis.shapes.frames import table_of
from trends.analysis.trend.fit import fit_trends
from trends.analysis.trend.multiplicity import adjust
from trends.core import Prevalence, Trend
from trends.core.claim import ALPHA


def seasons(
    data: Prevalence | pd.DataFrame | Sequence[Prevalence] | tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    level: float = 0.95,
) -> pd.DataFrame:
    """Test every topic for seasons.

    Parameters
    ----------
    data : Prevalence, its frame, sequence of Prevalence, or tuple (y, n, x)
        As :func:`trends.analysis.trend.fit.fit_trends` takes it, in months or quarters.
    level : float
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row a topic, see :func:`claims_of`.

    Raises
    ------
    DataError
        If periods are not months or quarters, or fewer than two years have documents.
    """
    return claims_of(fit_trends(data, level=level, season="adjust"))


def claims_of(trend: Trend) -> pd.DataFrame:
    """What a fit with seasons says of the season of every topic.

    Returns
    -------
    pandas.DataFrame
        Columns :data:`trends.analysis.shapes.frames.COLUMNS`, one row a topic, ``kind`` "season".
        ``start`` and ``stop`` are names of the seasons with the highest and the lowest share,
        ``estimate`` is how far the highest lies above the topic's mean, in percentage points, with
        the interval of that season (``low``, ``high``); ``p`` of the hypothesis that there is no
        season.
    """
    table = trend.seasons()
    rows = []
    for topic, own in table.groupby("topic", sort=True):
        effect = own["effect"].to_numpy(dtype=float)
        top, bottom = own.iloc[int(effect.argmax())], own.iloc[int(effect.argmin())]
        rows.append(
            {
                "topic": topic,
                "label": top["label"],
                "kind": "season",
                "start": top["name"],
                "stop": bottom["name"],
                "estimate": top["points"],
                "low": top["points_lower"],
                "high": top["points_upper"],
                "p": top["p"],
                "note": f"highest in {top['name']}, lowest in {bottom['name']} of every year",
            }
        )
    adjusted = adjust(np.array([row["p"] for row in rows]))
    for row, q in zip(rows, adjusted, strict=True):
        row |= {"adjusted_p": float(q), "found": bool(q <= ALPHA)}
        if not row["found"]:
            row["note"] = "no season detected"
    return table_of(rows)
