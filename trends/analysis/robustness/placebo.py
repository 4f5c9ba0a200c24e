"""What would be found if there were nothing to find: dates shuffled, topics kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, stats

from trends.analysis.prevalence.estimate import Fit, document_shares
from trends.analysis.prevalence.intervals import pooled_dispersion
from trends.analysis.prevalence.periods import Periods
from trends.analysis.robustness.specification import block_orders
from trends.analysis.trend.dispersion import fit_pooled
from trends.analysis.trend.multiplicity import adjust
from trends.core.computing.rng import Rng
from trends.errors import DataError, UsageError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Placebo:
    """Discoveries under shuffled dates.

    Parameters
    ----------
    discoveries : ndarray of int, shape (shuffles,)
        Topics with an adjusted p of at most ``q`` in each shuffle.
    smallest_p : ndarray of float, shape (shuffles,)
        Smallest p of each shuffle; NaN where no topic could be tested.
    observed : int
        Discoveries with the real dates.
    observed_p : float
        Smallest p with the real dates.
    topic_p : ndarray of float, shape (topics,)
        Share of shuffles in which a topic's statistic is at least as large as with the real dates
        (plus one).
    settings : dict
        ``q``, ``block``, ``shuffles``.
    """

    discoveries: NDArray[np.int64]
    smallest_p: Array
    observed: int
    observed_p: float
    topic_p: Array
    settings: dict[str, Any]

    @property
    def any_discovery(self) -> float:
        """Share of shuffles with any discovery.

        A test that keeps its promise stays at ``q`` or below.
        """
        return float((self.discoveries > 0).mean())

    @property
    def any_error(self) -> float:
        """Standard error of :attr:`any_discovery`."""
        return float(np.sqrt(self.any_discovery * (1 - self.any_discovery) / len(self.discoveries)))

    @property
    def joint_p(self) -> float:
        """P of the hypothesis that dates and topics are unrelated.

        How often shuffles have a p as small as the real one.
        """
        if not np.isfinite(self.observed_p):
            return float("nan")
        return float(
            (1 + (self.smallest_p <= self.observed_p * (1 + 1e-9)).sum())
            / (1 + len(self.smallest_p))
        )

    def sentence(self) -> str:
        """The result in words."""
        return (
            f"With dates shuffled {len(self.discoveries)} times, {self.any_discovery:.1%} of the "
            "shuffles have any topic called rising or "
            f"falling at q = {self.settings['q']:g} (standard error {self.any_error:.1%}); with "
            f"the real dates {self.observed} topics are. "
            f"Joint p of the real dates: {self.joint_p:.2g}."
        )

    def frame(self) -> pd.DataFrame:
        """One row per shuffle."""
        return pd.DataFrame(
            {
                "shuffle": np.arange(len(self.discoveries)),
                "discoveries": self.discoveries,
                "smallest_p": self.smallest_p,
            }
        )


def placebo(
    topics: Fit,
    periods: Periods,
    *,
    theta: str = "hard",
    shuffles: int = 1000,
    block: int = 1,
    q: float = 0.05,
    rng: Rng,
) -> Placebo:
    """Shuffle the dates of the documents and count what the trend test still finds.

    Parameters
    ----------
    topics : Topics or ndarray of shape (documents, topics)
        One fit; it is kept, only the dates change.
    periods : Periods
        Over the same documents.
    theta : {"hard", "mean"}
        As in :func:`trends.analysis.prevalence.estimate.estimate`.
    shuffles : int
        How often.
    block : int
        Neighbouring documents (in the order of the corpus, which is that of time) that keep their
        neighbours: 1 shuffles documents one by one; larger blocks keep what documents of one time
        have in common, such as an event, so that the shuffled data carry period shocks as the real
        ones do.
    q : float
        False-discovery rate at which discoveries are made.
    rng : int or numpy.random.Generator
        Source of the shuffles.

    Returns
    -------
    Placebo

    Raises
    ------
    DataError
        If fewer than three periods have documents, or topics and periods are about different
        documents.
    UsageError
        If ``block`` or ``shuffles`` is not positive.

    Notes
    -----
    Within blocks a document keeps its neighbours; blocks are laid out in random order over the same
    dates (a block permutation, with a random phase so that the borders differ between shuffles).
    Periods keep their number of documents exactly.
    """
    if block < 1 or shuffles < 1:
        message = f"block and shuffles must be positive; got {block} and {shuffles}."
        raise UsageError(message)
    shares = np.nan_to_num(document_shares(topics, theta))
    if len(shares) != len(periods.index):
        message = (
            f"The fit has {len(shares)} documents and the periods are about {len(periods.index)}."
        )
        raise DataError(message)
    inside = np.flatnonzero(periods.index >= 0)
    # Documents in the order of time, so that blocks are stretches of time.
    inside = inside[np.argsort(periods.index[inside], kind="stable")]
    shares, weights = shares[inside], sparse.csr_matrix(periods.weights[inside])
    size = np.asarray(weights.sum(axis=0)).ravel()
    filled = np.flatnonzero(size > 0)
    if len(filled) < 3:
        message = (
            f"{len(filled)} periods have documents; a placebo of a trend needs at least three."
        )
        raise DataError(message)
    weights, size = sparse.csr_matrix(weights[:, filled]), size[filled]
    middle = (periods.starts[filled].astype(float) + periods.ends[filled].astype(float)) / 2
    t = (middle - middle[0]) / (middle[-1] - middle[0]) - 0.5
    orders = np.vstack([np.arange(len(inside)), block_orders(len(inside), block, shuffles, rng)])
    p = np.empty((len(orders), shares.shape[1]))
    # Shuffles go through the test in batches: one call for many, within a few megabytes.
    batch = max(1, 400_000 // (shares.shape[1] * len(filled)))
    for at in range(0, len(orders), batch):
        y, n = [], []
        for order in orders[at : at + batch]:
            moved = shares[order]
            unit = (
                np.ones(shares.shape[1]) if theta == "hard" else pooled_dispersion(moved, weights)
            )
            scale = size[:, None] / unit
            y.append(((weights.T @ moved) / size[:, None] * scale).T)
            n.append(scale.T)
        fit = fit_pooled(np.minimum(np.stack(y), np.stack(n)), np.stack(n), t)
        p[at : at + batch] = 2 * stats.t.sf(np.abs(fit.statistic), fit.df[:, None])
    found = np.array([int((adjust(row) <= q).sum()) for row in p])
    least = np.min(np.where(np.isfinite(p), p, np.inf), axis=1)
    least = np.where(np.isfinite(least), least, np.nan)
    with np.errstate(invalid="ignore"):
        more = (p[1:] <= p[0] * (1 + 1e-9)).sum(0)
    topic_p = np.where(np.isfinite(p[0]), (1 + more) / (1 + shuffles), np.nan)
    return Placebo(
        found[1:],
        least[1:],
        int(found[0]),
        float(least[0]),
        topic_p,
        {"q": q, "block": block, "shuffles": shuffles, "theta": theta},
    )
