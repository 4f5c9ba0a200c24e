"""CSV and TSV → rows: every line accounted for, memory bounded by one record."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

from trends.errors import DataError, UsageError, reason
from trends.sources.io.bounded import Limits
from trends.sources.io.lines import open_lines
from trends.sources.records.record import Dropped, Place
from trends.sources.tables.table import MAX_CELL, MAX_COLUMNS, Row, Table

#: Characters of one record, and of one physical line in bytes.
MAX_RECORD = 2 * MAX_CELL
LIMITS = Limits(line=2 * MAX_CELL)
DELIMITERS = (",", ";", "\t", "|")
_CALLED = {"\t": "tab"}
_SAMPLE = 20
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class CsvFile:
    """A file of separated values: how it is written, found out once, and its rows.

    Parameters
    ----------
    path : Path
        Plain or gzip.
    label : str
        How counts call it.
    delimiter : str
        One character; empty finds it out from the first lines (a tab for ``.tsv``).
    encoding : str
        Any of Python's, such as ``gbk``; empty finds it out.
    named : sequence of str
        Columns that the user named; a delimiter that does not separate them is the wrong one.

    Raises
    ------
    UsageError
        If delimiter or encoding cannot be one.
    DataError
        If the file is binary, in another encoding or has no header.
    """

    def __init__(
        self,
        path: Path,
        label: str,
        *,
        delimiter: str = "",
        encoding: str = "",
        named: Sequence[str] = (),
    ) -> None:
        self.path, self.label = path, label
        if delimiter and (len(delimiter) != 1 or delimiter in '"\r\n'):
            message = f"The delimiter is one character, such as ',' or ';'; got {delimiter!r}."
            raise UsageError(message)
        self.encoding = encoding
        _allow_long_cells()
        head, skip = self._head()
        self._skip = skip
        #: What separates cells.
        self.delimiter = delimiter or skip or _separator(path, head, named)
        records = self._records()
        _, header = next(records, (1, []))
        if not header:
            message = f"{path} is empty; its first line must name the columns."
            raise DataError(message)
        #: Names of the columns, in order.
        self.columns = tuple(
            name.strip() or f"column {i}" for i, name in enumerate(header, start=1)
        )
        self.sample = [
            dict(zip(self.columns, row, strict=True))
            for _, (_, row) in zip(range(_SAMPLE), records, strict=False)
            if len(row) == len(header)
        ]
        records.close()

    def table(self) -> Table:
        """The file as a table."""
        return Table(self.label, self.columns, self.rows, self.sample)

    def rows(self, _: Sequence[str] = ()) -> Iterator[Row | Dropped]:
        """Every record after the header; one with too many or too few cells is dropped.

        Raises
        ------
        DataError
            If quotes are broken, so that nobody can say where records begin, or a bound is passed.
        """
        width = len(self.columns)
        number = 0
        for line, cells in self._records():
            number += 1
            if number == 1 or not cells:  # the header; a blank line
                number -= not cells
                continue
            place = Place(self.label, number - 1, line)
            if len(cells) != width:
                detail = (
                    f"The row has {len(cells)} cell{'s' * (len(cells) != 1)}; the header has "
                    f"{width}."
                )
                yield Dropped(place, "ragged row", detail, title=cells[0][:80])
            else:
                yield Row(place, dict(zip(self.columns, cells, strict=True)))

    def _head(self) -> tuple[str, str]:
        """The first lines, and the delimiter if the first one states it as ``sep=;``."""
        head: list[str] = []
        lines = self._lines()
        for line in lines:
            head.append(line)
            if len(head) >= 200 or sum(map(len, head)) > 1 << 20:
                break
        lines.close()
        stated = re.fullmatch(r"sep=(.)\r?\n?", head[0]) if head else None
        return "".join(head[1:] if stated else head), stated[1] if stated else ""

    def _records(self) -> Generator[tuple[int, list[str]], None, None]:
        """Cells of each record with the line on which it begins."""
        at, begun = _Count(), _Count()

        def fed() -> Iterator[str]:
            for line in self._lines():
                at.lines += 1
                if at.lines == 1 and self._skip:
                    continue
                at.characters += len(line)
                if at.characters > MAX_RECORD:
                    message = (
                        f"{self.path}, line {begun.lines + 1}: the record that begins here is "
                        f"longer than {MAX_RECORD / 2**20:,.0f} MiB; "
                        "probably a quote is never closed. Repair the line."
                    )
                    raise DataError(message)
                yield line

        reader = csv.reader(fed(), delimiter=self.delimiter, strict=True)
        begun.lines = int(bool(self._skip))
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise self._broken(error, begun.lines + 1, at.lines) from error
            if len(cells) > MAX_COLUMNS:
                message = (
                    f"{self.path}, line {begun.lines + 1} has {len(cells):,} cells; at most "
                    f"{MAX_COLUMNS:,} are read."
                )
                raise DataError(message)
            yield begun.lines + 1, cells
            begun.lines, at.characters = at.lines, 0

    def _broken(self, error: csv.Error, begin: int, end: int) -> DataError:
        where = (
            f"{self.path}, line {end}" if begin == end else f"{self.path}, lines {begin} to {end}"
        )
        if "field larger than" in str(error):
            return DataError(
                f"{where}: a cell is longer than {MAX_CELL / 2**20:,.0f} MiB of characters; "
                "probably a quote is never closed."
            )
        if "unexpected end of data" in str(error):
            return DataError(
                f"{where}: a quote is opened in this record and never closed; from here on nobody "
                "can say where records begin. Repair it."
            )
        return DataError(
            f"{where}: broken quotes ({reason(error)}); a quote inside a quoted cell is written "
            "twice. "
            f"The cells were taken as separated by {_CALLED.get(self.delimiter, self.delimiter)!r}."
        )

    def _lines(self) -> Generator[str, None, None]:
        """Lines with their ends, as csv wants them."""
        number = 0
        lines = open_lines(self.path, LIMITS, self.encoding)
        try:
            for line in lines.decoded():
                if "\x00" in line:
                    message = (
                        f"{self.path}, line {number + 1}: a NUL character; the file is damaged or "
                        "no text. Save it again as CSV in UTF-8."
                    )
                    raise DataError(message)
                for part in _LINE.findall(line) if "\r" in line[:-2] else (line,):
                    number += 1
                    yield part
        finally:
            if lines.encoding in ("latin-1", "cp1252"):  # not to be examined once more
                self.encoding = lines.encoding


class _Count:
    """Lines and characters so far."""

    __slots__ = ("characters", "lines")

    def __init__(self) -> None:
        self.lines = self.characters = 0


def _allow_long_cells() -> None:
    # The limit belongs to the process; it is only ever raised, and MAX_RECORD bounds what is read
    # here.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL))


def _separator(path: Path, head: str, named: Sequence[str]) -> str:
    """The delimiter that gives the named columns, rows as wide as the header, and most columns."""
    if any(path.name.lower().endswith(end) for end in (".tsv", ".tab", ".tsv.gz", ".tab.gz")):
        return "\t"
    best, found = (0, 0.0, 0), ","
    for delimiter in DELIMITERS:
        rows: list[list[str]] = []
        try:
            for row in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, strict=True):
                rows.append(row)
        except csv.Error:
            # The last record may be cut off, or the delimiter is wrong: what was read counts.
            pass
        if not rows:
            continue
        header = [name.strip() for name in rows[0]]
        full = [r for r in rows[1:] if r]
        even = sum(len(r) == len(header) for r in full) / len(full) if full else 1.0
        score = (
            sum(name in header for name in named),
            even if len(header) > 1 else 0.0,
            len(header),
        )
        if score > best:
            best, found = score, delimiter
    return found
