"""One piece of a corpus → clean documents, and what became of every record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trends.core.dates import DocDate, Precision
from trends.sources import HowRead, reading_of
from trends.sources.dates.column import TWO_WAYS as IN_TWO_WAYS
from trends.sources.dates.file_order import FileOrder
from trends.sources.records.reader import PARSERS, JsonParser
from trends.sources.records.record import Dropped, Record, Records
from trends.sources.records.rows import ID_COLUMNS, MARKED, fit
from trends.sources.records.steps import (
    DROPPED_FLAGS,
    base_id,
    cleaned,
    counted,
    dated,
    in_time,
    list_short_text,
    other_language,
)
from trends.sources.shards import tables
from trends.sources.shards.account import EARLY, FUTURE, NONE, TWO_WAYS, UNREAD, Account
from trends.sources.shards.options import ShardOptions
from trends.sources.shards.pieces import Piece
from trends.sources.shards.schema import FIELDS, VECTOR, documents_schema, key_of
from trends.sources.shards.vectors import vectors

#: Documents that are handed out at a time, or as many as hold so many characters.
BATCH, CHARACTERS = 2_000, 16 * 2**20
#: The place of the text among the columns.
_TEXT = [field.name for field in FIELDS].index("text")

_Spoken = tuple[str, str, float | None]


@dataclass(frozen=True)
class Shard:
    """What was read of a piece.

    Parameters
    ----------
    documents : pyarrow.Table
        In the order of the file; columns of
        :func:`~trends.sources.shards.schema.documents_schema`.
    account : pyarrow.Table
        Counts: ``what`` (read, kept, dropped, undated, language, …), ``reason`` and ``n``.
    listed : pyarrow.Table
        Single records (``kind``, and ``row`` as JSON): dropped, undated or in conflict, up to
        20,000 of a kind.
    """

    documents: pa.Table
    account: pa.Table
    listed: pa.Table


def read_piece(piece: Piece, options: ShardOptions) -> Shard:
    """Read a piece as a whole; :class:`PieceReader` reads it a few documents at a time.

    Raises
    ------
    TrendsError
        If the file cannot be read as what it is.
    """
    reader = PieceReader(piece, options)
    documents = pa.Table.from_batches(reader.batches(), schema=reader.schema)
    return Shard(documents, reader.account(), reader.listed())


class PieceReader:
    """Reads a piece, a few documents at a time.

    Parameters
    ----------
    piece : Piece
        The part of the corpus.
    options : ShardOptions
        How it is read, the same for all pieces.

    Attributes
    ----------
    schema : pyarrow.Schema
        Of the documents.
    """

    def __init__(self, piece: Piece, options: ShardOptions) -> None:
        self.piece, self.options = piece, options
        self.schema = documents_schema(options.further, piece.dimensions)
        self._how = reading_of([Path(piece.path)], piece.source, options.given)
        self._account = Account()
        common = self._how.common
        assert common is not None
        self._common = common

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The documents; in the end :meth:`account` and :meth:`listed` are complete.

        Raises
        ------
        TrendsError
            If the file cannot be read as what it is.
        """
        rows: list[tuple[Any, ...]] = []
        found: list[NDArray[np.float32]] = []
        size = 0
        for row, vector in self._documents():
            rows.append(row)
            size += len(row[_TEXT])
            if vector is not None:
                found.append(vector)
            if len(rows) == BATCH or size > CHARACTERS:
                yield self._batch(rows, found)
                rows, found, size = [], [], 0
        if rows:
            yield self._batch(rows, found)

    def _batch(
        self, rows: list[tuple[Any, ...]], found: list[NDArray[np.float32]]
    ) -> pa.RecordBatch:
        plain = [field for field in self.schema if field.name != VECTOR or not found]
        columns = zip(*rows, strict=True)
        arrays = [pa.array(c, field.type) for c, field in zip(columns, plain, strict=True)]
        if found:
            flat = pa.array(np.concatenate(found))
            arrays.append(pa.FixedSizeListArray.from_arrays(flat, self.piece.dimensions))
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def _documents(self) -> Iterator[tuple[tuple[Any, ...], NDArray[np.float32] | None]]:
        account, common, piece = self._account, self._common, self.piece
        notes, cleaner = account.notes, account.cleaner
        wanted = frozenset(common.languages)
        beside = self._vectors() if piece.dimensions else None
        raw = counted(_records(piece, self._how), notes, common.strict)
        flags = frozenset(DROPPED_FLAGS)
        for item in cleaned(raw, cleaner, flags, common.min_chars):
            if isinstance(item, Dropped):
                self._drop(item)
                continue
            spoken = cleaner.language(item)
            if (other := other_language(item, spoken, wanted)) is not None:
                self._drop(other)
                continue
            vector = beside.at(item.place.record) if beside is not None else None
            if beside is not None and vector is None:
                why = f"{item.place}: {self.options.vector!r} holds no vector of this size."
                self._drop(Dropped(item.place, "no vector", why, item.id, item.title))
                continue
            name = base_id(item, notes)
            date = self._date(item, name)
            self._count(item, name, date, spoken)
            yield self._row(item, name, date, spoken), vector

    def _vectors(self) -> _Beside:
        first, stop = self.piece.rows or (0, None)
        path = Path(self.piece.path)
        found = vectors(path, self.options.vector, self.piece.dimensions, first, stop)
        return _Beside(found, first)

    def _date(self, item: Record, name: str) -> DocDate | None:
        """The date of a document, and why there is none."""
        notes, latest = self._account.notes, self.piece.latest
        problem = item.date_problem
        open_ = IN_TWO_WAYS in problem
        date = dated(replace(item, date=None) if open_ else item, name, notes)
        if date is None:
            reason = TWO_WAYS if open_ else UNREAD if problem else NONE
        elif in_time(date, item, name, notes, self._common.earliest, latest):
            return date
        else:
            reason = FUTURE if date.first > latest else EARLY
        self._account.undated[self.piece.file, reason] += 1
        return None

    def _drop(self, item: Dropped) -> None:
        self._account.notes.drop(item)
        self._account.dropped[self.piece.file, item.reason] += 1

    def _count(self, item: Record, name: str, date: DocDate | None, spoken: _Spoken) -> None:
        notes = self._account.notes
        notes.kept[item.place.file] += 1
        notes.languages[spoken[0]] += 1
        notes.language_known[spoken[1]] += 1
        notes.flags.update(item.flags)
        list_short_text(item, name, notes)
        if date is not None and date.precision is Precision.DAY:
            self._account.count_day(date.first)

    def _row(
        self, item: Record, name: str, date: DocDate | None, spoken: _Spoken
    ) -> tuple[Any, ...]:
        when: tuple[Any, ...] = (None, None, None, "none")
        if date is not None:
            when = (date.first, date.until, date.precision.value, date.evidence.value)
        name = fit(name)
        return (
            name,
            key_of(name),
            fit(item.title),
            fit(item.text),
            *when,
            spoken[0],
            item.source,
            *(_value(item, column, spoken) for column in self.options.further),
        )

    def account(self) -> pa.Table:
        """What became of the records, when all were read; see :data:`~.account.ACCOUNT`."""
        return self._account.counts(self.piece.number, self.piece.file)

    def listed(self) -> pa.Table:
        """Records that were dropped, undated or in conflict, one by one."""
        return self._account.listed()


