"""JSON lines (or an array of objects) as a table: a field is a column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from trends.errors import DataError
from trends.sources.records.reader import json_objects
from trends.sources.records.record import Dropped
from trends.sources.tables.table import MAX_COLUMNS, Row, Table

#: The first records, from which the columns are taken: so many, or until they hold so many
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
    for number, item in enumerate(json_objects(path, label)):
        if number >= _FIRST or size > _FIRST_CHARACTERS:
            more = True
            break
        if not isinstance(item, Dropped):
            columns.update(dict.fromkeys(item[1]))
            size += sum(len(v) if isinstance(v, str) else 8 for v in item[1].values())
            sample = sample if len(sample) == _SAMPLE else [*sample, item[1]]
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

    def rows(_: Sequence[str]) -> Iterator[Row | Dropped]:
        for item in json_objects(path, label):
            yield item if isinstance(item, Dropped) else Row(*item)

    return Table(label, tuple(columns), rows, sample, open_ended=more)
