"""``trends groups``: tables, figure, and the section of the report."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_runs
from command import in_process

from trends.core import Corpus
from trends.sources.stored import corpus_file


@pytest.mark.slow
def test_groups_are_in_the_run_and_its_report(tmp_path: Path) -> None:
    rng, words = np.random.default_rng(0), small_runs.words_of()
    rows = []
    for i in range(1200):
        year, venue = i // 100, ("A", "B", "C")[rng.integers(3)]
        p = np.array([1.0, 1.0, np.exp(3 * (year - 5.5) / 11) if venue == "B" else 1.0])
        theme = rng.choice(3, p=p / p.sum())
        rows.append(
            (f"d{i:04d}", f"paper {i}", " ".join(rng.choice(words[theme], 30)),
             f"{2010 + year}-0{1 + i % 9}-10", "day", "stated", "made", venue,
             ("long", "short")[rng.integers(2)])
        )  # fmt: skip
    columns = [*small_runs.COLUMNS, "venue_in_source", "kind"]
    frame = pd.DataFrame(rows, columns=columns)
    corpus_file.write(Corpus(frame, name="made"), tmp_path / "corpus.parquet")
    config, out = tmp_path / "config.toml", tmp_path / "results"
    config.write_text(small_runs.NMF, encoding="utf-8")

    wrong = in_process("groups", config, "--by", "party")
    assert wrong.returncode == 2 and "groups.by is 'party'" in wrong.stderr
    assert not (out / "models").exists()
    done = in_process("groups", config, "--by", "venue", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    said = next(s for s in found["sentences"] if "B: rising" in s)
    assert "groups differ" in said and set(found["groups"]) == {"A", "B", "C"}
    page = (out / "report.html").read_text(encoding="utf-8")
    section = page[page.index('id="groups"') : page.index('id="agreement"')]
    assert "Groups by venue" in page and said.split(":")[0] in section and "<svg" in section
    manifest = json.loads((out / "manifest.json").read_text())
    assert {"groups.csv", "group_pairs.csv", "figures/groups.svg"} <= set(manifest["files"])
    # A run with the setting in its config is the same run.
    config.write_text(small_runs.NMF + '[groups]\nby = "venue"\n', encoding="utf-8")
    plan = in_process("run", config, "-o", out, "--dry-run", "--json")
    assert all(task["cached"] for task in json.loads(plan.stdout))

    held = in_process("groups", config, "--standardize-by", "kind", "--json")
    assert held.returncode == 0, held.stderr
    found = json.loads(held.stdout)
    assert found["standardized_by"] == "kind" and "every group has the mix" in found["notes"][-1]
    assert any("groups differ" in s for s in found["sentences"])
