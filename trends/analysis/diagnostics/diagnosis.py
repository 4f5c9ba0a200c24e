"""What a diagnostic reports: a sentence, its numbers, and whether a reader must see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from trends.core import Trend
from trends.core.claim import FOUND


@dataclass(frozen=True)
class Diagnosis:
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


def findings_changed(raw: Trend, corrected: Trend) -> list[int]:
    """Topics of which two tables find something else, such as a change in one of them only."""
    topics = raw.table["topic"]
    before, after = (
        one.table.set_index("topic")["finding"].reindex(topics).where(lambda f: f.isin(FOUND), "")
        for one in (raw, corrected)
    )
    return [int(t) for t, same in zip(topics, before == after, strict=True) if not same]


def quoted(trend: Trend, topics: list[int]) -> str:
    """Labels of topics as a reader sees them, the first five."""
    labels = trend.table.set_index("topic")["label"]
    shown = ", ".join(f"“{labels[t]}”" for t in topics[:5])
    return shown + (f" and {len(topics) - 5} more" if len(topics) > 5 else "")
