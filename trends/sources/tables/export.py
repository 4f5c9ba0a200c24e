"""A corpus → CSV, TSV, JSON lines, Parquet or Excel, the same when it is read back."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import chain
from pathlib import Path
from typing import IO, Any

import pandas as pd

from trends.core.corpus import Corpus
from trends.errors import DataError, UsageError
from trends.files import replacing
from trends.sources.stored import corpus_file
from trends.sources.stored import notes as corpus_notes
from trends.sources.tables.formats.excel import escaped
from trends.sources.tables.formats.excel_writer import one_sentence, write_book
from trends.sources.tables.roundtrip import MARK, PROTECTED, SPAN, TEXT, VERSION
from trends.sources.tables.spreadsheet import protect
from trends.sources.tables.table import scalar

#: Limits of the Excel format (Microsoft, "Excel specifications and limits").
EXCEL_ROWS, EXCEL_COLUMNS, EXCEL_CHARACTERS = 1_048_576, 16_384, 32_767


def write(corpus: Corpus, path: Path, *, for_excel: bool = False) -> None:
    """Write documents, dates and metadata; all or nothing, the same bytes for the same corpus.

    Parameters
    ----------
    corpus : Corpus
        Term counts and embeddings are not part of a table.
    path : Path
        Its ending says the format: ``.csv``, ``.tsv``, ``.jsonl`` (also with ``.gz``), ``.parquet``
        or ``.xlsx``. Only Parquet keeps the notes and the name of the corpus; CSV and TSV keep the
        values of metadata, but not their types.
    for_excel : bool
        Put an apostrophe before cells of CSV and TSV that a spreadsheet would take for formulas;
        :func:`trends.sources.tables.read.read` takes it off again. In ``.xlsx`` text is always
        stored as text.

    Raises
    ------
    UsageError
        If the ending is another one, or ``for_excel`` is on and no spreadsheet opens such files.
    DataError
        If the format cannot hold a value; the message names the document.
    StorageError
        If the file cannot be written.
    """
    name = path.name.lower()
    kind = name.removesuffix(".gz").rpartition(".")[2]
    if for_excel and kind not in ("csv", "tsv", "xlsx"):
        message = f"Protection for spreadsheets is for .csv, .tsv and .xlsx; got {path.name}."
        raise UsageError(message)
    if name.endswith(".parquet"):
        corpus_file.write(corpus, path)
        return
    if name.endswith(".xlsx"):
        _checked_for_excel(corpus, path)
        with replacing(path) as temporary, one_sentence(path):
            _excel(corpus, temporary)
        return
    if kind not in ("csv", "tsv", "jsonl"):
        message = (
            "A corpus is written to .parquet, .csv, .tsv, .jsonl (also .gz) or .xlsx; got "
            f"{path.name}."
        )
        raise UsageError(message)
    with (
        replacing(path) as temporary,
        temporary.open("wb") as raw,
        _packed(raw) if name.endswith(".gz") else nullcontext(raw) as file,
    ):
        if kind == "jsonl":
            _json(corpus, file, path)
        else:
            _separated(corpus, file, path, "," if kind == "csv" else "\t", for_excel)


def _packed(raw: IO[bytes]) -> gzip.GzipFile:
    # Neither name nor time of writing: the same bytes whenever it is written.
    return gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0)


def _columns(corpus: Corpus, path: Path) -> list[str]:
    names = [str(c) for c in corpus.documents.columns]
    clash = {MARK, *SPAN} & set(names)
    if clash:
        message = (
            f"The corpus has a column {min(clash)!r}, which exported tables use themselves; rename "
            f"it before writing {path.name}."
        )
        raise DataError(message)
    return names


def _span(corpus: Corpus) -> dict[str, str]:
    return {name: day for name, day in corpus_notes.span_text(corpus).items() if day is not None}


def _rows(corpus: Corpus, version: str = VERSION) -> Iterator[list[Any]]:
    """Cells of each document: text, numbers, true and false, or none; days as text."""
    frame = corpus.documents
    days = {c for c in frame.columns if pd.api.types.is_datetime64_any_dtype(frame[c])}
    tail = [*_span(corpus).values(), version]
    step = 2_000
    for start in range(0, len(frame), step):
        part = frame.iloc[start : start + step]
        values = [_cells(part[c], c, c in days) for c in frame.columns]
        for cells in zip(*values, strict=True):
            yield [*cells, *tail]


def _cells(column: pd.Series, name: Any, is_day: bool) -> list[Any]:
    if is_day:
        return [
            None if pd.isna(v) else v.date().isoformat() if v == v.normalize() else v.isoformat()
            for v in column
        ]
    if name in TEXT:
        return [str(v) for v in column]
    return [_plain(v) for v in column.tolist()]


def _plain(value: Any) -> Any:
    value = scalar(value)
    if (
        value is None
        or value is pd.NA
        or value is pd.NaT
        or (isinstance(value, float) and math.isnan(value))
    ):
        return None
    return value if isinstance(value, str | int | float | bool) else str(value)


def _separated(corpus: Corpus, file: Any, path: Path, delimiter: str, for_excel: bool) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    # Both characters of the line end, so that a cell with either of them is quoted (RFC 4180).
    out = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    shown = protect if for_excel else str
    out.writerow([shown(c) for c in [*_columns(corpus, path), *_span(corpus), MARK]])
    for cells in _rows(corpus, PROTECTED if for_excel else VERSION):
        row = ["" if v is None else shown(v) if isinstance(v, str) else v for v in cells]
        if any("\x00" in v for v in row if isinstance(v, str)):
            message = (
                f"The document {cells[0]!r} holds a NUL character, which {path.name} cannot; take "
                "it out, or write .jsonl or .parquet."
            )
            raise DataError(message)
        with _encodable(cells[0], path):
            out.writerow(row)
    text.flush()
    text.detach()


def _json(corpus: Corpus, file: Any, path: Path) -> None:
    names = [*_columns(corpus, path), *_span(corpus), MARK]
    for cells in _rows(corpus):
        try:
            line = json.dumps(
                dict(zip(names, cells, strict=True)), ensure_ascii=False, allow_nan=False
            )
        except ValueError as error:
            message = (
                f"The document {cells[0]!r} holds an infinite number, which JSON cannot; write "
                ".csv or .parquet."
            )
            raise DataError(message) from error
        with _encodable(cells[0], path):
            file.write(line.encode("utf-8") + b"\n")


@contextmanager
def _encodable(document: Any, path: Path) -> Iterator[None]:
    try:
        yield
    except UnicodeEncodeError as error:
        message = (
            f"The document {document!r} holds half a character (a lone surrogate), which "
            f"{path.name} cannot; clean its text first."
        )
        raise DataError(message) from error


def _checked_for_excel(corpus: Corpus, path: Path) -> None:
    """Refuse before anything is written what the format cannot hold."""
    width = len(_columns(corpus, path)) + len(_span(corpus)) + 1
    if len(corpus) >= EXCEL_ROWS or width > EXCEL_COLUMNS:
        message = (
            f"{path.name}: {len(corpus):,} documents in {width:,} columns; Excel holds "
            f"{EXCEL_ROWS - 1:,} and {EXCEL_COLUMNS:,}. "
            "Write .csv or .parquet."
        )
        raise DataError(message)
    for cells in _rows(corpus):
        for value in cells:
            if isinstance(value, float) and math.isinf(value):
                message = (
                    f"The document {cells[0]!r} holds an infinite number, which Excel cannot; "
                    "write .csv or .parquet."
                )
                raise DataError(message)
            # Excel counts in units of UTF-16, and an escaped character takes seven of them.
            if (
                isinstance(value, str)
                and len(value) * 2 > EXCEL_CHARACTERS
                and _units(escaped(value)) > EXCEL_CHARACTERS
            ):
                message = (
                    f"The document {cells[0]!r} has a cell of {_units(escaped(value)):,} "
                    f"characters; Excel holds {EXCEL_CHARACTERS:,}. "
                    "Write .csv, .jsonl or .parquet."
                )
                raise DataError(message)


def _units(text: str) -> int:
    return len(text) + sum(ord(c) > 0xFFFF for c in text)


def _excel(corpus: Corpus, temporary: Path) -> None:
    names = [*map(str, corpus.documents.columns), *_span(corpus), MARK]
    write_book(temporary, {"corpus": chain([names], _rows(corpus))})
