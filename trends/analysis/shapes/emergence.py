"""Emergence: topics that were below a stated share, and from some period on are above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.shapes.null import Null, likelihood_of, terms_at
from trends.analysis.shapes.scanning.claims import (
    Claim,
    Input,
    Progress,
    claims_frame,
    input_of,
    untested,
)
from trends.analysis.shapes.scanning.scan import BATCH, LITTLE, Family, chances, evidence, prepare
from trends.analysis.trend.model import gaps_of
from trends.analysis.trend.series import Series
from trends.analysis.trend.shocks import FINE, weigh
from trends.core import Alignment
from trends.core.claim import ALPHA
from trends.core.computing.rng import Rng, generator_from, seed_from
from trends.errors import DataError, UsageError

Array = NDArray[np.float64]

#: Fewer periods cannot show a time before and a time after.
LEAST = 8

#: A topic must have been below the share for this part of the series, or longer.
BEFORE = 0.2

#: Part of the level that is spent on having been below.
SPENT_BEFORE = 0.2

#: Corpora drawn at the stated share; they are cheap.
DRAWS = 999

#: Added to counts, so that the root of small ones has a stable variance (Anscombe 1948).
ANSCOMBE = 3 / 8


class Windows(NamedTuple):
    """Stretches whose documents are counted together: first periods, and those behind the last."""

    starts: NDArray[np.int64]
    stops: NDArray[np.int64]


class Scale(NamedTuple):
    """Counts of windows on a scale with variance 1: documents, and the spread of shocks.

    ``documents``, ``shocks``: shape (topics, windows); the second is the variance of the mean of a
    window over its square that shocks cause.
    """

    documents: Array
    shocks: Array

    def of(self, counts: Array) -> Array:
        """From counts to the scale."""
        root = np.sqrt(np.maximum(self.shocks, 1e-9))
        out: Array = 2 / root * np.arcsinh(root * np.sqrt(np.maximum(counts, 0) + ANSCOMBE))
        return out

    def back(self, value: Array) -> Array:
        """From the scale to shares."""
        root = np.sqrt(np.maximum(self.shocks, 1e-9))
        counts = (np.sinh(np.maximum(value, 0) * root / 2) / root) ** 2 - ANSCOMBE
        return np.clip(counts / self.documents, 0, 1)


def emergence(
    data: Input,
    *,
    share: float = 0.01,
    earlier: Alignment | None = None,
    labels: Sequence[str] | None = None,
    complete_only: bool = False,
    draws: int = DRAWS,
    level: float = 0.95,
    rng: Rng,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Find topics that emerged, and the first period in which that could be said.

    Parameters
    ----------
    data : Prevalence, its frame, or tuple (counts, totals, times)
        As in :func:`trends.fit_trends`.
    share : float
        Of all documents, above which a topic is there: a fraction.
    earlier : Alignment, optional
        Of these topics (left) with topics learnt on earlier documents only: those that have a
        partner are known, not new.
    labels : sequence of str, optional
        Names of the topics, where counts are given.
    complete_only : bool
        Leave incomplete periods out.
    draws : int
        Corpora drawn in which every topic has just the stated share.
    level : float
        Of the band: over all topics and windows at once.
    rng : int or numpy.random.Generator
    progress : callable, optional
        Called with corpora drawn and corpora in all.

    Returns
    -------
    pandas.DataFrame
        See :func:`trends.emergence`.

    Notes
    -----
    Documents are counted in windows of 1, 2, 3, 4, 6, 8, ... periods that end at each period, and
    in windows from the first period on. A count with shocks has a variance that is quadratic in its
    mean; it is put on a scale on which the variance is 1 (the inverse hyperbolic sine of its root).
    How far windows of a topic with just the stated share go above and below it, the largest over
    windows and topics, is taken from draws with the shocks that the one model learns (a step beside
    its mean, so that an emergence is no shock). First the topics that were below: of a window from
    the start on the band lies below the share, which may be wrong for any topic with a fifth of the
    level. Of these a topic emerged at the end of the first later window whose band lies above the
    share; the band is that of the largest over their windows, with the rest of the level.

    References
    ----------
    Anscombe (1948), Biometrika 35, 246–254; Westfall and Young (1993), Resampling-Based Multiple
    Testing.
    """
    if not 0 < share < 0.5:
        message = f"share is a fraction of all documents between 0 and .5; got {share!r}."
        raise UsageError(message)
    series = input_of(
        data,
        labels=labels,
        complete_only=complete_only,
        draws=draws,
        level=level,
        name="emergence",
    )
    if earlier is not None and earlier.n_left != len(series.y):
        message = (
            f"The alignment with earlier topics has {earlier.n_left} topics on its left, the "
            f"shares have {len(series.y)}; call tr.align(topics, earlier_topics, rng=…)."
        )
        raise DataError(message)
    rows, periods = series.tested, len(series.steps)
    if periods < LEAST or not len(rows):
        why = f"{periods} periods have documents: emergence can be told from {LEAST} on"
        return claims_frame(series, "emerged", untested(series, why if len(rows) else ""))
    seed = seed_from(rng)
    after, before = trailing(periods), prefixes(periods)
    null = shocks_of(series)
    scales = [scale_of(null, windows, share) for windows in (after, before)]
    high, low = (
        np.empty((draws, len(rows))),
        np.empty((draws, len(rows))),
    )
    generator = generator_from(seed)
    for start in range(0, draws, 10 * BATCH):
        count = min(10 * BATCH, draws - start)
        y = drawn_at(null, share, count, generator)
        part = slice(start, start + count)
        high[part] = distances(y, scales[0], after, share).max(-1)
        low[part] = -distances(y, scales[1], before, share).min(-1)
        if progress is not None:
            progress(start + count, draws)
    y = series.y[rows][None]
    up, down = distances(y, scales[0], after, share)[0], -distances(y, scales[1], before, share)[0]
    spent = (1 - level) * np.array([1 - SPENT_BEFORE, SPENT_BEFORE])
    reach = [0.0, float(np.quantile(low.max(1), 1 - spent[1], method="higher"))]
    # Only topics that were below can be said to have emerged.
    chosen = (down > reach[1]).any(1)
    rivals = high[:, chosen] if chosen.any() else high
    reach[0] = float(np.quantile(rivals.max(1), 1 - spent[0], method="higher"))
    chance = [
        np.minimum(np.array(chances(found.max(1), side)) / part, 1)
        for found, side, part in ((up, rivals, 1 - SPENT_BEFORE), (down, low, SPENT_BEFORE))
    ]
    single, adjusted = np.maximum(*chance)
    claims = untested(series)
    for i, k in enumerate(rows):
        first = first_above(up[i] > reach[0], down[i] > reach[1], after, before)
        known = earlier is not None and earlier.partner(int(k)) is not None
        claims.append(
            _claim(
                *(int(k), series.y[k], series.n[k], null, i, first, reach),
                *(float(single[i]), float(adjusted[i]), known, after.stops[up[i].argmax()]),
            )
        )
    years = float(series.x[-1] - series.x[0])
    false = np.mean(((high > reach[0]) & (low > reach[1])).sum(1))
    return claims_frame(
        series,
        "emerged",
        claims,
        draws=draws,
        seed=seed,
        share=share,
        found_a_year=sum(c.found for c in claims) / years,
        false_a_year=float(false) / years,
    )


