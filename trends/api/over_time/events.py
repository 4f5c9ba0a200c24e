"""What happened to topics at some time: bursts, changes for good, emergence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import pandas as pd
from numpy.typing import ArrayLike

from trends.core import Alignment, Prevalence
from trends.core.computing.rng import Rng
from trends.core.given.expected import expects


@expects(shares=(Prevalence, pd.DataFrame, tuple))
def bursts(
    shares: Prevalence | pd.DataFrame | tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    labels: Sequence[str] | None = None,
    complete_only: bool = False,
    season: Literal["none", "auto", "adjust", "keep"] | None = None,
    draws: int = 199,
    level: float = 0.95,
    rng: Rng,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Stretches of time in which a topic had much more than its course and shocks explain.

    Parameters
    ----------
    shares : Prevalence, its frame, or tuple (counts, totals, times)
        As :func:`trends.fit_trends` takes them.
    labels : sequence of str, optional
        Names of the topics, where counts are given.
    complete_only : bool
        Leave incomplete periods out.
    season : {"none", "auto", "adjust", "keep"}, optional
        Whether months or quarters that differ in every year alike are taken out first, as
        :func:`trends.fit_trends` fits them; of shares as they were made, by default.
    draws : int
        Corpora without a burst, drawn from the fitted model, with which the data are compared; at
        least 39.
    level : float
        Of the intervals.
    rng : int or numpy.random.Generator
        Of the draws; the seed is kept in ``attrs["seed"]``.
    progress : callable, optional
        Called with the number of corpora drawn and of those in all.

    Returns
    -------
    pandas.DataFrame
        One row a topic, with the window that comes nearest to a burst, and one more for each
        further burst: ``topic``, ``label``, ``kind`` ("burst"), ``start`` and ``stop`` (the first
        and the last period, both inside), ``estimate`` with ``low`` and ``high`` (odds within the
        burst over those outside), ``p`` (over the windows of one topic), ``adjusted_p`` (over
        windows and topics at once: the chance that a corpus without a burst shows as much
        anywhere), ``found`` (``adjusted_p`` at most .05, and no lasting change that explains it
        as well), ``note``.

    Raises
    ------
    UsageError
        If ``level``, ``draws`` or ``rng`` cannot be used, or something else than shares is given.
    DataError
        As for :func:`trends.fit_trends`.

    Notes
    -----
    A scan of windows of up to three tenths of the series, with a parametric bootstrap of the
    largest under smooth means and autoregressive shocks (Kulldorff 1997; Davison and Hinkley 1997).
    At least 8 periods; the window is chosen by the data, which its interval does not allow for.
    Kleinberg's automaton (2002), which has no error rate, is
    :func:`trends.analysis.shapes.bursts.burst_states`. Error rates: ``experiments/shapes``.

    Examples
    --------
    >>> import trends as tr
    >>> counts = [[9, 11, 10, 8, 12, 9, 33, 30, 35, 10, 9, 11, 8, 10, 12, 9], [20] * 16]
    >>> found = tr.bursts((counts, [100] * 16, range(2001, 2017)), rng=7)
    >>> found.loc[found["found"], ["start", "stop"]].values.tolist()
    [[2007.0, 2009.0]]
    """
    from trends.analysis.shapes import bursts as method

    return method.bursts(
        shares,
        labels=labels,
        complete_only=complete_only,
        season=season,
        draws=draws,
        level=level,
        rng=rng,
        progress=progress,
    )


