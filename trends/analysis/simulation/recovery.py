"""What an analysis finds of a planted truth.

Which topics it recovers, which trends, how often its intervals cover.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.alignment.hungarian import align
from trends.analysis.alignment.prototype import PrototypeResult, reorder
from trends.analysis.simulation.simulate import Simulated, oracle
from trends.analysis.simulation.truth import Truth
from trends.core import Alignment, Prevalence, Topics, Trend
from trends.core.computing.rng import Rng

#: Log-odds over the span from which on a topic counts as changed.
CHANGED = 0.5


def align_to_truth(made: Simulated, fit: Topics, *, rng: Rng) -> Alignment:
    """Match true topics (left) to fitted ones (right) by the documents that they share.

    Parameters
    ----------
    made : Simulated
        The corpus and its truth.
    fit : Topics
        A fit of it, over all documents or a part of them.
    rng : int or numpy.random.Generator
        Source of the permutations, see :func:`trends.analysis.alignment.hungarian.align`.
    """
    return align(oracle(made), fit, rng=rng)


def recovered(
    truth: Truth, trend: Trend, match: Alignment, *, q: float = 0.05, changed: float = CHANGED
) -> pd.DataFrame:
    """Every true topic beside what was found of it.

    Parameters
    ----------
    truth : Truth
        What was planted.
    trend : Trend
        Tests of the fitted topics.
    match : Alignment
        True topics (left) to fitted ones (right).
    q : float
        False-discovery rate at which a topic is called rising or falling.
    changed : float
        Change of the log-odds over the span beyond which a topic counts as changed.

    Returns
    -------
    pandas.DataFrame
        One row per true topic: ``topic``, ``shape``, ``slope`` (log-odds over the span),
        ``changed``, ``partner`` (-1 where no fitted topic is matched), ``estimate`` (log-odds a
        year), ``right`` (changed, matched, and the estimate has the true sign), ``found`` (matched
        and a discovery), ``right_found`` (both), ``false`` (a discovery of a topic that does not
        move).
    """
    table = trend.frame()
    slope = np.asarray(truth.slope, dtype=float)
    partner = np.array(
        [p if (p := match.partner(k)) is not None else -1 for k in range(len(slope))]
    )
    there = partner >= 0
    estimate, found = np.full(len(slope), np.nan), np.zeros(len(slope), dtype=bool)
    estimate[there] = table["log_odds"].to_numpy()[partner[there]]
    found[there] = (table["p_adjusted"].to_numpy() <= q)[partner[there]]
    moved = np.abs(slope) > changed
    right = moved & there & (np.sign(estimate) == np.sign(slope))
    return pd.DataFrame(
        {
            "topic": np.arange(len(slope)),
            "shape": truth.shapes,
            "slope": slope,
            "changed": moved,
            "partner": partner,
            "estimate": estimate,
            "right": right,
            "found": found,
            "right_found": right & found,
            "false": found & (slope == 0),
        }
    )


def discoveries(trend: Trend, q: float = 0.05) -> int:
    """Topics called rising or falling."""
    return int((trend.frame()["p_adjusted"] <= q).sum())


def covered(truth: Truth, shares: Prevalence, match: Alignment) -> NDArray[np.bool_]:
    """Whether the interval of each matched topic in each period holds the true share.

    Shape (periods with documents, matched topics).
    """
    filled = shares.n_docs > 0
    true, fitted = match.pairs[:, 0], match.pairs[:, 1]
    target = truth.share[filled][:, true]
    return np.asarray(
        (shares.lower[filled][:, fitted] <= target) & (target <= shares.upper[filled][:, fitted])
    )


def in_order_of(found: PrototypeResult, fits: Sequence[Topics]) -> list[NDArray[np.float64]]:
    """Theta of every fit, with columns in the order of the prototype's topics.

    Columns of topics that a fit lacks are NaN.
    """
    out = []
    for fit, to in zip(fits, found.alignments, strict=True):
        theta = np.array(fit.theta)
        if to is not None:
            moved = reorder(fit, to)
            theta = np.array(moved.theta)
            theta[:, ~moved.present] = np.nan
        out.append(theta)
    return out
