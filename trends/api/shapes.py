"""What topics did over time beyond more or less: when they rose and fell, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from trends.core import Corpus, Prevalence
from trends.core.computing.rng import Rng, seeds_from
from trends.core.given.expected import expects
from trends.errors import DataError, UsageError

if TYPE_CHECKING:
    from trends.analysis.shapes.bands import Curves
    from trends.analysis.shapes.forecast import Forecast


@expects(shares=(Prevalence, pd.DataFrame, tuple))
def fit_curves(
    shares: Prevalence | pd.DataFrame | tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    level: float = 0.95,
    complete_only: bool = False,
    season: Literal["none", "auto", "adjust", "keep"] | None = None,
    rng: Rng = 0,
) -> Curves:
    """When topics rose and fell: a smooth curve of every topic, with simultaneous bands.

    Parameters
    ----------
    shares : Prevalence, its frame, or tuple (counts, totals, times)
        As :func:`trends.fit_trends` takes them.
    level : float
        Probability with which a band holds the whole curve.
    complete_only : bool
        Leave incomplete periods out.
    season : {"none", "auto", "adjust", "keep"}, optional
        Whether seasons are taken out of the curves, as in :func:`trends.fit_trends`.
    rng : int or Generator
        Of the draws from the posterior; the seed is kept in ``settings``.

    Returns
    -------
    Curves
        ``curves()``: share (a fraction) and rate of change (percentage points a year) at every
        period, each with a band that holds for all periods of a topic at once. ``frame()``: one row
        a topic and stretch of time over which it rose or fell, with the change in percentage
        points, ``p`` (allows for all times), ``adjusted_p`` (for all topics too), ``found`` and the
        claim in words.

    Raises
    ------
    UsageError
        If ``level`` does not lie between 0 and 1, or ``shares`` are something else.

    Notes
    -----
    The model of :func:`trends.fit_trends` with a mean that may bend and jump; kind of mean and
    shocks are learnt over topics (Ruppert, Wand and Carroll 2003; Hoeting et al. 1999), bands are
    those of Besag et al. (1995). Error rates: ``experiments/shapes``.

    Examples
    --------
    >>> import trends as tr
    >>> months = [2020 + m / 12 for m in range(36)]
    >>> counts = [[4, 6, 5, 7, 3, 5] * 2 + [20, 30, 45, 52, 68, 70] + [71, 69, 75, 73, 70, 74] * 3]
    >>> found = tr.fit_curves((counts, [200] * 36, months)).frame()
    >>> found["kind"].unique().tolist()
    ['rising']
    """
    from trends.analysis.shapes import bands

    return bands.fit_curves(
        shares, level=level, complete_only=complete_only, season=season, rng=rng
    )


@expects(shares=(Prevalence, pd.DataFrame, tuple))
def forecast(
    shares: Prevalence | pd.DataFrame | tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    ahead: int = 3,
    origins: int | Sequence[tuple[Prevalence, str]] = 5,
    level: float = 0.95,
    complete_only: bool = True,
    season: Literal["none", "auto", "adjust", "keep"] | None = None,
    rng: Rng = 0,
) -> Forecast:
    """Forecast shares, where earlier forecasts have beaten simpler guesses.

    Parameters
    ----------
    shares : Prevalence, its frame, or tuple (counts, totals, times)
        As :func:`trends.fit_trends` takes them.
    ahead : int
        Periods to look ahead.
    origins : int or sequence of pairs
        Earlier times, five at least, from which is forecast what has come since; or what
        :func:`trends.rolling_origins` returns, with topics that were learnt before each of them.
    level : float
        Of the intervals.
    complete_only : bool
        Leave incomplete periods out, such as the one that runs.
    season : {"none", "auto", "adjust", "keep"}, optional
        Whether seasons go on, as :func:`trends.fit_trends` fits them.
    rng : int or Generator
        Of the draws from the posterior; the seed is kept in ``settings``.

    Returns
    -------
    Forecast
        ``frame()``: share in per cent of each topic in each period to come, with an interval for
        what its documents will show; refused in words where the last share or the mean of all was
        as good a guess. ``accuracy()``: by periods ahead, the part of earlier intervals that held,
        errors in points, skill. ``hindcasts()``: every earlier forecast beside what came.

    Raises
    ------
    UsageError
        If there are fewer than five origins, or a number is out of its range.
    DataError
        If there are too few periods for so many origins.

    Notes
    -----
    The predictive distribution of the model of :func:`trends.fit_trends`, with a slope that is
    drawn towards 0 as far as slopes of the corpus are small (Harvey 1989, section 3.5); rolling
    origins as in Tashman (2000). Error rates: ``experiments/shapes``.

    Examples
    --------
    >>> import trends as tr
    >>> years = list(range(2005, 2025))
    >>> counts = [[20, 22, 19, 24, 23, 27, 26, 30, 29, 33, 31, 36, 37, 36, 41, 43, 42, 47, 46, 50]]
    >>> found = tr.forecast((counts, [400] * 20, years), ahead=2)
    >>> found.accuracy()["ahead"].tolist()
    [1, 2]
    """
    from trends.analysis.shapes import forecast as shapes

    return shapes.forecast(
        shares,
        ahead=ahead,
        origins=origins,
        level=level,
        complete_only=complete_only,
        season=season,
        rng=rng,
    )


@expects(corpus=Corpus)
def rolling_origins(
    corpus: Corpus,
    backend: str = "nmf",
    *,
    n_topics: int = 12,
    origins: int = 5,
    ahead: int = 3,
    period: str = "year",
    imprecise: Literal["error", "drop", "spread"] = "error",
    theta: Literal["hard", "mean"] = "hard",
    settings: Mapping[str, Any] | None = None,
    rng: Rng = 0,
) -> list[tuple[Prevalence, str]]:
    """Learn topics before each of several earlier times, and measure all documents by them.

    A forecast that is judged by topics that were learnt from what it forecasts has looked ahead.
    Here vocabulary and topics know the documents before their origin only.

    Parameters
    ----------
    corpus : Corpus
        Dated documents with texts.
    backend : str
        As in :func:`trends.fit`; one of those that work on counts.
    n_topics : int
        Number of topics of each fit.
    origins : int
        Number of times, one period apart; the last lies ``ahead`` periods before the last complete
        period.
    ahead : int
        Periods to look ahead.
    period, imprecise, theta
        As in :func:`trends.prevalence`.
    settings : mapping, optional
        Of the backend.
    rng : int or Generator
        Of the fits; seeds are spawned from it.

    Returns
    -------
    list of (Prevalence, str)
        Shares of the topics of each origin over all periods, and the first day that was not known;
        for ``tr.forecast(shares, origins=…)``.

    Raises
    ------
    DataError
        If the corpus has too few periods for so many origins.
    UsageError
        If there are fewer than five origins, or ``ahead`` is below 1.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> frozen = tr.rolling_origins(corpus, n_topics=3, period="month", imprecise="drop", ahead=1)
    >>> [len(shares.labels) for shares, _ in frozen]
    [3, 3, 3, 3, 3]
    """
    from trends.analysis.shapes.forecast import ORIGINS, TRAINING
    from trends.api.prevalence import prevalence
    from trends.api.topics import fit, transform
    from trends.runs.tasks.analysis_parts.periods import periods_of

    if origins < ORIGINS or ahead < 1:
        message = (
            f"origins is at least {ORIGINS} and ahead at least 1; got {origins!r} and {ahead!r}."
        )
        raise UsageError(message)
    periods = periods_of(corpus, period=period, imprecise=imprecise)
    whole = np.flatnonzero(periods.complete & (periods.n_docs > 0))
    if len(whole) < TRAINING + origins + ahead - 1:
        message = (
            f"{origins} origins with {TRAINING} periods before the first and {ahead} after the "
            f"last need {TRAINING + origins + ahead - 1} complete periods with documents; there "
            f"are {len(whole)} ({period})."
        )
        raise DataError(message)
    known = whole[len(whole) - ahead - origins + 1 : len(whole) - ahead + 1]
    dates = corpus.documents["date"].to_numpy()
    out = []
    for first, seed in zip(known, seeds_from(rng, "origins", origins), strict=True):
        day = periods.starts[first]
        before = np.flatnonzero(dates < day)
        early = replace(
            corpus,
            documents=corpus.documents.iloc[before],
            counts=None if corpus.counts is None else corpus.counts.take_documents(before),
            embeddings=None if corpus.embeddings is None else corpus.embeddings[before],
            observed_until=None,
        )
        topics = fit(early, backend, n_topics=n_topics, rng=seed, settings=settings)
        shares = prevalence(
            transform(topics, corpus), corpus, period=period, imprecise=imprecise, theta=theta
        )
        out.append((shares, str(day)))
    return out
