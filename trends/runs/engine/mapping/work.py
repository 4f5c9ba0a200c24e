"""What a worker does with one shard: calls the function, writes its table, says what came of it.

Both adapters carry out the same code, so that errors and files are the same wherever it runs.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trends import errors, files

if TYPE_CHECKING:
    import pyarrow as pa

#: Most characters of a shard that a message quotes.
_QUOTED = 120


@dataclass(frozen=True)
class Job:
    """A function, its shards, and the folder into which their tables go.

    Parameters
    ----------
    function : callable
        Takes a shard and returns a table; can be pickled.
    shards : sequence
        Small values that can be pickled.
    folder : Path
        Seen by all workers under the same path.
    """

    function: Callable[[Any], pa.Table]
    shards: Sequence[Any]
    folder: Path

    def path(self, number: int) -> Path:
        """Where the table of a shard goes."""
        return self.folder / f"part-{number:06d}.parquet"

    def named(self, number: int) -> str:
        """A shard as a sentence names it."""
        text = str(self.shards[number])
        cut = text if len(text) <= _QUOTED else f"{text[: _QUOTED - 1]}…"
        return f"shard {number + 1} of {len(self.shards)} ({cut})"


@dataclass(frozen=True)
class Done:
    """What came of a shard.

    Parameters
    ----------
    number : int
        Of the shard, from 0.
    error : str
        What went wrong, as a sentence; empty if nothing did.
    kind : str
        Name of the error's class in :mod:`trends.errors`; empty for one that nobody expected.
    trace : str
        Where an unexpected error arose.
    """

    number: int
    error: str = ""
    kind: str = ""
    trace: str = ""


def carry_out(job: Job, number: int) -> Done:
    """Work on one shard. An error is returned, never raised; later shards are then left out.

    A shard before the failed one is still worked on: which error is reported does not depend on
    who came first.
    """
    if any(int(p.suffix[1:]) < number for p in job.folder.glob("failed.*")):
        return Done(number)
    try:
        table = job.function(job.shards[number])
        _check(table)
        with files.replacing(job.path(number)) as temporary:
            _write(table, temporary)
    except Exception as error:
        (job.folder / f"failed.{number:06d}").touch()
        expected = isinstance(error, errors.TrendsError)
        return Done(
            number,
            str(error) if expected else f"{type(error).__name__}: {errors.reason(error)}",
            type(error).__name__ if expected else "",
            "" if expected else traceback.format_exc(),
        )
    return Done(number)


def _write(table: pa.Table, path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(table, path)


def _check(table: pa.Table) -> None:
    """Refuse what cannot be summed alike by every engine."""
    import pyarrow as pa

    for field in table.schema:
        kind = field.type
        if not (pa.types.is_signed_integer(kind) or kind in (pa.string(), pa.date32())):
            message = (
                f"The column {field.name!r} is {kind}; tables of shards hold strings, days (date32)"
                " and signed integers."
            )
            raise TypeError(message)
