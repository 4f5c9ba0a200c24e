from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trends.runs.engine.cache import Cache, Entry

ENTRY = Entry("count", "c0ffee" * 10)


def write(folder: Path) -> dict[str, Any]:
    (folder / "a.txt").write_text("result")
    (folder / "sub").mkdir()
    (folder / "sub" / "b.bin").write_bytes(b"\0" * 100)
    return {"terms": 7}


def test_made_once_and_found(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    assert cache.find(ENTRY) is None
    made = cache.make(ENTRY, write)
    assert cache.find(ENTRY) == made
    assert cache.info(ENTRY)["terms"] == 7
    assert cache.info(ENTRY)["seconds"] >= 0


@pytest.mark.parametrize("name", ["a.txt", "sub/b.bin", "task.json"])
@pytest.mark.parametrize("damage", ["flip", "truncate", "delete"])
def test_damage_is_noticed_and_rebuilt(tmp_path: Path, name: str, damage: str) -> None:
    cache = Cache(tmp_path)
    path = cache.make(ENTRY, write) / name
    data = bytearray(path.read_bytes())
    if damage == "delete":
        path.unlink()
    elif damage == "truncate":
        path.write_bytes(bytes(data[: len(data) // 2]))
    else:
        # task.json: a bit of the key; elsewhere any bit.
        at = data.find(ENTRY.key.encode()) if name == "task.json" else len(data) // 2
        data[at] ^= 1
        path.write_bytes(bytes(data))
    assert cache.find(ENTRY) is None
    again = cache.make(ENTRY, write)
    assert cache.find(ENTRY) == again
    assert (again / "a.txt").read_text() == "result"


def test_a_task_that_fails_leaves_nothing(tmp_path: Path) -> None:
    cache = Cache(tmp_path)

    def broken(folder: Path) -> dict[str, Any]:
        (folder / "half.txt").write_text("half")
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        cache.make(ENTRY, broken)
    assert list(tmp_path.iterdir()) == []
