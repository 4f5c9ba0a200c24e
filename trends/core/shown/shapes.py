"""What is said of shapes: a phrase for each, and what their error rates mean to a reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from trends.core.claim import ALPHA
from trends.core.wording import period_name

#: What the error rates of several kinds hold, and what they do not.
READING = (
    "Each kind of shape is a question of its own, with an error rate of its own over all topics: "
    f"where nothing of a kind is there, it is found anywhere in at most {ALPHA:.0%} of corpora "
    "(words and curves: false findings are at most that share of what is found, in the mean). Who "
    "looks at six kinds has six such chances, so a single shape among many topics is a lead, not a "
    "result. Kinds that tell of one event (a curve that rises, a change point, a word that enters) "
    "rest on the same documents: they say it in several words, and do not confirm one another. "
    "Forecasts are no findings; they are given where earlier ones were better than simple guesses."
)

#: Kind → words before its time, where the row's own note is not shorter.
_WORDS = {
    "rising": "rising",
    "falling": "falling",
    "burst": "burst",
    "change point": "changed for good",
    "emerged": "emerged",
}


#: Words of a topic that are said; the others are in the table.
MOST_TERMS = 5


def spoken(found: pd.DataFrame) -> Iterator[Any]:
    """The rows about one topic that are said, in their order: not every word, one forecast."""
    ordered = found.sort_values("adjusted_p", kind="stable")
    words = set(ordered.index[ordered["kind"] == "term"][:MOST_TERMS])
    last = found[found["kind"] == "forecast"].tail(1)
    for row in found[found["kind"] != "forecast"].itertuples():
        if row.kind != "term" or row.Index in words:
            yield row
    yield from last.itertuples()


def when(start: Any, stop: Any, period: str) -> str:
    """``in 2017`` or ``2015 to 2018``: first and last period of a shape."""
    names = [period_name(None if pd.isna(day) else day, period) for day in (start, stop)]
    if pd.isna(stop) or names[0] == names[1]:
        return f"in {names[0]}"
    return f"{names[0]} to {names[1]}"


def phrase(row: Any, period: str) -> str:
    """One shape in a few words, such as ``burst 2015 to 2016``."""
    kind = str(row.kind)
    if kind in _WORDS and not pd.isna(row.start):
        if kind == "change point":
            at = when(row.start, row.stop, period)
            return f"changed for good {at if at.startswith('in ') else f'between {at}'}".replace(
                " to ", " and "
            )
        # What emerged stays to the end: its time is that of the beginning.
        stop = None if kind == "emerged" else row.stop
        return f"{_WORDS[kind]} {when(row.start, stop, period)}"
    if kind == "season":
        return f"season: {row.note}"
    if kind == "forecast":
        return f"forecast for {str(row.note).split(', if')[0]}"
    return str(row.note)
