"""Which column of a table is what: named by the user, checked, never guessed for dates."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from trends.errors import DataError, UsageError
from trends.sources.tables.dates import PARTS, DateReader, missing
from trends.sources.tables.known_exports import Export, recognized
from trends.sources.tables.table import MAX_COLUMNS, Table


@dataclass(frozen=True)
class Columns:
    """The user's names for the parts of a document.

    Parameters
    ----------
    text : tuple of str
        Columns of the text, joined with ``". "``.
    date : tuple of str
        One column, or two or three that hold year, month and day.
    id, title : str, optional
        By default the columns ``id`` and ``title`` where there are such; empty for none.
    venue, language, url, origin : str
        Further columns with a meaning; empty for none. ``origin`` is where each record comes from,
        for tables that were put together.
    keep : tuple of str, optional
        Further columns kept as metadata; all of them by default.
    texts : bool
        Whether the table holds texts; else rows are documents known by their id or number alone.
    """

    text: tuple[str, ...]
    date: tuple[str, ...]
    id: str | None = None
    title: str | None = None
    venue: str = ""
    language: str = ""
    url: str = ""
    origin: str = ""
    keep: tuple[str, ...] | None = None
    texts: bool = True

    def named(self) -> list[str]:
        """All columns that were named, each once."""
        single = [self.id, self.title, self.venue, self.language, self.url, self.origin]
        return list(
            dict.fromkeys([*self.text, *self.date, *[c for c in single if c], *(self.keep or ())])
        )


def columns_from_options(
    *,
    text: str | Sequence[str] | Literal[False] | None,
    date: str | Sequence[str] | None,
    keep: str | Sequence[str] | None = None,
    **single: str | None,
) -> Columns:
    """The choice of columns as the options state it; see :class:`Columns`.

    Raises
    ------
    UsageError
        If an option is no name of a column.
    """
    for option, value in single.items():
        if value is not None and not isinstance(value, str):
            message = f"{option} names one column; got {value!r}."
            raise UsageError(message)
    return Columns(
        _names(text or None, "text"),
        _names(date, "date"),
        single.get("id"),
        single.get("title"),
        venue=single.get("venue") or "",
        language=single.get("language") or "",
        url=single.get("url") or "",
        origin=single.get("origin") or "",
        keep=None if keep is None else _names(keep, "keep"),
        texts=text is not False,
    )


def _names(value: str | Sequence[str] | None, option: str) -> tuple[str, ...]:
    names = (
        () if value is None or value == "" else (value,) if isinstance(value, str) else tuple(value)
    )
    for name in names:
        if not isinstance(name, str) or not name:
            message = f"{option} names columns; got {name!r}."
            raise UsageError(message)
    return names


def resolve(columns: Columns, table: Table) -> Columns:
    """Check the choice against a table and complete it.

    Parameters
    ----------
    columns : Columns
        As the user named them.
    table : Table
        Whose columns are meant.

    Returns
    -------
    Columns
        With id, title and further columns filled in.

    Raises
    ------
    UsageError
        If text or date is not named; for the date the message lists columns that look like dates,
        but none is chosen.
    DataError
        If a named column is not there or holds lists or structures.
    """
    _check_names(table)
    known = recognized(table.columns)
    if known is not None:
        columns = replace(
            columns,
            text=columns.text or tuple(filter(None, [known.text])),
            **{
                name: getattr(known, name)
                for name in ("id", "title", "venue", "language", "url")
                if getattr(columns, name) in (None, "") and getattr(known, name)
                if name not in ("id", "title") or getattr(columns, name) is None
            },
        )
    if not columns.date:
        raise UsageError(_no_date(table, known))
    if len(columns.date) > len(PARTS):
        message = (
            "The date is one column, or up to three that hold year, month and day in this order; "
            f"got {', '.join(columns.date)}."
        )
        raise UsageError(message)
    if not columns.text and columns.texts:
        message = f"{table.name}: name the column of the text (text=…, --text). {table.listed()}"
        raise UsageError(message)
    for name in columns.named():
        _check_present(name, table)
    present = set(table.columns)
    nested = table.nested or {}
    own_id = columns.id if columns.id is not None else "id" if "id" in present - set(nested) else ""
    own_title = (
        columns.title
        if columns.title is not None
        else "title"
        if "title" in present - set(nested)
        else ""
    )
    keep = columns.keep
    if keep is None:
        used = {
            *columns.text,
            *columns.date,
            own_id,
            own_title,
            columns.venue,
            columns.language,
            columns.url,
            columns.origin,
        }
        keep = tuple(c for c in table.columns if c not in used and c not in nested)
    filled = (columns.venue, columns.language, columns.url, columns.origin)
    return Columns(columns.text, columns.date, own_id, own_title, *filled, keep, columns.texts)


def _check_names(table: Table) -> None:
    if not table.columns:
        message = f"{table.name} has no columns; its first line must name them."
        raise DataError(message)
    if len(table.columns) > MAX_COLUMNS:
        message = (
            f"{table.name} has {len(table.columns):,} columns; at most {MAX_COLUMNS:,} are read. "
            "Is this a table of documents?"
        )
        raise DataError(message)
    seen: set[str] = set()
    for name in table.columns:
        if name in seen:
            message = (
                f"{table.name}: two columns are called {name!r}; every column needs its own name."
            )
            raise DataError(message)
        seen.add(name)


def _check_present(name: str, table: Table) -> None:
    kind = (table.nested or {}).get(name)
    if kind is not None:
        message = (
            f"{table.name}: the column {name!r} holds {kind}, not single values; make a column of "
            "text or numbers from it."
        )
        raise DataError(message)
    if name in table.repeated:
        message = f"{table.name}: two columns are called {name!r}; give each its own name."
        raise DataError(message)
    if name in table.columns or table.open_ended:
        return
    raise no_such_column(name, table)


def no_such_column(name: str, table: Table) -> DataError:
    """The error for a column that a table does not have."""
    near = difflib.get_close_matches(name, table.columns, n=1, cutoff=0.5) or [
        c for c in table.columns if c.strip().lower() == name.strip().lower()
    ]
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return DataError(f"{table.name} has no column {name!r}.{hint} {table.listed()}{table.hint}")


def _no_date(table: Table, known: Export | None) -> str:
    if known is not None and known.dates:
        return f"{table.name}: name the column of the date (date=…, --date). {known.advice()}"
    looks = [c for c in table.columns if looks_dated(c, table)]
    hint = f" Columns whose first cells read as dates: {', '.join(looks)}." if looks else ""
    return (
        f"{table.name}: name the column of the date (date=…, --date); it is never guessed, "
        "because a day of publication, "
        f"of the last change and of collection tell different stories.{hint} {table.listed()}"
    )


def looks_dated(name: str, table: Table) -> bool:
    """Whether all of the first cells of a column read as dates."""
    if name in (table.nested or {}):
        return False
    cells = [row[name] for row in table.sample if name in row and not missing(row[name])]
    reader = DateReader()
    return bool(cells) and all(reader.read([cell]).date is not None for cell in cells)
