"""The store: gives back what it was given or nothing, whatever is done to its file, and never stops a run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trends.embed.vector_store import VectorStore, text_key

SPACE = {"weights": "w", "engine": "torch"}
#: Adds batches of ten until it is stopped, and says each number that is committed; argument 3 is a
#: limit for the size of files.
WRITER = """
import sys, resource, numpy as np
from pathlib import Path
from trends.embed.vector_store import VectorStore, text_key
if len(sys.argv) > 3:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
store = VectorStore(Path(sys.argv[1]), {"weights": "w", "engine": "torch"})
for batch in range(int(sys.argv[2])):
    texts = [f"text {batch * 10 + i}" for i in range(10)]
    held = store.add([text_key(t) for t in texts], np.stack([np.full(64, batch * 10 + i, dtype=np.float32) for i in range(10)]))
    assert (held[:, 0] == batch * 10 + np.arange(10)).all()
    print(batch, *store.notes, flush=True)
"""


def rows(n: int) -> tuple[list[bytes], np.ndarray]:
    keys = [text_key(f"text {i}") for i in range(n)]
    return keys, np.repeat(np.arange(n, dtype=np.float32)[:, None], 64, axis=1)


def found_ones(store: VectorStore, n: int) -> list[int]:
    """Numbers of the texts that are found; each vector must be the one that was given."""
    keys, vectors = rows(n)
    found = store.find(keys)
    assert all(np.array_equal(found[key], vectors[i]) for i, key in enumerate(keys) if key in found)
    return [i for i, key in enumerate(keys) if key in found]


def test_what_was_added_is_found_in_its_space_only(tmp_path: Path) -> None:
    keys, vectors = rows(1_200)
    with VectorStore(tmp_path / "new" / "folder", SPACE) as store:
        assert store.find(keys) == {}
        assert store.add(keys, vectors) is vectors
    with VectorStore(tmp_path / "new" / "folder", SPACE) as store:
        assert found_ones(store, 1_300) == list(range(1_200))
    with VectorStore(tmp_path / "new" / "folder", {**SPACE, "engine": "bf16"}) as other:
        assert other.find(keys) == {}
    assert store.notes == other.notes == []


def test_who_comes_second_takes_what_is_there(tmp_path: Path) -> None:
    keys, vectors = rows(4)
    with VectorStore(tmp_path, SPACE) as one, VectorStore(tmp_path, SPACE) as two:
        one.add(keys[:2], vectors[:2])
        held = two.add(keys, vectors + 0.5)
    assert np.array_equal(held, np.concatenate([vectors[:2], vectors[2:] + 0.5]))


def test_without_a_folder_nothing_is_kept() -> None:
    keys, vectors = rows(3)
    with VectorStore(None, SPACE) as store:
        assert store.add(keys, vectors) is vectors
        assert store.find(keys) == {}
    assert store.notes == []


def test_texts_of_any_characters_have_keys() -> None:
    texts = ["", "\x00", "\ud800", "\udc00", "a", "a\x00", "é", "e\u0301"]
    assert len({text_key(t) for t in texts}) == len(texts)


def test_a_damaged_row_is_noticed_and_replaced(tmp_path: Path) -> None:
    keys, vectors = rows(40)
    with VectorStore(tmp_path, SPACE) as store:
        store.add(keys, vectors)
    path = tmp_path / "vectors-1.sqlite"
    content = bytearray(path.read_bytes())
    content[content.index(vectors[7].tobytes()) + 9] ^= 1
    path.write_bytes(content)
    with VectorStore(tmp_path, SPACE) as store:
        assert found_ones(store, 40) == [i for i in range(40) if i != 7]
        assert store.damaged == 1
        store.add([keys[7]], vectors[[7]])
    with VectorStore(tmp_path, SPACE) as store:
        assert found_ones(store, 40) == list(range(40))
        assert store.damaged == 0


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), cut=st.booleans())
def test_a_damaged_file_never_gives_a_wrong_vector_nor_stops_a_run(
    tmp_path: Path, where: float, bit: int, cut: bool
) -> None:
    for old in tmp_path.iterdir():
        old.unlink()
    keys, vectors = rows(60)
    with VectorStore(tmp_path, SPACE) as store:
        store.add(keys, vectors)
    path = tmp_path / "vectors-1.sqlite"
    content = bytearray(path.read_bytes())
    at = int(where * len(content))
    content[at] ^= 1 << bit
    path.write_bytes(content[:at] if cut else content)
    with VectorStore(tmp_path, SPACE) as store:
        known = found_ones(store, 60)
        missing = [i for i in range(60) if i not in known]
        store.add([keys[i] for i in missing], vectors[missing])
        told = bool(store.notes)
    with VectorStore(tmp_path, SPACE) as store:
        again = found_ones(store, 60)
    # Where the file is damaged beyond reading, the next one holds what was made since.
    assert again == list(range(60)) or told or store.notes or set(missing) <= set(again)


@pytest.mark.parametrize(
    "content",
    [
        b"no database at all, but a text that is longer than its header would be" * 20,
        b"SQLite format 3\x00",
    ],
)
def test_a_file_that_is_none_is_left_alone_and_another_begun(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "vectors-1.sqlite").write_bytes(content)
    keys, vectors = rows(5)
    with VectorStore(tmp_path, SPACE) as store:
        store.add(keys, vectors)
        assert found_ones(store, 5) == list(range(5))
    assert (
        "is damaged" in store.notes[0]
        and "vectors-2.sqlite" in store.notes[0]
        and "can be deleted" in store.notes[0]
    )
    assert (tmp_path / "vectors-1.sqlite").read_bytes() == content
    with VectorStore(tmp_path, SPACE) as store:
        assert found_ones(store, 5) == list(range(5))
    assert store.notes == []


def test_a_place_that_cannot_be_used_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    keys, vectors = rows(5)
    with VectorStore(tmp_path / "file", SPACE) as store:
        assert store.add(keys, vectors) is vectors
        assert store.find(keys) == {}
    assert len(store.notes) == 1
    assert "cannot be used" in store.notes[0] and "TRENDS_CACHE" in store.notes[0]


def start(folder: Path, batches: int, *limit: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), str(batches), *limit]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("after", [0, 3, 17])
def test_killed_between_any_two_steps_whole_batches_stay(tmp_path: Path, after: int) -> None:
    process = start(tmp_path, 100_000)
    assert process.stdout is not None
    for _ in range(after + 1):
        last = int(process.stdout.readline().split()[0])
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    with VectorStore(tmp_path, SPACE) as store:
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
    with VectorStore(tmp_path, SPACE) as store:
        assert found_ones(store, 700) == list(range(600))


def test_a_full_disk_stops_the_store_and_not_the_run(tmp_path: Path) -> None:
    out, err = (process := start(tmp_path, 200, str(150_000))).communicate(timeout=120)
    assert process.returncode == 0, err
    lines = out.splitlines()
    assert len(lines) == 200
    assert "cannot be used" in lines[-1] and lines[-1].count("cannot be used") == 1
    with VectorStore(tmp_path, SPACE) as store:
        found = found_ones(store, 2_000)
    assert found == list(range(len(found))) and 0 < len(found) < 2_000
