"""Tagged text: a line is a short tag and a value; lines without a tag go on with the last value.

So are written the exports of Web of Science, PubMed and EndNote (refer). They differ in how a tag
looks, and in what begins and ends a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from trends.sources.io.lines import is_damaged, open_lines

#: Longest record in characters; one with an abstract has a few thousand.
MAX_RECORD = 2**20
#: Most lines of one record.
MAX_LINES = 50_000


@dataclass(frozen=True)
class Layout:
    """How records are written.

    Parameters
    ----------
    tag : re.Pattern
        Matches the beginning of a line with a tag; its first group is the tag.
    start : tuple of str
        Tags that begin a record; none if a blank line stands between two records.
    end : str
        Tag that ends a record; empty if the next one, or the end of the file, does.
    around : frozenset of str
        Tags of the head and the end of a file, which belong to no record.
    """

    tag: re.Pattern[str]
    start: tuple[str, ...]
    end: str = ""
    around: frozenset[str] = frozenset()


@dataclass
class TaggedRecord:
    """The values of one record by tag, in their order, and what is wrong with it."""

    line: int
    values: dict[str, list[str]] = field(default_factory=dict)
    problem: tuple[str, str] | None = None

    def first(self, *tags: str) -> str:
        """The first value of the first tag that has one, else empty."""
        return next((v for tag in tags for v in self.values.get(tag, ()) if v), "")

    def all(self, *tags: str) -> list[str]:
        """All values of these tags."""
        return [v for tag in tags for v in self.values.get(tag, ()) if v]


def records(path: Path, layout: Layout, encoding: str = "") -> Iterator[TaggedRecord]:
    """The records of a file, plain or packed.

    A record is cut off if its end is missing: its last tag, or, where there is none, the end of the
    last line together with the tag with which an earlier record ended. Text outside of records that
    has no tag belongs to none and is passed over.

    Raises
    ------
    DataError
        If a line is too long, cannot be decoded, or the file is damaged.
    """
    lasts: set[str] = set()
    lines = open_lines(path, encoding=encoding, lenient=True)
    reader = _Reader(layout)
    for number, text in lines.numbered():
        if (done := reader.feed(number, text.removeprefix("\ufeff"))) is not None:
            lasts.add(next(reversed(done.values), ""))
            yield done
    if (done := reader.finish()) is None:
        return
    last = next(reversed(done.values), "")
    if lasts and last not in lasts and not lines.ends_whole:
        done.problem = done.problem or _CUT
    yield done


_CUT = "cut off", "the file ends, or the next record begins, before this record is complete"
_OUTSIDE = "outside of any record", "these lines stand before the first line of a record"
_DAMAGED = "not UTF-8", "this record holds bytes that are not UTF-8, as the rest of the file is"
_LONG = "too long", f"this record is longer than {MAX_RECORD:,} characters, the most that is read"


class _Reader:
    """Lines one after the other into records."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.record: TaggedRecord | None = None
        self.tag = ""
        self.parts: list[str] = []
        self.size = self.n = 0

    def feed(self, number: int, text: str) -> TaggedRecord | None:
        """Take one line; the record that it completes."""
        layout = self.layout
        match = layout.tag.match(text)
        tag = match[1] if match else ""
        if tag in layout.around or (not layout.start and not text.strip()):
            return self.finish()
        if tag and tag == layout.end:
            return self.finish(ended=True)
        done = None
        if tag in layout.start or (self.record is None and tag):
            done = self.finish()
            outside = bool(layout.start) and tag not in layout.start
            self.record = TaggedRecord(number, problem=_OUTSIDE if outside else None)
            self.size = self.n = 0
        if self.record is not None and text.strip():
            self._add(self.record, tag, (text[match.end() :] if match else text).strip())
        return done

    def _add(self, record: TaggedRecord, tag: str, value: str) -> None:
        self.size += len(value)
        self.n += 1
        if self.size > MAX_RECORD or self.n > MAX_LINES:
            record.problem = _LONG
            return
        if is_damaged(value):
            record.problem = _DAMAGED
            value = value.encode("utf-8", "replace").decode()
        if tag:
            self._put(record)
            self.tag = tag
        self.parts.append(value)

    def _put(self, record: TaggedRecord) -> None:
        """Put the value that is open into the record."""
        if self.tag:
            record.values.setdefault(self.tag, []).append(" ".join(filter(None, self.parts)))
        self.parts = []

    def finish(self, *, ended: bool = False) -> TaggedRecord | None:
        """The record that is open, closed."""
        record, self.record = self.record, None
        if record is not None:
            self._put(record)
            if self.layout.end and not ended and record.problem is None:
                record.problem = _CUT
        self.tag = ""
        return record
