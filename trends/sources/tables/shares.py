"""Shares of topics that another program wrote: tables and arrays, documents × topics."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trends.arrays import UNREADABLE, read_npy, read_npz
from trends.errors import DataError, UsageError
from trends.sources.records.record import Dropped
from trends.sources.tables.columns import no_such_column
from trends.sources.tables.read import labelled, open_table
from trends.sources.tables.table import Table, scalar

#: Columns that hold ids where none is named: R writes the names of rows under no name, pandas keeps
#: its index in Parquet under this one.
IDS = ("id", "column 1", "__index_level_0__")
#: Ends of names of files that hold arrays.
ARRAYS = (".npz", ".npy")


def read_shares(item: Any, *, id: str = "", topics: Sequence[str] = ()) -> pd.DataFrame:
    """Read shares of documents in topics, or the one topic of each document.

    Parameters
    ----------
    item : path or frame
        A table as for :func:`trends.sources.tables.read.read`, one row a document, or an
        ``.npz`` with ``theta`` and, if it has them, ``ids``; or an ``.npy``.
    id : str
        Column of the documents' ids; by default ``id``, or a first column without a name.
    topics : sequence of str
        Columns of the topics, by name or with ``*`` (``topic_*``); by default all that hold numbers
        throughout.

    Returns
    -------
    pandas.DataFrame
        One column a topic, with the ids as index where there are any. One column of whole numbers
        or words stands for the topic of each document.

    Raises
    ------
    DataError
        If the file is damaged, a row is broken or a cell is no number.
    UsageError
        If no column, or none of these names, holds numbers.
    """
    if isinstance(item, str | Path) and str(item).lower().endswith(ARRAYS):
        return _array(Path(item))
    ((label, each),) = labelled([item]).items()
    table = open_table(each, label)
    ids = id or next((c for c in IDS if c in table.columns), "")
    if id and id not in table.columns:
        raise no_such_column(id, table)
    wanted = _chosen(table, topics, ids)
    rows: dict[str, list[Any]] = {c: [] for c in wanted}
    names: list[str] = []
    for row in table.rows([*wanted, *([ids] if ids in table.columns else [])]):
        if isinstance(row, Dropped):
            message = f"{row.place}: {row.detail} Without it shares and dates would not match."
            raise DataError(message)
        names.append(str(scalar(row.cells.get(ids))))
        for column, values in rows.items():
            values.append(scalar(row.cells.get(column)))
    frame = pd.DataFrame(rows)
    if ids in table.columns:
        frame.index = pd.Index(names, dtype=object)
    numbers = frame.apply(pd.to_numeric, errors="coerce")
    if len(wanted) == 1 and (whole := frame[wanted[0]]).nunique() > 1:
        as_number = numbers[wanted[0]]
        if as_number.isna().any() or (as_number % 1 == 0).all():
            return pd.DataFrame({wanted[0]: whole.map(_name)})
    if numbers.isna().any(axis=None):
        at, column = np.argwhere(numbers.isna().to_numpy())[0]
        message = (
            f"{table.name}, record {at + 1}: {wanted[column]!r} is {frame.iat[at, column]!r}, no "
            "number; a share lies between 0 and 1. Name the columns of the topics (--topics)."
        )
        raise DataError(message)
    return numbers.astype(float)


def _chosen(table: Table, topics: Sequence[str], ids: str) -> list[str]:
    """Columns of the topics."""
    if topics:
        found = [
            c for c in table.columns if any(fnmatchcase(c, each) or c == each for each in topics)
        ]
        for each in topics:
            if not any(fnmatchcase(c, each) or c == each for c in table.columns):
                raise no_such_column(each, table)
        return found
    found = [
        c
        for c in table.columns
        if c not in (ids, IDS[-1])
        and table.sample
        and all(_number(row.get(c)) for row in table.sample)
    ]
    if not found and len(one := [c for c in table.columns if c not in (ids, IDS[-1])]) == 1:
        return one  # the topic of each document, in words
    if not found:
        message = (
            f"{table.name}: no column holds numbers throughout; name those of the topics "
            f"(--topics, with * for many). {table.listed()}"
        )
        raise UsageError(message)
    return found


def _number(cell: Any) -> bool:
    try:
        float(scalar(cell))
    except (TypeError, ValueError):
        return False
    return True


def _name(cell: Any) -> str:
    number = pd.to_numeric(cell, errors="coerce")
    return str(int(number)) if pd.notna(number) and float(number).is_integer() else str(cell)


def _array(path: Path) -> pd.DataFrame:
    """An array that is all a file holds, with ids where it names them."""
    try:
        if path.suffix.lower() == ".npz":
            shapes: dict[str, tuple[int | None, ...]] = {"theta": (None, None), "ids": (None,)}
            found = read_npz(path, path.name, shapes, optional=["ids"], kinds="fiuU")
            ids = found.get("ids")
            index = None if ids is None else pd.Index(ids.astype(str), dtype=object)
            return pd.DataFrame(found["theta"].astype(float), index=index)
        with path.open("rb") as f:
            array = read_npy(f, path.stat().st_size, path.name, (None, None), "fiu")
        return pd.DataFrame(array.astype(float))
    except UNREADABLE as error:
        message = f"{path}: this is no array of documents × topics ({error})."
        raise DataError(message) from error
