"""Audit of repeated documents, by period and by how that is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.audit.part import Part
from trends.analysis.prevalence.periods import Periods
from trends.core.wording import plural

#: Share of repeated documents from which on they are reported whether or not a verdict depends on
#: them.
MANY_REPEATS = 0.01

WORDS = {
    "ids": "the same identifier",
    "titles": "the same title",
    "texts": "nearly the same text",
    "terms": "nearly the same terms",
}


def duplicates(
    group: NDArray[np.int64], kind: Sequence[str], periods: Periods, *, apart: int = 0
) -> Part:
    """Documents that repeat an earlier one.

    Parameters
    ----------
    group : ndarray of int, shape (documents,)
        The first document of each document's group, itself where it repeats none.
    kind : sequence of str, shape (documents,)
        How a repeated document is known: ``ids``, ``titles``, ``texts``, ``terms``; ignored
        elsewhere.
    periods : Periods
        Over the same documents.
    apart : int
        Pairs that look alike, but that something speaks against.

    Returns
    -------
    Part
        Its table: ``period`` (missing outside time), ``kind``, ``n_repeats``, ``n_docs``,
        ``share``; a document that repeats counts in its own period.
    """
    n = len(group)
    repeats = group != np.arange(n)
    kinds = np.asarray(kind, dtype=object)
    place = np.where(periods.index >= 0, periods.index, len(periods))
    rows = len(periods) + int((place == len(periods)).any())
    size = np.bincount(place, minlength=rows)
    starts = np.concatenate(
        [periods.starts, np.full(rows - len(periods), "NaT", "datetime64[D]")]
    ).astype("datetime64[s]")
    present = [k for k in WORDS if k in set(kinds[repeats])]
    table = pd.concat(
        [
            pd.DataFrame(
                {
                    "period": starts,
                    "kind": k,
                    "n_repeats": np.bincount(place[repeats & (kinds == k)], minlength=rows),
                    "n_docs": size,
                }
            )
            for k in present or ["none"]
        ],
        ignore_index=True,
    )
    table["share"] = table["n_repeats"] / table["n_docs"].where(table["n_docs"] > 0)
    total, share = int(repeats.sum()), float(repeats.mean())
    rule = f"a look if {MANY_REPEATS:.0%} or more of the documents repeat an earlier one"
    groups = len(np.unique(group[repeats]))
    measures = {
        "repeats": total,
        "share": share,
        "groups": groups,
        "by_kind": {k: int((repeats & (kinds == k)).sum()) for k in present},
        "apart": apart,
    }
    if total:
        how = ", ".join(f"{v:,} by {WORDS[k]}" for k, v in measures["by_kind"].items())  # type: ignore[attr-defined]
        by = np.bincount(place[repeats], minlength=rows)[: len(periods)] / np.maximum(
            size[: len(periods)], 1
        )
        most = int(by.argmax())
        sentence = (
            f"{plural(total, 'document')} of {n:,} ({share:.1%}) "
            f"{'repeats' if total == 1 else 'repeat'} an earlier one, in "
            f"{plural(groups, 'group')} ({how})"
        )
        sentence += (
            f", most in {periods.names[most]} ({by[most]:.1%} of its documents)."
            if by[most] > 0
            else "."
        )
    else:
        sentence = f"None of the {n:,} documents repeats an earlier one."
    if apart:
        sentence += (
            f" {plural(apart, 'pair')} {'looks' if apart == 1 else 'look'} alike, but something "
            "speaks against one document, such as another identifier or other numbers in the "
            "title."
        )
    if share >= MANY_REPEATS:
        sentence += (
            " Counted each time they make intervals too narrow: join them first (trends join), or "
            "read the diagnostic of duplicates."
        )
    return Part(
        "duplicates", "look" if share >= MANY_REPEATS else "ok", sentence, rule, table, measures
    )
