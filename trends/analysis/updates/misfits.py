"""Documents that topics fit worse than nearly all of the past, by four measures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Measure → what it says of a document. Columns of the frames; the larger, the worse the fit.
MEASURES = {
    "unassigned": "no topic took it",
    "surprise": "its words are improbable under every mixture of the topics",
    "distance": "it is far from every topic",
    "outside": "its words are not in the vocabulary",
}
#: A misfit is among this part of the past, or what makes so many documents of it.
PART, LEAST = 0.01, 20
#: Documents among which new topics are looked for: beyond a limit that this part of the past is
#: beyond, and at most so many.
WIDER, MOST = 0.05, 3000
#: Documents of like length are compared: ranges of length, each with at least so many documents.
RANGES, IN_RANGE = 10, 400


@dataclass(frozen=True)
class Limits:
    """The value of each measure beyond which a document fits worse than nearly all of the past.

    Parameters
    ----------
    edges : ndarray, shape (ranges - 1,)
        Lengths, in words, between ranges.
    values : mapping
        Measure → limit in each range; a document above it is a misfit.
    """

    edges: Array
    values: dict[str, Array]

    def beyond(self, documents: pd.DataFrame) -> pd.DataFrame:
        """Whether each document is beyond each limit; missing where it was not measured."""
        at = np.searchsorted(self.edges, documents["n_terms"].to_numpy(float), side="right")
        out = {}
        for name, limit in self.values.items():
            value = documents[name].to_numpy(float)
            beyond = np.where(np.isnan(value), np.nan, value > limit[at])
            out[name] = pd.array(beyond, dtype="Float64")
        return pd.DataFrame(out, index=documents.index)


def limits(past: pd.DataFrame, part: float = PART) -> Limits:
    """Limits from documents of the past, each judged by the others.

    Parameters
    ----------
    past : pandas.DataFrame
        One row a document: ``n_terms``, and columns of :data:`MEASURES`; one that is all missing
        was not measured.
    part : float
        Part of the past that is beyond each limit, at least what makes twenty documents. Of
        documents without a topic all are.
    """
    part = max(part, LEAST / len(past))
    ranges = int(np.clip(len(past) // IN_RANGE, 1, RANGES))
    length = past["n_terms"].to_numpy(float)
    edges: Array = np.unique(np.quantile(length, np.arange(1, ranges) / ranges))
    at = np.searchsorted(edges, length, side="right")
    values = {}
    for name in MEASURES:
        value = past[name].to_numpy(float)
        if name == "unassigned":
            limit = np.full(len(edges) + 1, 0.5)
        else:
            limit = np.array([_quantile(value[at == r], part) for r in range(len(edges) + 1)])
        if np.isfinite(value).any():
            values[name] = limit
    return Limits(edges, values)


def _quantile(values: Array, part: float) -> float:
    known = values[np.isfinite(values)]
    return float(np.quantile(known, 1 - part)) if len(known) else np.inf


def beyond_wide(past: pd.DataFrame, documents: pd.DataFrame) -> NDArray[np.bool_]:
    """Which documents fit badly by any measure, for a search of new topics."""
    beyond = limits(past, WIDER).beyond(documents).to_numpy(float, na_value=0.0)
    return np.asarray(beyond.max(axis=1, initial=0.0) > 0)


def some(n: int) -> NDArray[np.int64]:
    """Rows of as many documents as can be compared with one another: all, or a random part.

    The search needs old and new ones alike, not the worst.
    """
    if n <= MOST:
        return np.arange(n)
    return np.sort(np.random.default_rng(n).permutation(n)[:MOST])
