"""Tables of any kind → records: CSV, TSV, JSON lines, Parquet, Excel, frames in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trends.errors import UsageError
from trends.sources.io import paths as inputs
from trends.sources.io.bounded import read_bytes
from trends.sources.records.options import ReadOptions
from trends.sources.tables.columns import Columns, columns_from_options
from trends.sources.tables.dates import DateReader, missing
from trends.sources.tables.rows import SOURCE, Reading
from trends.sources.tables.table import Table, scalar

if TYPE_CHECKING:
    from trends.core import Corpus

#: Endings of files by kind; all but Parquet and Excel may be gzip.
ENDINGS = {
    "csv": (".csv", ".tsv", ".tab", ".csv.gz", ".tsv.gz", ".tab.gz"),
    "json": (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".json", ".json.gz"),
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
    text: str | Sequence[str] | None = None,
    date: str | Sequence[str] | None = None,
    id: str | None = None,
    title: str | None = None,
    date_format: str = "",
    zone: str = "UTC",
    venue: str = "",
    language: str = "",
    url: str = "",
    origin: str = "",
    keep: str | Sequence[str] | None = None,
    delimiter: str = "",
    encoding: str = "",
    sheet: str = "",
) -> Corpus:
    """Read documents from tables.

    Parameters
    ----------
    paths : sequence of path or frame
        Files (.csv, .tsv, .jsonl, .parquet, .xlsx; text also as .gz) or frames in memory (pandas,
        Arrow, Hugging Face). A table that ``trends`` exported needs no column to be named.
    options : ReadOptions, optional
        What every source takes.
    text : str or sequence of str
        Column of the text, or several, joined with ``". "`` where they hold something.
    date : str or sequence of str
        Column of the date, or two or three that hold year, month and day. Never guessed.
    id, title : str, optional
        By default the columns ``id`` and ``title``, if there are such; empty for none. Without id,
        documents are named by a hash of title, text and date, so that names depend neither on the
        order of rows nor on other columns nor on the kind of table.
    date_format : str
        How dates are written, as for ``strptime``; by default ISO 8601 and unambiguous words. A
        number is a year if it has four digits.
    zone : str
        Time zone in which moments that state one become days; those that state none keep the day
        that is written.
    venue, language, url, origin : str
        Further columns with a meaning; ``origin`` becomes the column ``source`` of the corpus.
    keep : str or sequence of str, optional
        Further columns kept as metadata; by default all that hold single values.
    delimiter, encoding : str
        Of CSV; found out by evidence if not given.
    sheet : str
        Worksheet of an Excel file that has several.

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
    opened = [
        open_table(item, label, columns, delimiter, encoding, sheet)
        for label, item in items.items()
    ]
    if not opened:
        message = "Name at least one table to read."
        raise UsageError(message)
    if not columns.named() and all(roundtrip.is_own(t.columns) for t in opened):
        return roundtrip.read(opened, list(items.values()), name=options.name)
    called = Path(opened[0].name).name.partition(".")[0]
    reading = Reading(columns, DateReader(date_format, zone))
    corpus = build(
        reading.records(opened, items),
        SOURCE,
        inputs=reading.inputs,
        options=replace(options, name=options.name or called),
        warnings=reading.warnings,
        zone=zone,
    )
    corpus.notes["columns"] = reading.used
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
    endings = [e for kind in ENDINGS.values() for e in kind if not e.endswith(".gz")]
    found: dict[str, Any] = dict(inputs.labelled(files, endings)) if files else {}
    frames = [p for p in paths if not isinstance(p, str | Path)]
    return found | {f"table {i}": frame for i, frame in enumerate(frames, start=1)}


def open_table(
    item: Any,
    label: str,
    columns: Columns | None = None,
    delimiter: str = "",
    encoding: str = "",
    sheet: str = "",
) -> Table:
    """Open a file by its ending, or a frame; ``label`` is how messages call it.

    Raises
    ------
    UsageError
        If the ending is none of :data:`ENDINGS`, or the object is no frame.
    DataError
        If the content is not what the ending says.
    """
    if not isinstance(item, str | Path):
        from trends.sources.tables.formats.arrow import open_frame

        return open_frame(item, label)
    path = Path(item)
    kind = kind_of(path)
    if kind == "csv":
        from trends.sources.tables.formats.csv_file import CsvFile

        return CsvFile(
            path,
            label,
            delimiter=delimiter,
            encoding=encoding,
            named=columns.named() if columns else (),
        ).table()
    if kind == "json":
        from trends.sources.tables.formats.json_lines import open_json

        return open_json(path, label)
    if not path.is_file():
        read_bytes(path, 0)  # says what is wrong with the name
    if kind == "parquet":
        from trends.sources.tables.formats.arrow import open_parquet

        return open_parquet(path, label)
    from trends.sources.tables.formats.excel import open_excel

    return open_excel(path, label, sheet)


def kind_of(path: Path) -> str:
    """Kind of a table by the ending of its name: csv, json, parquet or excel.

    Raises
    ------
    UsageError
        If the ending is another one.
    """
    for kind, endings in ENDINGS.items():
        if path.name.lower().endswith(endings):
            return kind
    message = (
        f"{path.name} has no ending of a table; read are "
        f"{', '.join(e for endings in ENDINGS.values() for e in endings)}."
    )
    if path.suffix.lower() == ".xls":
        message += " Save the old Excel file as .xlsx."
    raise UsageError(message)


def describe(
    item: Any, *, delimiter: str = "", encoding: str = "", sheet: str = ""
) -> list[dict[str, Any]]:
    """Columns of one table: name, kind of values, share of filled rows, examples.

    Raises
    ------
    UsageError, DataError
        See :func:`open_table`.
    """
    ((label, each),) = labelled([item]).items()
    table = open_table(each, label, None, delimiter, encoding, sheet)
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
                "examples": shown,
            }
        )
    return rows