def trailing(periods: int) -> Windows:
    """Windows that end at each period, of lengths that grow by about a half.

    Examples
    --------
    >>> windows = trailing(8)
    >>> sorted(set((windows.stops - windows.starts).tolist()))
    [1, 2, 3, 4]
    """
    lengths = [1]
    while (longer := max(lengths[-1] + 1, int(1.5 * lengths[-1]))) <= periods // 2:
        lengths.append(longer)
    ends = [(stop - size, stop) for size in lengths for stop in range(size, periods + 1)]
    return Windows(*np.array(ends).T)


def prefixes(periods: int) -> Windows:
    """Windows from the first period on, of a fifth of the series or more."""
    stops = np.arange(max(2, int(np.ceil(BEFORE * periods))), periods)
    return Windows(np.zeros_like(stops), stops)


def shocks_of(series: Series) -> Null:
    """Shocks of the topics, learnt with a step beside the mean where a topic has one."""
    rows = series.tested
    y, n, steps = series.y[rows], series.n[rows], series.steps
    periods = len(steps)
    data = prepare(y[None], n, steps)
    starts = np.arange(2, periods - 1)
    step = Family(0, periods, starts, np.full(len(starts), periods))
    found = evidence(data, steps, step, upward=True)
    terms = terms_at(steps)
    likelihood = []
    for k in range(len(rows)):
        known = int(found[k].max() > LITTLE)
        raised = (np.arange(periods) >= starts[found[k].argmax()]).astype(float)
        mean = np.column_stack([terms, raised]) if known else terms
        one = data.of(k)
        likelihood.append(likelihood_of(one.z, one.noise, steps, mean, FINE, known=known)[0][0])
    (posterior,), _ = weigh(np.stack(likelihood)[None])
    pairs = FINE.pairs
    return Null(
        n,
        gaps_of(steps),
        posterior.sum(-1),
        pairs[:, 0],
        pairs[:, 1],
        np.zeros((len(rows), len(pairs), periods)),
    )


