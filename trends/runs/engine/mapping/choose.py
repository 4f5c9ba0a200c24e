"""The adapter that the config names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from trends.core.computing.threads import threads
from trends.errors import UsageError
from trends.runs.config.sections.engine import EngineConfig
from trends.runs.engine.mapping.local import LocalMapper
from trends.runs.engine.mapping.mapper import Mapper
from trends.runs.engine.mapping.spark import SparkMapper
from trends.runs.engine.shelf import Shelf


def mapper_of(
    engine: EngineConfig,
    folder: Path,
    progress: Callable[[int, int], None] | None = None,
    shelf: Shelf | None = None,
) -> Mapper:
    """The mapper of an engine.

    Parameters
    ----------
    engine : EngineConfig
        The section ``[engine]``.
    folder : Path
        The folder of the task that uses it.
    progress : callable, optional
        Called with the number of shards that are done, and of all.
    shelf : Shelf, optional
        Where workers are taken from, and left for the next mapper; without one they end with this
        mapper.

    Raises
    ------
    UsageError
        If the engine works in memory and has no shards.
    """
    workers = engine.workers or threads()
    if engine.name == "local":
        return LocalMapper(folder, progress, shelf, workers=workers)
    if engine.name == "spark":
        return SparkMapper(folder, progress, shelf, master=engine.master, workers=workers)
    message = f'engine.name = "{engine.name}" knows no shards; take "local" or "spark".'
    raise UsageError(message)
