"""Tables of any kind → records: CSV, TSV, JSON lines, Parquet, Excel, frames in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from trends.errors import DataError, UsageError
from trends.sources.dates.rules import PIVOT, DateRules, formats_of
from trends.sources.io import paths as inputs
from trends.sources.io.bounded import is_workbook, open_stream, read_bytes
from trends.sources.records.options import ReadOptions
from trends.sources.tables.columns import Columns, columns_from_options, looks_dated
from trends.sources.tables.dates import DateReader, missing
from trends.sources.tables.dialect import Dialect
from trends.sources.tables.rows import SOURCE, Reading
from trends.sources.tables.table import Table, scalar

if TYPE_CHECKING:
    from trends.core import Corpus

_TEXTS = {"csv": (".csv", ".tsv", ".tab"), "json": (".jsonl", ".ndjson", ".json")}
#: Endings of files by kind; all but Parquet and Excel may be packed.
ENDINGS = {
    **{k: tuple(e + p for p in ("", ".gz", ".zip") for e in v) for k, v in _TEXTS.items()},
    "parquet": (".parquet", ".pq"),
    "excel": (".xlsx", ".xlsm"),
}
#: What types of values are called.
KINDS = {
    "str": "text",
    "int": "whole numbers",
    "float": "numbers",
    "bool": "true or false",
    "date": "days",
    "datetime": "moments",
}
KINDS |= {"Timestamp": "moments", "DocDate": "dates", "list": "lists", "dict": "structures"}


def read(
    paths: Sequence[Any],
    options: ReadOptions | None = None,
    *,
    text: str | Sequence[str] | Literal[False] | None = None,
    date: str | Sequence[str] | None = None,
    id: str | None = None,
    title: str | None = None,
    date_format: str | Sequence[str] = "",
    date_order: str = "",
    date_unit: str = "",
    fiscal_year: int | None = None,
    pivot: int = PIVOT,
    zone: str = "UTC",
    venue: str = "",
    language: str = "",
    url: str = "",
    origin: str = "",
    keep: str | Sequence[str] | None = None,
    delimiter: str = "",
    encoding: str = "",
    quoting: str = "",
    header_row: int = 0,
    skip_rows: int = 0,
    sheet: str = "",
    records: str = "",
) -> Corpus:
    """Read documents from tables.

    Parameters
    ----------
    paths : sequence of path or frame
        Files (.csv, .tsv, .jsonl, .parquet, .xlsx; text also as .gz) or frames in memory (pandas,
        Arrow, Hugging Face). A table that ``trends`` exported needs no column to be named.
    options : ReadOptions, optional
        What every source takes.
    text : str, sequence of str or False
        Column of the text, or several, joined with ``". "`` where they hold something. False for a
        table of dates alone, whose shares of topics come from elsewhere.
    date : str or sequence of str
        Column of the date, or two or three that hold year, month and day. Never guessed.
    id, title : str, optional
        By default the columns ``id`` and ``title``, if there are such; empty for none. Without id,
        documents are named by a hash of title, text and date, so that names depend neither on the
        order of rows nor on other columns nor on the kind of table.
    date_format : str or sequence of str
        How dates are written, as for ``strptime``; several formats are tried one after the other.
        By default all forms of :mod:`trends.sources.dates`, where the column as a whole decides
        between day and month first.
    date_order : {"", "dmy", "mdy", "ymd"}
        Order of dates in numbers, where the column does not decide.
    date_unit : {"", "s", "ms", "us", "ns", "excel"}
        What numbers count: seconds (and parts of them) since 1970, or days of Excel.
    fiscal_year : int, optional
        Month in which fiscal or academic years such as 2019-20 begin; 0 for both calendar years.
    pivot : int
        The first of the hundred years that years of two digits mean.
    zone : str
        Time zone in which moments that state one become days; those that state none keep the day
        that is written.
    venue, language, url, origin : str
        Further columns with a meaning; ``origin`` becomes the column ``source`` of the corpus.
    keep : str or sequence of str, optional
        Further columns kept as metadata; by default all that hold single values.
    delimiter, encoding, quoting, header_row, skip_rows, sheet, records
        How the table is written, where that is not found out by itself; see
        :class:`~trends.sources.tables.dialect.Dialect`.

    Returns
    -------
    Corpus
        ``notes["columns"]`` says which column is what. A date that cannot be read leaves its
        document undated, and is listed.

    Raises
    ------
    UsageError
        If text or date is not named, or an option cannot mean anything.
    DataError
        If a column is not there or a file cannot be read as what it is.
    """
    from trends.sources.records.build import build
    from trends.sources.tables import roundtrip

    columns = columns_from_options(
        text=text,
        date=date,
        keep=keep,
        id=id,
        title=title,
        venue=venue,
        language=language,
        url=url,
        origin=origin,
    )
    options = options or ReadOptions()
    items = labelled(paths)
    dialect = Dialect(delimiter, encoding, quoting, sheet, header_row, skip_rows, records)
    opened = [open_table(item, label, columns, dialect) for label, item in items.items()]
    if not opened:
        message = "Name at least one table to read."
        raise UsageError(message)
    if not columns.named() and all(roundtrip.is_own(t.columns) for t in opened):
        return roundtrip.read(opened, list(items.values()), name=options.name)
    called = Path(opened[0].name).name.partition(".")[0]
    rules = DateRules(
        formats_of(date_format),
        date_order,
        date_unit,
        fiscal_year,
        pivot,
        options.earliest,
        options.latest,
        zone,
    )
    reading = Reading(columns, DateReader(rules, " ".join(columns.date)))
    corpus = build(
        reading.records(opened, items),
        SOURCE,
        inputs=reading.inputs,
        options=replace(options, name=options.name or called),
        warnings=reading.warnings,
        zone=zone,
        dating=reading.dates.forms,
    )
    corpus.notes["columns"] = reading.used
    if text is False:
        return replace(corpus, documents=corpus.documents.drop(columns="text"))
    return corpus


def labelled(paths: Sequence[Any]) -> dict[str, Any]:
    """Files and frames by the name that messages and counts use.

    Raises
    ------
    DataError
        If a folder holds no table.
    MissingError, StorageError
        If an input does not exist or cannot be listed.
    """
    files = [Path(p) for p in paths if isinstance(p, str | Path)]
    endings = [*_TEXTS["csv"], *_TEXTS["json"], *ENDINGS["parquet"], *ENDINGS["excel"]]
    found: dict[str, Any] = dict(inputs.labelled(files, endings)) if files else {}
    frames = [p for p in paths if not isinstance(p, str | Path)]
    return found | {f"table {i}": frame for i, frame in enumerate(frames, start=1)}


def open_table(
    item: Any,
    label: str,
    columns: Columns | None = None,
    dialect: Dialect | None = None,
) -> Table:
    """Open a file by its content, or a frame; ``label`` is how messages call it.

    Raises
    ------
    UsageError
        If the object is no frame, or an option means nothing for the file.
    DataError
        If the file cannot be read as a table.
    """
    dialect = dialect or Dialect()
    named = columns.named() if columns else ()
    if not isinstance(item, str | Path):
        from trends.sources.tables.formats.arrow import open_frame

        return open_frame(item, label)
    path = Path(item)
    kind = kind_of(path)
    if kind == "csv":
        from trends.sources.tables.formats.csv_file import CsvFile

        return CsvFile(path, label, dialect, named).table()
    if kind == "json":
        from trends.sources.tables.formats.json_lines import open_json

        return open_json(path, label, dialect.records, named)
    if kind == "parquet":
        from trends.sources.tables.formats.arrow import open_parquet

        return open_parquet(path, label)
    from trends.sources.tables.formats.excel import open_excel

    return open_excel(path, label, dialect, named)


def kind_of(path: Path) -> str:
    """Kind of a table by its content: csv, json, parquet or excel.

    An ending of :data:`ENDINGS` decides between CSV and JSON where the content could be both.

    Raises
    ------
    DataError
        If it is an old Excel file, or a format of its own that is no table.
    """
    if not path.is_file():
        read_bytes(path, 0)  # says what is wrong with the name
    with path.open("rb") as f:
        start = f.read(8)
    by_name = next((k for k, e in ENDINGS.items() if path.name.lower().endswith(e)), "")
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"PK") and (by_name == "excel" or is_workbook(path)):
        return "excel"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        message = f"{path.name} is an old Excel file (.xls); save it as .xlsx, or as CSV in UTF-8."
        raise DataError(message)
    if by_name in ("parquet", "excel"):
        return by_name
    with open_stream(path) as stream:
        text = stream.read(4096).replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if by_name == "json" or (not by_name and text.startswith((b"{", b"["))):
        return "json"
    return "csv"


def describe(item: Any, **written: Any) -> list[dict[str, Any]]:
    """Columns of one table: name, kind of values, share of filled rows, mean length, examples.

    Parameters
    ----------
    item : path or frame
        The table.
    **written
        See :class:`~trends.sources.tables.dialect.Dialect`.

    Raises
    ------
    UsageError, DataError
        See :func:`open_table`.
    """
    ((label, each),) = labelled([item]).items()
    table = open_table(each, label, None, Dialect(**written))
    rows = []
    for column in table.columns:
        cells = [scalar(row.get(column)) for row in table.sample]
        filled = [cell for cell in cells if not missing(cell)]
        kinds = sorted({type(cell).__name__ for cell in filled})
        kind = (
            (table.nested or {}).get(column)
            or ", ".join(KINDS.get(k, k) for k in kinds)
            or "nothing"
        )
        shown = list(dict.fromkeys(" ".join(str(cell).split())[:60] for cell in filled))[:3]
        rows.append(
            {
                "column": column,
                "kind": kind,
                "filled": len(filled) / len(cells) if cells else 0.0,
                "length": sum(len(str(cell)) for cell in filled) / max(len(filled), 1),
                "dated": looks_dated(column, table),
                "examples": shown,
            }
        )
    return rows
