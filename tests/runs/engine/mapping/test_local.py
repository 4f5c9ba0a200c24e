"""Shards on one machine."""

from __future__ import annotations

import os
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
import shard_functions as shards

from trends.errors import TrendsError, UsageError
from trends.runs.config.sections.engine import EngineConfig
from trends.runs.engine import workers
from trends.runs.engine.mapping.choose import mapper_of
from trends.runs.engine.shelf import Shelf


@pytest.mark.slow
def test_a_worker_that_always_dies_ends_the_map(tmp_path: Path) -> None:
    killed = shards.KilledOnce(tmp_path, (5,), times=9)
    with (
        mapper_of(EngineConfig(name="local", workers=2), tmp_path / "out") as mapper,
        pytest.raises(TrendsError, match=r"shard 2 of 2 \(rows 5 to 10\) ended .* 3 times.*shards"),
    ):
        mapper.map(killed, shards.divided(10, 2))
    assert len(list(tmp_path.glob("5-*"))) == 3
    assert not list(tmp_path.rglob("*.parquet")), "tables are removed"


@pytest.mark.slow
def test_a_worker_goes_from_step_to_step_until_it_is_ended(tmp_path: Path) -> None:
    shelf, seen = Shelf(tmp_path), set[int]()
    for step in ("first", "second"):
        chosen = EngineConfig(name="local", workers=1)
        with mapper_of(chosen, tmp_path / step, shelf=shelf) as mapper:
            tables = mapper.map(shards.process, shards.divided(2, 2))
            seen |= set(tables.collect()["process"].to_pylist())
    (process,) = seen
    shelf.clear()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@pytest.mark.slow
def test_a_worker_that_dies_between_steps_is_replaced(tmp_path: Path) -> None:
    shelf, chosen = Shelf(tmp_path), EngineConfig(name="local", workers=1)
    worker = workers.pool(1)
    with pytest.raises(BrokenProcessPool):
        worker.submit(os._exit, 1).result()
    shelf.put("worker", worker, worker.shutdown)
    with mapper_of(chosen, tmp_path, shelf=shelf) as mapper:
        tables = mapper.map(shards.number, shards.divided(4, 2))
        assert tables.collect()["start"].to_pylist() == [0, 2]
    shelf.clear()


def test_memory_has_no_shards(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='"memory" knows no shards'):
        mapper_of(EngineConfig(), tmp_path)
