"""Tables in pieces: the columns are named or decided by the first file, dates are read alone."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trends.errors import UsageError
from trends.sources.dates.each_alone import EachAlone
from trends.sources.dates.rules import DateRules, formats_of
from trends.sources.records.record import Dropped, Record
from trends.sources.records.rows import MARKED, OWN
from trends.sources.shards.options import ShardOptions
from trends.sources.tables import read as tables
from trends.sources.tables import roundtrip
from trends.sources.tables.columns import Columns, columns_from_options, no_such_column, resolve
from trends.sources.tables.dates import DateReader
from trends.sources.tables.dialect import Dialect
from trends.sources.tables.formats.arrow import open_parquet
from trends.sources.tables.formats.json_lines import open_json
from trends.sources.tables.rows import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trends.sources.shards.pieces import Piece

_COLUMNS = ("text", "date", "id", "title", "venue", "language", "url", "origin")
_DIALECT = ("delimiter", "encoding", "quoting", "sheet", "header_row", "skip_rows", "records")


def _asked(own: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Options of tables by name, with their defaults."""
    known = inspect.signature(tables.read).parameters
    return {name: own.get(name, known[name].default) for name in names}


def dialect_of(own: Mapping[str, Any]) -> Dialect:
    """How tables are written, by the options."""
    return Dialect(**_asked(own, *_DIALECT))


def source_names(options: ShardOptions) -> tuple[str, ...]:
    """The further columns as tables call them: one of ours is marked in the corpus."""
    return tuple(dict.fromkeys(name.removesuffix(MARKED) for name in options.further))


def resolved(path: Path, label: str, own: Mapping[str, Any], options: ShardOptions) -> Columns:
    """Which column of a table is what, by the options and the head of a file.

    Raises
    ------
    UsageError
        If the column of the text or the date is not named, or the table is one that is read whole.
    DataError
        If a column is not there; in JSON lines, not in the first records.
    """
    columns = columns_from_options(**_asked(own, *_COLUMNS), keep=source_names(options))
    table = tables.open_table(path, label, columns, dialect_of(own))
    kept = (name for name in columns.keep or () if name in table.columns or name not in OWN)
    columns = replace(columns, keep=tuple(kept))
    if not columns.texts or (not columns.date and roundtrip.is_own(table.columns)):
        message = (
            f'{label} is read as a whole (engine.name = "memory"), not in pieces: name its '
            "columns of text and date (text=…, date=…)."
        )
        raise UsageError(message)
    found = resolve(columns, table)
    for name in (*found.text, *found.date):
        if name not in table.columns and not any(name in row for row in table.sample):
            raise no_such_column(name, table)
    return found


def records(piece: Piece, own: Mapping[str, Any], earliest: int) -> Iterator[Record | Dropped]:
    """The rows of a piece of a table as records."""
    assert piece.columns is not None
    path, label, columns = Path(piece.path), piece.file, piece.columns
    said = _asked(own, "date_format", "date_order", "date_unit", "fiscal_year", "pivot", "zone")
    rules = DateRules(
        formats_of(said["date_format"]),
        said["date_order"],
        said["date_unit"],
        said["fiscal_year"],
        said["pivot"],
        earliest,
        piece.latest,
        said["zone"],
    )
    dates = DateReader(rules, " ".join(columns.date))
    dates.column = EachAlone(rules, dates.column.name)
    dialect = dialect_of(own)
    if piece.rows is not None:
        table = open_parquet(path, label, *piece.rows)
    elif piece.span is not None:
        table = open_json(path, label, dialect.records, columns.named(), piece.span)
    else:
        table = tables.open_table(path, label, columns, dialect)
    # Columns that are not there were refused before, and none but those named are kept.
    yield from Reading(Columns((), (), keep=()), dates).of_table(table, columns)
