"""A text is embedded once, and a killed run ends as an undisturbed one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trends.embed import cache_directory, sentence_transformer
from trends.embed.cache_directory import OFF, cache_folder
from trends.embed.vector_store import NAME

from .conftest import WORDS

pytestmark = pytest.mark.slow

CHILD = """
import sys
from pathlib import Path
from trends.embed import sentence_transformer
texts = Path(sys.argv[3]).read_text(encoding="utf-8").split("\\n")
sentence_transformer.embed(
    texts, model=sys.argv[1], store=sys.argv[2], engine=sys.argv[4],
    progress=lambda done, total: print(done, flush=True),
)
"""


def some_texts(n: int) -> list[str]:
    rng = np.random.default_rng(3)
    return [f"{i} " + " ".join(rng.choice(WORDS, rng.integers(1, 30))) for i in range(n)]


def embed(
    encoder: Path, texts: list[str], store: Path | str, engine: str = "torch", **more: Any
) -> tuple[np.ndarray, dict[str, Any]]:
    vectors, provenance = sentence_transformer.embed(
        texts, model=str(encoder), engine=engine, store=str(store), **more
    )
    return vectors, provenance["store"]


def test_only_what_is_new_is_embedded(encoder: Path, tmp_path: Path) -> None:
    texts = some_texts(202)
    first, counts = embed(encoder, texts[:200], tmp_path)
    assert (counts["from_store"], counts["made"]) == (0, 200)
    calls: list[tuple[int, int]] = []
    more, counts = embed(
        encoder, texts, tmp_path, progress=lambda done, total: calls.append((done, total))
    )
    assert (counts["different"], counts["from_store"], counts["made"]) == (202, 200, 2)
    assert more[:200].tobytes() == first.tobytes()
    assert calls[0] == (200, 202) and calls[-1] == (202, 202)
    again, counts = embed(encoder, [*texts, texts[0]], tmp_path)
    assert counts["made"] == 0
    assert again.tobytes() == more.tobytes() + more[0].tobytes()
    _, counts = embed(encoder, texts[:10], OFF)
    assert counts["made"] == 10


def test_what_was_embedded_before_changes_no_vector(encoder: Path, tmp_path: Path) -> None:
    texts = some_texts(150)
    embed(encoder, texts[::3], tmp_path)
    after, counts = embed(encoder, texts, tmp_path)
    fresh, _ = embed(encoder, texts, OFF)
    assert after.tobytes() == fresh.tobytes()
    assert counts["from_store"] == 50
    again, counts = embed(encoder, texts, tmp_path)
    assert (counts["from_store"], again.tobytes()) == (150, fresh.tobytes())


def test_killed_and_started_again_gives_the_same_bytes(encoder: Path, tmp_path: Path) -> None:
    texts = some_texts(700)
    (tmp_path / "texts").write_text("\n".join(texts), encoding="utf-8")
    command = [
        sys.executable,
        "-c",
        CHILD,
        str(encoder),
        str(tmp_path / "store"),
        str(tmp_path / "texts"),
        "torch",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _ in range(4):
        done = int(process.stdout.readline())
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    resumed, counts = embed(encoder, texts, tmp_path / "store")
    assert 0 < done <= counts["from_store"] < 700
    assert counts["from_store"] + counts["made"] == 700
    undisturbed, _ = embed(encoder, texts, OFF)
    assert resumed.tobytes() == undisturbed.tobytes()


def test_a_damaged_store_costs_time_only(encoder: Path, tmp_path: Path) -> None:
    texts = some_texts(40)
    first, _ = embed(encoder, texts, tmp_path)
    path = tmp_path / NAME
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    again, counts = embed(encoder, texts, tmp_path)
    assert again.tobytes() == first.tobytes()
    assert counts["made"] + counts["from_store"] == 40
    assert any("damaged" in note or "cannot be used" in note for note in counts["notes"])
    path.unlink()
    embed(encoder, texts, tmp_path)
    third, counts = embed(encoder, texts, tmp_path)
    assert third.tobytes() == first.tobytes() and counts["made"] == 0


def test_the_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRENDS_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    assert cache_folder(str(tmp_path / "own")) == tmp_path / "own"
    assert cache_folder("none") is None
    monkeypatch.setenv("TRENDS_CACHE", "none")
    assert cache_folder() is None
    monkeypatch.delenv("TRENDS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "topic-trends"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "topic-trends"


def test_a_folder_that_cannot_be_kept_is_temporary(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for root in (None, tmp_path / "file"):
        with cache_directory.kept_folder(
            root, "thing", lambda at: (at / "a.txt").write_text("made")
        ) as folder:
            assert (folder / "a.txt").read_text() == "made"
            assert tmp_path not in folder.parents
        assert not folder.exists()


def test_the_store_is_closed_after_use(encoder: Path, tmp_path: Path) -> None:
    embed(encoder, ["stars"], tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [NAME]
