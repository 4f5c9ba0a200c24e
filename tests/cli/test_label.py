"""``trends label``: a name that is given is in every file, and goes on with another seed."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import small_runs
from command import in_process


@pytest.mark.slow
def test_names_are_given_applied_moved_and_refused(tmp_path: Path) -> None:
    folder = small_runs.write(tmp_path, small_runs.in_turn(90), small_runs.GIBBS)
    out = folder / "out"
    assert in_process("run", folder / "config.toml", "-o", out).returncode == 0
    begun = in_process("label", out)
    file = folder / "out-labels.csv"
    assert begun.returncode == 0 and str(file) in begun.stdout
    table = pd.read_csv(file)
    whales = int(table.loc[table["top_terms"].str.contains("whalea"), "topic"].item())
    assert f"gibbs-lda/{whales}" in begun.stdout and "paper" in table.loc[0, "examples"]

    wrong = in_process("label", out, "--name", "7=Whales")
    assert wrong.returncode == 2 and "TOPIC=NAME" in wrong.stderr
    done = in_process("label", out, "--name", f"{whales}=Whale watching", "--json")
    assert done.returncode == 0, done.stderr
    assert "held-out documents" in json.loads(done.stdout)["labels"]["gibbs-lda"]
    for name in ("topics", "trends", "claims", "prevalence"):
        labels = pd.read_csv(out / f"{name}.csv").query("topic == @whales")["label"]
        assert set(labels) == {"Whale watching"}, name

    again = folder / "again"
    named = ["-s", f"labels={file}", "-s", "rng=99"]
    assert in_process("run", folder / "config.toml", "-o", again, *named).returncode == 0
    topics = pd.read_csv(again / "topics.csv").set_index("label")
    assert "whale" in topics.loc["Whale watching", "top_terms"]

    gone = in_process("run", folder / "config.toml", "-o", again, *named, "-s", "models.n_topics=2")
    if gone.returncode:
        assert gone.returncode == 3 and "'Whale watching' was given to a topic" in gone.stderr
    assert "Whale watching" in set(pd.read_csv(again / "topics.csv")["label"])
