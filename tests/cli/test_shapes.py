"""``trends shapes``: tables, figures, claims with shapes, and the section of the report."""

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

YEARS = 16


@pytest.mark.slow
def test_shapes_are_in_the_run_its_claims_and_its_report(tmp_path: Path) -> None:
    rng, words = np.random.default_rng(0), small_runs.words_of()
    rows = []
    for i in range(100 * YEARS):
        year = i // 100
        # The share of the first theme rises; "comet" enters the documents of the second in 2019.
        p = np.array([0.1 + 0.5 * year / YEARS, 0.5, 0.4])
        theme = rng.choice(3, p=p / p.sum())
        text = list(rng.choice(words[theme], 30))
        if theme == 1 and year >= 9 and rng.random() < 0.4:
            text[0] = "comet"
        rows.append(
            (f"d{i:04d}", f"paper {i}", " ".join(text), f"{2010 + year}-0{1 + i % 9}-10", "day",
             "stated", "made")
        )  # fmt: skip
    frame = pd.DataFrame(rows, columns=small_runs.COLUMNS)
    corpus_file.write(Corpus(frame, name="made"), tmp_path / "corpus.parquet")
    config, out = tmp_path / "config.toml", tmp_path / "results"
    config.write_text(small_runs.NMF, encoding="utf-8")

    done = in_process("shapes", config, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found["sentences"]) == 3
    assert any("“comet” entered in 2019" in s for s in found["sentences"])
    assert "months or quarters" in found["left_out"]["season"]
    assert "error rate of its own" in found["reading"]

    table = pd.read_csv(out / "shapes.csv")
    comet = table[table["note"].str.contains("comet") & table["found"]]
    assert len(comet) == 1 and comet["kind"].item() == "term"
    assert comet["start"].item() <= "2019-01-01" <= comet["stop"].item()
    claims = pd.read_csv(out / "claims.csv", keep_default_na=False)
    assert claims["shapes"].str.contains("comet").sum() == 1
    assert not claims["shapes"].str.contains("-01-01").any()
    page = (out / "report.html").read_text(encoding="utf-8")
    section = page[page.index('id="shapes"') : page.index('id="agreement"')]
    assert "comet" in section and "<svg" in section
    manifest = json.loads((out / "manifest.json").read_text())
    names = set(manifest["files"])
    assert {"shapes.csv", "term_trends.csv", "term_topics.csv", "shapes_over_time.csv"} <= names
    assert any(n.startswith("figures/shapes-") for n in names)

    # They are drawn again for another place, from the tables alone.
    again = in_process("figures", out, "--only", "shapes", "--venue", "acl", "--formats", "svg")
    drawn = {n.removesuffix(".svg") for n in names if n.startswith("figures/shapes-")}
    drawn = {n.removeprefix("figures/") for n in drawn if n.count(".") == 0}
    assert drawn and set(again.stdout.split()) >= drawn
    one = in_process("figures", out, "--topics", "0", "-o", tmp_path / "one", "--formats", "svg")
    assert "shapes-0" in one.stdout and "shapes-1" not in one.stdout
    for name in drawn:
        old, new = (pd.read_csv(f / f"{name}.csv") for f in (out / "figures", out / "figures-acl"))
        pd.testing.assert_frame_equal(old, new)

    # A run without the setting is the run as it was; with it in the config, the same as this one.
    plan = in_process("run", config, "-o", out, "-s", "shapes.look=true", "--dry-run", "--json")
    assert all(task["cached"] for task in json.loads(plan.stdout))
    said = in_process("shapes", config)
    assert "Tables:" in said.stdout and "comet" in said.stdout
