"""Audit of what a corpus covers and of how its dates are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.audit.part import Part
from trends.analysis.prevalence.completeness import holes
from trends.analysis.prevalence.periods import Periods
from trends.core.corpus import OBSERVED
from trends.core.dates import Evidence, Precision
from trends.core.wording import listed, period_noun, plural, plural_noun

#: Changes of the share of documents with words, from the period with the least to that with the
#: most, from which on they are reported.
UNEVEN_TEXT = 0.1
#: Periods with fewer documents say nothing sure about a share.
ENOUGH = 20
#: Parts of the documents that are undated, dated coarsely, or dated in conflict, from which on they
#: are reported.
MANY = 0.05
#: How much more often than by chance dates may fall on the first of a month.
HEAPED = 3.0
#: One day in so many is the first of a month.
FIRST_OF_MONTH = 12 / 365.2425

#: The options that say what a source covers.
OPTIONS = " and ".join(f"--{name.replace('_', '-')}" for name in OBSERVED)
#: What helps where a period is not known to be whole.
SAY_SO = (
    f"If the source covers more, say so: {OPTIONS} of `trends read`, "
    f"{' and '.join(OBSERVED)} of "
    "tr.read_corpus and of [corpus] in a config."
)

#: Evidence as a reader calls it.
EVIDENCE = {
    Evidence.STATED.value: "stated",
    Evidence.SNAPSHOT_YEAR.value: "stated without a year, that of the saved page taken",
    Evidence.OTHER_PAGE.value: "another page of the input",
    Evidence.LOOKUP.value: "a look-up table",
    Evidence.ARXIV_ID.value: "the arXiv identifier",
}


def hole_sentence(periods: Periods) -> str:
    """What a reader must know about periods with far fewer documents than those around them."""
    n = periods.n_docs
    hole = holes(n)
    found = [
        f"{name} holds {k:,.0f}" for name, k, gap in zip(periods.names, n, hole, strict=True) if gap
    ]
    usual = float(np.median(n[~hole & (n > 0)]))
    return (
        f"{listed(found, most=5)} documents where the periods around hold far more (half of all "
        f"hold {usual:,.0f} or more): a hole in the source, which counts as not covered."
    )


def by_period(
    dated: NDArray[np.bool_], worded: NDArray[np.bool_], periods: Periods
) -> pd.DataFrame:
    """Documents by period, those outside time in a last row without period.

    Parameters
    ----------
    dated, worded : ndarray of bool, shape (documents,)
        Which documents have a date, and which have words.
    periods : Periods
        Over the same documents.

    Returns
    -------
    pandas.DataFrame
        ``period`` (first day), ``n_docs``, ``n_dated``, ``n_with_text``, ``complete``.
    """
    inside = periods.index >= 0
    place = np.where(inside, periods.index, len(periods))
    n = len(periods) + (1 if (~inside).any() else 0)
    rest = n - len(periods)
    return pd.DataFrame(
        {
            "period": np.concatenate(
                [periods.starts, np.full(rest, "NaT", "datetime64[D]")]
            ).astype("datetime64[s]"),
            "n_docs": np.bincount(place, minlength=n),
            "n_dated": np.bincount(place, weights=dated, minlength=n).astype(int),
            "n_with_text": np.bincount(place, weights=worded, minlength=n).astype(int),
            "complete": np.concatenate([periods.complete, np.zeros(rest, dtype=bool)]),
        }
    )


def coverage(dated: NDArray[np.bool_], worded: NDArray[np.bool_], periods: Periods) -> Part:
    """Documents, dates, words and gaps by period; parameters as in :func:`by_period`."""
    table = by_period(dated, worded, periods)
    inside = table[table["period"].notna()]
    n, names = inside["n_docs"].to_numpy(), periods.names
    undated = int((~dated).sum())
    hole = holes(periods.n_docs)
    gaps = [name for name, docs in zip(names, n, strict=True) if docs == 0]
    open_ends = [
        name
        for name, whole, gap in zip(names, periods.complete, hole, strict=True)
        if not whole and not gap
    ]
    share = float(worded.mean())
    large = inside[n >= ENOUGH]
    by = (large["n_with_text"] / large["n_docs"]).to_numpy()
    uneven = float(by.max() - by.min()) if len(by) > 1 else 0.0
    smallest, largest = int(n.min()), int(n.max())
    sentence = (
        f"The corpus holds {plural(len(dated), 'document')}, {int(dated.sum()):,} of them dated "
        f"({dated.mean():.1%}), from {names[0]} to {names[-1]}; "
        f"{'a ' if len(n) > 1 else 'the '}{period_noun(periods.period)} has "
        f"{f'between {smallest:,} and {largest:,}' if len(n) > 1 else f'{largest:,}'} documents, "
        f"and {share:.1%} of all documents have words to count."
    )
    if gaps:
        sentence += f" There is no document in {listed(gaps, most=5)}."
    if open_ends:
        sentence += f" Not known to be covered as a whole: {listed(open_ends, most=5)}. {SAY_SO}"
    if hole.any():
        sentence += f" {hole_sentence(periods)}"
    if uneven >= UNEVEN_TEXT:
        worst = names[int(large.index[int(by.argmin())])]
        sentence += (
            f" The share with words is lowest in {worst} ({by.min():.0%}): trends there are about "
            "the documents that have some."
        )
    look = bool(gaps or hole.any() or undated >= MANY * len(dated) or uneven >= UNEVEN_TEXT)
    rule = (
        "a look if a period has none or far fewer documents than those around it, "
        f"{MANY:.0%} or more are undated, or the share with words differs by "
        f"{UNEVEN_TEXT * 100:.0f} points or more "
        f"between periods of {ENOUGH} documents or more"
    )
    measures = {
        "documents": len(dated),
        "dated": len(dated) - undated,
        "undated": undated,
        "with_text": share,
        "uneven_text": uneven,
        "empty": gaps,
        "incomplete": open_ends,
        "holes": [name for name, gap in zip(names, hole, strict=True) if gap],
        "smallest": smallest,
        "largest": largest,
    }
    return Part("coverage", "look" if look else "ok", sentence, rule, table, measures)


def dates(
    frame: pd.DataFrame, periods: Periods, *, conflicts: int = 0, dropped: int = 0, future: int = 0
) -> Part:
    """How dates are known, and what of them is coarse, doubtful or heaped.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``date``, ``date_evidence``, ``date_precision`` of each document.
    periods : Periods
        Over the same documents.
    conflicts, dropped, future : int
        Dates that contradict another one, that could not be read, and that lie after the day of
        collection.

    Returns
    -------
    Part
        Its table: ``period`` (missing outside time), ``date_evidence``, ``date_precision``,
        ``n_docs``.
    """
    evidence, precision = (
        frame[c].fillna("").astype(str) for c in ("date_evidence", "date_precision")
    )
    when = pd.Series(np.where(periods.index >= 0, periods.index, len(periods)), index=frame.index)
    table = pd.DataFrame({"place": when, "date_evidence": evidence, "date_precision": precision})
    table = (
        table.value_counts()
        .rename("n_docs")
        .reset_index()
        .sort_values(["place", "date_evidence", "date_precision"])
    )
    starts = np.concatenate([periods.starts, [np.datetime64("NaT", "D")]]).astype("datetime64[s]")
    table.insert(0, "period", starts[table.pop("place").to_numpy()])
    table = table.reset_index(drop=True)
    dated = frame["date"].notna().to_numpy()
    n, noun = int(dated.sum()), period_noun(periods.period)
    known = precision[dated].value_counts()
    spread, left = periods.dropped.get("spread", 0), periods.dropped.get("imprecise", 0)
    days = frame.loc[dated & (precision == Precision.DAY.value).to_numpy(), "date"]
    first = float((days.dt.day == 1).mean()) if len(days) else float("nan")
    heaped = len(days) >= ENOUGH and first >= HEAPED * FIRST_OF_MONTH
    how = ", ".join(
        f"{EVIDENCE.get(str(name), str(name))} ({k / n:.1%})"
        for name, k in evidence[dated].value_counts().items()
    )
    fine = ", ".join(f"{name} ({k / n:.1%})" for name, k in known.items())
    sentence = f"How dates are known: {how}; how finely: {fine}."
    if spread:
        sentence += (
            f" {plural(spread, 'document')} ({spread / n:.1%}) may lie in several "
            f"{plural_noun(noun)} and count in each by the share of its days."
        )
    if left:
        sentence += (
            f" {plural(left, 'document')} dated more coarsely than a {noun} "
            f"{'is' if left == 1 else 'are'} left out of time."
        )
    for number, said in (
        (conflicts, "contradict another date of the same record"),
        (dropped, "could not be read"),
        (future, "lie after the day of collection"),
    ):
        if number:
            sentence += f" {plural(number, 'date')} {said}."
    if heaped:
        sentence += (
            f" {first:.0%} of the dates that name a day name the first of a month, "
            f"{first / FIRST_OF_MONTH:.0f} times as many as by chance: "
            "some may be months or years in disguise."
        )
    coarse = (spread + left) / max(n, 1)
    look = coarse >= MANY or heaped or (conflicts + dropped + future) >= MANY * len(frame)
    rule = (
        f"a look if {MANY:.0%} or more of the dates are coarser than the period, as many "
        "contradict another, cannot be read or lie in the future, or the first of a month is "
        "named "
        f"{HEAPED:g} times as often as by chance"
    )
    measures: dict[str, Any] = {
        "by_evidence": evidence[dated].value_counts().to_dict(),
        "by_precision": known.to_dict(),
        "spread": spread,
        "left_out": left,
        "conflicts": conflicts,
        "unreadable": dropped,
        "future": future,
        "first_of_month": first,
    }
    return Part("dates", "look" if look else "ok", sentence, rule, table, measures)
