"""What became of the records of a piece ⇄ tables, which add up to the account of the corpus."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from trends.sources.dates.placeholders import PLACEHOLDERS
from trends.sources.records.account import Notes
from trends.sources.records.cleaning import Cleaner
from trends.sources.records.truncated import MOST_ROWS

#: Counts of a piece: what is counted, and why or which.
ACCOUNT = pa.schema(
    [
        pa.field("piece", pa.int64()),
        pa.field("file", pa.string()),
        pa.field("what", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("n", pa.int64()),
    ]
)
#: Single records of a piece: the kind of list, and a row of it as JSON.
LISTED = pa.schema([pa.field("kind", pa.string()), pa.field("row", pa.string())])
#: Why a document is undated, apart from what it states none.
TWO_WAYS, UNREAD, FUTURE, EARLY, NONE, PLACEHOLDER = (
    "can be read in two ways",
    "cannot be read",
    "after the collection",
    "too early",
    "no date stated",
    "a day that stands for no date",
)


@dataclass
class Account:
    """What became of records.

    Parameters
    ----------
    notes : Notes
        As reading in memory keeps them.
    cleaner : Cleaner
        What was cleaned.
    undated : Counter
        Documents without a date, by file and reason.
    dropped : Counter
        Records that were dropped, by file and reason.
    placeholders : Counter
        Documents that are dated to a day that may stand for no date, by that day (ISO).
    """

    notes: Notes = field(default_factory=Notes)
    cleaner: Cleaner = field(default_factory=Cleaner)
    undated: Counter[tuple[str, str]] = field(default_factory=Counter)
    dropped: Counter[tuple[str, str]] = field(default_factory=Counter)
    placeholders: Counter[str] = field(default_factory=Counter)

    def counts(self, piece: int, file: str) -> pa.Table:
        """The counts of a piece."""
        notes = self.notes
        simple = {
            "language": notes.languages,
            "language known": notes.language_known,
            "flag": notes.flags,
            "count": notes.counts,
            "cleaned documents": self.cleaner.documents,
            "cleaned characters": self.cleaner.characters,
            "placeholder": self.placeholders,
        }
        rows = [
            ("read", "", notes.read[file]),
            ("kept", "", notes.kept[file]),
            *(("dropped", reason, n) for (_, reason), n in sorted(self.dropped.items())),
            *(("undated", reason, n) for (_, reason), n in sorted(self.undated.items())),
            *((what, key, n) for what, found in simple.items() for key, n in sorted(found.items())),
        ]
        columns = zip(*((piece, file, *row) for row in rows), strict=True)
        return pa.table(dict(zip(ACCOUNT.names, map(list, columns), strict=True)), schema=ACCOUNT)

    def listed(self) -> pa.Table:
        """The single records of a piece."""
        found = [
            (kind, json.dumps(row, ensure_ascii=False))
            for kind, rows in self.notes.lists.items()
            for row in rows
        ]
        columns = {"kind": [kind for kind, _ in found], "row": [row for _, row in found]}
        return pa.table(columns, schema=LISTED)

    def count_day(self, day: Any) -> None:
        """Count a document that is dated to the day, if that day may stand for no date."""
        if day in PLACEHOLDERS:
            self.placeholders[day.isoformat()] += 1

    @classmethod
    def of(cls, counts: pa.Table, listed: Iterable[pa.Table]) -> Account:
        """The account of many pieces.

        Parameters
        ----------
        counts : pyarrow.Table
            Of all pieces, as :data:`ACCOUNT`, in their order.
        listed : iterable of pyarrow.Table
            Of each piece, in their order; of each kind the first 20,000 are kept.
        """
        out = cls()
        notes = out.notes
        simple: dict[str, Counter[str]] = {
            "language": notes.languages,
            "language known": notes.language_known,
            "flag": notes.flags,
            "count": notes.counts,
            "cleaned documents": out.cleaner.documents,
            "cleaned characters": out.cleaner.characters,
            "placeholder": out.placeholders,
        }
        for row in counts.to_pylist():
            what, file, reason, n = row["what"], row["file"], row["reason"], row["n"]
            if what in simple:
                simple[what][reason] += n
            elif what == "read":
                notes.read[file] += n
            elif what == "kept":
                notes.kept[file] += n
            elif what == "dropped":
                notes.reasons[reason] += n
                out.dropped[file, reason] += n
            else:
                out.undated[file, reason] += n
        # Which of two equal counts comes first must not depend on where pieces begin.
        counters: list[Counter[Any]] = [*simple.values(), notes.reasons, out.dropped, out.undated]
        for counter in counters:
            found = dict(sorted(counter.items()))
            counter.clear()
            counter.update(found)
        for table in listed:
            for kind, row in zip(table["kind"].to_pylist(), table["row"].to_pylist(), strict=True):
                rows = notes.lists.setdefault(kind, [])
                if len(rows) < MOST_ROWS:
                    rows.append(json.loads(row))
        return out
