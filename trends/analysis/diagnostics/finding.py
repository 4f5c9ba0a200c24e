"""What a diagnostic reports: a sentence, its numbers, and whether a reader must see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from trends.core import Trend


@dataclass(frozen=True)
class Finding:
    """The result of one diagnostic.

    Parameters
    ----------
    diagnostic : str
        Name of the diagnostic, such as ``length-drift``.
    flagged : bool
        Whether the data would fool a reader who does not know.
    sentence : str
        What was seen, how much, and what it may do to the trends.
    measures : dict
        The numbers, all of which can be written as JSON.
    corrected : Trend, optional
        The trends without the problem, to be shown beside the raw ones, where no new fit is needed
        for them.
    """

    diagnostic: str
    flagged: bool
    sentence: str
    measures: dict[str, Any] = field(default_factory=dict)
    corrected: Trend | None = None


def verdicts_changed(raw: Trend, corrected: Trend, q: float = 0.05) -> list[int]:
    """Topics that are discoveries in one of two tables only, or in both with different signs."""
    p, slope = [], []
    for one in (raw, corrected):
        table = one.table.set_index("topic").reindex(raw.table["topic"])
        p.append(table["p_adjusted"].to_numpy(dtype=float))
        slope.append(table["slope"].to_numpy(dtype=float))
    found = np.stack(p) <= q
    turned = found.all(0) & (slope[0] * slope[1] < 0)
    changed = (found[0] != found[1]) | turned
    return raw.table["topic"].to_numpy(dtype=int)[changed].tolist()


def quoted(trend: Trend, topics: list[int]) -> str:
    """Labels of topics as a reader sees them, the first five."""
    labels = trend.table.set_index("topic")["label"]
    shown = ", ".join(f"“{labels[t]}”" for t in topics[:5])
    return shown + (f" and {len(topics) - 5} more" if len(topics) > 5 else "")
