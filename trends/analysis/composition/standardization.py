r"""Shares under a mix of sources that stays the same.

Direct standardization, with intervals and a test that know what it costs.

A topic that one source writes about more than another rises when that source grows, though no
source changed its topics. With the mix held fixed, the share of topic k in period t is the mean of
the strata's own shares under weights that do not depend on t,

.. math:: p_{kt} = \sum_s w_s \, p_{kst}, \qquad \sum_s w_s = 1 .

It is defined only where every stratum has documents. Where one is missing, its weight could be
handed to the others; but then the mix changes again from that period on, and a source that appears
late makes the very trend that was to be taken away. So strata and periods are chosen that all meet
(:func:`common_block`); what lies outside is counted and said, and its shares are missing, not
guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.prevalence.clusters import cluster_codes
from trends.analysis.prevalence.estimate import Fit, dispersion_of, document_shares
from trends.analysis.prevalence.intervals import pool_fits, wilson
from trends.analysis.prevalence.periods import Periods
from trends.analysis.trend.series import Series
from trends.analysis.trend.spans import Span, calendar_years
from trends.analysis.trend.table import trend_of
from trends.core import Prevalence, Topics, Trend
from trends.errors import DataError, UsageError

Array = NDArray[np.float64]

#: With less than this part of the dated documents in strata and periods that all meet, standardized
#: shares say little about the corpus.
LEAST_COVERED = 0.2


@dataclass(frozen=True)
class Standardized:
    """Standardized shares and what they stand for.

    Parameters
    ----------
    shares : Prevalence
        ``n_docs`` are the documents of the strata that are kept; periods outside the common block
        have none. ``n_eff`` is the number of documents of a simple sample with the same variance,
        the variance between fits included.
    series : Series
        Effective counts of the periods of the block, for
        :func:`trends.analysis.trend.table.trend_of`; here the variance is that within a fit.
    plain : Series
        The same documents and periods without weights, for a comparison that fewer documents cannot
        explain.
    weights : dict of str to float
        Stratum → its part of the mix.
    left_out : dict of str to int
        Stratum → its documents, for those that miss a period of the block.
    used : ndarray of bool, shape (periods,)
        Periods of the block.
    covered : float
        Part of the dated documents in the block.
    """

    shares: Prevalence
    series: Series
    plain: Series
    weights: dict[str, float]
    left_out: dict[str, int]
    used: NDArray[np.bool_]
    covered: float

    def trends(self, level: float = 0.95, spans: tuple[Span, Span] | None = None) -> Trend:
        """The test of trends on the standardized shares."""
        return trend_of(self.series, level, spans)

    def plain_trends(self, level: float = 0.95, spans: tuple[Span, Span] | None = None) -> Trend:
        """The test on the same documents, unweighted."""
        return trend_of(self.plain, level, spans)


def common_block(
    count: Array, *, keep_periods: bool = False
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Strata and periods such that every stratum has documents in every period.

    Greedy: while something is missing, the stratum or period goes that costs the fewest documents
    for each gap that it closes; of equals the one with fewer documents, then the later one. The
    largest such block is a biclique problem without a quick exact solution.

    Parameters
    ----------
    count : ndarray, shape (strata, periods)
        Documents.
    keep_periods : bool
        Never leave out a period that has documents; then strata go that miss any.

    Returns
    -------
    strata, periods : ndarray of int
        Ascending; empty where nothing meets.
    """
    rows, columns = np.flatnonzero(count.sum(1) > 0), np.flatnonzero(count.sum(0) > 0)
    if keep_periods:
        whole = (count[np.ix_(rows, columns)] > 0).all(1)
        return rows[whole], columns
    while len(rows) and len(columns):
        block = count[np.ix_(rows, columns)]
        gaps = block <= 0
        if not gaps.any():
            break
        price, closes = (np.concatenate([a.sum(1), a.sum(0)]).astype(float) for a in (block, gaps))
        rate = np.where(closes > 0, price / np.maximum(closes, 1), np.inf)
        worst = int(np.lexsort((-np.arange(len(rate)), price, rate))[0])
        if worst < len(rows):
            rows = np.delete(rows, worst)
        else:
            columns = np.delete(columns, worst - len(rows))
    return (rows, columns) if len(rows) and len(columns) else (rows[:0], columns[:0])


