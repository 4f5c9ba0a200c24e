from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from trends.runs.engine.cache import Cache, Stage

STAGE = Stage("count", {"corpus": "abc", "n": 3}, rooms=("text",), packages=("numpy",))


def write(folder: Path) -> dict[str, Any]:
    (folder / "a.txt").write_text("result")
    (folder / "sub").mkdir()
    (folder / "sub" / "b.bin").write_bytes(b"\0" * 100)
    return {"terms": 7}


def test_made_once_and_found(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    assert cache.find(STAGE) is None
    made = cache.make(STAGE, write)
    assert cache.find(STAGE) == made
    assert cache.info(STAGE)["terms"] == 7
    assert cache.info(STAGE)["seconds"] >= 0


def test_key_depends_on_all_that_matters() -> None:
    others = [
        replace(STAGE, name="embed"),
        replace(STAGE, inputs={"corpus": "abd", "n": 3}),
        replace(STAGE, rooms=("models",)),
        replace(STAGE, packages=("numpy", "scipy")),
    ]
    assert len({s.key for s in [STAGE, *others]}) == 5
    assert replace(STAGE, inputs={"n": 3, "corpus": "abc"}).key == STAGE.key


@pytest.mark.parametrize("name", ["a.txt", "sub/b.bin", "stage.json"])
@pytest.mark.parametrize("damage", ["flip", "truncate", "delete"])
def test_damage_is_noticed_and_rebuilt(tmp_path: Path, name: str, damage: str) -> None:
    cache = Cache(tmp_path)
    path = cache.make(STAGE, write) / name
    data = bytearray(path.read_bytes())
    if damage == "delete":
        path.unlink()
    elif damage == "truncate":
        path.write_bytes(bytes(data[: len(data) // 2]))
    else:
        # stage.json: a bit of the key; elsewhere any bit.
        at = data.find(STAGE.key.encode()) if name == "stage.json" else len(data) // 2
        data[at] ^= 1
        path.write_bytes(bytes(data))
    assert cache.find(STAGE) is None
    again = cache.make(STAGE, write)
    assert cache.find(STAGE) == again
    assert (again / "a.txt").read_text() == "result"


def test_a_stage_that_fails_leaves_nothing(tmp_path: Path) -> None:
    cache = Cache(tmp_path)

    def broken(folder: Path) -> dict[str, Any]:
        (folder / "half.txt").write_text("half")
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        cache.make(STAGE, broken)
    assert list(tmp_path.iterdir()) == []
