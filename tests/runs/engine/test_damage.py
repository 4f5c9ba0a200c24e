"""One flipped bit in any file that a run keeps, or has published, is noticed.

The next run gives the same bytes.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from small_runs import digest, tasks_of, words_of, write

from trends.runs.config import settings as config
from trends.runs.engine.cache import RECORD, Cache
from trends.runs.studies import run as recipe

pytestmark = pytest.mark.slow

SETTINGS = """
name = "small"
rng = 5
[corpus]
path = "corpus.parquet"
[embed]
model = "precomputed"
path = "vectors.npy"
[models]
backends = ["gibbs-lda", "kmeans"]
n_topics = 3
seeds = 1
workers = 1
[models.settings.gibbs-lda]
iterations = 40
burn_in = 20
[split]
share = 0.5
[figures]
formats = ["svg"]
"""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """100 documents of three planted topics with vectors, the first topic grows.

    One title comes twice.
    """
    rng = np.random.default_rng(0)
    words = words_of()
    rows, vectors = [], []
    for i in range(100):
        year = 2020 + i // 20
        k = rng.choice(3, p=[p := 0.15 + 0.12 * (year - 2020), (1 - p) / 2, (1 - p) / 2])
        text = " ".join(rng.choice(words[k], 30))
        day = f"{year}-{rng.integers(1, 13):02d}-10"
        rows.append(
            (f"doc{i:03d}", f"paper {i if i != 7 else 6}", text, day, "day", "stated", "made")
        )
        vectors.append(np.eye(8)[k] + rng.normal(0, 0.2, 8))
    folder = tmp_path_factory.mktemp("planted")
    np.save(folder / "vectors.npy", np.asarray(vectors, dtype=np.float32))
    return write(folder, rows, SETTINGS)


def settings(planted: Path) -> config.RunConfig:
    return config.load(
        planted / "config.toml",
        [f"corpus.path={planted / 'corpus.parquet'}", f"embed.path={planted / 'vectors.npy'}"],
    )


@pytest.fixture(scope="module")
def done(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run")
    recipe.run(settings(planted), out)
    return out


def kept(out: Path) -> dict[Path, list[Path]]:
    """Entry of the cache → its files, as they lie on the disk."""
    entries = sorted(p for p in (out / ".cache").iterdir() if p.is_dir())
    return {entry: sorted(p for p in entry.rglob("*") if p.is_file()) for entry in entries}


def flip(path: Path, rng: np.random.Generator) -> bytes:
    """Flip one bit, as a disk does: length and times stay. Returns what was there."""
    about, before = path.stat(), path.read_bytes()
    data, at = bytearray(before), int(rng.integers(len(before) * 8))
    data[at // 8] ^= 1 << at % 8
    path.write_bytes(data)
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    return before


def test_a_bit_in_any_kept_file_is_noticed(done: Path, planted: Path) -> None:
    tasks, cache, rng = (
        tasks_of(settings(planted)),
        Cache(done / ".cache"),
        np.random.default_rng(3),
    )
    by_folder = {cache.folder(task): task for task in tasks}
    entries = kept(done)
    assert set(entries) == set(by_folder)
    kinds = {task.name.partition(":")[0] for task in tasks}
    assert kinds == {
        "corpus",
        "split",
        "terms",
        "vectors",
        "parts",
        "fit",
        "transfer",
        "analysis",
        "figures",
        "report",
    }
    for entry, paths in entries.items():
        assert cache.find(by_folder[entry]) == entry
        assert entry / RECORD in paths
        for path in paths:
            # A record is short and has many parts, each of which is used: bits all over it.
            for _ in range(60 if path.name == RECORD else 3):
                before = flip(path, rng)
                assert cache.find(by_folder[entry]) is None, path
                path.write_bytes(before)
        assert cache.find(by_folder[entry]) == entry


def test_what_was_damaged_is_made_again_and_gives_the_same_bytes(done: Path, planted: Path) -> None:
    before, rng = digest(done, passing=False), np.random.default_rng(4)
    for paths in kept(done).values():
        flip(paths[int(rng.integers(len(paths)))], rng)
    manifest = recipe.run(settings(planted), done)
    assert manifest["kept_from_before"] == []
    assert digest(done, passing=False) == before


def test_one_damaged_stage_leaves_the_others_kept(done: Path, planted: Path) -> None:
    before, tasks = digest(done, passing=False), tasks_of(settings(planted))
    (hit,) = (task for task in tasks if task.name.startswith("fit:kmeans"))
    flip(Cache(done / ".cache").folder(hit) / "arrays.npz", np.random.default_rng(5))
    manifest = recipe.run(settings(planted), done)
    assert set(manifest["kept_from_before"]) == {task.name for task in tasks} - {hit.name}
    assert digest(done, passing=False) == before


def test_published_files_are_put_right(done: Path, planted: Path) -> None:
    before, rng = digest(done, passing=False), np.random.default_rng(6)
    for name in before:
        flip(done / name, rng)
    assert not set(digest(done, passing=False).items()) & set(before.items()) - {
        ("manifest.json", before["manifest.json"])
    }
    manifest = recipe.run(settings(planted), done)
    assert len(manifest["kept_from_before"]) == len(tasks_of(settings(planted)))
    assert digest(done, passing=False) == before


def test_a_file_that_was_published_and_is_lost_comes_back(done: Path, planted: Path) -> None:
    before = digest(done, passing=False)
    (done / "prevalence.csv").unlink()
    (done / "figures").rename(done / "elsewhere")
    recipe.run(settings(planted), done)
    shutil.rmtree(done / "elsewhere")
    assert digest(done, passing=False) == before
