"""Excel workbooks (``.xlsx``) → rows; values only, no formula is ever computed."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from trends.core.dates import DocDate, Precision
from trends.errors import DataError, UsageError, reason
from trends.extras import require
from trends.sources.records.record import Dropped, Place
from trends.sources.tables.dialect import MOST_BEFORE, Dialect, header_at, passed_over
from trends.sources.tables.formats import excel_limits
from trends.sources.tables.table import Row, Table, distinct, scalar

_SAMPLE = 20
# How the format writes characters that XML cannot hold (ECMA-376, ST_Xstring), and an underscore
# that would read as one of them.
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def escaped(text: str) -> str:
    """Text as it is written into a cell."""
    return _UNSAFE.sub(lambda m: f"_x{ord(m[0]):04X}_", text)


def unescaped(text: str) -> str:
    """Text as it was before :func:`escaped`."""
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def open_excel(
    path: Path, label: str, dialect: Dialect | None = None, named: Sequence[str] = ()
) -> Table:
    """One worksheet; rows before the names of the columns, such as a title, are passed over.

    Parameters
    ----------
    path : Path
        A file ``.xlsx`` or ``.xlsm``; macros are not run, formulas give the value that was saved
        with them.
    label : str
        How counts call it.
    dialect : Dialect, optional
        Which worksheet, where several hold anything, and which row names the columns.
    named : sequence of str
        Columns that the user named.

    Raises
    ------
    DataError
        If the file is damaged or could exhaust memory; see
        :mod:`trends.sources.tables.formats.excel_limits`.
    UsageError
        If the sheet is not there, or several hold something and none is named.
    """
    dialect = dialect or Dialect()
    excel_limits.check(path)
    with _opened(path) as book:
        name = _sheet_name(book, path, dialect.sheet)
        head = list(islice(_raw(book[name]), 2 * MOST_BEFORE))
        if dialect.before is None:
            at = header_at([values for _, values in head], named)
            first = head[at][0] if head else 1
        else:
            first = dialect.before + 1
        before = [values for line, values in head if line < first]
        rows = (row for row in _raw(book[name]) if row[0] >= first)
        _, header = next(rows, (1, []))
        columns, repeated = _columns(header)
        sample = [
            _cells(columns, values) for _, (_, values) in zip(range(_SAMPLE), rows, strict=False)
        ]

    def read(_: Sequence[str]) -> Iterator[Row | Dropped]:
        with _opened(path) as again:
            lines = (row for row in _raw(again[name]) if row[0] >= first)
            next(lines, None)
            number = 0
            for line, values in lines:
                number += 1
                place = Place(label, number, line)
                if len(values) > len(columns):
                    yield Dropped(
                        place,
                        "ragged row",
                        f"The row has {len(values)} cells; the header has {len(columns)}.",
                    )
                    continue
                yield Row(place, _cells(columns, values))

    said = passed_over(label, [str(v[0]) for v in before]) if dialect.before is None else []
    return Table(label, columns, read, sample, said=said, repeated=repeated)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    with require("excel", "Reading an Excel file"):
        import openpyxl

    # What openpyxl warns of (styles, extensions that it leaves out) is not about the values.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # its parser meets damaged files with errors of every kind
            raise _damaged(error, path) from error
        try:
            yield book
        except (DataError, UsageError, GeneratorExit):
            raise
        except Exception as error:
            raise _damaged(error, path) from error
        finally:
            book.close()


def _damaged(error: Exception, path: Path) -> DataError:
    message = (
        f"{path} is not an Excel file (.xlsx) that can be read ({reason(error)}); save it again as "
        ".xlsx, or as CSV in UTF-8."
    )
    return DataError(message)


def _sheet_name(book: Any, path: Path, sheet: str) -> str:
    names = [s.title for s in book.worksheets]
    if sheet:
        if sheet not in names:
            message = f"{path.name} has no worksheet {sheet!r}; it has: {', '.join(names)}."
            raise UsageError(message)
        return sheet
    full = [name for name in names if next(_raw(book[name]), None) is not None]
    if len(full) > 1:
        message = (
            f"{path.name} has {len(full)} worksheets that hold something: {', '.join(full)}; name "
            "one of them (sheet=…, --sheet)."
        )
        raise UsageError(message)
    if not full:
        message = f"{path.name} has no worksheet that holds anything."
        raise DataError(message)
    return full[0]


def _raw(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Rows with their number, without the empty cells at their end."""
    sheet.reset_dimensions()  # what the file claims about its size may be wrong
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        values = [_value(cell) for cell in cells]
        while values and values[-1] is None:
            values.pop()
        if values:
            yield line, values


def _value(cell: Any) -> Any:
    value = cell.value
    if value is None or cell.data_type == "e":  # #N/A and its like hold no value
        return None
    if isinstance(value, str):
        return unescaped(value) or None
    if (
        isinstance(value, dt.datetime)
        and (precision := _shown(str(cell.number_format or ""))) is not Precision.DAY
    ):
        month = value.month if precision is Precision.MONTH else 1
        return DocDate(dt.date(value.year, month, 1), precision)
    return scalar(value)


def _shown(number_format: str) -> Precision:
    """How much of a date its cell shows: Excel stores "May 2019" as the first of May."""
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", number_format.split(";", maxsplit=1)[0].lower())
    if "d" in bare or "h" in bare or "s" in bare or not ("y" in bare or "e" in bare):
        return Precision.DAY
    return Precision.MONTH if "m" in bare else Precision.YEAR


def _columns(header: Sequence[Any]) -> tuple[tuple[str, ...], frozenset[str]]:
    return distinct(
        f"column {i}" if name is None else str(name).strip()
        for i, name in enumerate(header, start=1)
    )


def _cells(columns: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    return {c: values[i] if i < len(values) else None for i, c in enumerate(columns)}
