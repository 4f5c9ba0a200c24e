"""A fit brought into the topic order of another one, as the estimators of shares take it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trends.core import Alignment, Topics


def aligned(fit: Topics, to: Alignment | None, theta: str) -> NDArray[np.float64]:
    """Share of each document in each topic of the prototype, NaN for topics that the fit lacks.

    Parameters
    ----------
    fit : Topics
        Any fit.
    to : Alignment, optional
        Prototype (left) to fit (right); ``None`` for the prototype itself.
    theta : {"hard", "mean"}
        Hard labels are those that the fit itself gives: a document whose topic has no partner is
        unassigned. Taken from the shares that are left after alignment, the parts of several topics
        without partner would add up and outvote a label.

    Returns
    -------
    ndarray, shape (documents, topics of the prototype)
    """
    k = fit.n_topics if to is None else to.n_left
    out = np.zeros((fit.n_documents, k))
    pairs = np.column_stack([np.arange(k), np.arange(k)]) if to is None else to.pairs
    if theta == "hard":
        partner = np.full(fit.n_topics, -1)
        partner[pairs[:, 1]] = pairs[:, 0]
        label = np.where(fit.hard >= 0, partner[fit.hard], -1)
        rows = np.flatnonzero(label >= 0)
        out[rows, label[rows]] = 1.0
    else:
        out[:, pairs[:, 0]] = fit.theta[:, pairs[:, 1]]
    out[:, np.setdiff1d(np.arange(k), pairs[:, 0])] = np.nan
    return out
