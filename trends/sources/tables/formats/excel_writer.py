"""Rows → an Excel workbook (``.xlsx``): text stays text, same rows give the same bytes."""

from __future__ import annotations

import gc
import sys
import traceback
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from trends.errors import DataError, StorageError
from trends.extras import require
from trends.files import storage_error
from trends.sources.tables.formats.excel import escaped

_MOMENT = (1980, 1, 1, 0, 0, 0)


def write_book(temporary: Path, sheets: Mapping[str, Iterable[Sequence[Any]]]) -> None:
    """Write worksheets; the first row of each holds its names.

    Parameters
    ----------
    temporary : Path
        From :func:`trends.files.replacing`, within :func:`one_sentence`.
    sheets : mapping of str to iterable of rows
        By the name of the worksheet. The first cell of a row names it in messages.

    Raises
    ------
    DataError
        If a cell holds a character that the format cannot.
    """
    with require("excel", "Writing an Excel file"):
        import openpyxl
        from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)

    def cell(sheet: Any, value: Any) -> Any:
        made = WriteOnlyCell(sheet, value="")
        if isinstance(value, float) and float(f"{value:.16g}") != value:
            # openpyxl writes sixteen digits; a number that needs the seventeenth is written out.
            made._value, made.data_type = repr(float(value)), "n"
            return made
        if not isinstance(value, str):
            return value
        # Set beside openpyxl's own rule, by which a text that begins with "=" is a formula: here it
        # is text and stays text.
        made._value, made.data_type = escaped(value), "s"
        return made

    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for cells in rows:
            try:
                sheet.append([cell(sheet, v) for v in cells])
            except (UnicodeEncodeError, ValueError) as error:
                message = (
                    f"The document {cells[0]!r} holds a character that Excel cannot; clean its "
                    "text first, or write .jsonl."
                )
                raise DataError(message) from error
    first = temporary.with_name(f"{temporary.name}.first")
    try:
        book.save(first)
        _without_clock(first, temporary)
    finally:
        first.unlink(missing_ok=True)


@contextmanager
def one_sentence(path: Path) -> Iterator[None]:
    """What is raised where nothing can be written, as one error and no more lines."""
    from lxml.etree import SerialisationError

    kept = sys.unraisablehook
    try:
        yield
    except (OSError, SerialisationError) as error:
        if isinstance(error, StorageError):
            raise
        # Generators that openpyxl leaves behind fail once more when they are closed.
        sys.unraisablehook = lambda _: None
        traceback.clear_frames(error.__traceback__)
        gc.collect()
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise storage_error(OSError(0, why), path) from error
    finally:
        sys.unraisablehook = kept


def _without_clock(source: Path, target: Path) -> None:
    """The same archive with neither the time of writing nor that of its parts."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            info = zipfile.ZipInfo(name, _MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            if name == "docProps/core.xml":
                new.writestr(info, _CORE)
                continue
            with old.open(name) as part, new.open(info, "w", force_zip64=True) as copy:
                while block := part.read(1 << 20):
                    copy.write(block)


_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    "<cp:coreProperties "
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:creator>trends</dc:creator></cp:coreProperties>"
)
