"""Corrected shares as a prevalence, which the one test, the figures and the tables take."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from trends.analysis.annotation.correction import CorrectedShare
from trends.analysis.prevalence.periods import Periods
from trends.core import Prevalence


def corrected_prevalence(
    shares: Mapping[str, CorrectedShare], periods: Periods, *, level: float = 0.95
) -> Prevalence:
    """Put the corrected shares of several codes beside each other.

    Parameters
    ----------
    shares : mapping of str to CorrectedShare
        By the name of the code. What is missing to 1 is unassigned.
    periods : Periods
        Those of the shares.
    level : float
        Of their intervals.

    Returns
    -------
    Prevalence
        Its dispersion turns documents into effective sizes, so that
        :func:`trends.analysis.trend.fit.fit_trends` tests the corrected shares with the precision
        that the labels give them. Periods in which nobody coded have no documents. Codes corrected
        one by one may add to more than one; such periods are scaled and counted
        (``rescaled_periods``).
    """
    columns = {
        name: np.stack([getattr(one, name) for one in shares.values()], axis=1)
        for name in ("share", "lower", "upper", "n_eff")
    }
    known = columns["n_eff"].min(axis=1) > 0
    total = columns["share"].sum(axis=1)
    over = known & (total > 1)
    for name in ("share", "lower", "upper"):
        columns[name][over] /= total[over, None]
        columns[name][~known] = np.nan
    documents = np.where(known, np.rint(periods.n_docs), 0).astype(np.int64)
    with np.errstate(divide="ignore", invalid="ignore"):
        dispersion = np.where(known[:, None], documents[:, None] / columns["n_eff"], 1.0)
    return Prevalence(
        periods=periods.starts,
        ends=periods.ends,
        labels=tuple(shares),
        unassigned=1 - columns["share"].sum(axis=1),
        n_docs=documents,
        complete=periods.complete,
        settings={
            "period": periods.period,
            "theta": "corrected by labels",
            "level": level,
            "dispersion": dispersion.tolist(),
            "rescaled_periods": int(over.sum()),
        },
        **columns,
    )
