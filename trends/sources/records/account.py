"""The account of what was read: what every record became, as the notes of a corpus."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trends.core.date_parsing import RULES
from trends.errors import DataError, UsageError
from trends.sources.records.cleaning import Cleaner
from trends.sources.records.record import Dropped
from trends.sources.records.truncated import MOST_ROWS, with_rest


@dataclass
class Notes:
    """What reading did, in the making."""

    read: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    language_known: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def row(self, kind: str, **values: Any) -> None:
        """One row about one record, as long as there are not too many of its kind."""
        self.counts[kind] += 1
        rows = self.lists.setdefault(kind, [])
        if len(rows) < MOST_ROWS:
            rows.append(values)

    def drop(self, item: Dropped) -> None:
        """Count a dropped record and keep a row about it."""
        self.reasons[item.reason] += 1
        row = {
            "record": str(item.place),
            "id": item.id[:120],
            "title": item.title[:120],
            "reason": item.reason,
        }
        self.row("dropped", **row, **({"detail": item.detail[:300]} if item.detail else {}))


def described(
    notes: Notes,
    cleaner: Cleaner,
    *,
    source: str,
    inputs: Mapping[str, str],
    warnings: Sequence[str],
    zone: str,
    as_of: dt.date | None,
) -> dict[str, Any]:
    """The notes of the corpus, and the proof that no record is missing."""
    read, kept, dropped = (
        sum(notes.read.values()),
        sum(notes.kept.values()),
        sum(notes.reasons.values()),
    )
    if read != kept + dropped:
        message = (
            f"{read} records were read, but {kept} kept and {dropped} dropped: the joining of "
            "records must yield each of them once."
        )
        raise UsageError(message)
    said = list(warnings)
    for kind in (
        "dropped",
        "conflicts",
        "dropped_dates",
        "future_dates",
        "short_texts",
        "empty_texts",
    ):
        if (more := notes.counts[kind] - len(notes.lists.get(kind, []))) > 0:
            said.append(
                f"{kind.replace('_', ' ')}: {more:,} more are counted but not listed one by one."
            )
    if notes.counts["ids made"]:
        said.append(
            f"{notes.counts['ids made']:,} records have no id of their own and are called by "
            "another identifier or by their content."
        )
    if notes.counts["future_dates"]:
        said.append(
            f"{notes.counts['future_dates']:,} documents are dated after {as_of}, the day of "
            "collection; they are kept and listed."
        )
    return {
        "source": source,
        "records": read,
        "kept": kept,
        "dropped_by_reason": dict(notes.reasons.most_common()),
        "per_input": dict(notes.read),
        "per_input_kept": {file: notes.kept[file] for file in notes.read},
        "dropped": with_rest(notes.lists.get("dropped", []), notes.reasons),
        **{
            kind: with_rest(notes.lists.get(kind, []), notes.counts[kind])
            for kind in ("conflicts", "dropped_dates", "future_dates", "short_texts", "empty_texts")
        },
        "counts": {
            kind: notes.counts[kind]
            for kind in ("conflicts", "dropped_dates", "future_dates", "short_texts", "empty_texts")
        },
        "cleaning": {
            rule: {"documents": n, "characters": cleaner.characters[rule]}
            for rule, n in cleaner.documents.most_common()
        },
        "languages": dict(notes.languages.most_common()),
        "language_known": dict(notes.language_known.most_common()),
        "flags": dict(notes.flags.most_common()),
        "date_rules": [rule.format(zone=zone) for rule in RULES],
        "future_checked_against": None if as_of is None else as_of.isoformat(),
        "warnings": said,
        "inputs": dict(inputs),
    }


def nothing_left(notes: Notes, source: str) -> DataError:
    """The error for a corpus of which no record is left, with the reasons."""
    read = sum(notes.read.values())
    if not read:
        return DataError(
            f"The input holds no records of the source {source}; check that it is the file that "
            "you mean."
        )
    why = ", ".join(f"{n:,} {reason}" for reason, n in notes.reasons.most_common(5))
    first = notes.lists["dropped"][0]
    detail = f"; the first: {first['record']}: {first.get('detail') or first['reason']}"
    return DataError(f"None of {read:,} records of the source {source} is left: {why}{detail}")
