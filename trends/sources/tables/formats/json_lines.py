"""JSON as a table: objects on lines, in an array or inside of an object; a field is a column.

What pandas writes is read in all its layouts (``records``, ``split``, ``index``, ``columns``), and
the types of MongoDB's exports (``$date``, ``$oid``, ``$numberLong``) as the values that they hold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from trends.errors import DataError, UsageError
from trends.sources.io import json_stream
from trends.sources.io.span import Span
from trends.sources.records.reader import json_objects
from trends.sources.records.record import Dropped, Place
from trends.sources.tables.table import MAX_COLUMNS, Row, Table

#: The first records, from which the columns are taken: so many, or until they hold so many
#: characters.
_FIRST, _FIRST_CHARACTERS = 500, 4 * 2**20
_SAMPLE = 20
#: How deep a list of records is looked for.
_DEEPEST = 4


def open_json(
    path: Path,
    label: str,
    records: str = "",
    named: Sequence[str] = (),
    span: Span | None = None,
) -> Table:
    """JSON lines, an array, or one object, plain or packed.

    Parameters
    ----------
    path : Path
        The file.
    label : str
        How counts call it.
    records : str
        Where the list of records stands in an object, by names of fields with dots between; if
        empty, the one list whose records have the named columns.
    named : sequence of str
        Columns that the user named; ``a.b`` is the field ``b`` of the object in the field ``a``.
    span : Span, optional
        The part of a file of JSON lines that is read as rows; its columns are those of the whole.

    Raises
    ------
    DataError
        If the file is not JSON, or its first records have no fields.
    UsageError
        If no list stands where the user says.
    """
    first = next((i.value for i in json_stream.items(path) if not i.problem), None)
    said: list[str] = []
    whole = _whole(first, named) if not records and isinstance(first, Mapping) else None
    way = _way(first, records, named, path) if whole is None else ()
    if way and not records:
        said.append(f"{label}: the records were taken from the list in {'.'.join(way)!r}.")

    def items(span: Span | None = None) -> Iterator[Row | Dropped]:
        if whole is not None:
            for number, values in enumerate(whole, start=1):
                yield Row(Place(label, number), _cells(values, named))
            return
        for item in json_objects(path, label, (way,) if way else (), span):
            yield item if isinstance(item, Dropped) else Row(item[0], _cells(item[1], named))

    columns: dict[str, None] = {}
    sample: list[Mapping[str, Any]] = []
    size, more = 0, False
    for number, row in enumerate(items()):
        if number >= _FIRST or size > _FIRST_CHARACTERS:
            more = True
            break
        if isinstance(row, Row):
            columns.update(dict.fromkeys(row.cells))
            size += sum(len(v) if isinstance(v, str) else 8 for v in row.cells.values())
            sample = sample if len(sample) == _SAMPLE else [*sample, row.cells]
        if len(columns) > MAX_COLUMNS:
            message = (
                f"{path} has more than {MAX_COLUMNS:,} different fields in its first records; is "
                "this a table of documents?"
            )
            raise DataError(message)
    if not columns:
        message = (
            f"{path} has no record with fields among its first; one JSON object a line was "
            "expected."
        )
        raise DataError(message)
    lists = {".".join(w): len(v) for w, v in _lists(first)} if not way and whole is None else {}
    hint = (
        " Records may lie in "
        + ", ".join(f"{w} ({n:,} objects)" for w, n in lists.items())
        + f": read them with records={next(iter(lists))!r} (--records {next(iter(lists))})."
        if lists
        else ""
    )
    return Table(
        label, tuple(columns), lambda _: items(span), sample, open_ended=more, said=said, hint=hint
    )


def _cells(item: Mapping[str, Any], named: Sequence[str]) -> dict[str, Any]:
    cells = {name: _value(value) for name, value in item.items()}
    for name in named:
        if "." in name and name not in cells:
            inner: Any = item
            for part in name.split("."):
                inner = inner.get(part) if isinstance(inner, Mapping) else None
            if inner is not None:
                cells[name] = _value(inner)
    return cells


def _value(value: Any) -> Any:
    """A value of MongoDB's extended JSON as what it holds, any other as it is."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return value
    ((kind, inner),) = value.items()
    if kind == "$date":
        inner = _value(inner)
        if isinstance(inner, int) and not isinstance(inner, bool):
            try:
                return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=inner)
            except OverflowError:
                return str(inner)
        return inner
    if kind in ("$numberLong", "$numberInt") and isinstance(inner, str):
        return int(inner) if inner.lstrip("-").isdecimal() and len(inner) < 20 else inner
    if kind in ("$oid", "$numberDouble", "$numberDecimal", "$uuid", "$symbol"):
        return inner
    return value


def _lists(value: Any, way: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Lists of objects in an object, with the way to each."""
    if not isinstance(value, Mapping) or len(way) >= _DEEPEST:
        return
    for name, inner in islice(value.items(), 1_000):
        if isinstance(inner, list) and inner and isinstance(inner[0], Mapping):
            yield (*way, name), inner
        elif isinstance(inner, Mapping):
            yield from _lists(inner, (*way, name))


def _way(first: Any, records: str, named: Sequence[str], path: Path) -> tuple[str, ...]:
    """Where the records are: as the user says, else in the one list that has the columns."""
    if records:
        way = tuple(records.split("."))
        inner = first
        for name in way:
            inner = inner.get(name) if isinstance(inner, Mapping) else None
        if not isinstance(inner, list):
            found = [".".join(w) for w, _ in _lists(first)]
            there = f" Lists of records stand in: {', '.join(found)}." if found else ""
            message = f"{path}: there is no list of records in {records!r}.{there}"
            raise UsageError(message)
        return way
    if not named or not isinstance(first, Mapping) or set(named) <= set(_cells(first, named)):
        return ()
    ways = [way for way, found in _lists(first) if set(named) <= set(_cells(found[0], named))]
    return ways[0] if len(ways) == 1 else ()


def _whole(first: Mapping[str, Any], named: Sequence[str]) -> list[Mapping[str, Any]] | None:
    """The rows of one object that holds all of them, as pandas lays it out."""
    columns, rows = first.get("columns"), first.get("data")
    if isinstance(columns, list) and isinstance(rows, list):
        pairs = [row for row in rows if isinstance(row, list) and len(row) == len(columns)]
        if len(pairs) == len(rows):
            return [dict(zip(map(str, columns), row, strict=True)) for row in rows]
    parts = list(first.values())
    if not named or not parts or not all(isinstance(part, Mapping) for part in parts):
        return None
    if set(named) <= set(first) and all(part.keys() == parts[0].keys() for part in parts):
        return [{name: part[key] for name, part in first.items()} for key in parts[0]]
    if not set(named) & set(first) and set(named) <= set().union(*parts):
        return parts
    return None
