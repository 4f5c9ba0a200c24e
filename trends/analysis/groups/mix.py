"""Groups under one mix: shares of every group standardized to the mix of all documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from trends.analysis.composition.standardization import (
    LEAST_COVERED,
    Standardized,
    common_block,
    standardize,
)
from trends.analysis.groups.division import Groups
from trends.analysis.prevalence.periods import Periods
from trends.core import Topics
from trends.core.wording import listed, period_noun, plural, plural_noun
from trends.errors import DataError

#: Periods in which groups can be compared.
LEAST = 5


@dataclass(frozen=True)
class Mix:
    """What is held fixed.

    Parameters
    ----------
    by : str
        Column of the strata.
    values : sequence of str, shape (documents,)
        Stratum of each document.
    """

    by: str
    values: Sequence[str]


def within(
    periods: Periods, member: NDArray[np.bool_], used: NDArray[np.bool_] | None = None
) -> Periods:
    """The same calendar for some of the documents, and for some periods."""
    weights = sparse.diags(member.astype(float)) @ periods.weights
    if used is not None:
        weights = weights @ sparse.diags(used.astype(float))
        member = member & (periods.index >= 0) & used[np.maximum(periods.index, 0)]
    return replace(
        periods, index=np.where(member, periods.index, -1), weights=sparse.csr_matrix(weights)
    )


def same_mix(
    topics: Topics,
    periods: Periods,
    groups: Groups,
    mix: Mix,
    *,
    labels: Sequence[str],
    theta: Literal["hard", "mean"],
    level: float,
    clusters: Sequence[Any] | pd.Series | None,
) -> tuple[list[Standardized], str]:
    """Shares of every group under the mix of all documents, and a sentence about it.

    Strata and periods are those in which every group has documents of every stratum, since a
    stratum that one group lacks would be a difference of mixes again; each stratum weighs as its
    documents in all groups together.

    Raises
    ------
    DataError
        If groups, strata and periods that all meet hold too few documents.
    """
    names, code = np.unique(np.asarray(mix.values, dtype=str), return_inverse=True)
    cell = sparse.csr_matrix(
        (np.ones(len(code)), (code, np.arange(len(code)))), shape=(len(names), len(code))
    )
    each = np.stack(
        [
            (cell @ within(periods, groups.codes == g).weights).toarray()
            for g in range(len(groups.names))
        ]
    )
    kept, when = common_block(each.min(0))
    block = each[:, kept][:, :, when]
    covered = float(block.sum() / max(each.sum(), 1))
    noun = plural_noun(period_noun(periods.period))
    if len(when) < LEAST or covered < LEAST_COVERED:
        message = (
            f"Groups cannot be standardized by {mix.by}: no {LEAST} {noun} in which every group "
            f"has documents of the same values of {mix.by} hold a fifth of the documents. Take "
            "longer periods, a coarser column, or fewer groups."
        )
        raise DataError(message)
    used = np.isin(np.arange(len(periods)), when)
    size = block.sum((0, 2))
    weights = dict(zip(names[kept].tolist(), size.tolist(), strict=True))
    inside = np.isin(code, kept)
    out = []
    for g in range(len(groups.names)):
        held = standardize(
            topics,
            within(periods, (groups.codes == g) & inside, used),
            mix.values,
            weights=weights,
            labels=labels,
            theta=theta,
            level=level,
            clusters=clusters,
            keep_periods=True,
        )
        assert held is not None  # every stratum has documents in every period
        out.append(held)
    largest = sorted(weights, key=lambda s: (-weights[s], s))
    parts = [f"{s} {weights[s] / size.sum():.0%}" for s in largest]
    said = (
        f"Groups are standardized by {mix.by}: every group has the mix of all documents "
        f"({listed(parts, most=4)}) in each of {len(when)} {noun}; "
        f"{plural(len(kept), 'value')} that every group has in each of them hold {covered:.0%} of "
        "the dated documents."
    )
    return out, said
