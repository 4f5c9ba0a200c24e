"""Limits of an Excel file, checked before it is parsed.

An ``.xlsx`` is a zip archive of XML. Its directory says how much each part unpacks to, and the zip
reader holds every part to that. Each part is then walked once with a parser that keeps nothing: no
document type (Excel never writes one, and entities are defined there), no deep nesting, no endless
row, no endless text.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO, NoReturn
from xml.parsers import expat

from trends.errors import DataError, reason
from trends.sources.io.bounded import DAMAGED_ZIP

#: Most that all parts of a file together, and the table of its texts, may unpack to.
MAX_UNPACKED = 2**30
MAX_STRINGS = 256 * 2**20
#: Parts that are read as a whole: styles, names of sheets, relations.
MAX_SMALL = 16 * 2**20
MAX_PARTS = 10_000
#: XML is at most this deep; a cell with formatted text lies at 8.
MAX_DEPTH = 32
LAST_ROW = 1_048_576
#: Rows and shared texts, and elements within one of them (16,384 columns at a few elements each).
MAX_ROWS = 4_000_000
MAX_IN_ROW = 200_000
#: Rows and cells that are not there but lie before one that is, which the parser fills in: "XFD1"
#: alone makes a row of 16,384 cells. More empty cells are read where there are a tenth as many that
#: hold something.
MAX_EMPTY_ROWS, MAX_EMPTY_CELLS, EMPTY_SHARE = 4_000_000, 5_000_000, 9
#: Characters in one row.
MAX_ROW_TEXT = 64 * 2**20
_BLOCK = 1 << 18


def check(path: Path) -> None:
    """Refuse an Excel file that could exhaust memory or time.

    Raises
    ------
    DataError
        If it is no Excel file, or one of the bounds above is passed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _sizes(archive, path)
            sheets = cells = empty_cells = empty_rows = 0
            for info in archive.infolist():
                if info.filename.lower().endswith((".xml", ".rels")):
                    walk = _Walk(path, info.filename)
                    with archive.open(info) as part:
                        walk.go(part)
                    sheets, cells, empty_cells = (
                        sheets + walk.sheets,
                        cells + walk.cells,
                        empty_cells + walk.empty_cells,
                    )
                    empty_rows += max(0, walk.last_row - walk.rows)
                    if empty_cells > max(MAX_EMPTY_CELLS, EMPTY_SHARE * cells):
                        walk.refuse(f"spreads {cells:,} cells over {empty_cells:,} empty ones")
            if sheets > len(archive.infolist()) or empty_rows > MAX_EMPTY_ROWS:
                message = (
                    f"{path} names {sheets:,} worksheets with {empty_rows:,} rows that are left "
                    "out, more than is read. Save the table again."
                )
                raise DataError(message)
    except (
        *DAMAGED_ZIP,
        OSError,
    ) as error:  # a damaged directory may send the zip reader to a place before the file
        if isinstance(error, DataError):
            raise
        message = (
            f"{path} is not an Excel file (.xlsx) that can be read ({reason(error)}); save it "
            "again as .xlsx, or as CSV in UTF-8."
        )
        raise DataError(message) from error


def _sizes(archive: zipfile.ZipFile, path: Path) -> None:
    parts = archive.infolist()
    if "[Content_Types].xml" not in {p.filename for p in parts}:
        message = f"{path} is not an Excel file (.xlsx): it is a zip archive of something else."
        raise DataError(message)
    if len(parts) > MAX_PARTS or len({p.filename for p in parts}) < len(parts):
        message = (
            f"{path} has {len(parts):,} parts, too many or some twice; this is no Excel file that "
            "Excel wrote. Save it again."
        )
        raise DataError(message)
    total = 0
    for part in parts:
        name = part.filename.lower()
        small = (
            name.endswith((".xml", ".rels"))
            and "/worksheets/" not in name
            and "sharedstrings" not in name
        )
        limit = MAX_SMALL if small else MAX_STRINGS if "sharedstrings" in name else MAX_UNPACKED
        total += part.file_size
        if part.file_size > limit or total > MAX_UNPACKED:
            size, most = (
                (part.file_size, limit) if part.file_size > limit else (total, MAX_UNPACKED)
            )
            message = (
                f"{path} unpacks to {size / 2**20:,.0f} MiB ({part.filename}); at most "
                f"{most / 2**20:,.0f} MiB are read there. "
                "Split the table, or save it as CSV or Parquet."
            )
            raise DataError(message)


def _is_row(number: str) -> bool:
    return (
        number.isascii() and number.isdigit() and len(number) <= 7 and 1 <= int(number) <= LAST_ROW
    )


def _column(cell: str) -> int:
    """Number of the column in the name of a cell, as ``XFD1``; 0 if there is none."""
    number = 0
    for letter in cell[:3].upper():
        if not "A" <= letter <= "Z":
            break
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


class _Walk:
    """One pass over a part; counts are reset whenever a row or a shared text ends."""

    def __init__(self, path: Path, part: str) -> None:
        self.where = f"{path} ({part})"
        self.depth = self.rows = self.inside = self.characters = 0
        self.sheets = self.cells = self.empty_cells = self.last_row = 0
        self._column = self._in_row = 0
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        self.parser = parser

    def go(self, part: IO[bytes]) -> None:
        try:
            while block := part.read(_BLOCK):
                self.parser.Parse(block, False)
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            message = (
                f"{self.where} is not XML ({reason(error)}); the file is damaged, save it again."
            )
            raise DataError(message) from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse(f"nests deeper than {MAX_DEPTH} levels")
        if self.depth <= 3:
            self.rows += 1
            if self.rows > MAX_ROWS:
                self.refuse(f"has more than {MAX_ROWS:,} rows")
        self.inside += 1 + len(attributes)
        if self.inside > MAX_IN_ROW:
            self.refuse(f"has a row of more than {MAX_IN_ROW:,} parts")
        kind = name.rpartition(":")[2]
        if kind == "row":
            if not _is_row(attributes.get("r", "1")):
                self.refuse(
                    f"numbers a row {attributes['r'][:20]!r}, beyond the {LAST_ROW:,} that Excel "
                    "has"
                )
            self.last_row = max(self.last_row, int(attributes.get("r", "1")))
        elif kind == "c":
            self._column = _column(attributes.get("r", "")) or self._column + 1
            self._in_row += 1
        elif kind == "sheet":
            self.sheets += 1
        self._text("".join(attributes.values()))

    def _end(self, name: str) -> None:
        self.depth -= 1
        if self.depth <= 2:
            self.inside = self.characters = 0
        if name.rpartition(":")[2] == "row":
            self.cells += self._in_row
            self.empty_cells += max(0, self._column - self._in_row)
            self._column = self._in_row = 0

    def _text(self, text: str) -> None:
        self.characters += len(text)
        if self.characters > MAX_ROW_TEXT:
            self.refuse(f"has a row of more than {MAX_ROW_TEXT / 2**20:,.0f} MiB of text")

    def _doctype(self, *_: object) -> None:
        self.refuse(
            "declares a document type, which Excel never does and which could define entities"
        )

    def refuse(self, why: str) -> NoReturn:
        message = (
            f"{self.where} {why}; this is not read. Save the table again in a spreadsheet program, "
            "or as CSV."
        )
        raise DataError(message)
