"""From records to a corpus: count, clean, join, date, and say what was done.

Records pass one at a time; kept are cleaned title and text, metadata and, where it was dropped, a
row that says why. The sum holds at the end: kept + dropped by reason = read.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from trends.core import Corpus
from trends.core.dates import DocDate, Precision
from trends.sources.dates import placeholders
from trends.sources.records.account import Notes, described, nothing_dated, nothing_left
from trends.sources.records.cleaning import Cleaner
from trends.sources.records.options import ReadOptions
from trends.sources.records.record import Dropped, Place, Record, Records
from trends.sources.records.rows import Rows
from trends.sources.records.steps import (
    DROPPED_FLAGS,
    base_id,
    cleaned,
    counted,
    dated,
    digest,
    in_time,
    list_short_text,
    other_language,
)


class Dating(Protocol):
    """What a source knows about the forms of its dates."""

    def rows(self) -> list[dict[str, Any]]:
        """One row a form."""

    def sentences(self) -> list[str]:
        """What a user should know."""


def build(
    records: Records,
    source: str,
    *,
    inputs: Mapping[str, str],
    options: ReadOptions | None = None,
    warnings: Sequence[str] = (),
    drop_flags: Sequence[str] = DROPPED_FLAGS,
    zone: str = "UTC",
    clean: bool = True,
    guess_language: bool = True,
    dating: Dating | None = None,
) -> Corpus:
    """Make a corpus of the records of a source.

    Parameters
    ----------
    records : iterator of Record or Dropped
        What a parser yields; read once, one at a time.
    source : str
        Name of the source, for messages.
    inputs : mapping of str to str
        SHA-256 by the name of the file. Looked at when all records are read, so a parser may fill
        it while it reads.
    options : ReadOptions, optional
        What every source takes.
    warnings : sequence of str
        Sentences for the user; looked at last as well.
    drop_flags : sequence of str
        Drop records with one of these flags; other flags are kept in the column ``flags``.
    zone : str
        Time zone in which the source counted its days, for the notes.
    clean : bool
        Take off markup and boilerplate; off for texts that were cleaned before.
    guess_language : bool
        Guess where none is declared.
    dating : Dating, optional
        What the source knows about the forms of its dates, looked at last.

    Returns
    -------
    Corpus
        Its ``notes`` hold ``records`` (read), ``kept``, ``dropped_by_reason``, ``dropped`` (rows),
        ``per_input`` and ``per_input_kept``, ``dropped_dates``, ``future_dates``, ``conflicts``,
        ``short_texts``, ``empty_texts`` (a number), ``cleaning``, ``languages``, ``flags``,
        ``date_rules``, ``warnings``, ``inputs``.

    Raises
    ------
    DataError
        If no record or no date is left; the message says where they went.
    """
    options = options or ReadOptions()
    wanted, min_chars = frozenset(options.languages), options.min_chars
    cleaner = Cleaner(guess=guess_language or bool(wanted), paragraphs=options.paragraphs)
    notes, rows = Notes(), Rows()
    names = _Names()
    latest = options.latest
    plain = cleaned(
        counted(records, notes, options.strict),
        cleaner if clean else None,
        frozenset(drop_flags),
        min_chars,
    )
    for row, item in enumerate(join_repeats(plain), start=1):
        if isinstance(item, Dropped):
            notes.drop(item)
            continue
        spoken = cleaner.language(item)
        if (other := other_language(item, spoken, wanted)) is not None:
            notes.drop(other)
            continue
        called = names.name(item, notes)
        date = dated(item, called, notes)
        if date is not None and not in_time(date, item, called, notes, options.earliest, latest):
            date = None
        list_short_text(item, called, notes)
        notes.kept[item.place.file] += 1
        notes.languages[spoken[0]] += 1
        notes.language_known[spoken[1]] += 1
        notes.flags.update(item.flags)
        rows.add(item, row, called, date, spoken)
    if not rows.n:
        raise nothing_left(notes, source)
    _leave_out_placeholders(rows, notes)
    about = described(
        notes,
        cleaner,
        source=source,
        inputs=inputs,
        warnings=[*warnings, *(dating.sentences() if dating is not None else ())],
        zone=zone,
        latest=latest,
        collected=options.collected_on is not None,
    )
    if dating is not None:
        about["date_forms"] = dating.rows()
    if all(date is None for _, date, _ in rows.dates):
        raise nothing_dated(about, rows.n)
    return Corpus(
        rows.frame(),
        name=options.name or source,
        notes=about,
        **options.observed,
    )


def join_repeats(records: Records) -> Records:
    """Drop a record that repeats an earlier one: the same id, title and text."""
    seen = _Seen()
    for item in records:
        if isinstance(item, Dropped):
            yield item
            continue
        content = digest(item.title, item.text)
        first = seen.put(item.id or content.hex(), content, item)
        if first is None or first[0] != content:
            yield item
            continue
        _, date, place = first
        if item.date == date or item.date is None or (date is not None and date.agrees(item.date)):
            yield Dropped(
                item.place, "repeated record", f"The same as {place}.", item.id, item.title
            )
        else:
            kept = "no date" if date is None else date.written
            detail = f"The same as {place}, but dated {item.date.written}; {kept} was kept."
            yield Dropped(
                item.place, "repeated record with another date", detail, item.id, item.title
            )


class _Seen:
    """What is known of the first record of each id, in few bytes: there may be a million."""

    def __init__(self) -> None:
        self._number: dict[str, int] = {}
        self._contents = bytearray()
        self._dates: list[DocDate | None] = []
        self._same: dict[DocDate | None, DocDate | None] = {}
        self._files: list[str] = []
        self._records, self._lines = array("q"), array("q")

    def put(
        self, key: str, content: bytes, record: Record
    ) -> tuple[bytes, DocDate | None, Place] | None:
        """Content, date and place of the first record of this id; ``None`` if it is this one."""
        n = self._number.setdefault(key, len(self._dates))
        if n < len(self._dates):
            line = self._lines[n]
            place = Place(self._files[n], self._records[n], None if line < 0 else line)
            return bytes(self._contents[16 * n : 16 * n + 16]), self._dates[n], place
        self._contents += content
        self._dates.append(self._same.setdefault(record.date, record.date))
        self._files.append(record.place.file)
        self._records.append(record.place.record)
        self._lines.append(-1 if record.place.line is None else record.place.line)
        return None


class _Names:
    """Unique ids of documents: as the source has them, else made from the content."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def name(self, record: Record, notes: Notes) -> str:
        """The id of a record."""
        base = base_id(record, notes)
        called, n = base, 1
        while called in self._taken:
            n += 1
            called = f"{base}#{n}"
        self._taken.add(called)
        if n > 1:
            why = (
                f"{record.place} has the id {base!r} of another document; it is called {called!r} "
                "here"
            )
            notes.row(
                "conflicts", id=called, title=record.title[:120], kept=called, other=base, why=why
            )
        return called


def _leave_out_placeholders(rows: Rows, notes: Notes) -> None:
    dates = rows.dates
    days = (day for _, day, fine in dates if day is not None and fine == Precision.DAY.value)
    if not (found := placeholders.found(days)):
        return
    for row, (called, day, precision) in enumerate(dates):
        if day in found and precision == Precision.DAY.value:
            notes.row("dropped_dates", record=called, reason=found[day])
            notes.counts["placeholders"] += 1
            rows.undate(row)
    notes.placeholders = list(found.values())
