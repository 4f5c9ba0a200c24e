"""Did a topic fall, or did another rise? Volume, log-ratio to a reference set, and the test without the largest mover."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from trends.analysis.multiplicity import adjust
from trends.analysis.trend_test import Series, series_of, test_series, test_trends
from trends.core import Prevalence, Trend
from trends.errors import UsageError

Array = NDArray[np.float64]


def volume(prevalence: Prevalence) -> pd.DataFrame:
    """Documents of each topic per day, period by period.

    A share says nothing about amounts: a topic whose share falls may still grow with the corpus.

    Parameters
    ----------
    prevalence : Prevalence
        Shares with their denominators.

    Returns
    -------
    pandas.DataFrame
        ``topic``, ``label``, ``period``, ``days`` (length of the period), ``documents``, ``per_day``, ``lower``, ``upper``
        (exact Poisson limits at the level of the prevalence), ``complete``. Topic -1 is all documents together. In an
        incomplete period the days that the corpus did not cover count as days without documents.

    References
    ----------
    Garwood (1936), Biometrika 28, 437–442, for the limits.
    """
    level = float(prevalence.settings.get("level", 0.95))
    days = (prevalence.ends - prevalence.periods).astype(float) + 1
    counts = np.column_stack([prevalence.counts, prevalence.n_docs])
    k = counts.shape[1]
    lower = np.where(counts > 0, stats.chi2.ppf((1 - level) / 2, 2 * counts) / 2, 0.0)
    upper = stats.chi2.ppf((1 + level) / 2, 2 * (counts + 1)) / 2
    topics = [*range(k - 1), -1]
    return pd.DataFrame(
        {
            "topic": np.repeat(topics, len(days)),
            "label": np.repeat(np.array([*prevalence.labels, "all documents"], dtype=object), len(days)),
            "period": np.tile(prevalence.periods, k).astype("datetime64[s]"),
            "days": np.tile(days, k).astype(int),
            "documents": counts.T.ravel(),
            "per_day": (counts / days[:, None]).T.ravel(),
            "lower": (lower / days[:, None]).T.ravel(),
            "upper": (upper / days[:, None]).T.ravel(),
            "complete": np.tile(prevalence.complete, k),
        }
    )


def volume_trends(prevalence: Prevalence, *, level: float = 0.95, complete_only: bool = True) -> pd.DataFrame:
    """Growth of the documents per day of each topic, in percent a year.

    A weighted line through the logarithm of the documents per day; the residual variation between periods is each topic's own,
    with Student's t.

    Parameters
    ----------
    prevalence : Prevalence
        Shares with their denominators.
    level : float
        Of the interval.
    complete_only : bool
        Leave out periods that the corpus does not cover as a whole: in them, documents per day are too low by an unknown
        factor. Where fewer than three periods are complete, all are used and the note says so.

    Returns
    -------
    pandas.DataFrame
        ``topic`` (-1 is all documents), ``label``, ``growth``, ``lower``, ``upper`` (percent a year), ``p``, ``p_adjusted`` (over the topics),
        ``note``.
    """
    keep, note = prevalence.n_docs > 0, ""
    if complete_only:
        if int((keep & prevalence.complete).sum()) >= 3:
            keep = keep & prevalence.complete
        else:
            note = "fewer than three complete periods: the incomplete ones are used, whose volume is too low"
    days = (prevalence.ends - prevalence.periods).astype(float) + 1
    counts = np.column_stack([prevalence.counts, prevalence.n_docs])[keep].T
    labels = [*prevalence.labels, "all documents"]
    x, exposure = prevalence.years[keep], days[keep]
    frame = pd.DataFrame({"topic": [*range(len(labels) - 1), -1], "label": labels})
    if len(x) < 3:
        blank = np.full(len(labels), np.nan)
        return frame.assign(
            growth=blank, lower=blank, upper=blank, p=blank, p_adjusted=blank, note="fewer than three periods have documents"
        )
    z = np.log((counts + 0.5) / exposure)
    # Poisson precision, with a floor of variation between periods so that large counts do not count as exact.
    slope, se, df = _line(z, 1 / (1 / (counts + 0.5) + 0.05), x)
    seen = counts.sum(1) > 0
    critical = stats.t.ppf(0.5 + level / 2, df)
    p = np.where(seen, 2 * stats.t.sf(np.abs(slope) / se, df), np.nan)
    percent = [np.where(seen, 100 * np.expm1(b), np.nan) for b in (slope, slope - critical * se, slope + critical * se)]
    adjusted = np.append(adjust(p[:-1]), p[-1])
    notes = np.where(seen, note, "occurs in no period")
    return frame.assign(growth=percent[0], lower=percent[1], upper=percent[2], p=p, p_adjusted=adjusted, note=notes)


def log_ratio_trends(
    prevalence: Prevalence, reference: Sequence[int] | None = None, *, level: float = 0.95, complete_only: bool = False
) -> pd.DataFrame:
    r"""Slope of each topic's logarithm of share against a reference set that does not depend on the other topics' shares.

    With :math:`r_t` the mean logarithm of the reference topics' shares (their geometric mean), :math:`\log p_{kt} - r_t` does not change
    when one other topic rises, while every share does.

    Parameters
    ----------
    prevalence : Prevalence
        Shares with their denominators.
    reference : sequence of int, optional
        Topics that stand for "unchanged". By default the half of the topics whose log-odds slopes lie nearest to the median of all:
        the median topic, made less noisy. Topics with fewer than 5 documents a period on average are not taken.
    level, complete_only
        As in :func:`trends.analysis.trend_test.test_trends`.

    Returns
    -------
    pandas.DataFrame
        ``topic``, ``label``, ``ratio`` (percent a year relative to the reference), ``lower``, ``upper``, ``p``, ``p_adjusted``, ``reference``
        (whether it is one), ``note``. ``attrs["reference"]`` lists the reference topics.

    Raises
    ------
    UsageError
        If a reference topic does not exist.

    References
    ----------
    Aitchison (1986), The Statistical Analysis of Compositional Data, chapter 4.
    """
    series = series_of(prevalence, complete_only=complete_only)
    k, periods = series.y.shape
    chosen = _default_reference(series) if reference is None else np.asarray(sorted(set(reference)), dtype=int)
    if not len(chosen) or chosen.min() < 0 or chosen.max() >= k:
        message = f"The reference must name topics between 0 and {k - 1}; got {list(chosen)}."
        raise UsageError(message)
    frame = pd.DataFrame({"topic": np.arange(k), "label": series.labels, "reference": np.isin(np.arange(k), chosen)})
    frame.attrs["reference"] = chosen.tolist()
    if periods < 3:
        blank = np.full(k, np.nan)
        return frame.assign(
            ratio=blank, lower=blank, upper=blank, p=blank, p_adjusted=blank, note="fewer than three periods have documents"
        )
    z = np.log((series.y + 0.5) / (series.n + 1))
    # A reference topic is compared with the others of the set: its own noise must not cancel.
    total, size = z[chosen].sum(0), len(chosen)
    inside = np.isin(np.arange(k), chosen)[:, None]
    against = np.where(inside, (total - z) / max(size - 1, 1), total / size)
    slope, se, df = _line(z - against, 1 / (1 / (series.y + 0.5) + 0.05), series.x)
    seen = (series.y.sum(1) > 0) & ~(inside[:, 0] & (size == 1))
    critical = stats.t.ppf(0.5 + level / 2, df)
    p = np.where(seen, 2 * stats.t.sf(np.abs(slope) / np.maximum(se, 1e-300), df), np.nan)
    percent = [np.where(seen, 100 * np.expm1(b), np.nan) for b in (slope, slope - critical * se, slope + critical * se)]
    notes = np.where(
        seen, "", np.where(series.y.sum(1) > 0, "the only reference topic: nothing to compare it with", "occurs in no period")
    )
    return frame.assign(ratio=percent[0], lower=percent[1], upper=percent[2], p=p, p_adjusted=adjust(p), note=notes)


def without_largest_mover(prevalence: Prevalence, *, level: float = 0.95, complete_only: bool = False) -> tuple[Trend, int]:
    """Test all topics among the documents that do not belong to the topic that moved most.

    Parameters
    ----------
    prevalence : Prevalence
        Shares with their denominators.
    level, complete_only
        As in :func:`trends.analysis.trend_test.test_trends`.

    Returns
    -------
    trend : Trend
        One row a topic; the largest mover's has no slope, and a note.
    mover : int
        The topic whose fitted share changed most, in points; -1 if no topic has a slope.
    """
    full = test_trends(prevalence, level=level, complete_only=complete_only)
    moved = full.table["slope"].abs().to_numpy(dtype=float)
    if np.isnan(moved).all():
        return full, -1
    mover = int(np.nanargmax(moved))
    series = series_of(prevalence, complete_only=complete_only)
    n = np.maximum(series.n * (1 - series.y[mover] / series.n[mover]), 0)
    left = (n > 0).all(0)
    rest = Series(
        np.minimum(series.y, n)[:, left], n[:, left], series.x[left], series.labels, tuple(sorted({*series.absent, mover}))
    )
    found = test_series(rest, level)
    table = found.frame()
    table.loc[mover, "note"] = "the largest mover, left out here"
    return Trend(table, {**found.settings, "without": mover}), mover


def _default_reference(series: Series) -> NDArray[np.int64]:
    """The half of the well-filled topics whose slope is nearest to the median slope."""
    k, periods = series.y.shape
    filled = np.flatnonzero(series.y.sum(1) >= 5 * periods)
    if len(filled) < 3 or periods < 2:
        order = np.argsort(-series.y.sum(1), kind="stable")
        return np.sort(order[: max(1, min(3, k))])
    z = np.log((series.y[filled] + 0.5) / (series.n[filled] - series.y[filled] + 0.5))
    slope, _, _ = _line(z, series.y[filled] + 0.5, series.x)
    order = np.argsort(np.abs(slope - np.median(slope)), kind="stable")
    return np.sort(filled[order[: max(2, len(filled) // 2)]])


def _line(z: Array, weight: Array, x: Array) -> tuple[Array, Array, int]:
    """Weighted lines: slope, standard error with each series' own dispersion, degrees of freedom."""
    total = weight.sum(1, keepdims=True)
    centre = x - (weight * x).sum(1, keepdims=True) / total
    level = z - (weight * z).sum(1, keepdims=True) / total
    square = (weight * centre**2).sum(1)
    slope = (weight * centre * level).sum(1) / square
    df = max(len(x) - 2, 1)
    rest = (weight * (level - slope[:, None] * centre) ** 2).sum(1) / df
    return slope, np.sqrt(rest / square), df
