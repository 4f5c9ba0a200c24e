"""Sheets that people fill in: written as CSV or Excel, read back with every cell doubted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from trends.errors import DataError, MissingError, UsageError
from trends.files import json_text, plain, read_json, replacing, write_csv, write_text
from trends.sources.records.record import Dropped
from trends.sources.tables.dialect import Dialect
from trends.sources.tables.formats.excel_writer import one_sentence, write_book
from trends.sources.tables.read import kind_of, open_table
from trends.sources.tables.spreadsheet import protect, restore
from trends.sources.tables.table import scalar

#: Name of the worksheet that is filled in, and column of the answers.
SHEET, CODE = "coding", "code"


@dataclass(frozen=True)
class CodingSheet:
    """Sheets for coders, and the key that they do not see.

    Parameters
    ----------
    sheets : tuple of pandas.DataFrame
        One a coder, in an order of their own: ``id``, what is to be read, ``code`` (empty), and
        ``remark``.
    codebook : pandas.DataFrame
        ``code`` and ``meaning``.
    key : dict
        How the sample was drawn: fit, seed, strata with their probabilities, documents.
    """

    sheets: tuple[pd.DataFrame, ...]
    codebook: pd.DataFrame
    key: dict[str, Any]

    def write(self, path: str | Path) -> list[Path]:
        """Write ``sheet.csv`` or ``sheet.xlsx`` (``sheet-a`` and on for several coders) and a key.

        The key is ``sheet.key.json``. For CSV the codebook is ``sheet.codebook.csv``, in Excel a
        worksheet.

        Returns
        -------
        list of Path
            The sheets first, the key last.

        Raises
        ------
        UsageError
            If the ending is another one, or a file is there already: it may hold codes.
        """
        path = Path(path)
        if path.suffix.lower() not in (".csv", ".xlsx"):
            message = f"A sheet is written to .csv or .xlsx; got {path.name}."
            raise UsageError(message)
        many = len(self.sheets) > 1
        places = [
            path.with_name(f"{path.stem}-{chr(97 + i)}{path.suffix}") if many else path
            for i in range(len(self.sheets))
        ]
        book, key = (path.with_name(f"{path.stem}.{end}") for end in ("codebook.csv", "key.json"))
        is_csv = path.suffix.lower() == ".csv"
        out = [*places, *([book] if is_csv else []), key]
        for place in out:
            if place.exists():
                message = f"{place} is there already and may hold codes; name another file."
                raise UsageError(message)
        for place, sheet in zip(places, self.sheets, strict=True):
            if is_csv:
                write_csv(place, sheet.map(_protected))
                continue
            tabs = {SHEET: sheet, "codebook": self.codebook}
            with replacing(place) as temporary, one_sentence(place):
                write_book(temporary, {name: _rows(frame) for name, frame in tabs.items()})
        if is_csv:
            write_csv(book, self.codebook.map(_protected))
        write_text(key, json_text(plain(self.key)))
        return out


@dataclass(frozen=True)
class Codes:
    """What coders wrote.

    Parameters
    ----------
    codes : pandas.DataFrame
        A row for each item of the key, a column for each coder; missing where not coded.
    counts : dict of str to int
        ``coded``, ``empty``; and what was left out: ``unknown codes``, ``unknown ids``,
        ``contradictory rows``, ``broken rows``.
    examples : dict of str to list of str
        Of what was left out, ten of each.
    """

    codes: pd.DataFrame
    counts: dict[str, int]
    examples: dict[str, list[str]] = field(default_factory=dict)

    def sentences(self) -> list[str]:
        """What was read and what was left out."""
        out = [f"{self.counts['coded']:,} codes were read, {self.counts['empty']:,} are empty."]
        for what, shown in self.examples.items():
            n = self.counts[what]
            said = what if n > 1 else what.removesuffix("s")
            out.append(
                f"Left out: {n:,} {said} ({'; '.join(shown)}{' …' if n > len(shown) else ''})."
            )
        return out


def read_key(path: Path) -> dict[str, Any]:
    """The key of a sheet.

    Raises
    ------
    MissingError, DataError
        If it is not there, or no key.
    """
    if not path.is_file():
        message = f"{path} is not there; name the key of the sheet: --key FILE."
        raise MissingError(message)
    try:
        key = read_json(path)
        items = key["items"]
        fits = key["kind"] in ("labels", "words", "documents") and isinstance(key["codes"], list)
        fits &= isinstance(key["about"], dict) and isinstance(key["draw"], dict)
        if not fits or not all(isinstance(item["id"], str) for item in items):
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        message = f"{path.name} is no key of a sheet, or is damaged; draw the sample again."
        raise DataError(message) from error
    return dict(key)


def key_of(sheet: Path) -> Path:
    """Where the key of a sheet lies: beside it, also for the sheet of one of several coders."""
    stem = sheet.stem
    if len(stem) > 2 and stem[-2] == "-" and not sheet.with_name(f"{stem}.key.json").is_file():
        stem = stem[:-2]
    return sheet.with_name(f"{stem}.key.json")


def read_codes(sheets: Sequence[Any], key: dict[str, Any]) -> Codes:
    """Read filled-in sheets, one a coder.

    Rows are found by id, in any order. A code is one of those of the key, also written as a
    number (``1.0``) or in capitals. Rows of one document that contradict each other are left out,
    as is what is no code; all of it is counted.

    Parameters
    ----------
    sheets : sequence of path or pandas.DataFrame
        CSV (also with semicolons), TSV or Excel.
    key : dict

    Raises
    ------
    DataError
        If a sheet has no columns ``id`` and ``code``, or none of the ids of the key.
    """
    ids = {str(item["id"]): None for item in key["items"]}
    allowed = {_plain(code): str(code) for code in key["codes"]}
    columns: dict[str, dict[str, str]] = {}
    left_out: dict[str, list[str]] = {}
    empty = 0
    for i, item in enumerate(sheets):
        coder = chr(97 + i)
        read: dict[str, str] = {}
        wrong: set[str] = set()
        seen = 0
        for row in _cells(item, coder):
            if isinstance(row, str):
                left_out.setdefault("broken rows", []).append(f"{coder}: {row}")
                continue
            name, code = restore(str(row[0] if row[0] is not None else "")), _plain(row[1])
            if name not in ids:
                if name or code:
                    left_out.setdefault("unknown ids", []).append(f"{coder}: {name[:60]!r}")
            elif not code:
                seen, empty = seen + 1, empty + 1
            elif code not in allowed:
                seen += 1
                left_out.setdefault("unknown codes", []).append(f"{coder}, {name}: {code[:40]!r}")
            else:
                seen += 1
                if read.setdefault(name, allowed[code]) != allowed[code]:
                    wrong.add(name)
        if not seen:
            message = (
                f"The sheet of coder {coder} has none of the {len(ids):,} ids of the key; give the "
                "sheet that was written with this key."
            )
            raise DataError(message)
        for name in sorted(wrong):
            del read[name]
            left_out.setdefault("contradictory rows", []).append(f"{coder}: {name}")
        columns[coder] = read
    codes = pd.DataFrame(
        {coder: [read.get(name) for name in ids] for coder, read in columns.items()},
        index=pd.Index(list(ids), name="id"),
        dtype=object,
    )
    counts = {"coded": int(codes.notna().sum().sum()), "empty": empty}
    counts |= {what: len(rows) for what, rows in left_out.items()}
    return Codes(codes, counts, {what: rows[:10] for what, rows in left_out.items()})


def read_predictions(path: Path) -> dict[str, float]:
    """Predictions from outside by id: a table with the columns ``id`` and ``prediction``.

    Raises
    ------
    DataError
        If the columns are missing, an id stands there twice, or a prediction is no number.
    """
    out: dict[str, float] = {}
    for row in _cells(path, path.name, "prediction", sheet=""):
        try:
            if isinstance(row, str) or str(row[0]) in out:
                raise ValueError
            out[restore(str(row[0]))] = float(row[1])
        except (TypeError, ValueError):
            message = f"{path.name}: each id has one prediction, a number from 0 to 1; got {row!r}."
            raise DataError(message) from None
    return out


def _cells(item: Any, coder: str, column: str = CODE, sheet: str = SHEET) -> Any:
    """Pairs of id and code, or the sentence why a row could not be read."""
    dialect = None
    if not isinstance(item, pd.DataFrame):
        item = Path(item)
        dialect = Dialect(sheet=sheet) if sheet and kind_of(item) == "excel" else None
    label = f"sheet {coder}" if isinstance(item, pd.DataFrame) else item.name
    table = open_table(item, label, None, dialect)
    missing = [name for name in ("id", column) if name not in table.columns]
    if missing:
        message = (
            f"{label} has no column {missing[0]!r}; it has {', '.join(table.columns)}. Keep the "
            "names of the columns when filling in a sheet."
        )
        raise DataError(message)
    for row in table.rows(("id", column)):
        if isinstance(row, Dropped):
            yield str(row.reason)
        else:
            yield scalar(row.cells.get("id")), scalar(row.cells.get(column))


def _plain(value: Any) -> str:
    """A code as it is compared: ``1``, ``1.0``, `` 1 `` and ``"1"`` are one."""
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    text = " ".join(str(value).split()).casefold()
    number = text.removesuffix(".0")
    return number if number.lstrip("-").isdigit() else text


def _protected(value: Any) -> Any:
    return protect(value) if isinstance(value, str) else value


def _rows(frame: pd.DataFrame) -> list[list[Any]]:
    return [list(frame.columns), *frame.astype(object).where(frame.notna(), None).values.tolist()]
