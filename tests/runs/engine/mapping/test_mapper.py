"""Every adapter of the two verbs: the same tables, whoever works and whoever dies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import shard_functions as shards

from trends.errors import DataError, TrendsError, UsageError
from trends.runs.config.sections.engine import EngineConfig
from trends.runs.engine.mapping.choose import mapper_of
from trends.runs.engine.mapping.mapper import Mapper
from trends.runs.engine.shelf import Shelf

ROWS = 1_000
BY = ["color", "day"]


@pytest.fixture(scope="module", params=["local", pytest.param("spark", marks=pytest.mark.slow)])
def mapper(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapper]:
    if request.param == "spark":
        request.getfixturevalue("spark")
    folder = tmp_path_factory.mktemp("run")
    # Names of folders that begin with a dot or look like a pattern are those of any user.
    folder /= ".a [b]* c"
    shelf, chosen = Shelf(folder), EngineConfig(name=request.param, workers=2)
    # Another step has used the workers before.
    with mapper_of(chosen, folder / "before", shelf=shelf) as before:
        before.map(shards.number, shards.divided(4, 2))
    with mapper_of(chosen, folder / "now", shelf=shelf) as it:
        yield it
    shelf.clear()
    assert not list(folder.rglob(".*.part")), "nothing is left"


@pytest.fixture(scope="module")
def expected() -> pa.Table:
    """Sums by pyarrow, in memory."""
    whole = shards.colors_of_days(shards.Rows(0, ROWS))
    summed = whole.group_by(BY).aggregate([("documents", "sum"), ("mass", "sum")])
    summed = summed.rename_columns([*BY, "documents", "mass"])
    return summed.sort_by([(name, "ascending") for name in BY])


@pytest.mark.parametrize("number", [1, 2, 7])
def test_sums_do_not_depend_on_shards(mapper: Mapper, expected: pa.Table, number: int) -> None:
    tables = mapper.map(shards.colors_of_days, shards.divided(ROWS, number))
    assert mapper.sum(tables, BY).equals(expected)


def test_shards_may_be_empty(mapper: Mapper) -> None:
    few = mapper.sum(mapper.map(shards.colors_of_days, shards.divided(3, 7)), BY)
    assert pc.sum(few["documents"]).as_py() == 3
    none = mapper.sum(mapper.map(shards.colors_of_days, shards.divided(0, 2)), BY)
    assert none.num_rows == 0 and none.schema == few.schema


def test_groups_below_a_number_are_left_out(mapper: Mapper, expected: pa.Table) -> None:
    found = mapper.sum(mapper.map(shards.colors_of_days, shards.divided(ROWS, 3)), BY, above=30)
    assert found.equals(expected.filter(pc.greater(expected["documents"], 30)))
    assert 0 < found.num_rows < expected.num_rows


def test_tables_are_collected_in_the_order_of_shards(mapper: Mapper) -> None:
    told: list[tuple[int, int]] = []
    mapper._progress = lambda done, total: told.append((done, total))
    tables = mapper.map(shards.number, shards.divided(50, 5))
    assert tables.collect()["start"].to_pylist() == [0, 10, 20, 30, 40]
    assert told[-1] == (5, 5)
    assert told == sorted(set(told))


def test_a_sum_beyond_64_bits_is_refused(mapper: Mapper) -> None:
    within = mapper.map(shards.huge, shards.divided(4, 4)[:3])
    assert mapper.sum(within, ["key"])["n"].to_pylist() == [2**63 - 1]
    beyond = mapper.map(shards.huge, shards.divided(4, 4))
    with pytest.raises(DataError, match="The sums of 'n' take more than 64 bits"):
        mapper.sum(beyond, ["key"])


def test_the_first_shard_that_failed_is_named(mapper: Mapper) -> None:
    with pytest.raises(DataError, match=r"In shard 3 of 5 \(rows 20 to 30\): A file .* 20\."):
        mapper.map(shards.fails_from_20, shards.divided(50, 5))
    with pytest.raises(TrendsError, match=r"In shard 1 of 2 \(rows 0 to 5\): KeyError: 0") as error:
        mapper.map(shards.fails_unexpectedly, shards.divided(10, 2))
    assert "fails_unexpectedly" in str(error.value.__cause__)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (shards.fractions, "The column 'x' is double; tables of shards hold"),
        (shards.of_two_kinds, "shards 1 and 3 have other columns: key string, n int64; key"),
    ],
)
def test_tables_that_cannot_be_summed_are_refused(mapper: Mapper, function, words: str) -> None:
    with pytest.raises(TrendsError, match=words):
        mapper.map(function, shards.divided(50, 5))


def test_what_cannot_be_summed_by_is_refused(mapper: Mapper) -> None:
    tables = mapper.map(shards.colors_of_days, shards.divided(10, 2))
    with pytest.raises(UsageError, match="Cannot add day of color, day, documents, mass"):
        mapper.sum(tables, ["color"])
    with pytest.raises(UsageError, match=r"Cannot add color, day .* by nothing"):
        mapper.sum(tables, [])
    with pytest.raises(UsageError, match="no shards"):
        mapper.map(shards.number, [])


@pytest.mark.slow
def test_a_worker_that_is_killed_changes_nothing(
    mapper: Mapper, expected: pa.Table, tmp_path: Path
) -> None:
    killed = shards.KilledOnce(tmp_path, (400, 800))
    tables = mapper.map(killed, shards.divided(ROWS, 5))
    assert mapper.sum(tables, BY).equals(expected)
    assert {p.name for p in tmp_path.glob("*-0")} == {"400-0", "800-0"}
    assert len(list(tmp_path.glob("done-*"))) == 5, "no other shard is done again"
