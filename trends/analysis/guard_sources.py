"""A change of sources is not a change of topics: seeing it, and holding the mix of sources fixed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from trends.analysis.finding import Finding, quoted, verdicts_changed
from trends.analysis.periods import Periods
from trends.analysis.prevalence import Fit, document_shares, estimate
from trends.analysis.trend_test import Series, test_series, test_trends
from trends.core import Topics, Trend
from trends.errors import DataError

Array = NDArray[np.float64]

#: Association of source and period (Cramér's V) from which on it is reported.
NOTABLE = 0.1


def source_mix(
    topics: Fit | Sequence[Fit],
    periods: Periods,
    sources: Sequence[str] | pd.Series,
    *,
    labels: Sequence[str] | None = None,
    theta: str = "hard",
    level: float = 0.95,
    noun: str = "source",
) -> Finding:
    """Whether the mix of sources changes over time, and the trends with the mix held fixed.

    Parameters
    ----------
    topics : Topics or ndarray of shape (documents, topics), or a sequence of these
        One fit, or several that are aligned, as in :func:`trends.analysis.prevalence.estimate`.
    periods : Periods
        Over the same documents.
    sources : sequence of str
        Source of each document.
    labels : sequence of str, optional
        Names of the topics.
    theta : {"hard", "mean"}
        As in :func:`trends.analysis.prevalence.estimate`.
    level : float
        Of the intervals.
    noun : str
        What the sentence calls a source.

    Returns
    -------
    Finding
        ``cramers_v``, ``p`` and ``sources``; ``corrected`` holds the trends of directly standardised shares where every
        source that is kept occurs in every period.
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
        return Finding(
            "source-mix", False, f"All dated documents come from one {noun}.", {"cramers_v": 0.0, "sources": len(names)}
        )
    expected = np.outer(table.sum(1), table.sum(0)) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    rows, columns = table.shape
    p = float(stats.chi2.sf(statistic, (rows - 1) * (columns - 1)))
    v = float(np.sqrt(statistic / (table.sum() * (min(rows, columns) - 1))))
    flagged = v >= NOTABLE and p < 0.01
    measures = {"cramers_v": v, "p": p, "sources": rows}
    if not flagged:
        return Finding("source-mix", False, f"The mix of {rows} {noun}s stays the same over time (Cramér's V {v:.2f}).", measures)
    raw = test_trends(estimate(topics, periods, labels=labels, theta="hard" if theta == "hard" else "mean"), level=level)
    corrected, used, covered = standardised_trends(topics, periods, code, labels=labels, theta=theta, level=level)
    sentence = f"The mix of {rows} {noun}s changes over time (Cramér's V {v:.2f}), which moves shares even if no {noun} changes its topics."
    measures |= {"standardised_over": [str(names[i]) for i in used], "covered": covered}
    if corrected is None:
        sentence += f" No two {noun}s overlap in time enough to hold the mix fixed: test each {noun} on its own."
        return Finding("source-mix", True, sentence, measures)
    changed = verdicts_changed(raw, corrected)
    sentence += f" With the mix of {len(used)} {noun}s held fixed ({covered:.0%} of the documents), " + (
        f"the verdict changes for {quoted(raw, changed)}." if changed else "no verdict changes."
    )
    measures["changed"] = changed
    return Finding("source-mix", True, sentence, measures, corrected)


def standardised_trends(
    topics: Fit | Sequence[Fit],
    periods: Periods,
    code: NDArray[np.int64],
    *,
    labels: Sequence[str] | None = None,
    theta: str = "hard",
    level: float = 0.95,
) -> tuple[Trend | None, NDArray[np.int64], float]:
    """Trends of shares in which every period has the same mix of sources (direct standardisation).

    The share of a period is the mean of its sources' shares, weighted by the sources' shares in the whole corpus; its effective
    size is that of Kish. Sources that miss a period are left out.

    Parameters
    ----------
    topics, periods, labels, theta, level
        As in :func:`source_mix`.
    code : ndarray of int, shape (documents,)
        Source of each document, as a number.

    Returns
    -------
    trend : Trend or None
        ``None`` if no source occurs in every period with documents, or fewer than three periods have any.
    used : ndarray of int
        Sources that are kept.
    covered : float
        Share of the dated documents that they hold.
    """
    shares = _mean_shares(topics, theta)
    inside = periods.index >= 0
    n_sources = int(code.max()) + 1
    count = np.zeros((n_sources, len(periods)))
    np.add.at(count, (code[inside], periods.index[inside]), 1)
    filled = np.flatnonzero(count.sum(0) > 0)
    used = np.flatnonzero((count[:, filled] > 0).all(1) & (count.sum(1) > 0))
    covered = float(count[used].sum() / max(count.sum(), 1))
    if len(used) < 1 or len(filled) < 3 or covered < 0.2:
        return None, used, covered
    mix = count[used].sum(1) / count[used].sum()
    place = np.full(n_sources, -1)
    place[used] = np.arange(len(used))
    rows = np.flatnonzero(inside & (place[code] >= 0))
    weight = mix[place[code[rows]]] / count[code[rows], periods.index[rows]]
    y = np.zeros((shares.shape[1], len(periods)))
    np.add.at(y.T, periods.index[rows], weight[:, None] * shares[rows])
    size = 1 / np.bincount(periods.index[rows], weight**2, minlength=len(periods))[filled]
    names = tuple(labels) if labels is not None else tuple(str(k) for k in range(len(y)))
    middle = ((periods.starts.astype(float) + periods.ends.astype(float) + 1) / 2 / 365.2425)[filled]
    n = np.broadcast_to(size, (len(y), len(filled))).copy()
    return test_series(Series(np.clip(y[:, filled], 0, 1) * n, n, middle, names), level), used, covered


def _mean_shares(topics: Fit | Sequence[Fit], theta: str) -> Array:
    """What each document adds to each topic, on average over the fits that have the topic."""
    fits = [topics] if isinstance(topics, Topics | np.ndarray) else list(topics)
    rows = np.stack([document_shares(fit, theta) for fit in fits])
    have = np.isfinite(rows).all(1).sum(0)
    return np.asarray(np.nan_to_num(rows).sum(0) / np.maximum(have, 1))
