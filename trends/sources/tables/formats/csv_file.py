"""CSV and TSV → rows: every line accounted for, memory bounded by one record."""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from trends.errors import DataError, reason
from trends.sources.io.bounded import Limits
from trends.sources.io.lines import is_damaged, open_lines
from trends.sources.io.paths import unpacked_name
from trends.sources.records.record import Dropped, Place
from trends.sources.tables.dialect import Dialect, header_at, passed_over
from trends.sources.tables.table import MAX_CELL, MAX_COLUMNS, Row, Table, distinct

#: Characters of one record, and of one physical line in bytes.
MAX_RECORD = 2 * MAX_CELL
LIMITS = Limits(line=2 * MAX_CELL)
DELIMITERS = (",", ";", "\t", "|")
_CALLED = {"\t": "tab"}
_SAMPLE = 20
#: How csv is told about quotes. Without ``doublequote`` it would not be strict about what follows
#: a quote.
_QUOTES: dict[str, dict[str, Any]] = {
    "double": {"strict": True},
    "backslash": {"strict": True, "escapechar": "\\"},
    "none": {"quoting": csv.QUOTE_NONE},
}
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class CsvFile:
    """A file of separated values: how it is written, found out once, and its rows.

    Parameters
    ----------
    path : Path
        Plain or packed.
    label : str
        How counts call it.
    dialect : Dialect
        What the user says of it.
    named : sequence of str
        Columns that the user named; what does not separate them is the wrong delimiter.

    Raises
    ------
    DataError
        If the file is binary, in another encoding or has no header.
    """

    def __init__(
        self, path: Path, label: str, dialect: Dialect | None = None, named: Sequence[str] = ()
    ) -> None:
        dialect = dialect or Dialect()
        self.path, self.label = path, label
        self.encoding = dialect.encoding
        #: Sentences about how the file was taken.
        self.said: list[str] = []
        _allow_long_cells()
        self._skip = 0
        stated, head = self._head(dialect.before)
        tab = unpacked_name(path.name).endswith((".tsv", ".tab"))
        delimiter = dialect.delimiter or stated or ("\t" if tab else "")
        found = _found_out(head, delimiter, dialect.quoting, named)
        self.delimiter, self.quoting, passed = found
        if dialect.before is None and passed:
            self.said += passed_over(label, head[:passed])
            self._skip += passed
        if self.quoting != "double" and not dialect.quoting:
            how = "escaped by a backslash" if self.quoting == "backslash" else "part of the text"
            self.said.append(
                f"{label}: quotes are {how}, by its first rows; if not, use --quoting double."
            )
        records = self._records()
        _, header, _, _ = next(records, (1, [], "", 1))
        header = [*header]
        if len(header) > MAX_COLUMNS:
            message = (
                f"{path}, line {self._skip + 1} has {len(header):,} cells; at most "
                f"{MAX_COLUMNS:,} are read."
            )
            raise DataError(message)
        if not any(name.strip() for name in header):
            message = f"{path} is empty or blank; its first line must name the columns."
            raise DataError(message)
        first = [
            row for _, (_, row, bad, _) in zip(range(_SAMPLE), records, strict=False) if not bad
        ]
        records.close()
        while not header[-1].strip() and not any("".join(r[len(header) - 1 :]) for r in first):
            header.pop()  # the lines of some exporters end in a delimiter
        #: Names of the columns, in order.
        self.columns, self._repeated = distinct(
            name.strip() or f"column {i}" for i, name in enumerate(header, start=1)
        )
        whole = [row for row in (self._fitted(row) for row in first) if len(row) == len(header)]
        self.sample = [dict(zip(self.columns, row, strict=True)) for row in whole]
        #: Whether all of the first rows are as wide as the header.
        self.is_even = len(whole) == len([row for row in first if row])
        shapes = Counter(_shape(row[0]) for row in whole)
        usual = {shape: n for shape, n in shapes.items() if n > 1}
        #: How the first cells of rows look, if they look alike.
        self._shapes = set(usual) if 3 * sum(usual.values()) >= 2 * len(whole) else set()

    def table(self) -> Table:
        """The file as a table."""
        about: dict[str, Any] = {"said": self.said, "repeated": self._repeated}
        return Table(self.label, self.columns, self.rows, self.sample, **about)

    def rows(self, _: Sequence[str] = ()) -> Iterator[Row | Dropped]:
        """Every record after the header; one that is broken, too short or too long is dropped.

        After broken quotes, reading goes on at the next line. Lines up to the next whole row count
        as rows of their own only where they begin as rows do.

        Raises
        ------
        DataError
            If so much is broken that nobody can say where records begin.
        """
        width = len(self.columns)
        number = broken = 0
        lost = False
        records = self._records()
        next(records, None)
        for line, cells, problem, lines in records:
            if not problem:
                cells = self._fitted(cells)
                if not cells:  # a blank line
                    continue
            fits = not problem and len(cells) == width
            if lost and not self._begins_a_row(cells[0] if problem else None, cells):
                if not fits:
                    continue
                cells, fits = [self.delimiter.join(cells)], False
                problem = "it follows a broken row and does not begin as other rows do"
            # Cells beyond the last one in a row of several lines come from a broken quote too.
            lost = bool(problem) or (not fits and lines > 1)
            broken += bool(problem)
            number += 1
            place = Place(self.label, number, line)
            if problem:
                yield Dropped(place, "broken row", f"{place}: {problem}.", title=cells[0][:80])
            elif not fits:
                detail = (
                    f"The row has {len(cells)} cell{'s' * (len(cells) != 1)}; the header has "
                    f"{width}."
                )
                yield Dropped(place, "ragged row", detail, title=cells[0][:80])
            else:
                yield Row(place, dict(zip(self.columns, cells, strict=True)))
        if broken:
            sentence = (
                f"{self.label}: {broken:,} broken row{'s' * (broken > 1)} dropped; quotes were "
                f"taken as {self.quoting}. If they are written otherwise, say so (--quoting "
                "backslash, --quoting none); --strict refuses a file with a broken row."
            )
            if sentence not in self.said:  # a table may be read twice
                self.said.append(sentence)

    def _fitted(self, cells: list[str]) -> list[str]:
        """The cells without empty ones beyond the last column."""
        while len(cells) > len(self.columns) and not cells[-1].strip():
            cells.pop()
        return cells

    def _begins_a_row(self, raw: str | None, cells: list[str]) -> bool:
        first = cells[0] if raw is None else raw.partition(self.delimiter)[0].strip('"')
        if self._shapes:
            return _shape(first) in self._shapes
        n = len(cells) if raw is None else raw.count(self.delimiter) + 1
        return n >= len(self.columns)

    def _head(self, before: int | None) -> tuple[str, list[str]]:
        """The delimiter if the first line states it as ``sep=;``, and the first lines."""
        head: list[str] = []
        lines = self._lines()
        for line in lines:
            head.append(line)
            if len(head) >= 200 + (before or 0) or sum(map(len, head)) > 1 << 20:
                break
        lines.close()
        stated = re.fullmatch(r"sep=(.)\r?\n?", head[0]) if head else None
        self._skip = int(bool(stated)) if before is None else before
        return stated[1] if stated else "", head[self._skip :]

    def _records(self) -> Generator[tuple[int, list[str], str, int], None, None]:
        """Line on which each record begins, its cells, what is wrong with it, and its lines.

        Of a record that is broken, the cells are its first line; reading goes on behind that.

        Raises
        ------
        DataError
            If so much is broken that reading the lines again would take for ever.
        """
        feed = _Feed(self._lines(), self._skip)
        reader = csv.reader(feed, delimiter=self.delimiter, **_QUOTES[self.quoting])
        while True:
            begin = feed.line + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                problem = self._broken(error, len(feed.record))
                first = feed.reject()
                if feed.again > 4 * MAX_RECORD:
                    message = (
                        f"{self.path}, line {begin}: {problem}, as in many rows before. Repair the "
                        "file, or say how quotes are written (--quoting backslash, --quoting none)."
                    )
                    raise DataError(message) from error
                yield begin, [first], problem, 1
                continue
            lines = len(feed.record)
            feed.accept()
            yield begin, cells, "", lines

    def _broken(self, error: csv.Error, lines: int) -> str:
        """What is wrong with a record, as a clause."""
        most = f"longer than {MAX_CELL / 2**20:,.0f} MiB; probably a quote is never closed"
        if isinstance(error, _Unfit):
            return str(error) or f"the record is {most}"
        if "field larger than" in str(error):
            return f"a cell is {most}"
        if "unexpected end of data" in str(error):
            return "a quote is opened in this row and never closed"
        called = _CALLED.get(self.delimiter, self.delimiter)
        where = f" within {lines:,} lines" if lines > 1 else ""
        return (
            f"broken quotes{where} ({reason(error)}); a quote inside a quoted cell is written "
            f"twice. The cells were taken as separated by {called!r}"
        )

    def _lines(self) -> Generator[str, None, None]:
        """Lines with their ends, as csv wants them."""
        lines = open_lines(self.path, LIMITS, self.encoding, lenient=True)
        try:
            for line in lines.decoded():
                yield from _LINE.findall(line) if "\r" in line[:-2] else (line,)
        finally:
            if lines.encoding in ("latin-1", "cp1252"):  # not to be examined once more
                self.encoding = lines.encoding


