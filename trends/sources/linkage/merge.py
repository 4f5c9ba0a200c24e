"""Several corpora, or one that repeats documents, merged so that each document stands once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.core import Corpus
from trends.core.corpus import LAST, ROW, observed
from trends.errors import DataError, UsageError
from trends.sources.dating.row_date import row_date
from trends.sources.linkage.match import RULES, Match, Rule, groups, matches
from trends.sources.records import truncated as rest

#: Lists of single records in the notes of a corpus.
_LISTS = ("conflicts", "dropped_dates", "future_dates", "short_texts", "empty_texts")
#: Columns that go with the date, with the text, and that belong to the joined record alone.
_OF_DATE = ("date", LAST, "date_precision", "date_evidence")
_OF_TEXT = ("title", "text", "language", "language_known", "language_probability", "source")
_OWN = ("versions", "joined_from")


def join(
    corpora: Sequence[Corpus],
    *,
    rules: Sequence[Rule] = RULES,
    similarity: float = 0.7,
    name: str | None = None,
) -> Corpus:
    """Join the records that are about one document.

    Parameters
    ----------
    corpora : sequence of Corpus
        One or more, with texts.
    rules : sequence of {"ids", "titles", "texts"}
        What makes two records one document, see :func:`trends.sources.linkage.match.matches`.
    similarity : float
        Overlap of texts that are nearly the same.
    name : str, optional
        How reports call the result; by default the names joined by "+".

    Returns
    -------
    Corpus
        The joined record has the date whose last possible day comes first (a preprint's, not the
        journal's) and the id that goes with it; title, text, language and ``source`` of the longest
        text; the venue of the latest record that has one; all flags (so that a retracted version
        marks the document); of other columns the first value in the order of dates. ``versions``
        counts the records, ``joined_from`` says which gave what. ``notes`` hold ``records`` (of all
        corpora), ``joined`` (a row for each record that went into another), ``kept_apart`` (same
        title, but something speaks against it).

    Raises
    ------
    UsageError
        If there is no corpus, or a rule or the similarity cannot be meant.
    DataError
        If a corpus holds no texts.
    """
    if not corpora:
        message = "Name at least one corpus to join."
        raise UsageError(message)
    for corpus in corpora:
        if not corpus.has_text:
            message = (
                f"The corpus {corpus.name!r} consists of extracted features and holds no texts; "
                "join the records that it was made of."
            )
            raise DataError(message)
    frame = _stacked(corpora)
    found, apart = matches(frame, rules=tuple(rules), similarity=similarity)
    group = groups(len(frame), found)
    table, rows = _merged(frame, group, found)
    table[ROW] = pd.NA  # several inputs have no order of rows in common
    called = name or "+".join(dict.fromkeys(c.name for c in corpora))
    starts, ends = zip(*(c.observed.values() for c in corpora), strict=True)
    return Corpus(
        table,
        name=called,
        notes=_notes(corpora, frame, len(table), rows, apart),
        # What all of them cover; where one does not say, nothing is known of the whole.
        **observed(None if None in starts else max(starts), None if None in ends else min(ends)),
    )


def _stacked(corpora: Sequence[Corpus]) -> pd.DataFrame:
    """All records by date and id, whatever the order of the corpora; ids may repeat here."""
    frames = [
        c.documents.drop(columns=ROW).dropna(axis=1, how="all").assign(_corpus=c.name)
        for c in corpora
    ]
    whole = pd.concat(frames, ignore_index=True)
    for column in ("date", "date_precision", "text", "title"):
        if column not in whole.columns:
            whole[column] = pd.NaT if column == "date" else ""
    whole[["title", "text"]] = whole[["title", "text"]].fillna("").astype(str)
    return whole.sort_values(["date", "id", "source", "text"], ignore_index=True)


def _merged(
    frame: pd.DataFrame, group: NDArray[np.int64], found: Sequence[Match]
) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """One row a document, and a row for each record that went into another."""
    size = np.bincount(group, minlength=len(frame))
    alone = size[group] == 1
    why: dict[int, str] = {}
    for match in found:
        why.setdefault(match.right, match.evidence)
    rows, merged = [], []
    columns = [c for c in frame.columns if c != "_corpus"]
    for _, taken in frame[~alone].groupby(group[~alone]):
        row, base = _one(taken, columns)
        merged.append(row)
        rows += [
            {
                "id": str(item.id),
                "into": row["id"],
                "title": str(item.title)[:120],
                "why": why.get(int(item.Index), "matched through another record"),
            }
            for item in taken.itertuples()
            if item.Index != base
        ]
    out = frame.loc[alone, columns].copy()
    out["versions"], out["joined_from"] = 1, ""
    if merged:
        more = pd.DataFrame(merged)
        for column in columns:
            more[column] = pd.Series(
                more[column].tolist(), dtype=out[column].dtype, index=more.index
            )
        out = pd.concat([out, more], ignore_index=True) if len(out) else more
    out["id"] = _distinct(out["id"].tolist())
    return out.reset_index(drop=True), rows


def _one(taken: pd.DataFrame, columns: Sequence[str]) -> tuple[dict[str, Any], int]:
    """The joined record of rows in the order of their dates, and the label of the row of its id."""
    dates = [row_date(row) for row in taken.to_dict("records")]
    known = [k for k, date in enumerate(dates) if date is not None]
    base = min(known, key=lambda k: (dates[k].last, dates[k].evidence.rank, k)) if known else 0  # type: ignore[union-attr]
    text = max(range(len(taken)), key=lambda k: (len(taken["text"].iloc[k]), -k))
    row: dict[str, Any] = {}
    for column in columns:
        values = taken[column].tolist()
        if column in _OF_DATE or column == "id":
            row[column] = values[base]
        elif column in _OF_TEXT:
            row[column] = values[text]
        elif column == "venue":
            row[column] = next((v for v in reversed(values) if _there(v)), values[base])
        elif column == "flags":
            parts = [p for v in values if _there(v) for p in str(v).split(";")]
            row[column] = ";".join(dict.fromkeys(parts))
        else:
            row[column] = next((v for v in values if _there(v)), values[base])
    if not row["title"]:
        row["title"] = next((t for t in taken["title"] if t), "")
    names = [
        f"{i} ({c})"
        for i, c in zip(taken["id"].astype(str), taken["_corpus"].astype(str), strict=True)
    ]
    row["versions"] = (
        sum(int(v) if _there(v) else 1 for v in taken["versions"])
        if "versions" in taken
        else len(taken)
    )
    row["joined_from"] = f"date: {names[base]}; text: {names[text]}; records: {', '.join(names)}"[
        :2000
    ]
    return row, int(taken.index[base])


def _there(value: Any) -> bool:
    return value is not None and value is not pd.NA and value == value and value != ""


def _distinct(ids: list[str]) -> list[str]:
    """Ids, with a number where two corpora use one for different documents."""
    taken: set[str] = set()
    free = set(ids)
    out = []
    for name in ids:
        called, n = name, 1
        while called in taken or (n > 1 and called in free):
            n += 1
            called = f"{name}#{n}"
        taken.add(called)
        out.append(called)
    return out


def _notes(
    corpora: Sequence[Corpus],
    frame: pd.DataFrame,
    left: int,
    rows: list[dict[str, Any]],
    apart: Sequence[Match],
) -> dict[str, Any]:
    """Notes of all corpora added up, and what joining did."""
    read = sum(int(c.notes.get("records", len(c))) for c in corpora)
    reasons: Counter[str] = Counter()
    for corpus in corpora:
        stated = corpus.notes.get("dropped_by_reason")
        reasons.update(
            stated if isinstance(stated, dict) else rest.reasons(corpus.notes.get("dropped", []))
        )
    listed_reasons = Counter(reasons)  # those of joined records are listed apart
    reasons["another record of the same document"] += len(rows)
    pairs = [
        {
            "id": str(frame["id"].iloc[m.left]),
            "other": str(frame["id"].iloc[m.right]),
            "title": str(frame["title"].iloc[m.left])[:120],
            "why": m.evidence,
        }
        for m in apart[: rest.MOST_ROWS]
    ]

    def together(kind: str) -> list[Any]:
        return [
            row for c in corpora if isinstance(c.notes.get(kind), list) for row in c.notes[kind]
        ]

    counts = {kind: rest.count(together(kind)) for kind in _LISTS}
    per_input: Counter[str] = Counter()
    for corpus in corpora:
        per_input.update(corpus.notes.get("per_input", {}))
    return {
        "records": read,
        "kept": left,
        "dropped_by_reason": {k: v for k, v in reasons.items() if v},
        "joined": rest.with_rest(rows, len(rows)),
        "kept_apart": rest.with_rest(pairs, len(apart)),
        "per_corpus": {c.name: len(c) for c in corpora},
        "per_input": dict(per_input),
        "inputs": {k: v for c in corpora for k, v in c.notes.get("inputs", {}).items()},
        "dropped": rest.with_rest(rest.listed(together("dropped")), listed_reasons),
        **{kind: rest.with_rest(rest.listed(together(kind)), n) for kind, n in counts.items()},
        "counts": counts,
        "warnings": together("warnings"),
    }
