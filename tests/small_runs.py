"""What tests of whole runs share.

A corpus and its config in a folder, words of topics that nobody could mix up, hashes of what a run
publishes.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd

from trends.core import Corpus
from trends.runs.config.settings import RunConfig
from trends.runs.engine.engine import Engine
from trends.runs.engine.task import Task, order
from trends.runs.studies.pipeline import Pipeline, plan
from trends.runs.tasks.publish import PASSING
from trends.sources.stored import corpus_file

COLUMNS = ["id", "title", "text", "date", "date_precision", "date_evidence", "source"]

#: Configs of small runs of ``corpus.parquet``: quick topics, and topics of sampled words.
NMF = """
rng = 5
[corpus]
path = "corpus.parquet"
[models]
backends = ["nmf"]
n_topics = 3
seeds = 1
workers = 1
[prevalence]
period = "year"
[figures]
formats = ["svg"]
map = false
"""
GIBBS = """
rng = 5
[corpus]
path = "corpus.parquet"
[models]
backends = ["gibbs-lda"]
n_topics = 3
seeds = 1
workers = 1
[models.settings.gibbs-lda]
iterations = 60
burn_in = 30
[prevalence]
period = "year"
[figures]
formats = ["svg"]
"""


def words_of(*stems: str) -> list[list[str]]:
    """Ten words for each topic, by default those of three."""
    return [[f"{stem}{i}" for i in "abcdefghij"] for stem in stems or ("solar", "whale", "violin")]


def in_turn(n: int = 60) -> list[tuple[str, ...]]:
    """Documents of three topics in turn, ten a year from 2018."""
    rng, words = np.random.default_rng(0), words_of()
    texts = [" ".join(rng.choice(words[i % 3], 30)) for i in range(n)]
    days = [f"20{18 + i // 10}-0{1 + i % 9}-10" for i in range(n)]
    return [
        (f"d{i:02d}", f"paper {i}", texts[i], days[i], "day", "stated", "made") for i in range(n)
    ]


def write(
    folder: Path, rows: Iterable[tuple[str | None, ...]], settings: str, name: str = "made"
) -> Path:
    """``corpus.parquet`` of rows in the order of ``COLUMNS``, and ``config.toml`` beside it.

    Returns the folder.
    """
    corpus_file.write(
        Corpus(pd.DataFrame(list(rows), columns=COLUMNS), name=name), folder / "corpus.parquet"
    )
    (folder / "config.toml").write_text(settings, encoding="utf-8")
    return folder


def digest(folder: Path, pattern: str = "*", passing: bool = True) -> dict[str, str]:
    """SHA-256 of every published file.

    Without ``passing``, of the manifest only what says nothing about one run's time and cache.
    """
    found = {}
    for path in sorted(
        p
        for p in folder.rglob(pattern)
        if p.is_file() and ".cache" not in p.parts and p.name != ".lock"
    ):
        data = path.read_bytes()
        if path.name == "manifest.json" and not passing:
            with suppress(ValueError):  # a flipped bit may leave no JSON
                data = json.dumps(
                    {k: v for k, v in json.loads(data).items() if k not in PASSING}
                ).encode()
        found[path.relative_to(folder).as_posix()] = hashlib.sha256(data).hexdigest()
    return found


def laid_out(settings: RunConfig, out: Path | None = None) -> Pipeline:
    """The tasks of a run, without anything but its corpus being read (a number of topics that is
    not known yet is 2).
    """
    engine = Engine(out or Path("nothing-is-here"), dry=True)
    return engine.carry_out(plan(engine, settings))


def tasks_of(settings: RunConfig) -> list[Task]:
    """All tasks of a run, in order."""
    return order([laid_out(settings).report])


def kill_when_kept(command: list[str], folder: Path, entries: int) -> int:
    """Start a command, kill it with its workers once so many results are kept; its exit status.

    The pause only keeps the wait from taking the processor; what is kept decides.
    """
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    while process.poll() is None:
        kept = [p for p in folder.glob(".cache/*") if not p.name.startswith(".")]
        if len(kept) >= entries:
            os.killpg(process.pid, signal.SIGKILL)
            break
        time.sleep(0.01)
    return process.wait()