@expects(shares=(Prevalence, pd.DataFrame, tuple))
def change_points(
    shares: Prevalence | pd.DataFrame | tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    labels: Sequence[str] | None = None,
    complete_only: bool = False,
    season: Literal["none", "auto", "adjust", "keep"] | None = None,
    draws: int = 199,
    level: float = 0.95,
    rng: Rng,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Dates at which a topic changed for good, each with an interval.

    Parameters
    ----------
    shares : Prevalence, its frame, or tuple (counts, totals, times)
        As :func:`trends.fit_trends` takes them; from 20 periods on.
    labels : sequence of str, optional
        Names of the topics, where counts are given.
    complete_only : bool
        Leave incomplete periods out.
    season : {"none", "auto", "adjust", "keep"}, optional
        Whether months or quarters that differ in every year alike are taken out first, as
        :func:`trends.fit_trends` fits them; of shares as they were made, by default.
    draws : int
        Corpora without a change point, drawn from the fitted model, with which the data are
        compared; at least 39.
    level : float
        Of the intervals.
    rng : int or numpy.random.Generator
        Of the draws; the seed is kept in ``attrs["seed"]``.
    progress : callable, optional
        Called with the number of corpora drawn and of those in all.

    Returns
    -------
    pandas.DataFrame
        One row a topic, with the date that comes nearest to a change, and one more for each further
        change: ``topic``, ``label``, ``kind`` ("change point"), ``date`` (the likeliest first
        period after the change), ``start`` and ``stop`` (the first and the last that it may be, at
        ``level``, given that there is a change), ``estimate`` with
        ``low`` and ``high`` (odds after the change over those before), ``p`` (over the dates of one
        topic), ``adjusted_p`` (over dates and topics at once), ``found``, ``note``, and for changes
        found ``hold_from`` and ``hold_to``: with a chance of 95 % each of these intervals of the
        corpus holds a change.

    Raises
    ------
    UsageError
        If ``level``, ``draws`` or ``rng`` cannot be used, or something else than shares is given.
    DataError
        As for :func:`trends.fit_trends`.

    Notes
    -----
    A step against a smooth mean and autoregressive shocks, with a parametric bootstrap of the
    largest evidence; simultaneous intervals by inversion, as those of SMUCE (Frick, Munk and
    Sieling 2014). A line or a bend is no change point. Error rates: ``experiments/shapes``.

    Examples
    --------
    >>> import trends as tr
    >>> counts = [[9, 11, 10, 8, 12, 9] * 2 + [32, 30, 35, 31, 29, 33] * 2, [20, 21, 19, 22] * 6]
    >>> found = tr.change_points((counts, [100] * 24, range(2001, 2025)), rng=7)
    >>> found.loc[found["found"], ["start", "stop"]].values.tolist()
    [[2013.0, 2013.0]]
    """
    from trends.analysis.shapes import change_points as method

    return method.change_points(
        shares,
        labels=labels,
        complete_only=complete_only,
        season=season,
        draws=draws,
        level=level,
        rng=rng,
        progress=progress,
    )


@expects(shares=(Prevalence, pd.DataFrame, tuple))
def emergence(
    shares: Prevalence | pd.DataFrame | tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    share: float = 0.01,
    earlier: Alignment | None = None,
    labels: Sequence[str] | None = None,
    complete_only: bool = False,
    draws: int = 999,
    level: float = 0.95,
    rng: Rng,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Topics that were below a stated share and rose above it, with the first period above.

    Parameters
    ----------
    shares : Prevalence, its frame, or tuple (counts, totals, times)
        As :func:`trends.fit_trends` takes them; from 8 periods on.
    share : float
        Of all documents (a fraction), from which on a topic counts as there.
    earlier : Alignment, optional
        ``tr.align(topics, earlier_topics, rng=…)`` with topics learnt on earlier documents only:
        topics that have a partner there are known, and no emergence. They decide nothing else.
    labels : sequence of str, optional
        Names of the topics, where counts are given.
    complete_only : bool
        Leave incomplete periods out.
    draws : int
        Corpora drawn in which every topic has just the stated share; at least 39.
    level : float
        Of the band: over all topics and windows at once.
    rng : int or numpy.random.Generator
        Of the draws; the seed is kept in ``attrs["seed"]``.
    progress : callable, optional
        Called with the number of corpora drawn and of those in all.

    Returns
    -------
    pandas.DataFrame
        One row a topic: ``topic``, ``label``, ``kind`` ("emerged"), ``start`` (the first period
        whose simultaneous lower bound exceeds the share; where nothing emerged the period that
        comes nearest), ``stop`` (the last period), ``estimate`` with ``low`` and ``high`` (share of
        the documents since ``start``, a fraction, with its simultaneous band), ``p``,
        ``adjusted_p`` (over all topics), ``found``, ``note``. ``attrs`` hold ``found_a_year`` and
        ``false_a_year``: topics found, and topics that would be found, a year, if all had just the
        stated share and none emerged.

    Raises
    ------
    UsageError
        If ``share``, ``level``, ``draws`` or ``rng`` cannot be used, or something else than shares
        is given.
    DataError
        As for :func:`trends.fit_trends`; if the alignment has another number of topics.

    Notes
    -----
    Counts of windows against the stated share, with autoregressive shocks as the one model learns
    them, on a scale of constant variance (Anscombe 1948); the band is that of the largest of draws
    (Westfall and Young 1993). Error rates: ``experiments/shapes``.

    Examples
    --------
    >>> import trends as tr
    >>> new = [0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 28, 40, 45, 44]
    >>> counts = [new, *([k, k + 3, k - 2, k + 1] * 5 for k in range(30, 70, 5))]
    >>> found = tr.emergence((counts, [500] * 20, range(2001, 2021)), share=0.01, rng=7)
    >>> found.loc[found["found"], ["start", "stop"]].values.tolist()
    [[2017.0, 2020.0]]
    """
    from trends.analysis.shapes import emergence as method

    return method.emergence(
        shares,
        share=share,
        earlier=earlier,
        labels=labels,
        complete_only=complete_only,
        draws=draws,
        level=level,
        rng=rng,
        progress=progress,
    )