def standardize(
    topics: Fit | Sequence[Fit],
    periods: Periods,
    strata: Sequence[str],
    *,
    weights: Mapping[str, float] | None = None,
    labels: Sequence[str] | None = None,
    theta: Literal["hard", "mean"] = "hard",
    level: float = 0.95,
    clusters: Sequence[Any] | pd.Series | None = None,
    keep_periods: bool = False,
) -> Standardized | None:
    r"""Shares of topics by direct standardization: the mix of strata held fixed over time.

    Parameters
    ----------
    topics : Topics or ndarray of shape (documents, topics), or a sequence of these
        One fit, or several that are aligned, as in
        :func:`trends.analysis.prevalence.estimate.estimate`.
    periods : Periods
        Over the same documents; a document that was spread counts in each of its periods by its
        part.
    strata : sequence of str, shape (documents,)
        Source, venue, language, … of each document.
    weights : mapping of str to float, optional
        The mix; strata without a weight are left out. By default each stratum's part of the
        documents that are used.
    labels : sequence of str, optional
        Names of the topics.
    theta : {"hard", "mean"}
        As in :func:`trends.analysis.prevalence.estimate.estimate`.
    level : float
        Of the intervals.
    clusters : sequence, optional
        As in :func:`trends.analysis.prevalence.estimate.estimate`.
    keep_periods : bool
        As in :func:`common_block`.

    Returns
    -------
    Standardized or None
        ``None`` where no strata and periods meet, or those that do hold less than a fifth of the
        dated documents or fewer than three periods.

    Raises
    ------
    DataError
        If lengths do not match.
    UsageError
        If weights are negative, or none of them is positive for a stratum of the corpus.

    Notes
    -----
    *Variance.* Documents of a stratum and period are a sample of that stratum, so

    .. math:: V_{kt} = \sum_s w_s^2 \, d_{kt} \, \bar p_{ks} (1 - \bar p_{ks}) / n_{st}

    with the stratum's share over all periods, :math:`\bar p_{ks} = (y_{ks} + 1/2) / (n_s + 1)`, and
    the dispersion :math:`d_{kt}` of soft or clustered documents (1 for hard labels of documents
    drawn alone). As for every other share it is given as the number of documents with that
    variance, :math:`n_{kt} = \bar p_k (1 - \bar p_k) / V_{kt}`,
    :math:`\bar p_k = \sum_s w_s \bar p_{ks}` (Korn and Graubard 1998), for Wilson's interval and
    for the test, which takes as many counts as the share asks for. If the strata did not differ it
    would be Kish's :math:`n_t = 1 / \sum_s w_s^2 / n_{st}`; for a topic that lives in one small
    stratum Kish's size promises too much, and so it is not used.

    References
    ----------
    Keiding and Clayton (2014), Standardization and control for confounding in observational
    studies, Statistical Science 29, 529–558 (direct standardization); Cochran (1977), Sampling
    Techniques, 3rd ed., eq. 5.7 (variance of a stratified mean); Kish (1965), Survey Sampling,
    section 11.7; Korn and Graubard (1998), Survey Methodology 24, 193–201.
    """
    names, code = np.unique(np.asarray(strata, dtype=str), return_inverse=True)
    if len(code) != len(periods.index):
        message = f"{len(code)} strata were given for {len(periods.index)} documents."
        raise DataError(message)
    fits = [topics] if isinstance(topics, Topics | np.ndarray) else list(topics)
    rows = [document_shares(fit, theta) for fit in fits]
    count = _by_stratum(periods, code, np.ones((len(code), 1)), np.arange(len(names)))[..., 0]
    allowed = np.ones(len(names), dtype=bool) if weights is None else _given(weights, names) > 0
    kept, when = common_block(np.where(allowed[:, None], count, 0.0), keep_periods=keep_periods)
    block = count[np.ix_(kept, when)]
    covered = float(block.sum() / max(count.sum(), 1))
    if len(kept) < 1 or len(when) < 3 or covered < LEAST_COVERED:
        return None
    mix = block.sum(1) if weights is None else _given(weights, names)[kept]
    mix = mix / mix.sum()
    codes = None if clusters is None else cluster_codes(clusters, len(code))[0]
    dispersion = np.stack([dispersion_of(array, periods, theta, codes)[when] for array in rows])
    parts = [_one(array, periods, code, kept, when, mix, block) for array in rows]
    share, size_of, plain = (np.stack(part) for part in zip(*parts, strict=True))
    mean, effective, df = pool_fits(share, size_of / dispersion)
    n_within, raw = _mean(size_of / dispersion, share), _mean(plain, share)
    # Means over different sets of fits may add to more than one, as in `estimate`.
    mean = mean / np.maximum(np.nan_to_num(mean).sum(1), 1)[:, None]
    lower, upper = wilson(mean, effective, level, df)
    called = tuple(labels) if labels is not None else tuple(str(k) for k in range(mean.shape[1]))
    shape = (len(periods), mean.shape[1])

    def spread(values: Array, empty: float = np.nan) -> Array:
        out = np.full((len(periods), *values.shape[1:]), empty)
        out[when] = values
        return out

    used = np.zeros(len(periods), dtype=bool)
    used[when] = True
    size = spread(np.maximum(np.rint(block.sum(0)), 1), 0.0)
    shares = Prevalence(
        periods=periods.starts,
        ends=periods.ends,
        labels=called,
        share=spread(mean),
        lower=spread(lower),
        upper=spread(upper),
        unassigned=spread(np.clip(1 - mean.sum(1), 0, 1)),
        n_docs=size.astype(np.int64),
        complete=periods.complete,
        n_eff=spread(effective, 0.0).reshape(shape),
        settings={
            "period": periods.period,
            "theta": theta,
            "interval": "wilson",
            "level": level,
            "fits": len(rows),
            "denominator": "documents of the period, directly standardized",
            "weights": dict(zip(names[kept].tolist(), mix.tolist(), strict=True)),
        },
    )
    time: dict[str, Any] = {
        "x": shares.years[when],
        "labels": called,
        "steps": when,
        "starts": calendar_years(periods.starts[when]),
        "names": tuple(periods.names[i] for i in when),
    }
    # Rounding may take a share of 1 a little above its size.
    y = np.clip(mean, 0, 1) * n_within
    n_plain = block.sum(0)[:, None] / dispersion.mean(0)
    gone = [i for i in range(len(names)) if i not in set(kept.tolist()) and count[i].sum() > 0]
    return Standardized(
        shares,
        Series(y.T, n_within.T.copy(), **time),
        Series((np.clip(raw, 0, 1) * n_plain).T, n_plain.T.copy(), **time),
        dict(zip(names[kept].tolist(), mix.tolist(), strict=True)),
        {
            str(names[i]): int(np.rint(count[i].sum()))
            for i in sorted(gone, key=lambda i: (-count[i].sum(), i))
        },
        used,
        covered,
    )


