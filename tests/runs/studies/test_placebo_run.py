"""Shuffled dates from config to tables."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_runs import words_of, write

from trends import files, store
from trends.runs.config import settings as config
from trends.runs.studies import placebo

pytestmark = pytest.mark.slow


def test_the_placebo_joins_the_files_of_the_run(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    words = words_of("solar", "whale", "violin", "harbour")
    rows = []
    for i in range(160):
        k, year = rng.integers(4), 2018 + i // 20
        text = " ".join(rng.choice(words[k], 25))
        rows.append(
            (
                f"d{i:03d}",
                f"paper {i}",
                text,
                f"{year}-{rng.integers(1, 13):02d}-05",
                "day",
                "stated",
                "made",
            )
        )
    write(
        tmp_path,
        rows,
        'rng = 2\n[corpus]\npath = "corpus.parquet"\n[models]\nbackends = ["gibbs-lda"]\nn_topics '
        "= 4\nseeds = 1\n"
        "[models.settings.gibbs-lda]\niterations = 60\nburn_in = 30\n[prevalence]\nperiod = "
        '"year"\n'
        '[placebo]\nshuffles = 200\n[figures]\nformats = ["svg"]\n',
        name="flat",
    )
    settings, out = config.load(tmp_path / "config.toml"), tmp_path / "out"
    found = placebo.run(settings, out)
    result = found["backends"]["gibbs-lda"]
    table = pd.read_csv(out / "placebo.csv")
    assert len(table) == 200
    assert result["any_discovery"] == pytest.approx((table["discoveries"] > 0).mean())
    assert result["any_discovery"] <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)
    assert result["settings"]["block"] == 20
    manifest = store.Run(out).manifest
    assert all(files.sha256(out / name) == sha for name, sha in manifest["files"].items())
    assert set(placebo.TABLES) <= set(manifest["files"])
    before = (out / "placebo.json").read_bytes()
    assert placebo.run(settings, out) == found == json.loads(before)
    assert (out / "placebo.json").read_bytes() == before
