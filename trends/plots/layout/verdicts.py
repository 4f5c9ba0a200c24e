"""Verdicts: which topics a figure shows, in which order, and in which colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from trends.core.claim import FOUND, Finding
from trends.core.wording import missing
from trends.plots.theme.palette import FINDINGS, MAIN, UNDECIDED

#: Findings in the order of panels.
ORDER = (*FOUND, Finding.NO_CHANGE, Finding.NOT_TESTED)


def colour_of(row: Any) -> str:
    """Colour of a topic by the row of its trend; without one, that of a single line."""
    return MAIN if row is None else FINDINGS.get(str(row.finding), (UNDECIDED, ""))[0]


def most_telling(sizes: pd.Series, found: Mapping[int, Any], top: int | None) -> list[int]:
    """The topics to draw where there is room for ``top`` only: what was found, then the largest.

    The topic that grew most for its size comes right after what was found: small topics matter by
    their growth.

    Parameters
    ----------
    sizes : pandas.Series
        Size of each topic, by topic.
    found : mapping
        Topic → row of its trend.
    top : int, optional
        All by default.

    Returns
    -------
    list of int
    """
    grown = {
        t: float(row.ratio)
        for t, row in found.items()
        if t in sizes.index and not missing(getattr(row, "ratio", None))
    }
    fastest = max(grown, key=lambda t: grown[t], default=None)

    def rank(topic: int) -> tuple[float, float, int]:
        row = found.get(topic)
        if row is not None and str(row.finding) in FOUND:
            return (0, -abs(row.change), topic)
        return (1 if topic == fastest else 2, -float(sizes[topic]), topic)

    return sorted((int(t) for t in sizes.index), key=rank)[: top and max(1, top)]


def by_verdict(topics: Sequence[int], sizes: pd.Series, found: Mapping[int, Any]) -> list[int]:
    """Topics by what was found of them: the largest change first, the rest by size."""

    def rank(topic: int) -> tuple[float, float, int]:
        row = found.get(topic)
        if row is None:
            return (len(ORDER), -float(sizes[topic]), topic)
        finding = str(row.finding)
        big = abs(row.change) if finding in FOUND else float(sizes[topic])
        return (ORDER.index(Finding(finding)), -big, topic)

    return sorted(topics, key=rank)
