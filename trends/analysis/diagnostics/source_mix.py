"""A change of sources is not a change of topics: seeing it, and direct standardization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from trends.analysis.composition.standardization import standardize
from trends.analysis.diagnostics.diagnosis import Diagnosis, findings_changed, quoted
from trends.analysis.prevalence.estimate import Fit, estimate
from trends.analysis.prevalence.periods import Periods
from trends.analysis.trend.fit import fit_trends
from trends.analysis.trend.spans import Span
from trends.errors import DataError

Array = NDArray[np.float64]

#: Association of source and period (Cramér's V) from which on it is reported.
NOTABLE = 0.1


def association(table: Array) -> tuple[float, float]:
    """Cramér's V of a table of counts and the p of its chi-square test.

    Parameters
    ----------
    table : ndarray, shape (rows, columns)
        At least two of each, none of them empty.

    Returns
    -------
    v : float
        From 0 (unrelated) to 1.
    p : float
        Of Pearson's chi-square test of independence.

    References
    ----------
    Cramér (1946), Mathematical Methods of Statistics, section 21.9.
    """
    expected = np.outer(table.sum(1), table.sum(0)) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    rows, columns = table.shape
    p = float(stats.chi2.sf(statistic, (rows - 1) * (columns - 1)))
    return float(np.sqrt(statistic / (table.sum() * (min(rows, columns) - 1)))), p


def source_mix(
    topics: Fit | Sequence[Fit],
    periods: Periods,
    sources: Sequence[str] | pd.Series,
    *,
    labels: Sequence[str] | None = None,
    theta: str = "hard",
    spans: tuple[Span, Span] | None = None,
    level: float = 0.95,
    noun: str = "source",
    clusters: Sequence[Any] | pd.Series | None = None,
) -> Diagnosis:
    """Whether the mix of sources changes over time, and the directly standardized trends.

    Parameters
    ----------
    topics : Topics or ndarray of shape (documents, topics), or a sequence of these
        One fit, or several that are aligned, as in
        :func:`trends.analysis.prevalence.estimate.estimate`.
    periods : Periods
        Over the same documents.
    sources : sequence of str
        Source of each document.
    labels : sequence of str, optional
        Names of the topics.
    theta : {"hard", "mean"}
        As in :func:`trends.analysis.prevalence.estimate.estimate`.
    spans, level
        As in :func:`trends.analysis.trend.fit.fit_trends`.
    noun : str
        What the sentence calls a source.
    clusters : sequence, optional
        As in :func:`trends.analysis.prevalence.estimate.estimate`.

    Returns
    -------
    Diagnosis
        ``cramers_v``, ``p`` and ``sources``; ``corrected`` holds the trends of directly
        standardized shares where every source that is kept occurs in every period, see
        :func:`trends.analysis.composition.standardization.standardize`.
    """
    names, code = np.unique(np.asarray(sources, dtype=str), return_inverse=True)
    if len(code) != len(periods.index):
        message = f"{len(code)} sources were given for {len(periods.index)} documents."
        raise DataError(message)
    inside = periods.index >= 0
    table = np.zeros((len(names), len(periods)))
    np.add.at(table, (code[inside], periods.index[inside]), 1)
    table = table[:, table.sum(0) > 0]
    table = table[table.sum(1) > 0]
    if table.shape[0] < 2 or table.shape[1] < 2:
        return Diagnosis(
            "source-mix",
            False,
            f"All dated documents come from one {noun}.",
            {"cramers_v": 0.0, "sources": len(names)},
        )
    rows = len(table)
    v, p = association(table)
    flagged = v >= NOTABLE and p < 0.01
    measures: dict[str, Any] = {"cramers_v": v, "p": p, "sources": rows}
    if not flagged:
        return Diagnosis(
            "source-mix",
            False,
            f"The mix of {rows} {noun}s stays the same over time (Cramér's V {v:.2f}).",
            measures,
        )
    raw = fit_trends(
        estimate(
            topics,
            periods,
            labels=labels,
            theta="hard" if theta == "hard" else "mean",
            clusters=clusters,
        ),
        spans=spans,
        level=level,
    )
    held = standardize(
        topics,
        periods,
        [str(s) for s in names[code]],
        labels=labels,
        theta="hard" if theta == "hard" else "mean",
        level=level,
        clusters=clusters,
        keep_periods=True,
    )
    sentence = (
        f"The mix of {rows} {noun}s changes over time (Cramér's V {v:.2f}), which moves shares "
        f"even if no {noun} changes its topics."
    )
    if held is None:
        measures |= {"standardized_over": [], "covered": 0.0}
        sentence += (
            f" No two {noun}s overlap in time enough to hold the mix fixed: test each {noun} on "
            "its own."
        )
        return Diagnosis("source-mix", True, sentence, measures)
    measures |= {"standardized_over": list(held.weights), "covered": held.covered}
    corrected = held.trends(level, spans)
    changed = findings_changed(raw, corrected)
    sentence += (
        f" With the mix of {len(held.weights)} {noun}s held fixed ({held.covered:.0%} of the "
        "documents), "
        + (f"the finding changes for {quoted(raw, changed)}." if changed else "no finding changes.")
    )
    measures["changed"] = changed
    return Diagnosis("source-mix", True, sentence, measures, corrected)