class _Unfit(csv.Error):
    """A line that no record may hold."""


_NUL = _Unfit("it holds a NUL character")
_DAMAGED = _Unfit("it holds bytes that are not UTF-8, as the rest of the file is")


class _Feed:
    """Lines for the csv reader, with a way back to the second line of the record that it reads."""

    def __init__(self, lines: Iterator[str], skip: int) -> None:
        self._lines, self._back = lines, deque[str]()
        self.line = self.again = self._size = 0
        #: Lines of the record that is being read.
        self.record: list[str] = []
        for _ in range(skip):
            next(lines, None)
            self.line += 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self.record.append(line)
        self._size += len(line)
        if "\x00" in line:
            raise _NUL
        if is_damaged(line):
            raise _DAMAGED
        if self._size > MAX_RECORD:
            raise _Unfit
        return line

    def accept(self) -> None:
        """The record is whole."""
        self.line += len(self.record)
        self.record, self._size = [], 0

    def reject(self) -> str:
        """Give up the first line of the record and go back to the second; the first line."""
        first, *rest = self.record
        self._back.extendleft(reversed(rest))
        self.again += self._size - len(first)
        self.record = [first]
        self.accept()
        return first


def _allow_long_cells() -> None:
    # The limit belongs to the process; it is only ever raised, and MAX_RECORD bounds what is read
    # here.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL))


