"""Whether documents that came later fit the topics as those before them did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from trends.analysis.updates.misfits import MEASURES
from trends.analysis.updates.new_topics import NewTopics

Array = NDArray[np.float64]

#: Of all measures together: how often the alarm may sound where nothing has changed.
LEVEL = 0.05
#: The search for new topics as a measure beside those of single documents.
TOGETHER = "together"
SAID = MEASURES | {TOGETHER: "they fit badly, are like one another and came together"}
#: Fewer periods of the past do not tell how much periods differ.
FEW_PERIODS = 4


def dispersion(misfits: Array, period: NDArray[np.int64]) -> tuple[float, int]:
    """How much more periods differ than documents drawn at random would, and from how many.

    Pearson's statistic over its degrees of freedom, and at least one.
    """
    known = (period >= 0) & np.isfinite(misfits)
    _, code = np.unique(period[known], return_inverse=True)
    n = np.bincount(code).astype(float)
    if len(n) < 2 or not misfits[known].any():
        return 1.0, len(n)
    count = np.bincount(code, misfits[known])
    share = count.sum() / n.sum()
    expected = n * share
    chi = ((count - expected) ** 2 / np.maximum(expected * (1 - share), 1e-12)).sum()
    return max(1.0, float(chi / (len(n) - 1))), len(n)


def excess(past: Array, new: Array, over: float = 1.0) -> float:
    r"""How probable so many misfits among new documents are, if they were as many as in the past.

    Of :math:`x` misfits among :math:`n` new documents and :math:`X` among :math:`N` of the past,
    given their sum, :math:`x` is binomial with probability :math:`n / (n + N)`. Where periods
    differ by more than chance, both counts are divided by the dispersion [1]_; the binomial tail
    is then an incomplete beta function of fractions.

    References
    ----------
    .. [1] McCullagh, P. and Nelder, J. A. (1989). Generalized linear models, 2nd ed., section 4.5.
    """
    n, total = np.isfinite(new).sum(), np.isfinite(past).sum()
    x, before = np.nansum(new) / over, np.nansum(past) / over
    if x <= 0 or not n or not total:
        return 1.0
    return float(special.betainc(x, before + 1, n / (n + total)))


def alarm(
    past: pd.DataFrame,
    period: NDArray[np.int64],
    new: Mapping[str, pd.DataFrame],
    *,
    search: NewTopics | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Test each measure, and all of them together.

    Parameters
    ----------
    past : pandas.DataFrame
        Whether each document of the past is a misfit by each measure, see
        :meth:`trends.analysis.updates.misfits.Limits.beyond`.
    period : ndarray of int, shape (documents of the past,)
        Period of each, -1 for none.
    new : mapping
        Name of a set of new documents → the same of them; the update itself comes first, the
        largest last.
    search : NewTopics, optional
        Of the search among the documents that fit badly. It finds few documents that are about one
        thing, of which each measure alone has too few.
    level : float
        Of the alarm.

    Returns
    -------
    pandas.DataFrame
        A row for each set and measure: ``documents``, ``misfits``, ``share``, ``share_past``,
        ``dispersion`` and ``periods`` of the past, ``p`` (one-sided), ``p_adjusted`` (times the
        number of rows, Bonferroni), ``alarm``. The alarm sounds if any row has one; where nothing
        has changed, that happens with at most the probability ``level``. In the row ``together``
        of the search, ``misfits`` are the new documents of the group that is least like chance,
        ``share`` is their part of all new ones, and ``share_past`` that part were dates shuffled.
    """
    rows = []
    for name, frame in new.items():
        for measure in past.columns:
            before, now = (f[measure].to_numpy(float, na_value=np.nan) for f in (past, frame))
            over, periods = dispersion(before, period)
            found = {
                "documents": int(np.isfinite(now).sum()),
                "misfits": int(np.nansum(now)),
                "share": float(np.nanmean(now)) if np.isfinite(now).any() else np.nan,
                "share_past": float(np.nanmean(before)) if np.isfinite(before).any() else np.nan,
            }
            p = excess(before, now, over)
            rows.append(
                {"set": name, "measure": measure, **found, "dispersion": over, "periods": periods}
                | {"p": p}
            )
    if search is not None:
        *_, every = new.values()
        n = len(every)
        rows.append(
            {"set": next(iter(new)), "measure": TOGETHER, "documents": n, "misfits": search.most}
            | {"share": search.most / n, "share_past": search.expected / n}
            | {"dispersion": 1.0, "periods": rows[0]["periods"], "p": search.p}
        )
    out = pd.DataFrame(rows)
    out["p_adjusted"] = np.minimum(out["p"] * len(out), 1.0)
    out["alarm"] = out["p_adjusted"] <= level
    return out


def sentence(table: pd.DataFrame, level: float = LEVEL) -> str:
    """What the alarm says, in words."""
    few = int(table["periods"].min()) < FEW_PERIODS
    caution = " The past has too few periods to tell how much they differ." if few else ""
    found = table[table["alarm"]].sort_values("p").drop_duplicates("measure")
    if found.empty:
        return (
            "No alarm: the topics fit the new documents as they fit the past (where nothing has "
            f"changed, an alarm sounds in at most {level:.0%} of updates).{caution}"
        )
    said: Sequence[str] = [
        f"{row.share:.1%} of the new documents against {row.share_past:.1%} "
        f"{'by chance' if row.measure == TOGETHER else 'of the past'} are such that "
        f"{SAID[str(row.measure)]}"
        for row in found.itertuples()
    ]
    alone = set(found["measure"]) == {TOGETHER}
    what = "lack what these are about (new_topics.csv)" if alone else "no longer fit"
    return (
        f"Drift alarm: {'; '.join(said)}. The topics {what}: read trends of the new documents with "
        "care, and fit again with --refit (where nothing has changed, an alarm sounds in at most "
        f"{level:.0%} of updates).{caution}"
    )