def _one(
    array: Array,
    periods: Periods,
    code: NDArray[np.int64],
    kept: NDArray[np.int64],
    when: NDArray[np.int64],
    mix: Array,
    block: Array,
) -> tuple[Array, Array, Array]:
    """Standardized share, size and plain share of one fit, each of (periods of the block, topics).

    The size is the number of hard labels of documents drawn alone with the same variance.
    """
    y = _by_stratum(periods, code, np.nan_to_num(array), kept)[:, when]
    share = (mix[:, None, None] * y / block[..., None]).sum(0)
    own = (y.sum(1) + 0.5) / (block.sum(1) + 1)[:, None]
    pooled = mix @ own
    unit = (mix[:, None] ** 2 * own * (1 - own))[:, None, :] / block[..., None]
    size = pooled * (1 - pooled) / unit.sum(0)
    share = np.where(np.isfinite(array).all(0), share, np.nan)
    return (
        share,
        size,
        np.where(np.isfinite(share), y.sum(0) / block.sum(0)[:, None], np.nan),
    )


def _by_stratum(
    periods: Periods, code: NDArray[np.int64], values: Array, kept: NDArray[np.int64]
) -> Array:
    """Sums of document values by stratum and period, shape (strata, periods, columns)."""
    order = np.argsort(code, kind="stable")
    edges = np.searchsorted(code[order], np.arange(code.max(initial=0) + 2))
    out = np.zeros((len(kept), len(periods), values.shape[1]))
    for place, stratum in enumerate(kept):
        rows = order[edges[stratum] : edges[stratum + 1]]
        out[place] = periods.weights[rows].T @ values[rows]
    return out


def _mean(values: Array, share: Array) -> Array:
    """Mean over the fits that have the topic."""
    there = np.isfinite(share)
    return np.asarray(
        np.where(there, np.nan_to_num(values), 0).sum(0) / np.maximum(there.sum(0), 1)
    )


def _given(weights: Mapping[str, float], names: NDArray[np.str_]) -> Array:
    out = np.array([float(weights.get(str(name), 0.0)) for name in names])
    if not np.isfinite(out).all() or (out < 0).any() or out.sum() <= 0:
        message = (
            "The weights of a mix are numbers from 0 on, one of them at least positive; got "
            f"{dict(weights)!r} for {', '.join(names[:5].tolist())}."
        )
        raise UsageError(message)
    return out
