"""The corpus is read once: by a run, by one with n_topics = "auto", and by a multiverse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_runs import in_turn, write

from trends.runs.config import settings as config
from trends.runs.studies import multiverse, placebo
from trends.runs.studies import run as runs
from trends.runs.tasks import corpus

pytestmark = pytest.mark.slow

SETTINGS = """
rng = 5
[corpus]
path = "corpus.parquet"
[models]
backends = ["gibbs-lda"]
n_topics = 3
seeds = 1
workers = 1
candidate_seeds = 2
[models.settings.gibbs-lda]
iterations = 20
burn_in = 10
[prevalence]
period = "year"
[multiverse]
seeds = 2
n_topics = [3]
period = ["year"]
shuffles = 19
split = [0.0, 0.5]
[figures]
formats = ["svg"]
[placebo]
shuffles = 20
"""


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was read so far."""
    seen: list[Any] = []
    read = corpus.read_corpus

    def counted(inputs: Any, **options: Any) -> Any:
        seen.append(inputs)
        return read(inputs, **options)

    monkeypatch.setattr(corpus, "read_corpus", counted)
    return seen


@pytest.mark.parametrize(
    "changes", [[], ["models.n_topics=auto", "models.candidates=[2,3,4]"]], ids=["run", "auto"]
)
def test_a_run_reads_its_corpus_once(reads: list[Any], tmp_path: Path, changes: list[str]) -> None:
    settings = config.load(write(tmp_path, in_turn(), SETTINGS) / "config.toml", changes)
    runs.run(settings, tmp_path / "out")
    assert len(reads) == 1
    runs.run(settings, tmp_path / "out")
    placebo.run(settings, tmp_path / "out")
    runs.plan(settings, tmp_path / "out")
    assert len(reads) == 1


def test_so_does_a_multiverse_with_auto_split_and_more_seeds(
    reads: list[Any], tmp_path: Path
) -> None:
    changes = ["models.n_topics=auto", "models.candidates=[2,3,4]"]
    settings = config.load(write(tmp_path, in_turn(), SETTINGS) / "config.toml", changes)
    multiverse.run(settings, tmp_path / "out")
    assert len(reads) == 1


def test_a_plan_reads_it_once_and_writes_nothing(reads: list[Any], tmp_path: Path) -> None:
    settings = config.load(write(tmp_path, in_turn(), SETTINGS) / "config.toml")
    plan = multiverse.plan(settings, tmp_path / "out")
    assert len(reads) == 1
    assert not (tmp_path / "out").exists()
    assert [row["task"] for row in plan][:2] == ["corpus", "terms"]
