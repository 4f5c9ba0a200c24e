"""Ranks of topics in each period, and the ranks that the intervals of their shares leave open."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from trends.errors import UsageError

#: Topic of what no topic took; it has no rank.
UNASSIGNED = -1


def ranks(prevalence: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    r"""Rank topics by share, with confidence sets that hold for all topics of a period at once.

    The intervals of the shares are widened until they hold for all :math:`K` topics at once
    (Bonferroni: from the normal quantile of
    :math:`(1-\alpha)` to that of :math:`(1-\alpha/K)`, on the arcsine-square-root scale, on which
    the spread of a proportion does not depend on
    it). A topic can then rank no higher than one below all topics whose interval lies wholly above
    its own, and no lower than one above all whose interval lies wholly below [1]_. If the widened
    intervals hold, so do all ranks; ranks from a bootstrap of the shares do not hold where topics
    are about as large as one another [2]_.

    Parameters
    ----------
    prevalence : pandas.DataFrame
        Columns topic, label, period, n_docs, share, lower, upper (fractions, an interval of
        ``level`` for each topic by itself; NaN where there are no documents), complete; rows of one
        backend. Rows of topic -1 are left out.
    level : float
        Level of the intervals given, and of the ranks of a period together.

    Returns
    -------
    pandas.DataFrame
        Columns topic, label, period, n_docs, share, rank (1 is the largest share, ties share the
        mean of their ranks), best, worst (first and last rank left open), complete; NaN in periods
        without documents.

    Raises
    ------
    UsageError
        If the level is not between 0 and 1.

    References
    ----------
    .. [1] M. Klein, T. Wright and J. Wieczorek, "A joint confidence region for an overall ranking
           of populations", Journal of the Royal
       Statistical Society C 69(3), 2020.
    .. [2] P. Hall and H. Miller, "Using the bootstrap to quantify the authority of an empirical
           ranking", Annals of Statistics 37(6B), 2009.
    """
    if not 0 < level < 1:
        message = f"The level of ranks must lie between 0 and 1; got {level}."
        raise UsageError(message)
    frame = prevalence.loc[prevalence["topic"] != UNASSIGNED].reset_index(drop=True)
    out = frame[["topic", "label", "period", "n_docs", "share", "complete"]].copy()
    columns = {name: np.full(len(frame), np.nan) for name in ("rank", "best", "worst")}
    for rows in frame.groupby("period", sort=False).indices.values():
        share, lower, upper = (
            frame[c].to_numpy(dtype=np.float64)[rows] for c in ("share", "lower", "upper")
        )
        if np.isnan(share).any():
            continue
        columns["rank"][rows] = stats.rankdata(-share, method="average")
        low, high = _together(share, lower, upper, level)
        above = (low[None, :] > high[:, None]).sum(1)
        below = (high[None, :] < low[:, None]).sum(1)
        columns["best"][rows], columns["worst"][rows] = 1 + above, len(rows) - below
    for i, (name, values) in enumerate(columns.items()):
        out.insert(5 + i, name, values)
    return out


def _together(
    share: NDArray[np.float64], lower: NDArray[np.float64], upper: NDArray[np.float64], level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Intervals that hold for all topics at once; a missing end is the end of the scale."""
    alpha = 1 - level
    wider = float(stats.norm.isf(alpha / (2 * len(share))) / stats.norm.isf(alpha / 2))
    at, low, high = (
        np.arcsin(np.sqrt(np.clip(v, 0, 1)))
        for v in (share, np.where(np.isnan(lower), 0, lower), np.where(np.isnan(upper), 1, upper))
    )
    return np.maximum(at - wider * (at - low), 0), np.minimum(at + wider * (high - at), np.pi / 2)