class _Beside:
    """Vectors of rows that are asked for in ascending order."""

    def __init__(self, found: Iterator[NDArray[np.float32] | None], first: int) -> None:
        self._found, self._next = found, first + 1

    def at(self, number: int) -> NDArray[np.float32] | None:
        """The vector of the row with this number, from 1."""
        while True:
            vector = next(self._found)
            self._next += 1
            if self._next > number:
                return vector


def _records(piece: Piece, how: HowRead) -> Records:
    """The records of a piece as its source yields them."""
    common, own = how.common, dict(how.own)
    assert common is not None
    if piece.source == "table":
        yield from tables.records(piece, own, common.earliest)
        return
    parse, path = PARSERS[piece.source], Path(piece.path)
    order = FileOrder(piece.file, own.pop("date_order", ""))
    if isinstance(parse, JsonParser) and piece.rows is not None:
        found = parse.rows(path, piece.file, *piece.rows)
    elif isinstance(parse, JsonParser) and piece.span is not None:
        found = parse.objects(path, piece.file, piece.span)
    else:
        found = parse(path, piece.file, **own)
    yield from order.over(found)


def _value(item: Record, column: str, spoken: _Spoken) -> str | None:
    """A further column of a document as text, named as in the table of a corpus."""
    own: dict[str, Any] = {
        "source": item.source,
        "venue": item.venue,
        "language": spoken[0],
        "language_known": spoken[1],
        "url": item.url,
        "flags": ";".join(dict.fromkeys(item.flags)),
        **{ID_COLUMNS.get(kind, kind): value for kind, value in item.ids.items()},
    }
    value = own.get(column) or item.extra.get(column.removesuffix(MARKED))
    return None if value is None or value == "" else str(fit(value))
