"""A concept under every choice: its words, its measurement, its threshold, its periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from trends.analysis.concepts.shares import series_of_held, shares_of, together
from trends.analysis.prevalence.clusters import cluster_codes
from trends.analysis.prevalence.periods import Periods
from trends.analysis.robustness.claims import SAID, specification_rows, votes
from trends.analysis.robustness.multiverse import joint_test
from trends.analysis.robustness.specification import BATCH, counts, local_orders
from trends.analysis.trend.model import normal_score, scores
from trends.analysis.trend.shocks import JOINT
from trends.analysis.trend.spans import Span, calendar_years, covers, span_weights
from trends.analysis.trend.table import trend_of

Array = NDArray[np.float64]
Index = NDArray[np.int64]

#: A kind of period is examined if it gives so many periods with documents.
LEAST_PERIODS = 5

#: Columns of the table of specifications that say which one it is.
CHOICES = ("measure", "choice", "level", "period_length")


@dataclass(frozen=True)
class Variant:
    """One way to measure a concept.

    Parameters
    ----------
    choice : str
        ``"all"`` (as it is given), ``"word"`` (without one), ``"nearest"`` (with the nearest
        terms), ``"threshold"`` or ``"measure"``.
    level : str
        What it is, in words; of a word that is left out, the word.
    weights : ndarray, shape (documents,)
        How much of each document belongs to the concept.
    measure : str
        Family of measurement: dictionary, seeded, nearness.
    theta : {"hard", "mean"}
        As in :func:`trends.analysis.concepts.shares.shares_of`.
    """

    choice: str
    level: str
    weights: Array
    measure: str = "dictionary"
    theta: Literal["hard", "mean"] = "hard"

    @property
    def name(self) -> str:
        """All choices but the period in one line."""
        return f"{self.measure}/{self.choice}/{self.level}"


def examine_choices(
    variants: Sequence[Variant],
    periods: Mapping[str, Periods],
    *,
    random: sparse.csr_matrix | None,
    orders: Index,
    places: Index,
    spans: tuple[Span, Span] | None = None,
    level: float = 0.95,
    clusters: Sequence[Any] | pd.Series | None = None,
) -> tuple[pd.DataFrame, float]:
    """Test one concept under all variants and periods, and jointly.

    Parameters
    ----------
    variants : sequence of Variant
        The first is the concept as it is given.
    periods : mapping of str to Periods
        By the kind of period, the main one first.
    random : scipy.sparse.csr_matrix, shape (documents, concepts), optional
        Random concepts, from which is learnt how much shares of words move anyway.
    orders : ndarray of int, shape (shuffles, dated documents)
        From :func:`trends.analysis.robustness.specification.block_orders`.
    places : ndarray of int, shape (documents,)
        Place of each document in the order of time; -1 where it is undated.
    spans, level, clusters
        As in :func:`trends.analysis.trend.fit.fit_trends` and
        :func:`trends.analysis.prevalence.estimate.estimate`.

    Returns
    -------
    pandas.DataFrame
        One row a specification: :data:`CHOICES`, and what
        :func:`trends.analysis.robustness.claims.classify_claims` reads (``topic`` is 0).
    float
        p of the joint test of all specifications against shuffled dates; NaN without shuffles.
    """
    there = [v for v in variants if (v.weights > 0).any()]
    rows, z = [], []
    for unit, one in periods.items():
        filled = np.flatnonzero(one.n_docs > 0)
        if not covers(calendar_years(one.starts[filled]), spans) or not there:
            continue
        shares = [
            shares_of(v.weights, one, v.name, theta=v.theta, level=level, clusters=clusters)
            for v in there
        ]
        series = together(shares)
        beside = None if random is None else series_of_held(random, one, series, clusters)
        table = trend_of(series, level, spans, beside=beside).frame()
        for k, variant in enumerate(there):
            own = table.iloc[[k]].assign(topic=0)
            row = specification_rows(f"{variant.name}/{unit}", own, [0])
            row["label"] = variant.level
            about = (variant.measure, variant.choice, variant.level, unit)
            for name, value in zip(CHOICES, about, strict=True):
                row[name] = value
            row["family"], row["fit"] = variant.measure, variant.name
            row["p_turn"] = own["p_turn"].to_numpy()
            row.loc[row["z"].isna(), "partner"] = -1
            rows.append(row)
        z.append(_shuffled(there, one, orders, places, spans, clusters))
    if not rows:
        columns = ["specification", "topic", "partner", *SAID, "label", *CHOICES]
        return pd.DataFrame(columns=[*columns, "family", "fit", "p_turn"]), float("nan")
    found = pd.concat(rows, ignore_index=True)
    if not len(orders):
        return found, float("nan")
    weight = votes(found).loc[found["specification"]].to_numpy()
    return found, float(joint_test(np.concatenate(z)[:, :, None], weight)[1][0])


def _shuffled(
    variants: Sequence[Variant],
    periods: Periods,
    orders: Index,
    places: Index,
    spans: tuple[Span, Span] | None,
    clusters: Sequence[Any] | pd.Series | None,
) -> Array:
    """Signed normal scores (variants, 1 + shuffles), first with the real dates."""
    inside = np.flatnonzero(periods.index >= 0)
    inside = inside[np.argsort(places[inside], kind="stable")]
    filled = np.flatnonzero(periods.n_docs > 0)
    weights = sparse.csr_matrix(sparse.csr_matrix(periods.weights[inside])[:, filled])
    span, _ = span_weights(calendar_years(periods.starts[filled]), spans)
    codes = None if clusters is None else cluster_codes(clusters, len(periods.index))[0][inside]
    moved = np.vstack([np.arange(len(inside)), local_orders(orders, places[inside])])
    out = np.full((len(variants), len(moved)), np.nan)
    for theta in ("hard", "mean"):
        mine = [k for k, v in enumerate(variants) if v.theta == theta]
        if not mine:
            continue
        shares = np.stack([variants[k].weights[inside] for k in mine], axis=1)
        if theta == "hard":
            shares = (shares >= 0.5).astype(float)
        total = shares.sum(0)
        tested = np.flatnonzero((total > 0) & (total < len(shares)))
        if not len(tested):
            continue
        for at in range(0, len(moved), BATCH):
            some = moved[at : at + BATCH]
            y, n = counts(shares[:, tested], np.ones(len(shares)), weights, theta, codes, some)
            score = normal_score(*scores(y, n, filled, span, JOINT))
            out[np.array(mine)[tested], at : at + len(some)] = score.T
    return out
