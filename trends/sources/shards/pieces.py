"""Where the pieces of a corpus begin and end, and what holds for all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from trends.errors import DataError, UsageError
from trends.sources import HowRead, reading_of
from trends.sources.io import encodings, json_stream
from trends.sources.io.bounded import read_bytes
from trends.sources.io.parquet_objects import DAMAGED, damaged, is_parquet, open_parquet_file
from trends.sources.io.span import Span, spans
from trends.sources.records import provenance
from trends.sources.records.reader import PARSERS, JsonParser
from trends.sources.shards import vectors
from trends.sources.shards.files import PACKAGED, files_of
from trends.sources.shards.options import ShardOptions
from trends.sources.shards.tables import dialect_of, resolved
from trends.sources.tables.columns import Columns
from trends.sources.tables.read import kind_of

#: Bytes of a piece where their number is not given.
PIECE = 64 * 2**20


@dataclass(frozen=True)
class Piece:
    """A part of a corpus that is read by itself.

    Parameters
    ----------
    number : int
        Its place among all pieces, from 0.
    file : str
        How messages and counts call its file.
    path : str
        Where that file lies.
    source : str
        How its records are read, a name of :data:`trends.sources.SOURCES`.
    latest : datetime.date
        The last day that a document may have.
    span : Span, optional
        Bytes of a file of JSON lines.
    rows : tuple of int, optional
        Rows of a file of Parquet, from the first (0) up to the second. A piece that has neither is
        a whole file.
    columns : Columns, optional
        Which column of a table is what.
    dimensions : int
        Of the vector of each document; 0 for none.
    """

    number: int
    file: str
    path: str
    source: str
    latest: dt.date
    span: Span | None = None
    rows: tuple[int, int] | None = None
    columns: Columns | None = None
    dimensions: int = 0

    def __str__(self) -> str:
        if self.rows is not None:
            return f"{self.file}, rows {self.rows[0] + 1:,} to {self.rows[1]:,}"
        if self.span is not None:
            return f"{self.file}, lines from {self.span.lines + 1:,} on"
        return self.file


@dataclass(frozen=True)
class _Kind:
    """What the first file says about all of them."""

    how: HowRead
    latest: dt.date
    columns: Columns | None
    dimensions: int


def pieces(path: str | Path, options: ShardOptions, n: int = 0) -> tuple[Piece, ...]:
    """Cut a corpus into pieces.

    What all pieces have in common (the source, which column is what) is decided by the first file.
    Files of Parquet are cut between rows, plain files of JSON lines between lines; any other file
    is one piece, since nothing but its beginning says where a record begins.

    Parameters
    ----------
    path : str or Path
        A file, a folder or a pattern of files; see
        :func:`~trends.sources.shards.files.files_of`.
    options : ShardOptions
        How the corpus is read.
    n : int
        About how many pieces; at least one a file. 0 takes pieces of 64 MiB.

    Returns
    -------
    tuple of Piece
        In the order of the files, and of the records within them; every record lies in one.

    Raises
    ------
    UsageError
        If the corpus cannot be read in pieces, or an option means nothing for its source.
    DataError
        If a file cannot be read as what the first one is, or has other columns.
    MissingError, StorageError
        If there is no such file, or it cannot be read.
    """
    named = files_of(str(path))
    first = next(iter(named))
    kind = _kind_of(named, first, options)
    total = sum(file.stat().st_size for file in named.values())
    size = max(1, -(-total // n)) if n else PIECE
    out: list[Piece] = []
    for label, file in named.items():
        if label != first:
            _check_alike(file, label, kind, first, options)
        parts = max(1, round(file.stat().st_size / size))
        for span, rows in _cut(file, kind, parts):
            out.append(
                Piece(
                    len(out),
                    label,
                    str(file),
                    kind.how.source,
                    kind.latest,
                    span,
                    rows,
                    kind.columns,
                    kind.dimensions,
                )
            )
    return tuple(out)


def _kind_of(named: dict[str, Path], label: str, options: ShardOptions) -> _Kind:
    path = named[label]
    inputs = [str(path) if str(path) == PACKAGED else path]
    how = reading_of(inputs, options.source, options.given)
    if how.source != "table" and how.source not in PARSERS:
        message = (
            f'{label}: the source {how.source} is read as a whole (engine.name = "memory"). In '
            "pieces are read tables whose columns are named (text=…, date=…), and records of "
            f"{', '.join(sorted(PARSERS))}."
        )
        raise UsageError(message)
    common = how.common
    assert common is not None
    latest = common.completed(provenance.days(list(named.values()))).latest
    columns = resolved(path, label, how.own, options) if how.source == "table" else None
    dimensions = vectors.dimensions(path, label, options.vector) if options.vector else 0
    return _Kind(how, latest, columns, dimensions)


def _check_alike(path: Path, label: str, kind: _Kind, first: str, options: ShardOptions) -> None:
    """Refuse a file whose columns or vectors differ from those of the first."""
    if kind.columns is not None:
        columns = resolved(path, label, kind.how.own, options)
        if columns != kind.columns:
            other = [
                f"{name} is {getattr(columns, name)!r}, there {getattr(kind.columns, name)!r}"
                for name in ("text", "id", "title", "venue", "language", "url")
                if getattr(columns, name) != getattr(kind.columns, name)
            ]
            message = (
                f"{label} has other columns than {first}: {'; '.join(other)}. Name the columns of "
                "all files (text=…, id=…, title=…), or read the files apart."
            )
            raise DataError(message)
    n = vectors.dimensions(path, label, options.vector) if options.vector else 0
    if n != kind.dimensions:
        message = (
            f"{label}: the vectors of the column {options.vector!r} have {n:,} dimensions, those "
            f"of {first} {kind.dimensions:,}; give vectors of one model."
        )
        raise DataError(message)


_Cut = tuple[Span | None, tuple[int, int] | None]


def _cut(path: Path, kind: _Kind, parts: int) -> Iterator[_Cut]:
    """The parts of one file, as spans or ranges of rows; neither is the whole of it."""
    splits = kind.how.source == "table" or isinstance(PARSERS.get(kind.how.source), JsonParser)
    if splits and is_parquet(path):
        try:
            rows = open_parquet_file(path).metadata.num_rows
        except DAMAGED as error:
            raise damaged(error, path) from error
        parts = min(parts, max(rows, 1))
        ends = [rows * i // parts for i in range(parts + 1)]
        yield from ((None, (a, b)) for a, b in pairwise(ends))
    elif splits and _is_json_lines(path, kind):
        yield from ((span, None) for span in spans(path, parts))
    else:
        yield None, None


def _is_json_lines(path: Path, kind: _Kind) -> bool:
    """Whether a file holds one JSON value a line, plain and in UTF-8."""
    own = kind.how.own
    if kind.how.source == "table" and (kind_of(path) != "json" or dialect_of(own).records):
        return False
    if not path.is_file():
        read_bytes(path, 0)  # says what is wrong with the name
    with path.open("rb") as f:
        start = f.read(4096)
    if start.startswith((b"\x1f\x8b", b"PK")) or start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return False
    if encodings.by_mark(start, path) not in (None, "utf-8-sig"):
        return False
    return json_stream.layout(path) == "lines"
