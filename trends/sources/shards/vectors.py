"""Vectors that stand beside the documents, in a column of Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trends.errors import DataError, UsageError
from trends.sources.io.parquet_batches import parquet_batches
from trends.sources.io.parquet_objects import DAMAGED, damaged, is_parquet, open_parquet_file

#: Most numbers of a vector.
MAX_DIMENSIONS = 16_384


def dimensions(path: Path, label: str, column: str) -> int:
    """How many numbers the vectors of a file have, by their type or the first of them.

    Raises
    ------
    UsageError
        If the file is no Parquet.
    DataError
        If it has no such column, or that holds no vectors.
    """
    if not is_parquet(path):
        message = (
            f"{label}: vectors are read from a column of Parquet ({column!r}); write the documents "
            "as Parquet."
        )
        raise UsageError(message)
    try:
        file = open_parquet_file(path)
        schema = file.schema_arrow
        if column not in schema.names:
            message = f"{label} has no column {column!r} with vectors."
            raise DataError(message)
        kind = schema.field(column).type
        n = 0
        if pa.types.is_fixed_size_list(kind):
            n = int(kind.list_size)
        elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
            for batch in parquet_batches(file, path, [column]):
                lengths = [len(v) for v in batch.column(0).slice(0, 100) if v.is_valid]
                if lengths:
                    n = lengths[0]
                    break
        numbers = n and (pa.types.is_floating(kind.value_type))
    except DAMAGED as error:
        raise damaged(error, path) from error
    if not numbers or n > MAX_DIMENSIONS:
        message = (
            f"{label}: the column {column!r} holds {kind}; a vector is a list of 1 to "
            f"{MAX_DIMENSIONS:,} numbers with decimals."
        )
        raise DataError(message)
    return n


def vectors(
    path: Path, column: str, n: int, first: int = 0, stop: int | None = None
) -> Iterator[NDArray[np.float32] | None]:
    """The vector of each row; none where there is none, or it is not one of ``n`` finite numbers.

    Raises
    ------
    DataError
        If the file is damaged.
    """
    try:
        file = open_parquet_file(path)
        for batch in parquet_batches(file, path, [column], first=first, stop=stop):
            cells = batch.column(0)
            if pa.types.is_fixed_size_list(cells.type):
                cells = cells.cast(pa.list_(cells.type.value_field))
            flat = cells.values.cast(pa.float32()).to_numpy(zero_copy_only=False)
            offsets = cells.offsets.to_numpy()
            here = cells.is_valid().to_numpy(zero_copy_only=False)
            for i, there in enumerate(here):
                row = flat[offsets[i] : offsets[i + 1]]
                fits = there and len(row) == n and bool(np.isfinite(row).all())
                yield row if fits else None
    except DAMAGED as error:
        raise damaged(error, path) from error
