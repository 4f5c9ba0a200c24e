"""A table of dates by title or identifier, with the source of each fact."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from trends.core.dates import DocDate, Evidence, Precision, arxiv_month, parse_iso
from trends.errors import DataError, UsageError, reason
from trends.sources.io.bounded import decode, read_bytes

COLUMNS = ("title", "arxiv_id", "date", "precision", "source")
MAX_BYTES = 256 * 2**20
#: The packaged table, and the word for none.
PACKAGED, NO_TABLE = "pretraining", "none"

_ARXIV_ID = re.compile(r"\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}")


def title_key(title: str) -> str:
    """The key by which titles are compared: letters and digits in compatibility form, without case.

    A title without letters and digits is its own key.
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", title).casefold())
    return "".join(c for c in text if c.isalnum()) or title.strip()


@dataclass(frozen=True)
class Fact:
    """One row: the date is missing where only the identifier is known."""

    title: str
    arxiv_id: str
    date: DocDate | None
    source: str


@dataclass(frozen=True)
class Table:
    """Facts found by identifier or by title."""

    by_id: dict[str, Fact] = field(default_factory=dict)
    by_title: dict[str, Fact] = field(default_factory=dict)

    def find(self, key: str, arxiv_id: str = "") -> Fact | None:
        """The fact about a paper by identifier, else by title key unless the identifiers differ."""
        if arxiv_id and arxiv_id in self.by_id:
            return self.by_id[arxiv_id]
        fact = self.by_title.get(key)
        return None if fact is not None and arxiv_id and fact.arxiv_id else fact


def load(dates: str | Path) -> tuple[Table, str]:
    """The table of the option ``dates`` and the SHA-256 of its file.

    Parameters
    ----------
    dates : str or Path
        "pretraining" (the packaged table), "none", or a CSV file.

    Raises
    ------
    DataError
        If the file is not such a table; the message gives the line.
    MissingError, StorageError
        If the file cannot be read.
    """
    if str(dates) == NO_TABLE:
        return Table(), ""
    if str(dates) == PACKAGED:
        with resources.as_file(
            resources.files("trends").joinpath("data", "pretraining", "dates.csv")
        ) as path:
            return _read(path)
    if not str(dates).strip():
        message = (
            f"The option dates is {PACKAGED!r} (the packaged table), {NO_TABLE!r}, or a CSV file "
            f"with the columns {', '.join(COLUMNS)}."
        )
        raise UsageError(message)
    return _read(Path(dates))


def _read(path: Path) -> tuple[Table, str]:
    data = read_bytes(path, MAX_BYTES)
    return parse(decode(data, path), str(path)), hashlib.sha256(data).hexdigest()


def parse(text: str, name: str) -> Table:
    """Read a table with the columns title, arxiv_id, date, precision, source.

    Raises
    ------
    DataError
        If a column is missing, a date or identifier has no known form, or two rows about one paper
        differ.
    """
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    by_id: dict[str, Fact] = {}
    by_title: dict[str, Fact] = {}
    try:
        missing = [c for c in COLUMNS if c not in (reader.fieldnames or [])]
        if missing:
            message = (
                f"{name}, line 1: a table of dates has the columns {', '.join(COLUMNS)}; missing: "
                f"{', '.join(missing)}."
            )
            raise DataError(message)
        for row in reader:
            fact = _fact(row, f"{name}, line {reader.line_num}")
            keys = ((by_id, fact.arxiv_id), (by_title, title_key(fact.title) if fact.title else ""))
            for index, key in keys:
                if key and index.setdefault(key, fact) != fact:
                    message = (
                        f"{name}, line {reader.line_num}: a second row about {key!r} differs; keep "
                        "one of them."
                    )
                    raise DataError(message)
    except csv.Error as error:
        message = (
            f"{name}, line {reader.line_num}: not a table of comma-separated values "
            f"({reason(error)})."
        )
        raise DataError(message) from error
    return Table(by_id, by_title)


def _fact(row: dict[str, str | None], where: str) -> Fact:
    title, arxiv_id, date, precision, source = ((row.get(c) or "").strip() for c in COLUMNS)
    if not title and not arxiv_id:
        message = f"{where}: a row needs a title or an arxiv_id."
        raise DataError(message)
    if arxiv_id and not _ARXIV_ID.fullmatch(arxiv_id):
        message = (
            f"{where}: {arxiv_id!r} is not an arXiv identifier such as 2305.13169 (without "
            "version)."
        )
        raise DataError(message)
    if not date:
        return Fact(title, arxiv_id, None, source)
    try:
        day = parse_iso(date, Evidence.LOOKUP)
    except DataError as error:
        message = f"{where}: {error}"
        raise DataError(message) from error
    if precision and precision != day.precision.value:
        message = (
            f"{where}: the date {date!r} has the precision {day.precision.value}, but the column "
            f"precision holds {precision!r}."
        )
        raise DataError(message)
    month = arxiv_month(arxiv_id) if arxiv_id else None
    if day.precision is not Precision.DAY and month is not None and month.agrees(day):
        # No finer than what the identifier itself says: the identifier is the evidence.
        day = month
    return Fact(title, arxiv_id, day, source)