def drawn_at(null: Null, share: float, corpora: int, rng: np.random.Generator) -> Array:
    """Counts of topics whose mean share is the stated one, (corpora, topics, periods)."""
    at = null.points(corpora, rng)
    shock = null.shocks(at, rng) - 0.5 * null.size[at][..., None] ** 2
    whole = np.maximum(np.rint(null.n), 1)
    y = rng.binomial(whole.astype(np.int64), np.minimum(share * np.exp(shock), 1.0))
    return y * (null.n / whole)


def scale_of(null: Null, windows: Windows, share: float) -> Scale:
    """The scale of counts in windows, with the variance of shocks over their posterior."""
    place = np.cumsum(null.gaps)
    lag = np.abs(np.subtract.outer(place, place))
    total = _sums(null.n, windows)
    spread = np.zeros_like(total)
    for g, (size, lasting) in enumerate(zip(null.size, null.autocorrelation, strict=True)):
        excess = np.expm1(size**2 * lasting**lag) if size else np.zeros_like(lag)
        # Sums over the squares of windows are differences of cumulative sums.
        square = null.n[:, :, None] * excess * null.n[:, None, :]
        block = np.pad(square.cumsum(1).cumsum(2), ((0, 0), (1, 0), (1, 0)))
        a, b = windows
        inside = block[:, b, b] - block[:, a, b] - block[:, b, a] + block[:, a, a]
        spread += null.weight[:, [g]] * inside
    # Of documents that are drawn one by one the variance is a little below that of Poisson counts.
    return Scale(total, np.maximum(spread / total**2 - share / total, 0))


def distances(y: Array, scale: Scale, windows: Windows, share: float) -> Array:
    """How far counts lie above the stated share, in standard deviations.

    Parameters
    ----------
    y : ndarray, shape (corpora, topics, periods)
    scale : Scale
    windows : Windows
    share : float

    Returns
    -------
    ndarray, shape (corpora, topics, windows)
    """
    return scale.of(_sums(y, windows)) - scale.of(share * scale.documents)


def first_above(
    above: NDArray[np.bool_], below: NDArray[np.bool_], after: Windows, before: Windows
) -> int | None:
    """The last period of the first window above that starts behind a window below."""
    if not (above.any() and below.any()):
        return None
    behind = before.stops[below].min()
    stops = after.stops[above & (after.starts >= behind)]
    return int(stops.min()) - 1 if len(stops) else None


def _sums(values: Array, windows: Windows) -> Array:
    total = np.concatenate([np.zeros((*values.shape[:-1], 1)), values.cumsum(-1)], axis=-1)
    return total[..., windows.stops] - total[..., windows.starts]


def _claim(
    topic: int,
    y: Array,
    n: Array,
    null: Null,
    row: int,
    first: int | None,
    reach: list[float],
    p: float,
    adjusted: float,
    known: bool,
    nearest: int,
) -> Claim:
    """One row: the share since the first period above, or at the nearest one."""
    periods = len(y)
    start = nearest - 1 if first is None else first
    rest = Windows(np.array([start]), np.array([periods]))
    one = Null(
        n[None], null.gaps, null.weight[[row]], null.size, null.autocorrelation, null.mean[[row]]
    )
    counts = _sums(y[None], rest)
    scale = scale_of(one, rest, float(counts[0, 0] / n[start:].sum()))
    middle = scale.of(counts)
    low, high = (float(scale.back(middle + d)[0, 0]) for d in (-reach[0], reach[1]))
    note = ""
    if known and first is not None:
        note = "topics learnt on earlier documents know it: it grew, but is not new"
    elif first is None and adjusted <= ALPHA:
        note = "was above the share before it was below"
    estimate = float(counts[0, 0] / n[start:].sum())
    return Claim(
        *(topic, start, periods, estimate, low, high, p, adjusted),
        *(first is not None and not known, note),
    )
