"""The audit of a corpus before anything is modelled.

Coverage, dates, mix, lag, length, duplicates, languages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.audit.coverage import coverage, dates
from trends.analysis.audit.duplicates import duplicates
from trends.analysis.audit.indexing_lag import lag
from trends.analysis.audit.length import length
from trends.analysis.audit.mix import languages, mix
from trends.analysis.audit.part import Part
from trends.analysis.prevalence.periods import Periods
from trends.core import Corpus, Precision

__all__ = ["Material", "Part", "audit", "conclusion", "table"]

#: Columns that may say when a source took a record in, the best first. The day of an update is not
#: one: it comes later than the record.
ADDED = ("date_indexed", "date_created", "date_added", "date_entered", "date_featured")


@dataclass(frozen=True)
class Material:
    """What the audit needs of a corpus beyond its table of documents.

    Arrays have one entry a document.

    Parameters
    ----------
    worded : ndarray of bool
        Whether it has words.
    lengths : ndarray of int, optional
        How many; ``None`` where neither texts nor counts are there.
    unit : str
        What ``lengths`` counts.
    mixes : mapping of str to (str, str, sequence of str)
        Name of a part → what one value is called, the column to standardize by (empty for
        saved pages, which are none), and the values.
    group : ndarray of int, optional
        First document of its group of duplicates; ``None`` where it was not looked for.
    kind : sequence of str
        How duplicates are known.
    apart : int
        Pairs that look alike and were kept apart.
    """

    worded: NDArray[np.bool_]
    lengths: NDArray[np.int64] | None
    unit: str = "words"
    mixes: Mapping[str, tuple[str, str, Sequence[str]]] = field(default_factory=dict)
    group: NDArray[np.int64] | None = None
    kind: Sequence[str] = ()
    apart: int = 0


def audit(corpus: Corpus, periods: Periods, material: Material) -> list[Part]:
    """All parts of the audit, in the order of a report.

    Parameters
    ----------
    corpus : Corpus
        Documents and what reading noted.
    periods : Periods
        Over the same documents.
    material : Material
        What was looked up outside the table.

    Returns
    -------
    list of Part
        ``coverage``, ``dates``, one for each mix, ``lag``, ``length``, ``duplicates``,
        ``language``.
    """
    frame, counts = corpus.documents, corpus.notes.get("counts", {})
    noted = {
        kind: int(counts.get(kind, len(corpus.notes.get(kind, []))))
        for kind in ("conflicts", "dropped_dates", "future_dates")
    }
    parts = [
        coverage(corpus.dated, material.worded, periods),
        dates(
            frame,
            periods,
            conflicts=noted["conflicts"],
            dropped=noted["dropped_dates"],
            future=noted["future_dates"],
        ),
    ]
    for name, (noun, column, values) in material.mixes.items():
        parts.append(mix(values, periods, name=name, noun=noun, column=column))
    exact = (frame["date_precision"] == Precision.DAY.value).to_numpy()
    days = np.where(exact, frame["date"].to_numpy("datetime64[D]"), np.datetime64("NaT", "D"))
    added = {name: _days(frame[name]) for name in ADDED if name in frame.columns}
    parts.append(lag(periods, days, added, until=corpus.observed_until))
    if material.lengths is None:
        parts.append(
            Part(
                "length",
                "unknown",
                "The corpus holds neither texts nor term counts: the length of its documents "
                "cannot be audited.",
                "",
            )
        )
    else:
        parts.append(length(material.lengths, periods, unit=material.unit))
    if material.group is None:
        parts.append(Part("duplicates", "unknown", "Duplicates were not looked for.", ""))
    else:
        parts.append(duplicates(material.group, material.kind, periods, apart=material.apart))
    if "language" in frame.columns:
        parts.append(
            languages(
                frame["language"].fillna("").astype(str).tolist(),
                periods,
                known=corpus.notes.get("language_known"),
            )
        )
    else:
        said = "The corpus does not say in which languages its documents are"
        why = "." if corpus.has_text else ", and without texts they cannot be guessed."
        parts.append(Part("language", "unknown", said + why, ""))
    return parts


def table(parts: Sequence[Part]) -> pd.DataFrame:
    """One row a part: ``part``, ``flag``, ``sentence``, ``rule``."""
    return pd.DataFrame(
        [{k: v for k, v in part.row().items() if k != "measures"} for part in parts]
    )


def conclusion(parts: Sequence[Part]) -> str:
    """How many parts deserve a look."""
    look = [p.name for p in parts if p.flag == "look"]
    unknown = [p.name for p in parts if p.flag == "unknown"]
    said = f"{len(look)} of {len(parts)} parts of the audit deserve a look" + (
        f": {', '.join(look)}." if look else "."
    )
    return said + (f" Cannot be audited: {', '.join(unknown)}." if unknown else "")


def _days(column: Any) -> NDArray[np.datetime64]:
    """A column of further dates as days; what is no date is missing."""
    days = pd.to_datetime(column, format="ISO8601", errors="coerce", utc=True).dt.tz_localize(None)
    return np.asarray(days.to_numpy("datetime64[D]"))
