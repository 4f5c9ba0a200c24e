"""The two verbs, as a task uses them; where the work is done is the matter of an adapter."""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from trends import errors, files
from trends.runs.engine.mapping.tables import Tables, tables_of
from trends.runs.engine.mapping.work import Done, Job
from trends.runs.engine.shelf import Shelf

if TYPE_CHECKING:
    import pyarrow as pa

S = TypeVar("S")


class Mapper(ABC):
    """Carries a function out on every shard, and sums tables.

    Results do not depend on the number of shards, their order of arrival, or the adapter: tables
    hold integers, and a worker that dies has its shard done again.

    Parameters
    ----------
    folder : Path
        Where tables of shards are kept until the mapper is closed: inside the folder of a task, so
        that what a killed run leaves is swept away. All workers see it under the same path.
    progress : callable, optional
        Called with the number of shards that are done, and of all.
    shelf : Shelf, optional
        Where workers are taken from and left.

    Examples
    --------
    >>> with mapper_of(EngineConfig(name="local"), folder) as mapper:  # doctest: +SKIP
    ...     counted = mapper.map(count, pieces)
    ...     vocabulary = mapper.sum(counted, ["term"], above=4)
    """

    def __init__(
        self,
        folder: Path,
        progress: Callable[[int, int], None] | None = None,
        shelf: Shelf | None = None,
    ) -> None:
        self.folder = folder / "mapped"
        self._shelf, self._own = shelf or Shelf(folder), shelf is None
        self._progress = progress or (lambda _done, _total: None)
        self._maps = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave what works to the next mapper, or end it, and remove all tables."""
        if self._own:
            self._shelf.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    def map(self, function: Callable[[S], pa.Table], shards: Sequence[S]) -> Tables:
        """Call a function with every shard.

        Parameters
        ----------
        function : callable
            Returns a table of strings, days (date32) and signed integers, with the same columns
            for every shard. Defined in a module (or a :func:`functools.partial` of such, or a
            frozen dataclass with ``__call__``), since it is sent to workers; large inputs travel
            as paths of files. It may be called more than once with a shard.
        shards : sequence
            Small values that can be pickled; ``str`` of one is its name in messages.

        Raises
        ------
        TrendsError
            Of the first shard (in their order) that failed; the sentence names it.
        """
        if not shards:
            message = "There are no shards to work on."
            raise errors.UsageError(message)
        self._maps += 1
        job = Job(function, tuple(shards), self.folder / f"map-{self._maps}")
        with files.storage_errors(job.folder):
            job.folder.mkdir(parents=True)
        failed: list[Done] = []
        for done in self._carry_out(job):
            failed += [done] if done.error else []
        if failed:
            raise _error(job, min(failed, key=lambda done: done.number))
        return tables_of([job.path(number) for number in range(len(job.shards))])

    def sum(self, tables: Tables, by: Sequence[str], *, above: int | None = None) -> pa.Table:
        """Group rows, and add every column that is not grouped by.

        Parameters
        ----------
        tables : Tables
            Of :meth:`map`.
        by : sequence of str
            Columns of the groups; no value is a group too.
        above : int, optional
            Keep groups whose first summed column is larger; all by default.

        Returns
        -------
        pyarrow.Table
            A row for each group, sorted by its columns (text by code points, no value last); sums
            are int64.

        Raises
        ------
        UsageError
            If a column to group by is not there, or one to be added is no number.
        DataError
            If a sum takes more than 64 bits, or a value to be added is missing.
        """
        import pyarrow as pa

        names = tables.schema.names
        added = [name for name in names if name not in by]
        wrong = [name for name in by if name not in names] + [
            name for name in added if not pa.types.is_integer(tables.schema.field(name).type)
        ]
        if wrong or not added or not by:
            what = ", ".join(wrong) or "no columns"
            message = f"Cannot add {what} of {', '.join(names)} by {', '.join(by) or 'nothing'}."
            raise errors.UsageError(message)
        found = self._add(tables, list(by), added, above)
        schema = pa.schema([*map(tables.schema.field, by), *((n, pa.int64()) for n in added)])
        found = found.select(schema.names)
        for name in added:
            if found[name].null_count:
                message = (
                    f"The sums of {name!r} take more than 64 bits, or a value of it is missing."
                )
                raise errors.DataError(message)
        # Engines agree on no order; a table does not keep one where it is read in parts.
        return found.cast(schema).sort_by([(name, "ascending") for name in by])

    @abstractmethod
    def _carry_out(self, job: Job) -> Iterator[Done]:
        """Work on all shards, in any order; what came of each, once. Tells of progress."""

    @abstractmethod
    def _add(self, tables: Tables, by: list[str], added: list[str], above: int | None) -> pa.Table:
        """Groups and sums, in any order; no value where a sum takes more than 64 bits."""


def _error(job: Job, done: Done) -> errors.TrendsError:
    """The error of a shard, of the same class, with its name."""
    kind: Any = getattr(errors, done.kind) if done.kind else errors.TrendsError
    error: errors.TrendsError = kind(f"In {job.named(done.number)}: {done.error}")
    if done.trace:
        error.__cause__ = RuntimeError(done.trace)
    return error
