"""Shards on one machine: worker processes, and sums out of core by DuckDB."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING

from trends.errors import TrendsError
from trends.runs.engine import workers as processes
from trends.runs.engine.mapping.mapper import Mapper
from trends.runs.engine.mapping.tables import Tables
from trends.runs.engine.mapping.work import Done, Job, carry_out
from trends.runs.engine.shelf import Shelf

if TYPE_CHECKING:
    import pyarrow as pa

#: Times that a shard is begun, if its worker dies each time.
TRIES = 3
#: Memory that DuckDB takes for a sum, before it uses the disk.
SUM_MEMORY = "1GB"


class LocalMapper(Mapper):
    """Worker processes of this machine.

    Parameters
    ----------
    folder, progress, shelf
        See :class:`~trends.runs.engine.mapping.mapper.Mapper`.
    workers : int
        Processes side by side.
    """

    def __init__(
        self,
        folder: Path,
        progress: Callable[[int, int], None] | None = None,
        shelf: Shelf | None = None,
        *,
        workers: int = 1,
    ) -> None:
        super().__init__(folder, progress, shelf)
        self.workers = workers
        #: Pools of one process each: one that dies takes no other with it, and its shard is known.
        self._idle: list[ProcessPoolExecutor] = [
            self._shelf.take("worker") or processes.pool(1) for _ in range(workers)
        ]

    def close(self) -> None:
        """Leave the processes to the next mapper, or end them, and remove all tables."""
        while self._idle:
            worker = self._idle.pop()
            self._shelf.put("worker", worker, worker.shutdown)
        super().close()

    def _carry_out(self, job: Job) -> Iterator[Done]:
        waiting = list(range(len(job.shards)))
        tries: Counter[int] = Counter()
        n_done = 0
        busy: dict[Future[Done], tuple[ProcessPoolExecutor, int]] = {}
        try:
            while waiting or busy:
                while waiting and self._idle:
                    worker, number = self._idle.pop(), waiting.pop(0)
                    with processes.one_thread_each(), processes.interrupts_blocked():
                        try:
                            busy[worker.submit(carry_out, job, number)] = worker, number
                        except BrokenProcessPool:  # it died while it had nothing to do
                            waiting.insert(0, number)
                            self._idle.append(processes.pool(1))
                for future in wait(busy, return_when=FIRST_COMPLETED).done:
                    worker, number = busy.pop(future)
                    try:
                        done = future.result()
                    except BrokenProcessPool as error:
                        worker.shutdown()
                        tries[number] += 1
                        if tries[number] == TRIES:
                            raise TrendsError(_died(job, number)) from error
                        waiting.insert(0, number)
                        self._idle.append(processes.pool(1))
                        continue
                    self._idle.append(worker)
                    yield done
                    n_done += 1
                    self._progress(n_done, len(job.shards))
        except BaseException:
            for worker, _ in busy.values():
                processes.terminate(worker)
                worker.shutdown(cancel_futures=True)
            raise

    def _add(self, tables: Tables, by: list[str], added: list[str], above: int | None) -> pa.Table:
        import duckdb
        import pyarrow.dataset as ds

        keys = ", ".join(map(_quoted, by))
        # DuckDB adds integers of 64 bits in 128; one value that is missing makes the sum missing.
        total = "CASE WHEN count({0}) = count(*) THEN try_cast(sum({0}) AS BIGINT) END AS {0}"
        sums = ", ".join(total.format(_quoted(name)) for name in added)
        having = "" if above is None else f" HAVING sum(parts.{_quoted(added[0])}) > {int(above)}"
        grouped = f" GROUP BY {keys}" if by else ""
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": SUM_MEMORY,
            "threads": self.workers,
            "temp_directory": str(self.folder / "sums"),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
        }
        with duckdb.connect(config=settings) as connection:
            # Arrow reads the files, so that no letter of a path is taken for a pattern.
            connection.register("parts", ds.dataset([str(path) for path in tables.paths]))
            select = f"SELECT {', '.join(filter(None, (keys, sums)))} FROM parts{grouped}{having}"
            return connection.sql(select).to_arrow_table()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _died(job: Job, number: int) -> str:
    return (
        f"The worker process of {job.named(number)} ended without a word, {TRIES} times; most "
        "often memory ran out. Use more shards (engine.shards), or fewer workers (engine.workers)."
    )
