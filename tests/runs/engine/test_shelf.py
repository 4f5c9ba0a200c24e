"""What steps leave to one another."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from pathlib import Path

import pytest

from trends.runs.engine.engine import Engine, Need
from trends.runs.engine.shelf import Shelf


def test_who_takes_a_thing_has_it_alone(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.put("worker", 1, int)
    shelf.put("spark", 2, int)
    assert [shelf.take("worker"), shelf.take("worker"), shelf.take("spark")] == [1, None, 2]


def test_all_are_ended_if_one_cannot_be(tmp_path: Path) -> None:
    shelf, ended = Shelf(tmp_path), list[int]()

    def end(number: int) -> None:
        if number == 1:
            raise ProcessLookupError
        ended.append(number)

    for number in range(3):
        shelf.put("worker", number, partial(end, number))
    with pytest.raises(ProcessLookupError):
        shelf.clear()
    assert sorted(ended) == [0, 2] and shelf.take("worker") is None


@pytest.mark.parametrize("error", [None, ValueError, KeyboardInterrupt])
def test_nothing_outlives_a_run(tmp_path: Path, error: type[BaseException] | None) -> None:
    engine, ended = Engine(tmp_path), list[str]()

    def study() -> Generator[Need, bool, str]:
        yield Need([])
        engine.shelf.put("worker", None, lambda: ended.append("worker"))
        if error is not None:
            raise error
        yield Need([])
        return "done"

    if error is None:
        assert engine.carry_out(study()) == "done"
    else:
        with pytest.raises(error):
            engine.carry_out(study())
    assert ended == ["worker"]
