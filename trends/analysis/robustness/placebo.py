"""What would be found if there were nothing to find: dates shuffled, topics kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from trends.analysis.prevalence.clusters import cluster_codes
from trends.analysis.prevalence.estimate import Fit, document_shares
from trends.analysis.prevalence.periods import Periods
from trends.analysis.robustness.specification import BATCH, block_orders, counts
from trends.analysis.trend.model import scores
from trends.analysis.trend.multiplicity import adjust
from trends.analysis.trend.spans import Span, calendar_years, span_weights
from trends.core.claim import ALPHA
from trends.core.computing.rng import Rng, generator_from
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

    def record(self) -> dict[str, Any]:
        """The result as it is kept beside the table."""
        return {
            "sentence": self.sentence(),
            "any_discovery": self.any_discovery,
            "any_error": self.any_error,
            "observed": self.observed,
            "joint_p": self.joint_p,
            "topic_p": self.topic_p,
            "settings": self.settings,
        }

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
    block: int | Literal["period"] = 1,
    spans: tuple[Span, Span] | None = None,
    q: float = ALPHA,
    clusters: Sequence[Any] | pd.Series | None = None,
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
    block : int or "period"
        Neighbouring documents (in the order of the corpus, which is that of time) that keep their
        neighbours: 1 shuffles documents one by one; larger blocks keep what documents of one time
        have in common, such as an event, so that the shuffled data carry period shocks as the real
        ones do. With "period" whole periods change places, each with its documents.
    spans : pair of pairs, optional
        As in :func:`trends.analysis.trend.fit.fit_trends`.
    q : float
        False-discovery rate at which discoveries are made.
    clusters : sequence, optional
        As in :func:`trends.analysis.prevalence.estimate.estimate`.
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
    Periods keep their number of documents exactly, unless they change places themselves.
    """
    if shuffles < 1 or (block != "period" and block < 1):
        message = (
            f'shuffles must be positive, and block too, or "period"; got {shuffles} and {block!r}.'
        )
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
    counted = np.ones(len(shares))
    filled = np.flatnonzero(periods.n_docs > 0)
    if len(filled) < 3:
        message = (
            f"{len(filled)} periods have documents; a placebo of a trend needs at least three."
        )
        raise DataError(message)
    weights = sparse.csr_matrix(weights[:, filled])
    span, _ = span_weights(calendar_years(periods.starts[filled]), spans)
    codes = None if clusters is None else cluster_codes(clusters, len(periods.index))[0][inside]
    y, n = counts(shares, counted, weights, theta, codes)
    tested = np.flatnonzero((y.sum(1) > 0) & (y.sum(1) < n.sum(1) * (1 - 1e-12)))
    p = np.full((1 + shuffles, shares.shape[1]), np.nan)
    p[0, tested] = scores(y[None, tested], n[None, tested], filled, span)[1][0]
    generator = generator_from(rng)
    if block == "period":
        orders = np.stack([generator.permutation(len(filled)) for _ in range(shuffles)])
    else:
        orders = block_orders(len(inside), block, shuffles, generator)
    for at in range(0, shuffles, BATCH):
        some = orders[at : at + BATCH]
        moved, size = (
            (y[:, some].swapaxes(0, 1), n[:, some].swapaxes(0, 1))
            if block == "period"
            else counts(shares, counted, weights, theta, codes, some)
        )
        null = scores(moved[:, tested], size[:, tested], filled, span)
        p[1 + at : 1 + at + len(some), tested] = null[1]
    found = np.array([int((adjust(row) <= q).sum()) for row in p])
    least = p[:, tested].min(axis=1) if len(tested) else np.full(len(p), np.nan)
    with np.errstate(invalid="ignore"):
        more = (p[1:] <= p[0] * (1 + 1e-9)).sum(0)
    return Placebo(
        found[1:],
        least[1:],
        int(found[0]),
        float(least[0]),
        np.where(np.isfinite(p[0]), (1 + more) / (1 + shuffles), np.nan),
        {"q": q, "block": block, "shuffles": shuffles, "theta": theta},
    )
