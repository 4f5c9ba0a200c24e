"""Whether 1917 is the year about which most words of State of the Union addresses change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd
from blocks import KEY_FROM
from words import usual

from trends.analysis.trend.model import scores
from trends.analysis.trend.multiplicity import adjust

#: Years that are held against 1917.
CANDIDATES = tuple(y for y in range(1815, 1996, 5) if y != 1915)


def changed(y: np.ndarray, n: np.ndarray, first: int, middle: int, width: int) -> int:
    """Words whose share changes between the years before and those after one year."""
    years = first + np.arange(len(n))
    use = (np.abs(years - middle) <= width) & (years != middle) & (n > 0)
    steps = years[use] - years[use][0]
    part = y[:, use]
    part = part[(part > 0).sum(axis=1) >= 3]
    before = (years[use] < middle).astype(float)
    weights = (before / before.sum(), (1 - before) / (1 - before).sum())
    size = np.broadcast_to(n[use], part.shape)
    p = scores(part[None], size[None], steps, weights)[1][0]
    return int((adjust(p) <= 0.05).sum())


def rank(
    y: np.ndarray, n: np.ndarray, first: int, width: int, claimed: int = 1917
) -> tuple[float, int, list[int]]:
    """P by the rank of the claimed year, its number of words, and those of the others."""
    own = changed(y, n, first, claimed, width)
    others = [changed(y, n, first, c, width) for c in CANDIDATES]
    return (1 + sum(o >= own for o in others)) / (1 + len(others)), own, others


def counts(about: pd.DataFrame, words: Sequence[Counter], top: int, last: int = 2014):
    """The most frequent words by year, and all words."""
    year = about["year"].to_numpy()
    inside = year <= last
    first = int(year.min())
    into = np.eye(last - first + 1)[year[inside] - first]
    chosen = usual(words, top)
    table = np.array([[c[w] for w in chosen] for c in words], dtype=float)
    total = np.array([sum(c.values()) for c in words], dtype=float)
    return table[inside].T @ into, total[inside] @ into, first


def shuffle(y: np.ndarray, n: np.ndarray, first: int, key: np.ndarray):
    """Years with addresses in another order."""
    some = np.flatnonzero(n > 0)
    order = np.arange(len(n))
    order[some] = some[np.argsort(key[first - KEY_FROM + some], kind="stable")]
    return y[:, order], n[order]