def _shape(cell: str) -> str:
    """A cell with all numbers and all words alike."""
    return re.sub(r"[0-9]+", "0", re.sub(r"[^\W\d_]+", "a", cell.strip()[:60]))


def _found_out(
    head: Sequence[str], delimiter: str, quoting: str, named: Sequence[str]
) -> tuple[str, str, int]:
    """Delimiter, quoting and lines before the header: what gives the named columns, whole rows.

    Between equals the one that gives most columns; a quote is written twice unless only another
    way leaves no row broken.
    """
    best: tuple[float, ...] = ()
    found = (delimiter or ",", quoting or "double", 0)
    for mark in (delimiter,) if delimiter else DELIMITERS:
        ways = (quoting,) if quoting else ("double", "backslash", "none")
        for way in ways:
            if way == "none" and not quoting and mark != "\t":
                continue  # without quotes, commas could stand in no cell
            rows, lines, broken = _parsed(head, mark, way)
            if not rows or (way != ways[0] and broken):
                continue
            at = header_at(rows, named)
            header = [name.strip() for name in rows[at]]
            full = [r for r in rows[at + 1 :] if r]
            even = sum(len(r) == len(header) for r in full) / len(full) if full else 1.0
            score = (
                float(sum(name in header for name in named)),
                even if len(header) > 1 else 0.0,
                len(header),
                -broken,
            )
            if not best or score > best:
                best, found = score, (mark, way, lines[at])
            if not broken:
                break
    return found


def _parsed(
    head: Iterable[str], delimiter: str, quoting: str
) -> tuple[list[list[str]], list[int], int]:
    """Rows of the first lines, how many lines stand before each, and how many are broken."""
    rows: list[list[str]] = []
    lines: list[int] = []
    broken = 0
    feed = _Feed(iter(head), 0)
    reader = csv.reader(feed, delimiter=delimiter, **_QUOTES[quoting])
    while True:
        begin = feed.line
        try:
            row = next(reader)
        except StopIteration:
            return rows, lines, broken
        except csv.Error as error:
            # The last record of these lines may be cut off.
            broken += "unexpected end of data" not in str(error)
            feed.reject()
            if feed.again > 1 << 22:
                return rows, lines, broken + 1
            continue
        feed.accept()
        rows.append(row)
        lines.append(begin)
