"""Tables of shards, kept as Parquet files until they are summed or collected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trends.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Tables:
    """One table a shard, all with the same columns, in the order of the shards.

    They are there until their :class:`~trends.runs.engine.mapping.mapper.Mapper` is closed.

    Parameters
    ----------
    paths : tuple of Path
        A Parquet file for each shard.
    schema : pyarrow.Schema
        Columns of every table.
    """

    paths: tuple[Path, ...]
    schema: pa.Schema

    def collect(self) -> pa.Table:
        """All rows as one table in memory, shard by shard; for those that are known to be small."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        return pa.concat_tables([pq.read_table(path, partitioning=None) for path in self.paths])


def tables_of(paths: Sequence[Path]) -> Tables:
    """Tables that lie in files.

    Raises
    ------
    DataError
        If two of them have other columns.
    """
    import pyarrow.parquet as pq

    schemas = [pq.read_schema(path) for path in paths]
    for number, schema in enumerate(schemas):
        if schema != schemas[0]:
            message = (
                f"The tables of shards 1 and {number + 1} have other columns: "
                f"{_columns(schemas[0])}; {_columns(schema)}."
            )
            raise DataError(message)
    return Tables(tuple(paths), schemas[0])


def _columns(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name} {field.type}" for field in schema)
