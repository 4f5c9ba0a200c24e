"""Smooth curves of topics, with bands that hold the whole curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from numpy.typing import ArrayLike

from trends.core import Prevalence
from trends.core.computing.rng import Rng
from trends.core.given.expected import expects

if TYPE_CHECKING:
    from trends.analysis.shapes.bands import Curves


@expects(shares=(Prevalence, pd.DataFrame, tuple))
def fit_curves(
    shares: Prevalence | pd.DataFrame | tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    level: float = 0.95,
    complete_only: bool = False,
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

    return bands.fit_curves(shares, level=level, complete_only=complete_only, rng=rng)
