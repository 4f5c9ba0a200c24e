"""Shards on Spark: one task each, sums by its shuffle; on this machine or on a cluster."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trends.errors import DataError, MissingError, TrendsError, UsageError
from trends.runs.engine.mapping.mapper import Mapper
from trends.runs.engine.mapping.spark_session import Session
from trends.runs.engine.mapping.tables import Tables
from trends.runs.engine.mapping.work import Done, Job, carry_out
from trends.runs.engine.shelf import Shelf

if TYPE_CHECKING:
    import pyarrow as pa

Batches = Iterable["pa.RecordBatch"]

#: Seconds until a cluster has to have begun a first, empty piece of work.
FIRST = 300.0
#: Types of columns as Spark names them.
TYPES = {
    "string": "string",
    "date32[day]": "date",
    "int8": "tinyint",
    "int16": "smallint",
    "int32": "int",
    "int64": "bigint",
}


class SparkMapper(Mapper):
    """Workers of Spark; its session starts with the first work.

    Parameters
    ----------
    folder, progress, shelf
        See :class:`~trends.runs.engine.mapping.mapper.Mapper`.
    master : str
        Address of a master; this machine if it is empty. Where a session runs already (in a
        notebook on a cluster), that one is used.
    workers : int
        Processes on this machine.
    """

    def __init__(
        self,
        folder: Path,
        progress: Callable[[int, int], None] | None = None,
        shelf: Shelf | None = None,
        *,
        master: str = "",
        workers: int = 1,
    ) -> None:
        super().__init__(folder, progress, shelf)
        self.master, self.workers = master, workers
        self._session: Session | None = None

    def close(self) -> None:
        """Leave the session to the next mapper, or end it if it is our own; remove all tables."""
        if self._session is not None:
            self._shelf.put("spark", self._session, self._session.close)
            self._session = None
        super().close()

    def _started(self) -> Session:
        if self._session is None:
            self._session = self._shelf.take("spark")
        if self._session is None:
            self._session = Session(self.master, self.workers, self._shelf.folder)
            try:
                self._greet(self._session)
            except BaseException:
                self.close()
                raise
        return self._session

    def _greet(self, session: Session) -> None:
        """A first, empty piece of work: whether a worker is there, and has what it needs."""
        from trends import __version__

        mark = self.folder / "seen-by-all"
        mark.touch()
        fields = "version string, seen boolean"
        frame = session.spark.range(0, 1, 1, 1).mapInArrow(partial(_greeting, str(mark)), fields)
        try:
            (found,) = self._collect(session, frame, FIRST).to_pylist()
        except Late as error:
            message = (
                f"No worker of {session.master} took up work within {FIRST:.0f} seconds; look "
                "whether it has any that are free."
            )
            raise TrendsError(message) from error
        if found["version"] != __version__:
            message = (
                f"The workers of {session.master} have topic-trends {found['version'] or 'not'} "
                f"installed, and this machine has {__version__}: install the same version, with "
                "the same packages, on all machines."
            )
            raise MissingError(message)
        if not found["seen"]:
            message = (
                f"The workers of {session.master} do not see {self.folder}: put the folder of the "
                "run (-o) on storage that all machines see under the same path."
            )
            raise UsageError(message)

    def _carry_out(self, job: Job) -> Iterator[Done]:
        session, n = self._started(), len(job.shards)
        fields = "number int, error string, kind string, trace string"
        frame = session.spark.range(0, n, 1, n).mapInArrow(partial(_work, job), fields)

        told = 0

        def tell() -> None:
            nonlocal told
            done = len(list(job.folder.glob("part-*.parquet")))
            if done > told:
                self._progress(done, n)
            told = done

        for row in self._collect(session, frame, tell=tell, job=job).to_pylist():
            yield Done(**row)
        tell()

    def _add(self, tables: Tables, by: list[str], added: list[str], above: int | None) -> pa.Table:
        from pyspark.sql.functions import expr

        session, n = self._started(), len(tables.paths)
        names = [*by, *added]
        # Columns are called by number: Spark allows less in a name than tables do.
        keys = [f"c{i}" for i in range(len(by))]
        values = [f"c{i}" for i in range(len(by), len(names))]
        fields = ", ".join(
            f"c{i} {TYPES[str(tables.schema.field(name).type)]}" for i, name in enumerate(names)
        )
        read = partial(_read, [str(path) for path in tables.paths], names)
        rows = session.spark.range(0, n, 1, n).mapInArrow(read, fields)
        # 38 digits hold the sum of any number of integers; one missing value makes it missing.
        sums = rows.groupBy(*keys).agg(
            *(expr(f"sum(cast({v} AS decimal(19, 0)))").alias(v) for v in values),
            *(expr(f"count(*) - count({v})").alias(f"missing_{v}") for v in values),
        )
        if above is not None:
            sums = sums.where(f"{values[0]} > {int(above)}")
        whole = [
            expr(f"CASE WHEN missing_{v} = 0 THEN try_cast({v} AS bigint) END").alias(v)
            for v in values
        ]
        return self._collect(session, sums.select(*keys, *whole)).rename_columns(names)

    def _collect(
        self,
        session: Session,
        frame: Any,
        limit: float | None = None,
        tell: Callable[[], None] = lambda: None,
        job: Job | None = None,
    ) -> pa.Table:
        """The rows of a frame; meanwhile the main thread hears Ctrl-C and tells of progress.

        Raises
        ------
        TimeoutError
            If there are none after ``limit`` seconds.
        TrendsError
            For what Spark says.
        """
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        pool = ThreadPoolExecutor(1)
        future, waited = pool.submit(frame.toArrow), 0.0
        try:
            while limit is None or waited < limit:
                try:
                    return future.result(1.0)
                except Late:
                    waited += 1.0
                    tell()
            raise Late
        except (Py4JError, PySparkException, OSError, EOFError) as error:
            raise _error(session, error, job) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _work(job: Job, batches: Batches) -> Iterator[pa.RecordBatch]:
    """On a worker: shards by their numbers."""
    import pyarrow as pa

    schema = pa.schema(
        [
            ("number", pa.int32()),
            ("error", pa.string()),
            ("kind", pa.string()),
            ("trace", pa.string()),
        ]
    )
    for batch in batches:
        for number in batch.column(0).to_pylist():
            yield pa.RecordBatch.from_pylist([asdict(carry_out(job, number))], schema)


def _read(paths: list[str], names: list[str], batches: Batches) -> Iterator[pa.RecordBatch]:
    """On a worker: the tables of shards by their numbers."""
    import pyarrow.parquet as pq

    for batch in batches:
        for number in batch.column(0).to_pylist():
            with pq.ParquetFile(paths[number]) as file:
                for part in file.iter_batches(columns=names):
                    yield part.select(names).rename_columns([f"c{i}" for i in range(len(names))])


def _greeting(mark: str, batches: Batches) -> Iterator[pa.RecordBatch]:
    """On a worker: the version of the package, and whether it sees the folder of the run."""
    import pyarrow as pa

    from trends import __version__

    for _ in batches:
        yield pa.RecordBatch.from_pylist([{"version": __version__, "seen": Path(mark).exists()}])


def _error(session: Session, error: BaseException, job: Job | None) -> TrendsError:
    """What Spark says, as a sentence."""
    text = str(error)
    missing = re.search(r"No module named '([\w.]+)'", text)
    if missing:
        return MissingError(
            f"The workers of {session.master} lack the Python package {missing[1]!r}: install "
            "topic-trends with the same packages on all machines, and name their Python in "
            "PYSPARK_PYTHON."
        )
    if "PYTHON_VERSION_MISMATCH" in text:
        return MissingError(
            f"The workers of {session.master} run another version of Python than this machine; "
            "name the same one in PYSPARK_PYTHON."
        )
    task = re.search(r"Task (\d+) in stage \S+ failed (\d+) times", text)
    died = re.search(r"worker exited unexpectedly|ExecutorLostFailure|exit code 137", text)
    if task and died and job is not None:
        return TrendsError(
            f"The worker process of {job.named(int(task[1]))} ended without a word, {task[2]} "
            "times; most often memory ran out. Use more shards (engine.shards), or workers with "
            "more memory."
        )
    where = f"In {job.named(int(task[1]))}: " if task and job is not None else ""
    kind = DataError if "CAST_OVERFLOW" in text else TrendsError
    return kind(f"{where}Spark on {session.master} failed: {session.why(error)}.")
