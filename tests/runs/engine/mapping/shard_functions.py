"""Functions of shards, which workers import by the name of this module."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from trends.errors import DataError

COLORS = ["blue", "green", "red", "Äther", ""]


@dataclass(frozen=True)
class Rows:
    """The rows from ``start`` to ``stop`` of one made table, which no division changes."""

    start: int
    stop: int

    def __str__(self) -> str:
        return f"rows {self.start} to {self.stop}"


def divided(n_rows: int, n_shards: int) -> list[Rows]:
    """Shards of nearly equal size; empty ones where there are more shards than rows."""
    ends = [n_rows * i // n_shards for i in range(n_shards + 1)]
    return [Rows(a, b) for a, b in pairwise(ends)]


def colors_of_days(rows: Rows) -> pa.Table:
    """Documents and mass by color and day; some days are missing."""
    i = np.arange(rows.start, rows.stop)
    days = pa.array(i % 11 + 19_000, pa.int32(), mask=i % 13 == 0).cast(pa.date32())
    return pa.table(
        {
            "color": pa.array([COLORS[j] for j in (i * i) % 5], pa.string()),
            "day": days,
            "documents": np.ones(len(i), dtype=np.int64),
            "mass": i * 7 - 40,
        }
    )


def number(rows: Rows) -> pa.Table:
    """The shard itself."""
    return pa.table({"start": pa.array([rows.start]), "n": pa.array([rows.stop - rows.start])})


def process(rows: Rows) -> pa.Table:
    """Which process works on the shard."""
    return pa.table({"process": pa.array([os.getpid()])})


def huge(rows: Rows) -> pa.Table:
    """Sums of ``divided(4, 4)``: three shards take just 63 bits, the fourth is too much."""
    values = [2**62, 2**62, -1, 2**62]
    return pa.table({"key": ["a"], "n": pa.array([values[rows.start]])})


def fails_from_20(rows: Rows) -> pa.Table:
    """An error that is meant for users."""
    if rows.start >= 20:
        message = f"A file is not what it should be at {rows.start}."
        raise DataError(message)
    return number(rows)


def fails_unexpectedly(rows: Rows) -> pa.Table:
    """An error that nobody expected."""
    raise KeyError(rows.start)


def fractions(rows: Rows) -> pa.Table:
    """A table whose sums would depend on their order."""
    return pa.table({"start": [rows.start], "x": [0.1]})


def of_two_kinds(rows: Rows) -> pa.Table:
    """Other columns in later shards."""
    return pa.table({"key": ["a"], "n" if rows.start < 20 else "m": [1]})


@dataclass(frozen=True)
class KilledOnce:
    """Colors, after the workers of some shards were killed as they began, ``times`` each."""

    marks: Path
    starts: tuple[int, ...]
    times: int = 1

    def __call__(self, rows: Rows) -> pa.Table:
        for time in range(self.times if rows.start in self.starts else 0):
            mark = self.marks / f"{rows.start}-{time}"
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        (self.marks / f"done-{rows.start}-{os.getpid()}").touch()
        return colors_of_days(rows)
