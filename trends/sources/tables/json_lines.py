"""JSON lines (or an array of objects) as a table: a field is a column, and a record need not have all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from trends.errors import DataError
from trends.sources.io import json_stream
from trends.sources.records.record import Dropped
from trends.sources.tables.table import MAX_COLUMNS, Row, Table

#: The first records, from which the columns are told: so many, or until they hold so many
#: characters.
_FIRST, _FIRST_CHARACTERS = 500, 4 * 2**20
_SAMPLE = 20


def open_json(path: Path, label: str) -> Table:
    """JSON lines, plain or gzip.

    Raises
    ------
    DataError
        If the file is not JSON, or its first records have no fields.
    """
    columns: dict[str, None] = {}
    sample: list[Mapping[str, Any]] = []
    size, more = 0, False
    found = json_stream.items(path, label)
    for number, item in enumerate(found):
        if number >= _FIRST or size > _FIRST_CHARACTERS:
            more = True
            break
        if isinstance(item.value, Mapping):
            columns.update(dict.fromkeys(item.value))
            size += sum(len(v) if isinstance(v, str) else 8 for v in item.value.values())
            if len(sample) < _SAMPLE:
                sample.append(item.value)
        if len(columns) > MAX_COLUMNS:
            message = f"{path} has more than {MAX_COLUMNS:,} different fields in its first records; is this a table of documents?"
            raise DataError(message)
    if not columns:
        message = f"{path} has no record with fields among its first; one JSON object a line was expected."
        raise DataError(message)

    def rows(_: Sequence[str]) -> Iterator[Row | Dropped]:
        for item in json_stream.items(path, label):
            if item.problem:
                yield Dropped(item.place, "not JSON", item.problem)
            elif not isinstance(item.value, Mapping):
                yield Dropped(
                    item.place,
                    "not an object",
                    f"{item.place}: a JSON object with fields was expected.",
                )
            else:
                yield Row(item.place, item.value)

    return Table(label, tuple(columns), rows, sample, open_ended=more)
