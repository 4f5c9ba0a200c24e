"""Corpus: dated documents, the undated ones included."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.core.calendar_days import calendar_days
from trends.core.checks import Joined, digest, read_only, unique
from trends.core.dates import Evidence, Precision
from trends.core.given.keys import match
from trends.core.terms import TermCounts
from trends.errors import DataError

#: Columns that every corpus has, in the order of ``corpus.parquet``.
COLUMNS = ("id", "title", "date", "date_precision", "date_evidence", "source")
#: Column of the last days of ranges; there only if some date is a range.
LAST = "date_last"
#: Column of the row (from 1) that each document had among those read; missing where there is none.
ROW = "source_row"
#: What is known of all documents, in the notes of those that were drawn from them: the counts of
#: their summary, and ``first`` and ``last`` dated day.
WHOLE = "whole"
#: First and last day that the source covers as a whole.
OBSERVED = ("observed_from", "observed_until")


def observed(first: Any, last: Any) -> dict[str, Any]:
    """The two days, as options of a corpus."""
    return dict(zip(OBSERVED, (first, last), strict=True))


@dataclass(frozen=True)
class Corpus:
    """Documents sorted by (date, id), undated ones last; calendar days without clock or time zone.

    Parameters
    ----------
    documents : pandas.DataFrame
        Columns ``id``, ``title``, ``date`` (a day, missing where undated), ``date_precision`` (day,
        month, year or range; missing where undated), ``date_evidence``, ``source``, and ``text``
        unless the corpus consists of features; ``date_last`` (the last day of a range, missing
        elsewhere) where there are ranges; ``source_row``, the row of each among those that were
        read (here: of this frame, if it is not there); further columns are kept as metadata.
    counts : TermCounts, optional
        Term counts over the whole vocabulary, for a corpus of extracted features.
    embeddings : ndarray of float, shape (documents, dimensions), optional
        One vector for each row of ``documents``; a frame or a mapping is matched by id.
    name : str
        How reports call the corpus.
    observed_until : datetime.date, optional
        Last day that the whole source covers; later periods are incomplete.
    notes : dict
        What reading did: ``records``, ``per_input``, ``dropped``, ``conflicts``, ``warnings``,
        ``inputs``.
    observed_from : datetime.date, optional
        First day that the whole source covers; earlier periods are incomplete.

    Raises
    ------
    DataError
        If ids repeat, a date has a clock or lies outside the calendar, a range has no last day, or
        arrays do not match the documents.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> len(corpus), int(corpus.dated.sum())
    (356, 355)
    """

    documents: pd.DataFrame
    counts: TermCounts | None = None
    embeddings: NDArray[np.floating[Any]] | None = None
    name: str = "corpus"
    observed_until: dt.date | None = None
    notes: dict[str, Any] = field(default_factory=dict, compare=False)
    observed_from: dt.date | None = None

    def __post_init__(self) -> None:
        frame = self.documents.copy()
        missing = [c for c in COLUMNS if c not in frame.columns]
        if missing:
            message = (
                f"A corpus needs the columns {', '.join(COLUMNS)}; missing: {', '.join(missing)}."
            )
            raise DataError(message)
        if frame.empty:
            message = "The corpus has no documents."
            raise DataError(message)
        frame["id"] = frame["id"].astype(str)
        unique(frame["id"].tolist(), "Document ids")
        first, last = self.observed_from, self.observed_until
        if first is not None and last is not None and first > last:
            message = (
                f"The source cannot be observed from {self.observed_from} until "
                f"{self.observed_until}."
            )
            raise DataError(message)
        frame[ROW] = _rows(frame)
        frame["date"] = _days(frame["date"])
        dated = frame["date"].notna()
        frame = _with_ranges(frame)
        bad = frame.loc[dated & ~frame["date_precision"].isin([p.value for p in Precision]), "id"]
        bad = pd.concat(
            [bad, frame.loc[~frame["date_evidence"].isin([e.value for e in Evidence]), "id"]]
        )
        bad = pd.concat(
            [bad, frame.loc[dated == (frame["date_evidence"] == Evidence.NONE.value), "id"]]
        )
        if len(bad):
            message = (
                f"Date, date_precision and date_evidence contradict each other in {len(bad)} "
                f"documents, for example {bad.iloc[0]!r}."
            )
            raise DataError(message)
        days = frame["date"].to_numpy()
        order = np.lexsort((frame["id"].to_numpy(str), days, np.isnat(days)))
        given = frame["id"].tolist()
        front = [*COLUMNS[:3], *([LAST] if LAST in frame.columns else []), *COLUMNS[3:5]]
        columns = [*front, *[c for c in frame.columns if c not in front]]
        frame = frame.iloc[order][columns].reset_index(drop=True)
        object.__setattr__(self, "documents", frame)
        self._arrange("counts", order, given)
        self._arrange("embeddings", order, given)

    def _arrange(self, name: str, order: NDArray[np.int64], given: list[str]) -> None:
        value = getattr(self, name)
        if value is None:
            return
        if isinstance(value, TermCounts):
            rows = {doc: i for i, doc in enumerate(value.doc_ids)}
            if set(rows) != set(self.ids):
                message = "The term counts are about other documents than the corpus."
                raise DataError(message)
            object.__setattr__(
                self, name, value.take_documents(np.array([rows[i] for i in self.ids]))
            )
            return
        array = match(value, given, called="embeddings").values
        if array.ndim != 2 or array.shape[0] != len(order) or not np.isfinite(array).all():
            message = (
                f"Embeddings must be finite numbers of shape ({len(order)}, dimensions); got "
                f"{array.shape}."
            )
            raise DataError(message)
        object.__setattr__(self, name, read_only(array[order]))

    def __len__(self) -> int:
        return len(self.documents)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Document ids in corpus order."""
        return tuple(self.documents["id"].tolist())

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """Row of each document among those that were read, from 1; 0 where there is none."""
        return self.documents[ROW].fillna(0).to_numpy(np.int64)

    @property
    def observed(self) -> dict[str, dt.date | None]:
        """First and last day that the source covers as a whole, by the names of the settings."""
        return observed(self.observed_from, self.observed_until)

    @property
    def has_text(self) -> bool:
        """Whether the documents carry their words, or only counts of them."""
        return "text" in self.documents.columns

    @property
    def texts(self) -> list[str]:
        """The documents' texts in corpus order.

        Raises
        ------
        DataError
            If the corpus consists of features.
        """
        if not self.has_text:
            message = (
                "This corpus consists of extracted features and holds no text; use its term counts "
                "and embeddings."
            )
            raise DataError(message)
        return [str(t) for t in self.documents["text"]]

    @cached_property
    def dated(self) -> NDArray[np.bool_]:
        """Which documents have a date, shape (documents,)."""
        return self.documents["date"].notna().to_numpy()

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of all that a result can depend on."""
        f = self.documents
        days = f["date"].dt.strftime("%Y-%m-%d").fillna("")
        parts: list[bytes | str | Joined] = [
            "\n".join(f["id"]),
            "\n".join(days),
            "\n".join(f["date_precision"].fillna("").astype(str)),
        ]
        if LAST in f.columns:
            parts.append("\n".join(f[LAST].dt.strftime("%Y-%m-%d").fillna("")))
        parts += [
            Joined("\x1e", f["title"].astype(str).tolist()),
            Joined("\x1e", self.texts) if self.has_text else "",
        ]
        parts.append("" if self.counts is None else self.counts.fingerprint)
        parts.append(
            b"" if self.embeddings is None else np.ascontiguousarray(self.embeddings).tobytes()
        )
        return digest(*parts)

    def summary(self) -> dict[str, Any]:
        """Counts of documents by precision and evidence of their date."""
        f = self.documents
        return {
            "documents": len(f),
            "dated": int(self.dated.sum()),
            "by_precision": {
                p.value: n
                for p in Precision
                if (n := int((f["date_precision"] == p.value).sum())) or p is not Precision.RANGE
            },
            "by_evidence": {e.value: int((f["date_evidence"] == e.value).sum()) for e in Evidence},
        }

    def _repr_html_(self) -> str:
        s = self.summary()
        years = self.documents.loc[self.dated, "date"].dt.year.value_counts().sort_index()
        cells = "".join(f"<tr><td>{y}</td><td>{n}</td></tr>" for y, n in years.items())
        precisions = ", ".join(f"{n} to the {p}" for p, n in s["by_precision"].items() if n)
        return (
            f"<b>Corpus</b> {escape(self.name)}: {s['documents']:,} documents, {s['dated']:,} "
            f"dated ({precisions}), "
            f"{s['documents'] - s['dated']} undated"
            f"<table><thead><tr><th>year</th><th>documents</th></tr></thead><tbody>{cells}</tbody></table>"
        )


def _rows(frame: pd.DataFrame) -> pd.Series:
    """Rows as they were read; those of the frame if it has none, none if two have the same."""
    if ROW not in frame.columns:
        return pd.Series(np.arange(1, len(frame) + 1), index=frame.index, dtype="Int64")
    rows = pd.to_numeric(frame[ROW], errors="coerce").astype("Float64")
    fit = rows.notna().all() and not rows.duplicated().any() and (rows >= 1).all()
    return rows.astype("Int64") if fit else pd.Series(pd.NA, index=frame.index, dtype="Int64")


def _days(column: pd.Series) -> pd.Series:
    """A column of calendar days."""
    days = calendar_days(column).set_axis(column.index)
    if (
        getattr(days.dt, "tz", None) is not None
        or (days.dropna() != days.dropna().dt.normalize()).any()
    ):
        message = "Dates of a corpus are calendar days; a clock time or a time zone was given."
        raise DataError(message)
    return days.astype("datetime64[s]")


def _with_ranges(frame: pd.DataFrame) -> pd.DataFrame:
    """Check the last days of ranges; the column is dropped where there is no range."""
    ranges = frame["date"].notna() & (frame["date_precision"] == Precision.RANGE.value)
    if not ranges.any():
        return frame.drop(columns=LAST, errors="ignore")
    if LAST not in frame.columns:
        message = (
            f"{int(ranges.sum())} dates are ranges, but the column {LAST!r} with their last days "
            "is missing."
        )
        raise DataError(message)
    frame[LAST] = _days(frame[LAST])
    bad = frame.loc[ranges & ~(frame[LAST] >= frame["date"]), "id"]
    if len(bad):
        message = (
            f"{len(bad)} ranges have no last day, or one before their first, for example "
            f"{bad.iloc[0]!r}."
        )
        raise DataError(message)
    frame.loc[~ranges, LAST] = pd.NaT
    return frame
