"""Sizes, the memory that stages take, and the refusal before a run that would not fit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_runs import laid_out

from trends.core import Corpus
from trends.errors import UsageError
from trends.runs.config import settings as config
from trends.runs.config import sizes
from trends.runs.engine import memory, peak
from trends.runs.engine.cache import Cache, Entry
from trends.runs.engine.task import order
from trends.runs.studies import run as recipe
from trends.sources.stored import corpus_file

SETTINGS = """
rng = 5
[corpus]
path = "corpus.parquet"
[models]
backends = ["gibbs-lda", "kmeans"]
n_topics = 3
seeds = 2
workers = 4
[embed]
model = "precomputed"
path = "own.npz"
[prevalence]
period = "year"
"""
MB = 1_000_000


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    g = np.random.default_rng(2)
    rows = [
        (
            f"d{i:03}",
            f"title {i}",
            " ".join(g.choice(["sun", "rain", "snow", "wind", "hail"], 30)),
            f"{2010 + i % 8}-06-01",
            "day",
            "stated",
            "made",
        )
        for i in range(400)
    ]
    columns = ["id", "title", "text", "date", "date_precision", "date_evidence", "source"]
    corpus_file.write(
        Corpus(pd.DataFrame(rows, columns=columns), name="small"), folder / "corpus.parquet"
    )
    vectors = g.normal(size=(400, 24)).astype(np.float32)
    np.savez(folder / "own.npz", ids=np.array([row[0] for row in rows]), vectors=vectors)
    (folder / "config.toml").write_text(SETTINGS)
    return folder


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", 0),
        ("8GB", 8e9),
        ("8 gb", 8e9),
        ("512 MiB", 512 * 2**20),
        ("1.5TiB", 1.5 * 2**40),
        ("6000000000", 6e9),
        (" 900MB ", 9e8),
    ],
)
def test_sizes_as_people_write_them(text: str, size: float) -> None:
    assert sizes.read(text) == size


@given(st.text(max_size=20))
def test_any_text_is_a_size_or_a_sentence(text: str) -> None:
    try:
        assert sizes.read(text) == 0 or sizes.read(text) >= MB
    except ValueError as error:
        assert "size" in str(error) or "megabyte" in str(error)


@pytest.mark.parametrize("bad", ["8XB", "GB", "-8GB", "8GB 4", "1e9", "0GB", "5kB", "nan", "٨GB"])
def test_what_is_no_size_is_said(small: Path, bad: str) -> None:
    with pytest.raises(
        UsageError,
        match=r"memory is not allowed: (a size is a number with a unit|a run needs more)",
    ):
        config.load(small / "config.toml", [f'memory="{bad}"'])


def test_a_run_that_does_not_fit_is_refused_before_it_starts(small: Path, tmp_path: Path) -> None:
    with pytest.raises(
        UsageError,
        match=(
            r"not started: .* would take about .* and the limit is 200 MB \(memory = "
            r"\"200MB\"\)\. To make it fit, "
        ),
    ):
        recipe.run(config.load(small / "config.toml", ["memory=200MB"]), tmp_path / "out")
    kept = [p.name.partition("-")[0] for p in (tmp_path / "out").glob(".cache/*")]
    assert kept == ["corpus"]


def budget(settings: config.RunConfig, only: str = "", held: int = 300 * MB) -> memory.Budget:
    """The budget of a run of which nothing is there but the corpus."""
    need = laid_out(settings).need
    assert need.sizes is not None
    missing = [t for t in order(need.goals) if t.name != "corpus" and t.name.startswith(only)]
    return memory.budget(missing, need.sizes, need.workers, held)


@pytest.mark.slow
def test_fewer_workers_before_a_refusal(small: Path) -> None:
    def workers(size: int) -> int:
        return budget(config.load(small / "config.toml", [f"memory={size}MB"])).workers

    assert workers(8_000) == 4
    found = [workers(size) for size in range(900, 4_000, 100)]
    assert found == sorted(found)
    assert set(found) == {1, 2, 3, 4}
    with pytest.raises(UsageError, match="a single fit of gibbs-lda/kmeans at a time would take"):
        budget(config.load(small / "config.toml", ["memory=650MB"]), only="fit")


def test_what_is_done_needs_no_memory(small: Path) -> None:
    settings = config.load(small / "config.toml", ["memory=200MB"])
    assert budget(settings, only="nothing", held=100 * MB).needs == {}


def test_needs_grow_with_the_size_and_a_sample_lowers_those_of_fits(small: Path) -> None:
    def needs(*more: str) -> dict[str, int]:
        return budget(config.load(small / "config.toml", more)).needs

    plain = needs("models.workers=1")
    assert needs("models.workers=1", "models.n_topics=200")["fits"] > plain["fits"]
    assert needs("models.workers=1", "models.seeds=9")["analysis"] > plain["analysis"]
    sampled = needs("models.workers=1", "models.sample=100")
    assert sampled["fits"] < plain["fits"]
    assert {"transfer", "sample-check"} <= set(sampled)


def test_the_limit_is_that_of_the_machine_unless_it_is_given(small: Path) -> None:
    assert memory.limit_of(config.load(small / "config.toml", ["memory=3GB"])) == 3_000 * MB
    assert memory.limit_of(config.load(small / "config.toml")) > 100 * MB


def test_the_limit_is_no_part_of_any_key(small: Path) -> None:
    keys = [
        [t.key for t in order([laid_out(config.load(small / "config.toml", more)).report])]
        for more in ((), ("memory=8GB", "models.workers=1"))
    ]
    assert keys[0] == keys[1]


@pytest.mark.skipif(
    peak.held() is None, reason="the system does not tell how much memory a process holds"
)
def test_the_peak_of_a_stage_is_seen_and_recorded(tmp_path: Path) -> None:
    cache, inner = Cache(tmp_path), Entry("inner", "1")

    def write(folder: Path) -> dict[str, int]:
        (folder / "sum").write_text(str(np.ones(12_000_000).sum()))
        return {"n": 12}

    def outer(folder: Path) -> dict[str, int]:
        cache.make(inner, write)
        cache.make(Entry("later", "2"), write)
        # More than what came before, and less again: the largest of all is that of the whole.
        return {"n": int(np.ones(20_000_000).sum()) + int(np.ones(1_000_000).sum())}

    before = peak.held()
    assert before is not None
    cache.make(Entry("outer", "3"), outer)
    with peak.watched() as after:
        pass
    found = {
        name: cache.info(Entry(name, key))["peak_memory"]
        for name, key in (("inner", "1"), ("outer", "3"))
    }
    assert found["inner"] >= before + 80 * MB
    assert found["outer"] >= found["inner"] + 50 * MB
    assert after.bytes is not None
    assert after.bytes < before + 80 * MB
    assert json.loads((cache.folder(inner) / "task.json").read_text())["info"]["n"] == 12


def test_where_the_system_does_not_tell_nothing_is_made_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peak, "_PROCESS", tmp_path / "none")
    with peak.watched() as found:
        pass
    assert found.bytes is None
    assert peak.held() is None
