"""The share of each topic in each period, over all documents, with an interval that covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.prevalence.clusters import cluster_codes, design_effect
from trends.analysis.prevalence.intervals import (
    bootstrap_bounds,
    pool_fits,
    pooled_dispersion,
    wilson,
)
from trends.analysis.prevalence.periods import Periods
from trends.core import Prevalence, Topics
from trends.core.computing.rng import Rng, generator_from
from trends.errors import DataError, UsageError

Array = NDArray[np.float64]
Fit = Topics | Array


def estimate(
    topics: Fit | Sequence[Fit],
    periods: Periods,
    *,
    labels: Sequence[str] | None = None,
    theta: Literal["hard", "mean"] = "hard",
    interval: Literal["wilson", "bootstrap"] = "wilson",
    level: float = 0.95,
    clusters: Sequence[Any] | pd.Series | None = None,
    rng: Rng | None = None,
) -> Prevalence:
    """Shares of the documents of each period, the unassigned ones counted in the denominator.

    Parameters
    ----------
    topics : Topics or ndarray of shape (documents, topics), or a sequence of these
        One fit, or several that are already aligned: column k is the same topic in each. In an
        array, a column of NaN says that the fit has no such topic; what is missing to 1 in a row is
        unassigned.
    periods : Periods
        Over the same documents.
    labels : sequence of str, optional
        Names of the topics; numbers otherwise.
    theta : {"hard", "mean"}
        Count each document for its largest topic (-1, the unassigned, wins where its part is larger
        than any), or average the document–topic shares. Hard labels are the default: mean theta is
        shrunk towards equal shares, so its level must not be read as a share, though its direction
        may.
    interval : {"wilson", "bootstrap"}
        Wilson's interval on an effective number of documents, whose dispersion is pooled over
        periods, is the default; it holds its level for rare topics in small periods, where the
        document bootstrap covers as little as 43 %.
    level : float
        Of the interval.
    clusters : sequence, shape (documents,), optional
        Author, thread or outlet of each document: documents of one cluster count for fewer, see
        :func:`trends.analysis.prevalence.clusters.design_effect`. One without a name is alone.
    rng : int or numpy.random.Generator
        Needed for the bootstrap only.

    Returns
    -------
    Prevalence
        ``settings`` holds ``fits``, ``matched`` (fits that have each topic), ``dispersion`` (of
        each topic, relative to hard labels, within a fit; with clusters of each period and topic,
        their design effect included), ``cluster`` (what is known of these) and what was left out of
        time.

    Raises
    ------
    DataError
        If fits, documents and labels do not match, or a topic occurs in no fit.
    UsageError
        If a choice has another name, or the bootstrap is asked for without ``rng``.

    Notes
    -----
    Several fits are pooled by Rubin's rules, the variance between fits over periods and topics
    (:func:`trends.analysis.prevalence.intervals.pool_fits`). A fit without a partner for a topic
    is left out of that topic's mean and counted. Means over different sets of fits may add to more
    than one; such periods are scaled to one and counted in ``settings["rescaled_periods"]``.
    """
    _check_choices(theta, interval, level, rng)
    fits = (
        [topics]
        if isinstance(topics, Topics) or (isinstance(topics, np.ndarray) and topics.ndim == 2)
        else list(topics)
    )
    if not fits:
        message = "No fit was given; a prevalence needs at least one."
        raise DataError(message)
    rows = [document_shares(fit, theta) for fit in fits]
    n_documents, n_topics = len(periods.index), rows[0].shape[1]
    for m, array in enumerate(rows):
        if array.shape != (n_documents, n_topics):
            message = (
                f"Fit {m} has shape {array.shape}; the periods are about {n_documents} documents "
                f"and the first fit has {n_topics} topics."
            )
            raise DataError(message)
    names = tuple(str(k) for k in range(n_topics)) if labels is None else tuple(labels)
    if len(names) != n_topics:
        message = f"{len(names)} labels were given for {n_topics} topics."
        raise DataError(message)
    matched = np.array([np.isfinite(array).all(0) for array in rows])
    if not matched.any(0).all():
        message = f"Topic {names[int(np.argmin(matched.any(0)))]!r} occurs in none of the fits."
        raise DataError(message)
    filled = periods.n_docs > 0
    size = np.where(filled, periods.n_docs, np.nan)[:, None]
    shares = np.stack([(periods.weights.T @ array) / size for array in rows])
    codes, about = (None, {}) if clusters is None else cluster_codes(clusters, n_documents)
    dispersion = np.stack([dispersion_of(array, periods, theta, codes) for array in rows])
    bounds = None
    if interval == "bootstrap":
        bounds = bootstrap_bounds(rows, periods.weights, level, generator_from(rng), codes)
    return pooled(
        Pooled(shares, dispersion, matched, bounds, None if clusters is None else about),
        periods,
        labels=names,
        theta=theta,
        level=level,
    )


@dataclass(frozen=True)
class Pooled:
    """What is known of the shares of several aligned fits, however it was summed.

    Parameters
    ----------
    shares : ndarray, shape (fits, periods, topics)
        NaN where a period has no documents.
    dispersion : ndarray, shape (fits, periods, topics)
        Relative to hard labels of documents drawn alone.
    matched : ndarray of bool, shape (fits, topics)
        Which fit has which topic.
    bounds : pair of ndarray, shape (periods, topics), optional
        Of a bootstrap; Wilson's are computed without them.
    cluster : dict, optional
        What is known of clusters of documents, where there are any.
    """

    shares: Array
    dispersion: Array
    matched: NDArray[np.bool_]
    bounds: tuple[Array, Array] | None = None
    cluster: dict[str, Any] | None = None


def pooled(
    known: Pooled, periods: Periods, *, labels: tuple[str, ...], theta: str, level: float
) -> Prevalence:
    """The prevalence of several fits from the shares of each; see :func:`estimate`."""
    weight, matched = periods.n_docs, known.matched
    filled = weight > 0
    size = np.where(filled, weight, np.nan)[:, None]
    n_eff = size / known.dispersion
    share, effective, df = pool_fits(known.shares, n_eff)
    matches = matched.sum(0)
    within = np.where(matched[:, None], known.dispersion, 0).sum(0) / matches
    over = np.nan_to_num(share).sum(1)
    rescaled = filled & (over > 1 + 1e-7)
    share = np.where(rescaled[:, None], share / np.where(rescaled, over, 1)[:, None], share)
    if known.bounds is None:
        lower, upper = wilson(share, effective, level, df)
    else:
        lower, upper = np.fmin(known.bounds[0], share), np.fmax(known.bounds[1], share)
    return Prevalence(
        periods=periods.starts,
        ends=periods.ends,
        labels=labels,
        share=np.where(filled[:, None], np.clip(share, 0, 1), np.nan),
        lower=np.where(filled[:, None], lower, np.nan),
        upper=np.where(filled[:, None], upper, np.nan),
        unassigned=np.where(filled, np.clip(1 - share.sum(1), 0, 1), np.nan),
        # Where dates are spread a period may hold less than one document; 0 is kept for "none at
        # all".
        n_docs=np.where(filled, np.maximum(np.rint(weight), 1), 0).astype(np.int64),
        complete=periods.complete,
        n_eff=np.where(filled[:, None], effective, 0.0),
        settings={
            "period": periods.period,
            "theta": theta,
            "interval": "wilson" if known.bounds is None else "bootstrap",
            "level": level,
            "denominator": "all dated documents of the period, the unassigned included",
            "fits": len(known.shares),
            "matched": matches.tolist(),
            "rescaled_periods": int(rescaled.sum()),
            "dispersion": (within[0] if known.cluster is None else within).tolist(),
            **({} if known.cluster is None else {"cluster": known.cluster}),
            **({} if periods.season == "none" else {"season": periods.season}),
            **{f"documents_{reason}": n for reason, n in periods.dropped.items()},
        },
    )


def estimate_each(
    topics: Sequence[Fit],
    periods: Periods,
    *,
    labels: Sequence[str] | None = None,
    theta: Literal["hard", "mean"] = "hard",
    level: float = 0.95,
    clusters: Sequence[Any] | pd.Series | None = None,
) -> list[Prevalence]:
    """One prevalence per fit, for tests that pool slopes over fits.

    A topic that a fit lacks has share 0 and size 0 there.

    Parameters and errors are those of :func:`estimate`. ``settings["absent"]`` lists the topics
    that the fit lacks.
    """
    out = []
    for fit in topics:
        shares = document_shares(fit, theta)
        absent = np.flatnonzero(~np.isfinite(shares).all(0))
        one = estimate(
            [np.where(np.isfinite(shares), shares, 0.0)],
            periods,
            labels=labels,
            theta=theta,
            level=level,
            clusters=clusters,
        )
        out.append(replace(one, settings={**one.settings, "absent": absent.tolist()}))
    return out


def document_shares(fit: Fit, theta: str) -> Array:
    """What each document adds to each topic, shape (documents, topics); NaN columns stay NaN."""
    if isinstance(fit, Topics):
        if theta == "mean":
            return np.asarray(fit.theta)
        out = np.zeros(fit.theta.shape)
        rows = np.flatnonzero(fit.hard >= 0)
        out[rows, fit.hard[rows]] = 1.0
        return out
    array = np.asarray(fit, dtype=float)
    known = np.isfinite(array)
    if array.ndim != 2 or (known.any(0) != known.all(0)).any():
        message = (
            "An aligned fit is an array of documents × topics whose columns are numbers "
            "throughout, or NaN throughout."
        )
        raise DataError(message)
    rest = 1 - np.where(known, array, 0).sum(1)
    if (rest < -1e-6).any() or (array[known] < -1e-6).any():
        message = "Topic shares of a document must not be negative and not add to more than one."
        raise DataError(message)
    if theta == "mean":
        return array
    filled = np.where(np.isfinite(array), array, -1.0)
    best, top = filled.argmax(1), filled.max(1)
    assigned = np.flatnonzero(rest <= top)
    hard = np.where(np.isfinite(array), 0.0, np.nan)
    hard[assigned, best[assigned]] = 1.0
    return hard


def dispersion_of(
    array: Array, periods: Periods, theta: str, clusters: NDArray[np.int64] | None = None
) -> Array:
    """Dispersion of each period and topic relative to hard labels of documents drawn alone.

    1 for those by definition.
    """
    filled = np.nan_to_num(array)
    unit = np.ones(array.shape[1])
    if theta == "mean":
        unit = pooled_dispersion(filled, periods.weights)
    if clusters is None:
        return np.broadcast_to(unit, (len(periods), len(unit)))
    return unit * design_effect(filled, periods.weights, clusters)


def _check_choices(theta: Any, interval: Any, level: float, rng: Any) -> None:
    if theta not in ("hard", "mean"):
        message = f"theta must be 'hard' or 'mean'; got {theta!r}."
        raise UsageError(message)
    if interval not in ("wilson", "bootstrap"):
        message = f"interval must be 'wilson' or 'bootstrap'; got {interval!r}."
        raise UsageError(message)
    if not 0 < level < 1:
        message = f"level must lie between 0 and 1; got {level!r}."
        raise UsageError(message)
    if interval == "bootstrap" and rng is None:
        message = "The bootstrap draws at random: give rng, a whole number or a numpy Generator."
        raise UsageError(message)
