"""Whether a concept moves more than random concepts that are as frequent."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from trends.analysis.trend.turning import ENOUGH
from trends.core.claim import ALPHA, FOUND, Finding

Array = NDArray[np.float64]

#: Kinds of movement that are looked for: a change and a turn.
KINDS = 2

#: Columns of the comparison.
COLUMNS = ("placebo_p", "placebo_found", "placebo_median", "placebo_lower", "placebo_upper")


def against_random(row: pd.Series, random: pd.DataFrame) -> dict[str, float]:
    """Compare a concept with random ones of the same frequency.

    Parameters
    ----------
    row : pandas.Series
        The concept in a table of trends.
    random : pandas.DataFrame
        The table of the random concepts, from the same fit; without rows nothing is compared.

    Returns
    -------
    dict
        ``placebo_p``: how often random concepts change as far in the direction of the concept (in
        log-odds, two-sided; of a concept that turned: turn as clearly), plus one in both numbers,
        times two where a turn could be found beside a change;
        ``placebo_found``: share of random concepts of which anything is found;
        ``placebo_median``, ``placebo_lower``, ``placebo_upper``: their changes in points, median
        and middle 95 %.

    Notes
    -----
    Words share what moves all of them: longer texts, another mix of sources. A concept that is
    itself random is ranked among its like, so that its p is at most .05 with a probability of at
    most .05 whatever that is (a permutation of concepts in the place of one of dates).
    """
    nothing = dict.fromkeys(COLUMNS, np.nan)
    if not len(random) or row["finding"] == Finding.NOT_TESTED:
        return nothing
    changes = random["change"].dropna().to_numpy(float)
    number = len(random)
    if row["finding"] == Finding.TURNED:
        turns = _clearness(random["p_turn"])
        p = (1 + (turns >= _clearness(pd.Series([row["p_turn"]]))[0] - 1e-9).sum()) / (1 + number)
    else:
        # One that cannot be tested did not change.
        size = random["log_odds"].fillna(0.0).to_numpy(float)
        tails = [(1 + (side * (size - row["log_odds"]) >= -1e-9).sum()) for side in (1, -1)]
        p = 2 * min(tails) / (1 + number)
    if row.get("periods", ENOUGH) >= ENOUGH:
        p = KINDS * p
    found = float(random["finding"].isin([str(f) for f in FOUND]).mean())
    spread = np.quantile(changes, (0.5, 0.025, 0.975)).tolist() if len(changes) else [np.nan] * 3
    return dict(zip(COLUMNS, (min(float(p), 1.0), found, *spread), strict=True))


def fewest() -> int:
    """The fewest random concepts with which a concept can be said to go farther than they do."""
    return round(2 * KINDS / ALPHA) - 1


def _clearness(p: pd.Series) -> Array:
    """How clear a test is, as a normal score without sign; 0 where nothing was tested."""
    return np.asarray(stats.norm.isf(np.clip(p.fillna(1.0).to_numpy(float), 1e-300, 1.0) / 2))
