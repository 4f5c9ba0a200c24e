"""Whole runs on shards: the same published bytes, whatever divides the work and whoever dies.

What is learnt on the sample is kept from one run to the next, as its key says that it is the same.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from scripts import script
from small_runs import digest

from trends.runs.config import settings as config
from trends.runs.studies import run as recipe

pytestmark = pytest.mark.slow

CONFIG = """
rng = 5
[corpus]
path = "documents"
text = "abstract"
date = "published"
vector = "vector"
[engine]
name = "local"
[models]
backends = ["nmf", "kmeans"]
n_topics = 4
seeds = 1
workers = 1
sample = 400
[prevalence]
period = "2-years"
[figures]
formats = ["svg"]
map = false
"""

Run = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """1,200 made abstracts in three files of one group of rows or two, and a config."""
    folder = tmp_path_factory.mktemp("shards")
    make = script("experiments/large/make.py")
    make.PER_FILE, make.N_BACKGROUND, make.N_OWN = 500, 2_000, 200
    make.make(folder / "documents", 1_200, n_themes=4, vectors=True)
    (folder / "config.toml").write_text(CONFIG)
    return folder


@pytest.fixture(scope="module")
def run(place: Path) -> Run:
    """Carries a run out; hashes of all that it publishes, and of sample and sums."""

    def hashes(out: Path) -> dict[str, str]:
        # Behind the reading no step knows how many shards there were.
        records = [
            json.loads(path.read_text())["files"]
            for step in ("days", "sample", "totals", "tables")
            for path in out.glob(f".cache/sharded-{step}-*/task.json")
        ]
        assert len(records) == 4
        return digest(out, passing=False) | {"steps": json.dumps(records, sort_keys=True)}

    def carried_out(
        name: str, *settings: str, hear: Callable[..., None] = lambda *_: None
    ) -> dict[str, str]:
        out = place / name
        learnt = place / "one" / ".cache"
        if learnt.exists():
            shutil.copytree(learnt, out / ".cache", ignore=shutil.ignore_patterns("sharded-*"))
        chosen = config.load(place / "config.toml", [f"engine.{each}" for each in settings])
        recipe.run(chosen, out, report=hear)
        return hashes(out)

    return carried_out


@pytest.fixture(scope="module")
def whole(run: Run) -> dict[str, str]:
    """One shard in one process."""
    return run("one", "shards=1", "workers=1")


@pytest.mark.parametrize("shards", [2, 7])
def test_the_number_of_shards_changes_no_byte(run: Run, whole: dict[str, str], shards: int) -> None:
    assert run(f"local-{shards}", f"shards={shards}", "workers=2") == whole


@pytest.mark.usefixtures("spark")
def test_spark_changes_no_byte(
    run: Run, whole: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert run("spark", "name=spark", "shards=3", "workers=2") == whole
    assert "".join(capfd.readouterr()) == "", "Java has no voice of its own"


@pytest.mark.usefixtures("spark")
def test_a_machine_that_dies_within_a_run_changes_no_byte(
    run: Run, whole: dict[str, str], root: Path, tmp_path: Path
) -> None:
    standalone = script("tests/runs/engine/mapping/standalone.py")
    killed: list[str] = []
    with standalone.cluster(tmp_path, workers=2) as there:

        def hear(what: str, state: str, *_: int) -> None:
            if state == "within" and not killed:
                there.kill(0)
                killed.append(what)

        found = run("cluster", "name=spark", f"master={there.master}", "shards=4", hear=hear)
    assert found == whole
    assert killed and killed[0].startswith("sharded-read")
