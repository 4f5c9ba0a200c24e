"""How many labels a claim needs, before anybody codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from trends.analysis.trend.mean import thirds
from trends.analysis.trend.model import scores
from trends.core.computing.rng import Rng, generator_from
from trends.errors import UsageError

Array = NDArray[np.float64]

#: Numbers of labels of a period that are tried.
TRIED = (5, 10, 15, 20, 30, 40, 60, 80, 120, 160, 240, 320, 480, 640)


class Needed(NamedTuple):
    """Power for each number of labels, and the smallest that suffices."""

    #: Labels of a period and in all, power.
    table: pd.DataFrame
    #: Labels in all; None where even the most that was tried does not suffice.
    labels: int | None


def labels_needed(
    share: float,
    change: float,
    documents: ArrayLike,
    *,
    recall: float = 0.8,
    precision: float = 0.8,
    power: float = 0.8,
    shock: float = 0.15,
    others: int = 10,
    tried: Sequence[int] = TRIED,
    series: int = 400,
    rng: Rng | None = None,
) -> Needed:
    """Labels of a stratified sample with which a change would be found.

    Series with the change are drawn and go through the test that the claim will go through.

    Parameters
    ----------
    share : float
        Expected share of the code, a fraction.
    change : float
        From the first third of the periods to the last, in percentage points, the smallest that
        matters.
    documents : array-like of int, shape (periods,)
        Documents of each period.
    recall, precision : float
        How good the predictions are thought to be. Where unknown, code a few first.
    power : float
        Probability with which the change is to be found.
    shock : float
        Standard deviation of what moves shares between periods anyway, in log-odds.
    others : int
        Topics of the corpus beside this one, from which the shocks are learnt.
    tried : sequence of int
        Labels of a period.
    series : int
        Series drawn for each number.
    rng : int or numpy.random.Generator

    Returns
    -------
    Needed

    Raises
    ------
    UsageError
        If shares, change, recall, precision or power cannot be.

    Examples
    --------
    >>> from trends.analysis.annotation.needed import labels_needed
    >>> found = labels_needed(0.3, 25, [500] * 10, tried=(10, 30), series=50, rng=7)
    >>> found.table["labels"].tolist()
    [100, 300]
    """
    size = np.asarray(documents, float)
    half = change / 200
    if not all(0 < s < 1 for s in (share - half, share + half)):
        message = (
            f"A share of {share:.3g} cannot change by {change:.3g} points about its middle; both "
            "ends must lie between 0 and 1. Give the share as a fraction, the change in points."
        )
        raise UsageError(message)
    said = share * recall / precision if precision else np.inf
    if not (0 < recall <= 1 and 0 < precision <= 1 and said < 1 and 0 < power < 1):
        message = (
            "Recall, precision and power lie between 0 and 1, and share × recall / precision, "
            f"which is what predictions say, below 1; got {recall}, {precision}, {power}."
        )
        raise UsageError(message)
    draw, periods = generator_from(rng), len(size)
    first, last = thirds(periods)
    line = np.linspace(-0.5, 0.5, periods)
    slope = (logit(share + half) - logit(share - half)) / ((last - first) @ line)
    missed = share * (1 - recall) / (1 - said)
    within = said * precision * (1 - precision) + (1 - said) * missed * (1 - missed)
    unit = share * (1 - share)
    rows = []
    for labels in tried:
        coded = np.minimum(labels, size)
        n = unit / (within * (1 - coded / size) / coded + unit / size)
        shape = (series, 1 + others, periods)
        mean = np.full(shape, logit(share))
        mean[:, 0] += slope * line
        chance = expit(mean + shock * draw.standard_normal(shape))
        sizes = np.broadcast_to(size, shape).copy()
        sizes[:, 0] = n
        counts = draw.binomial(np.rint(sizes).astype(int), chance)
        y = counts * sizes / np.maximum(np.rint(sizes), 1)
        found, p = scores(y, sizes, np.arange(periods))
        right = (p[:, 0] <= 0.05) & (np.sign(found[:, 0]) == np.sign(change))
        rows.append((labels, int(coded.sum()), float(right.mean())))
        if rows[-1][2] >= power or rows[-1][1] == size.sum():
            break
    table = pd.DataFrame(rows, columns=["labels_per_period", "labels", "power"])
    enough = table.loc[table["power"] >= power, "labels"]
    return Needed(table, int(enough.iloc[0]) if len(enough) else None)
