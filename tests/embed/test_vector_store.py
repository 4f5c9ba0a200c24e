"""The store gives back what it was given or nothing, and never stops a run."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trends.embed.vector_store import NAME, VectorStore

SPACE = {"weights": "w", "engine": "torch"}
#: Adds batches of ten until it is stopped, and says each number that is committed; argument 3 is a
#: limit for the size of files.
WRITER = """
import sys, resource, numpy as np
from pathlib import Path
from trends.embed.vector_store import VectorStore
if len(sys.argv) > 3:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
store = VectorStore(Path(sys.argv[1]), {"weights": "w", "engine": "torch"})
for batch in range(int(sys.argv[2])):
    texts = [f"text {batch * 10 + i}" for i in range(10)]
    store.add(texts, np.stack([np.full(64, batch * 10 + i, dtype=np.float32) for i in range(10)]))
    print(batch, *store.notes, flush=True)
"""


def rows(n: int) -> tuple[list[str], np.ndarray]:
    texts = [f"text {i}" for i in range(n)]
    return texts, np.repeat(np.arange(n, dtype=np.float32)[:, None], 64, axis=1)


def found_ones(store: VectorStore, n: int) -> list[int]:
    """Numbers of the texts that are found; each vector must be the one that was given."""
    texts, vectors = rows(n)
    found = store.find(texts)
    assert all(
        np.array_equal(found[text], vectors[i]) for i, text in enumerate(texts) if text in found
    )
    return [i for i, text in enumerate(texts) if text in found]


def test_what_was_added_is_found_in_its_space_only(tmp_path: Path) -> None:
    texts, vectors = rows(1_200)
    folder = tmp_path / "new" / "folder"
    store = VectorStore(folder, SPACE)
    assert store.find(texts) == {}
    store.add(texts, vectors)
    assert found_ones(VectorStore(folder, SPACE), 1_300) == list(range(1_200))
    other = VectorStore(folder, {**SPACE, "engine": "bf16"})
    assert other.find(texts) == {}
    assert store.notes == other.notes == []


def test_without_a_folder_nothing_is_kept() -> None:
    texts, vectors = rows(3)
    store = VectorStore(None, SPACE)
    store.add(texts, vectors)
    assert store.find(texts) == {} and store.notes == []


def test_texts_of_any_characters_are_told_apart(tmp_path: Path) -> None:
    texts = ["", "\x00", "\ud800", "\udc00", "a", "a\x00", "é", "e\u0301"]
    vectors = np.arange(len(texts), dtype=np.float32)[:, None]
    VectorStore(tmp_path, SPACE).add(texts, vectors)
    found = VectorStore(tmp_path, SPACE).find(texts)
    assert [found[text][0] for text in texts] == list(range(len(texts)))


def test_a_damaged_row_is_noticed_and_replaced(tmp_path: Path) -> None:
    texts, vectors = rows(40)
    VectorStore(tmp_path, SPACE).add(texts, vectors)
    path = tmp_path / NAME
    content = bytearray(path.read_bytes())
    content[content.index(vectors[7].tobytes()) + 9] ^= 1
    path.write_bytes(content)
    store = VectorStore(tmp_path, SPACE)
    assert found_ones(store, 40) == [i for i in range(40) if i != 7]
    assert store.damaged == 1
    store.add([texts[7]], vectors[[7]])
    store = VectorStore(tmp_path, SPACE)
    assert found_ones(store, 40) == list(range(40))
    assert store.damaged == 0


@pytest.mark.slow
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), cut=st.booleans())
def test_a_damaged_file_never_gives_a_wrong_vector_nor_stops_a_run(
    tmp_path: Path, where: float, bit: int, cut: bool
) -> None:
    for old in tmp_path.iterdir():
        old.unlink()
    texts, vectors = rows(60)
    VectorStore(tmp_path, SPACE).add(texts, vectors)
    path = tmp_path / NAME
    content = bytearray(path.read_bytes())
    at = int(where * len(content))
    content[at] ^= 1 << bit
    path.write_bytes(content[:at] if cut else content)
    store = VectorStore(tmp_path, SPACE)
    known = found_ones(store, 60)
    missing = [i for i in range(60) if i not in known]
    store.add([texts[i] for i in missing], vectors[missing])
    again = VectorStore(tmp_path, SPACE)
    found = found_ones(again, 60)
    assert found == list(range(60)) or store.notes or again.notes or set(missing) <= set(found)


@pytest.mark.parametrize("content", [b"no database, but a long text" * 50, b"SQLite format 3\x00"])
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    texts, vectors = rows(5)
    store = VectorStore(tmp_path, SPACE)
    store.add(texts, vectors)
    assert found_ones(store, 5) == []
    assert len(store.notes) == 1 and "delete it" in store.notes[0]
    assert (tmp_path / NAME).read_bytes() == content


def test_a_place_that_cannot_be_used_is_noted_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    texts, vectors = rows(5)
    store = VectorStore(tmp_path / "file", SPACE)
    store.add(texts, vectors)
    assert store.find(texts) == {}
    assert len(store.notes) == 1
    assert "cannot be used" in store.notes[0] and "TRENDS_CACHE" in store.notes[0]


def start(folder: Path, batches: int, *limit: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), str(batches), *limit]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("after", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in (3, 17))])
def test_killed_between_any_two_steps_whole_batches_stay(tmp_path: Path, after: int) -> None:
    process = start(tmp_path, 100_000)
    assert process.stdout is not None
    for _ in range(after + 1):
        last = int(process.stdout.readline().split()[0])
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    store = VectorStore(tmp_path, SPACE)
    found = found_ones(store, 100_000)
    assert found == list(range(len(found)))
    assert len(found) % 10 == 0 and len(found) >= (last + 1) * 10
    assert store.notes == []


def test_several_processes_at_once(tmp_path: Path) -> None:
    processes = [start(tmp_path, 60) for _ in range(3)]
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert out.split() == [str(i) for i in range(60)]  # no notes
    assert found_ones(VectorStore(tmp_path, SPACE), 700) == list(range(600))


def test_turned_off_at_once_it_asks_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite does not wait for a process that begins or clears away the log."""
    connect, refused = sqlite3.connect, []

    def busy(*arguments: Any, **options: Any) -> sqlite3.Connection:
        if len(refused) < 3:
            refused.append(error := sqlite3.OperationalError("database is locked"))
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error
        return connect(*arguments, **options)

    monkeypatch.setattr(sqlite3, "connect", busy)
    store = VectorStore(tmp_path, SPACE)
    store.add(["a"], np.ones((1, 3), dtype=np.float32))
    assert set(store.find(["a"])) == {"a"} and store.notes == [] and len(refused) == 3


def test_a_full_disk_stops_the_store_and_not_the_run(tmp_path: Path) -> None:
    out, err = (process := start(tmp_path, 200, str(150_000))).communicate(timeout=120)
    assert process.returncode == 0, err
    lines = out.splitlines()
    assert len(lines) == 200
    assert "cannot be used" in lines[-1] and lines[-1].count("cannot be used") == 1
    found = found_ones(VectorStore(tmp_path, SPACE), 2_000)
    assert found == list(range(len(found))) and 0 < len(found) < 2_000
