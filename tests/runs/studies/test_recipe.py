"""A whole run on a small corpus of extracted features, from config to report."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from small_runs import digest, kill_when_kept, words_of, write

from trends import store
from trends.errors import StorageError, UsageError
from trends.runs.config import settings as config
from trends.runs.studies import run as recipe

pytestmark = pytest.mark.slow

CSVS = ("coverage", "topics", "quality", "prevalence", "trends", "alignment", "claims", "terms")
SETTINGS = """
name = "small"
rng = 5
[models]
backends = ["gibbs-lda", "lda"]
n_topics = 3
seeds = 2
workers = 2
[models.settings.gibbs-lda]
iterations = 60
burn_in = 30
[figures]
formats = ["svg"]
"""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of 90 documents of three planted topics; the first topic grows from 2019 to 2024."""
    rng = np.random.default_rng(0)
    words = words_of()
    rows = []
    for i in range(90):
        year = 2019 + i // 15
        k = rng.choice(3, p=[p := 0.15 + 0.1 * (year - 2019), (1 - p) / 2, (1 - p) / 2])
        text = " ".join(rng.choice(words[k], 30))
        rows.append(
            (
                f"doc{i:02d}",
                f"{words[k][0]} study {words[k][1]}",
                text,
                f"{year}-{rng.integers(1, 13):02d}-10",
                "day",
                "stated",
                "made",
            )
        )
    return write(
        tmp_path_factory.mktemp("planted"), rows, SETTINGS + '[corpus]\npath = "corpus.parquet"\n'
    )


@pytest.fixture(scope="module")
def done(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run")
    recipe.run(config.load(planted / "config.toml"), out)
    return out


def test_the_contract(done: Path) -> None:
    run = store.Run(done)
    columns = {
        "coverage": "period n_docs n_dated n_with_text complete",
        "topics": "backend topic label n_docs share top_terms examples npmi stability",
        "quality": "backend seed n_topics npmi c_v diversity stability unassigned",
        "prevalence": "backend topic label period n_docs share lower upper complete",
        "trends": "backend topic label finding change slope lower upper p p_adjusted power note",
        "alignment": "backend_a topic_a backend_b topic_b similarity null_p",
        "claims": "topic label finding change change_lower change_upper slope lower upper "
        "p_adjusted agreement stability joint_p matched specifications votes power diagnostics",
    }
    for name, wanted in columns.items():
        assert set(wanted.split()) <= set(run.table(name).columns), name
    assert set(digest(done)) == {*run.manifest["files"], "manifest.json"}
    assert all(digest(done)[name] == sha for name, sha in run.manifest["files"].items())
    assert len(run.manifest["fits"]) == 4
    fit = run.topics("lda", run.manifest["seeds"]["lda"][0])
    assert fit.n_topics == 3


def test_shares_add_to_one_and_counts_to_all(done: Path) -> None:
    run = store.Run(done)
    shares = run.table("prevalence").groupby(["backend", "period"])["share"].sum()
    assert np.allclose(shares, 1)
    topics = run.table("topics").groupby("backend")[["n_docs", "share"]].sum()
    assert (topics["n_docs"] == 90).all()
    assert np.allclose(topics["share"], 1)
    assert run.table("coverage")["n_docs"].sum() == 90


def test_the_planted_topic_rises(done: Path) -> None:
    for backend, rows in store.Run(done).table("trends").groupby("backend"):
        top = rows.loc[rows["label"].str.contains("solar")]
        assert len(top) == 1, backend
        assert top["slope"].item() > 0
        assert top["lower"].item() <= top["slope"].item() <= top["upper"].item()


def test_again_nothing_runs_and_nothing_changes(done: Path, planted: Path) -> None:
    before = digest(done)
    settings = config.load(planted / "config.toml")
    assert all(stage["cached"] for stage in recipe.plan(settings, done))
    manifest = recipe.run(settings, done)
    assert len(manifest["kept_from_before"]) == len(recipe.plan(settings, done))
    after = digest(done)
    assert {n for n in before if before[n] != after.get(n)} <= {"manifest.json"}


def test_from_scratch_gives_the_same_tables_and_figures(
    done: Path, planted: Path, tmp_path: Path
) -> None:
    recipe.run(config.load(planted / "config.toml", ["models.workers=1"]), tmp_path)
    first, second = digest(done), digest(tmp_path)
    assert {n: h for n, h in first.items() if n.endswith((".csv", ".svg", ".npz"))} == {
        n: h for n, h in second.items() if n.endswith((".csv", ".svg", ".npz"))
    }


def test_another_seed_is_another_run_and_old_files_go(
    done: Path, planted: Path, tmp_path: Path
) -> None:
    small = ["models.seeds=1", 'models.backends=["lda"]']
    recipe.run(config.load(planted / "config.toml", small), tmp_path)
    first = digest(tmp_path, "arrays.npz")
    recipe.run(config.load(planted / "config.toml", small, rng=6), tmp_path)
    second = digest(tmp_path, "arrays.npz")
    assert len(first) == len(second) == 1
    assert set(first) != set(second)


@pytest.mark.parametrize("entries", [0, 1, 4, 7])
def test_killed_and_resumed(done: Path, planted: Path, tmp_path: Path, entries: int) -> None:
    command = [
        sys.executable,
        "-m",
        "trends",
        "run",
        str(planted / "config.toml"),
        "--output",
        str(tmp_path),
        "--no-progress",
    ]
    ended = kill_when_kept(command, tmp_path, entries)
    assert (tmp_path / "manifest.json").exists() == (ended == 0)
    subprocess.run(command, check=True, capture_output=True)
    whole, resumed = digest(done), digest(tmp_path)
    assert {n for n in whole if whole[n] != resumed.get(n)} <= {"manifest.json"}
    assert set(whole) == set(resumed)


def test_a_second_run_on_the_same_folder_is_refused(planted: Path, tmp_path: Path) -> None:
    from filelock import FileLock

    with FileLock(tmp_path / ".lock"), pytest.raises(StorageError, match="Another run is writing"):
        recipe.run(config.load(planted / "config.toml"), tmp_path)


def test_more_topics_than_documents(planted: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="fewer topics than documents"):
        recipe.run(config.load(planted / "config.toml", ["models.n_topics=200"]), tmp_path)
    assert not [p for p in tmp_path.iterdir() if not p.name.startswith(".")]


def test_a_failed_run_leaves_the_files_of_the_last_one(done: Path, planted: Path) -> None:
    before = digest(done)
    with pytest.raises(UsageError):
        recipe.run(config.load(planted / "config.toml", ["models.n_topics=200"]), done)
    assert digest(done) == before


def test_unknown_setting_of_a_backend(planted: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Did you mean 'min_passes'"):
        recipe.run(config.load(planted / "config.toml", ["models.settings.lda.pases=3"]), tmp_path)


def test_manifest_records_everything_needed_to_repeat(done: Path) -> None:
    manifest = json.loads((done / "manifest.json").read_text())
    for key in (
        "config",
        "rng",
        "seeds",
        "versions",
        "inputs",
        "counts",
        "warnings",
        "seconds",
        "files",
        "corpus_fingerprint",
    ):
        assert key in manifest, key
    assert manifest["rng"] == 5
    assert len(manifest["seeds"]["gibbs-lda"]) == 2
    assert str(Path.home()) not in json.dumps(manifest)
