"""Rows of tables → records: which cell is what, and a name for documents that have none."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trends.core.dates import DocDate
from trends.errors import DataError
from trends.files import sha256
from trends.sources.records import fields
from trends.sources.records.boilerplate import is_placeholder
from trends.sources.records.record import Dropped, Record
from trends.sources.tables.columns import Columns, no_such_column, resolve
from trends.sources.tables.dates import DateReader, missing
from trends.sources.tables.table import Row, Table, scalar

SOURCE = "table"
#: Further columns that are kept unless the user names them.
MAX_KEPT = 1_000


@dataclass
class Reading:
    """Rows of tables → records, counting what was left out."""

    columns: Columns
    dates: DateReader
    left_out: Counter[str] = field(default_factory=Counter)
    used: dict[str, dict[str, Any]] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    hashed: int = 0
    placeholders: int = 0

    def records(
        self, tables: Sequence[Table], items: Mapping[str, Any]
    ) -> Iterator[Record | Dropped]:
        """The records of all tables; in the end :attr:`inputs` and :attr:`warnings` are complete.

        Raises
        ------
        UsageError, DataError
            If a column is not named or not there.
        """
        resolved = [
            resolve(self.columns, table) for table in tables
        ]  # all of them before the first row is read
        self._judge_dates(tables, resolved)
        for table, columns in zip(tables, resolved, strict=True):
            item = items[table.name]
            if isinstance(item, str | Path):
                yield from self.of_table(table, columns)
                self.inputs[table.name] = sha256(Path(item))
            else:
                yield from self._hashed(table, columns)
        self._add_warnings()

    def _judge_dates(self, tables: Sequence[Table], resolved: Sequence[Columns]) -> None:
        """Look at all dates before the first is read: one cell may decide for all."""
        for table, columns in zip(tables, resolved, strict=True):
            if len(columns.date) > 1:
                continue
            for row in table.rows(list(columns.date)):
                if not isinstance(row, Dropped):
                    self.dates.look(scalar(row.cells.get(columns.date[0])))
        self.dates.settle()

    def of_table(self, table: Table, columns: Columns) -> Iterator[Record | Dropped]:
        """The records of one table, whose columns are resolved and whose dates are judged."""
        whole = self.columns.keep is None and table.open_ended
        extras = list(columns.keep or ())
        named = {k: list(v) if isinstance(v, tuple) else v for k, v in vars(columns).items()}
        self.used[table.name] = {k: v for k, v in named.items() if v and k not in ("keep", "texts")}
        for name in table.nested or {}:
            self.left_out[name] += 1
        single = [
            c
            for c in (
                columns.id,
                columns.title,
                columns.venue,
                columns.language,
                columns.url,
                columns.origin,
            )
            if c
        ]
        wanted = list(dict.fromkeys([*columns.text, *columns.date, *single, *extras]))
        unseen = set(self.columns.named())
        for row in table.rows(wanted):
            if isinstance(row, Dropped):
                yield row
                continue
            if len(wanted) > 1 and all(row.cells.get(name) == name for name in wanted):
                detail = f"{row.place}: the names of the columns once more, as in joined files."
                yield Dropped(row.place, "repeated header", detail)
                continue
            if unseen:
                unseen -= row.cells.keys()
            if whole:
                extras = self._more(row, wanted, extras, table)
            yield self._record(row, columns, extras)
        self.warnings += table.said
        if unseen and table.open_ended:
            raise no_such_column(min(unseen), table)

    def _hashed(self, table: Table, columns: Columns) -> Iterator[Record | Dropped]:
        """A frame has no bytes of its own to be known by; its documents stand in for them."""
        digest = hashlib.sha256()
        for record in self.of_table(table, columns):
            if isinstance(record, Record):
                date = record.date.written if record.date is not None else ""
                digest.update(
                    f"{record.id}\x1e{content_id(record.title, [record.text], date)}\n".encode(
                        "utf-8", "replace"
                    )
                )
            yield record
        self.inputs[table.name] = digest.hexdigest()

    def _more(self, row: Row, wanted: list[str], extras: list[str], table: Table) -> list[str]:
        """Fields that the first records did not have."""
        known = set(wanted)
        for name in row.cells:
            if name not in known:
                wanted.append(name)
                extras = [*extras, name]
                if len(extras) > MAX_KEPT:
                    message = (
                        f"{table.name} has more than {MAX_KEPT:,} different fields; name those to "
                        "keep (keep=[…])."
                    )
                    raise DataError(message)
        return extras

    def _record(self, row: Row, columns: Columns, extras: Sequence[str]) -> Record | Dropped:
        cells = row.cells
        title = _text(cells.get(columns.title)) if columns.title else ""
        texts = [_pages(cells.get(name)) for name in columns.text]
        for name, value in zip(columns.text, texts, strict=True):
            if not isinstance(value, str | int | float | None):
                kind = "a list" if isinstance(value, list) else "no text"
                return Dropped(
                    row.place,
                    "text is no text",
                    f"{row.place}: the column {name!r} holds {kind}.",
                    title=title,
                )
        parts = [part for part in map(_text, texts) if part]
        if len(texts) > 1:
            said = [part for part in parts if not is_placeholder(part)]
            self.placeholders += len(parts) - len(said)
            parts = said
        text = join_parts(parts)
        date, written, problem = self._date([scalar(cells.get(name)) for name in columns.date])
        identity = _text(cells.get(columns.id)) if columns.id else ""
        if not columns.texts:
            identity = identity or f"{row.place.record}"
            title = title or identity
        if not identity:
            self.hashed += 1
            identity = content_id(title, parts, written)
        return Record(
            row.place,
            identity,
            title,
            text,
            date,
            (_text(cells.get(columns.origin)) if columns.origin else "") or SOURCE,
            venue=_text(cells.get(columns.venue)) if columns.venue else "",
            language=_text(_pages(cells.get(columns.language))) if columns.language else "",
            url=_text(cells.get(columns.url)) if columns.url else "",
            extra=self._extra(cells, extras),
            date_problem=problem,
        )

    def _date(self, stated: Sequence[Any]) -> tuple[DocDate | None, str, str]:
        """The date, how it is written and what is wrong with it."""
        found = self.dates.read(stated)
        written = found.date.written if found.date is not None else ""
        if found.date is None and found.problem:
            written = " ".join(str(v) for v in stated if not missing(v))
        return found.date, written, found.problem

    def _extra(
        self, cells: Mapping[str, Any], extras: Sequence[str]
    ) -> dict[str, str | int | float | bool | None]:
        found: dict[str, str | int | float | bool | None] = {}
        for name in extras:
            value = scalar(cells.get(name))
            if isinstance(value, list | tuple) and all(
                isinstance(v, str | int | float) for v in value
            ):
                value = "; ".join(fields.texts(value))
            if missing(value):
                found[name] = None
            elif isinstance(value, bool | float | int):
                found[name] = (
                    value if isinstance(value, bool | float) or abs(value) < 2**63 else str(value)
                )
            elif isinstance(value, str):
                found[name] = fields.text(value)
            elif isinstance(value, dt.date | dt.time):
                found[name] = value.isoformat()
            elif isinstance(value, DocDate):
                found[name] = value.written
            else:
                self.left_out[name] += 1
                found[name] = None
        return found

    def _add_warnings(self) -> None:
        """Sentences about what a reader of the corpus should know about its columns."""
        if self.hashed:
            self.warnings.append(
                f"{self.hashed:,} records have no id in the table; they are named by a hash of "
                "title, text and date."
            )
        if self.placeholders:
            self.warnings.append(
                f"{self.placeholders:,} cells of texts only say that there is none (such as "
                "'[removed]') and were left out."
            )
        if self.left_out:
            names = ", ".join(sorted(self.left_out))
            self.warnings.append(f"Columns with lists or structures were not kept: {names}.")


def _pages(value: Any) -> Any:
    """A list of texts, such as the pages of a document, as one text; all else as it is."""
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return "\n".join(value)
    return value


def _text(value: Any) -> str:
    value = scalar(value)
    if missing(value):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))  # whole numbers beside empty cells arrive as 7.0
    if isinstance(value, dt.date):
        return value.isoformat()
    return fields.text(value)


def join_parts(parts: Sequence[str]) -> str:
    """Parts of a text joined with ``". "``, or a blank where a part ends in a stop of its own."""
    out = ""
    for part in parts:
        out += (
            part
            if not out
            else f" {part}"
            if out.endswith((".", "!", "?", ":", "。"))
            else f". {part}"
        )
    return out


def content_id(title: str, parts: Sequence[str], date: str) -> str:
    """Id of a document without one: 80 bits of SHA-256 over title, texts and date."""
    content = "\x1e".join([title, "\x1d".join(parts), date])
    return f"row-{hashlib.sha256(content.encode('utf-8', 'surrogatepass')).hexdigest()[:20]}"
