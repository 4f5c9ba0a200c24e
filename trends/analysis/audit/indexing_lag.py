"""Audit of the end of a corpus.

Documents that have appeared, but that its source does not hold yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from trends.analysis.audit.part import Part
from trends.analysis.prevalence.periods import Periods
from trends.core.wording import listed, plural

Array = NDArray[np.float64]
Days = NDArray[np.datetime64]

#: Periods at the end that are looked at, and complete ones before them from which their size is
#: extrapolated.
LAST, BEFORE = 3, 8
#: Documents with a delay that its distribution is learnt from, at least.
FEWEST = 50
#: Documents that could have shown a delay, at least, for it to count.
AT_RISK = 10
#: Expected completeness below which a period is reported.
NEARLY = 0.95
#: An interval whose ends differ by this factor says nothing.
WILD = 20.0
#: Level of the interval of the expected size.
LEVEL = 0.95


def lag(
    periods: Periods, dates: Days, added: Mapping[str, Days], *, until: dt.date | None = None
) -> Part:
    r"""Whether the last periods hold fewer documents than they will.

    Parameters
    ----------
    periods : Periods
        Over the same documents.
    dates : ndarray of datetime64[D], shape (documents,)
        First day of each document; NaT where it is not known to the day.
    added : mapping of str to ndarray of datetime64[D]
        Column → the day on which the source took the document in; the first column with enough
        delays is used.
    until : datetime.date, optional
        Day until which the source was observed; else the last day on which it took a document in.

    Returns
    -------
    Part
        Its table, one row a period: ``n_docs``, ``complete``; for the last periods ``expected``,
        ``lower``, ``upper`` (documents that are expected at the earlier rate, with a 95 % interval
        for
        one period); where delays are known ``completeness`` (documents of the period that are
        expected to be in by now).

    Notes
    -----
    *Rate.* A line through the logarithm of the documents of up to eight complete periods before the
    last three, extended; seasons are not modelled, they widen the interval.

    *Delay.* Delays are seen only where they have passed, so recent documents show short ones only
    (right truncation). The distribution is the product-limit estimate on the reversed time scale,
    :math:`F(x) = \prod_{u > x} (1 - n_u / N_u)`, with :math:`n_u` delays equal to u among the
    :math:`N_u` that are at most u and could have been as long as u (Lagakos, Barraj and De Gruttola
    1988). It is about delays up to the longest that ten documents could have shown. Documents dated
    before the source took in its first one are left out: they are there only because they came
    late.

    References
    ----------
    Lagakos, Barraj and De Gruttola (1988), Biometrika 75, 515–523; Kalbfleisch and Lawless (1989),
    Journal of the American Statistical Association 84, 360–372.
    """
    n = periods.n_docs
    table = pd.DataFrame(
        {
            "period": periods.starts.astype("datetime64[s]"),
            "n_docs": np.round(n, 2),
            "complete": periods.complete,
            "expected": np.nan,
            "lower": np.nan,
            "upper": np.nan,
            "completeness": np.nan,
        }
    )
    last = range(max(0, len(periods) - LAST), len(periods))
    said, fewer = _against_rate(table, periods, n, last)
    column, delays = _delays(dates, added)
    measures: dict[str, Any] = {"fewer_than_expected": fewer, "delay_from": column}
    late: list[str] = []
    if column:
        day, delay = delays
        end = np.datetime64(until, "D") if until is not None else (day + delay).max()
        curve = delay_curve(delay, (end - day).astype(int))
        table["completeness"] = [
            _completeness(a, b, end, curve)
            for a, b in zip(periods.starts, periods.ends, strict=True)
        ]
        late = [
            periods.names[i]
            for i in range(len(periods))
            if n[i] > 0 and table["completeness"].iloc[i] < NEARLY
        ]
        half, nine = (int(np.searchsorted(curve, q)) for q in (0.5, 0.9))
        measures |= {
            "median_delay": half,
            "delay_90": nine,
            "longest_delay": len(curve) - 1,
            "observed_until": str(end),
            "late": late,
        }
        said += (
            f" Half of the documents reach the source within {plural(half, 'day')} of their date "
            f"and nine in ten within {nine:,} ({column}, until {end}, corrected for delays that "
            "are not over)."
        )
        if late:
            worst = ", ".join(
                f"{name} {table['completeness'].iloc[periods.names.index(name)]:.0%}"
                for name in late[-LAST:]
            )
            said += (
                f" By then these are expected to be complete only in part: {worst}; their shares "
                "are about documents that arrive early."
            )
        else:
            said += f" Every period is expected to be at least {NEARLY:.0%} complete."
    else:
        said += (
            " The records do not say when the source took them in, so how many documents of the "
            "last periods are still to come cannot be known from them."
        )
    rule = (
        f"a look if one of the last {LAST} complete periods holds fewer documents than the "
        f"{LEVEL:.0%} interval that the {BEFORE} before give, or if delays are known and a "
        "period is expected to be less "
        f"than {NEARLY:.0%} complete"
    )
    return Part("lag", "look" if fewer or late else "ok", said.strip(), rule, table, measures)


def _against_rate(
    table: pd.DataFrame, periods: Periods, n: Array, last: range
) -> tuple[str, list[str]]:
    """Fill in what is expected from earlier periods.

    The sentence, and the complete periods that fall short.
    """
    before = np.array([i for i in range(last.start) if periods.complete[i]], dtype=int)[-BEFORE:]
    # The first period of a corpus is often not known to be complete; without three before there is
    # no line.
    if len(before) < 3:
        return (
            (
                f"Fewer than three complete periods lie before the last {len(last)}: their "
                "expected size is not known."
            ),
            [],
        )
    x, y = before.astype(float), np.log(n[before] + 0.5)
    fit = stats.linregress(x, y)
    rest = y - (fit.intercept + fit.slope * x)
    df = len(x) - 2
    # Counts vary at least as Poisson ones do.
    variance = max(float((rest**2).sum() / df), float(1 / np.mean(n[before] + 0.5)))
    quantile = stats.t.ppf(0.5 + LEVEL / 2, df)
    fewer, lines, wild = [], [], False
    for i in last:
        at = fit.intercept + fit.slope * i
        half = quantile * np.sqrt(
            variance * (1 + 1 / len(x) + (i - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum())
        )
        middle, low, high = (
            max(v, 0.0) for v in (np.exp([at, at - half, at + half]) - 0.5).tolist()
        )
        table.loc[i, ["expected", "lower", "upper"]] = [middle, low, high]
        wild |= half > np.log(WILD) / 2
        if n[i] < low and periods.complete[i]:
            fewer.append(periods.names[i])
        open_end = "" if periods.complete[i] else ", not known to be whole"
        lines.append(
            f"{periods.names[i]} {float(n[i]):,.0f} ({middle:,.0f} expected, {low:,.0f} to "
            f"{high:,.0f}{open_end})"
        )
    if wild and not fewer:
        table.loc[list(last), ["expected", "lower", "upper"]] = np.nan
        return (
            (
                f"The {len(before)} complete periods before the last {len(last)} vary too much to "
                "extrapolate their size."
            ),
            [],
        )
    said = (
        f"Documents of the last periods against the rate of the {len(before)} complete ones "
        f"before: {'; '.join(lines)}."
    )
    if fewer:
        said += (
            f" {listed(fewer)} {'holds' if len(fewer) == 1 else 'hold'} fewer than expected: "
            "perhaps not all documents are in yet."
        )
    return said, fewer


def _delays(
    dates: Days, added: Mapping[str, Days]
) -> tuple[str, tuple[Days, NDArray[np.timedelta64]]]:
    """The first column with enough delays.

    A document that was taken in before its date had no delay.
    """
    for name, when in added.items():
        known = ~np.isnat(dates) & ~np.isnat(when)
        if known.any():
            # What is older than the source itself is there only because it came late.
            known &= dates >= when[known].min()
        if known.sum() >= FEWEST:
            return name, (
                dates[known],
                np.maximum(when[known] - dates[known], np.timedelta64(0, "D")),
            )
    return "", (dates[:0], np.zeros(0, "timedelta64[D]"))


def delay_curve(delay: NDArray[Any], limit: NDArray[Any]) -> Array:
    """Distribution of delays from those that were over in time to be seen.

    Parameters
    ----------
    delay : ndarray of int or timedelta64[D], shape (documents,)
        Days from the date of a document to the day on which it came in.
    limit : ndarray of int, shape (documents,)
        Days from its date to the end of observation: a longer delay would not have been seen.

    Returns
    -------
    ndarray, shape (longest limit + 1,)
        Part of the documents that come in within 0, 1, 2, … days, among those that come in within
        the longest limit; ends in 1.
    """
    days, most = np.asarray(delay).astype(int), np.asarray(limit).astype(int)
    days, most = days[days <= most], most[days <= most]
    size = int(most.max(initial=0)) + 1
    equal = np.bincount(days, minlength=size)[:size].astype(float)
    # At risk at u: delays of at most u whose limit is at least u.
    risk = np.cumsum(equal) - np.concatenate(
        [[0], np.cumsum(np.bincount(most, minlength=size)[:size])[:-1]]
    )
    # With fewer at risk a single document would decide about all shorter delays.
    keep = 1 - np.divide(equal, risk, out=np.zeros(size), where=risk >= AT_RISK)
    return np.asarray(np.concatenate([np.cumprod(keep[1:][::-1])[::-1], [1.0]]))


def _completeness(
    first: np.datetime64, final: np.datetime64, end: np.datetime64, curve: Array
) -> float:
    """Mean over the days of a period of the part that has come in.

    Days that lie ahead count as nothing.
    """
    days = np.arange(first, final + 1)
    passed = (end - days).astype(int)
    return float(np.where(passed >= 0, curve[np.clip(passed, 0, len(curve) - 1)], 0.0).mean())
