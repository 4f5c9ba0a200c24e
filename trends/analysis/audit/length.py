"""Audit of the length of documents by period: quantiles and drift."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.audit.part import Part
from trends.analysis.diagnostics.document_length import NOTABLE, log_drift
from trends.analysis.prevalence.periods import Periods
from trends.core.wording import probability

QUANTILES = {"q10": 0.1, "q25": 0.25, "median": 0.5, "q75": 0.75, "q90": 0.9}


def length(lengths: NDArray[Any], periods: Periods, *, unit: str = "words") -> Part:
    """How long documents are, and whether that changes.

    Parameters
    ----------
    lengths : ndarray of int, shape (documents,)
        Words, or counted terms; 0 for a document without.
    periods : Periods
        Over the same documents.
    unit : str
        What is counted.

    Returns
    -------
    Part
        Its table: ``period``, ``n_docs`` (with words), ``q10``, ``q25``, ``median``, ``q75``,
        ``q90``. The drift is that of
        :func:`trends.analysis.diagnostics.document_length.log_drift`, of the mean logarithm, in
        which a few very long documents weigh little.
    """
    used = (periods.index >= 0) & (lengths > 0)
    rows = []
    for b, start in enumerate(periods.starts):
        mine = lengths[used & (periods.index == b)]
        cuts = (
            np.quantile(mine, list(QUANTILES.values()))
            if len(mine)
            else np.full(len(QUANTILES), np.nan)
        )
        rows.append((start, len(mine), *cuts.tolist()))
    table = pd.DataFrame(rows, columns=["period", "n_docs", *QUANTILES]).astype(
        {"period": "datetime64[s]"}
    )
    rule = (
        f"a look if the typical length changes by a factor of {NOTABLE:g} or more over the span, "
        "and p is not above .05"
    )
    drift = log_drift(lengths, periods)
    if drift is None:
        return Part(
            "length",
            "unknown",
            "Fewer than two periods have documents with words: a drift of their length cannot be "
            "seen.",
            rule,
        )
    factor, p = drift
    look = max(factor, 1 / factor) >= NOTABLE and not p > 0.05
    filled = table[table["n_docs"] > 0]
    first, last = filled.iloc[0], filled.iloc[-1]
    names = periods.names
    tested = "" if np.isnan(p) else f" ({probability(p, 'p')}, tested between periods)"
    sentence = (
        f"The median document has {np.median(lengths[used]):,.0f} {unit}, {first['median']:,.0f} "
        f"in {names[int(filled.index[0])]} and {last['median']:,.0f} in "
        f"{names[int(filled.index[-1])]}; "
        "along a line over the span the typical length changes by a factor of "
        f"{factor:.2f}{tested}."
    )
    if look:
        sentence += (
            " Topics of longer documents are assigned differently from those of shorter ones, "
            "which can look like a trend: compare with documents drawn down to one length "
            "(diagnostic of lengths)."
        )
    measures = {"factor": factor, "p": p, "median": float(np.median(lengths[used])), "unit": unit}
    return Part("length", "look" if look else "ok", sentence, rule, table, measures)
