"""The account of what was read: what every record became, as the notes of a corpus."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trends.core.wording import listed, plural
from trends.errors import DataError, UsageError
from trends.sources.dates.rules import RULES
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
    placeholders: list[str] = field(default_factory=list)

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
            "id": _whole(item.id)[:120],
            "title": " ".join(_whole(item.title[:200]).split())[:120],
            "reason": item.reason,
        }
        detail = {"detail": _whole(item.detail[:300])} if item.detail else {}
        self.row("dropped", **row, **detail)


def _whole(text: str) -> str:
    """A text without half characters, which a damaged record may hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def described(
    notes: Notes,
    cleaner: Cleaner,
    *,
    source: str,
    inputs: Mapping[str, str],
    warnings: Sequence[str],
    zone: str,
    latest: dt.date,
    collected: bool,
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
    # Today is stated only where it matters: else a corpus would be another one every day.
    stated = latest if collected or notes.counts["future_dates"] else None
    if n := notes.counts["future_dates"]:
        day = "the day of collection" if collected else "today (--collected-on says another day)"
        said.append(
            f"{plural(n, 'date')} after {latest}, {day}: the documents are kept and listed, but "
            "left out of time."
        )
    if n := notes.counts["early dates"]:
        said.append(
            f"{plural(n, 'date')} before the earliest year that is read: their documents are kept "
            "and listed, but left out of time. --earliest says that a corpus is older."
        )
    said += [f"{each} They are kept, but left out of time." for each in notes.placeholders]
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
        "future_checked_against": None if stated is None else stated.isoformat(),
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


def nothing_dated(about: dict[str, Any], documents: int) -> DataError:
    """The error for a corpus of which no document is left with a date, with what was seen."""
    forms = [row for row in about.get("date_forms", []) if row["read_as"] == "nothing"]
    empty = sum(row["dates"] for row in forms)
    why = [f"{empty:,} records state no date."] if empty else []
    first = next((row["reason"] for row in about["dropped_dates"] if "reason" in row), "")
    if first and not about.get("date_forms"):
        n = about["counts"]["dropped_dates"]
        why.append(f"{n:,} dates could not be read; the first: {first}")
    files = listed([str(name) for name in about["inputs"]], most=3)
    return DataError(
        f"{files}: none of {plural(documents, 'document')} has a date, so there is nothing to "
        "follow over time. " + " ".join([*why, *about["warnings"]])
    )
