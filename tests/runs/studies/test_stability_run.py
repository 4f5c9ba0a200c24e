"""Stability from config to tables, on a tiny corpus and both families."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_runs import laid_out, words_of, write

from trends import files, store
from trends.cli.main import main
from trends.errors import UsageError
from trends.runs.config import settings as config
from trends.runs.studies import stability

pytestmark = pytest.mark.slow

SETTINGS = """
rng = 2
[corpus]
path = "corpus.parquet"
[models]
backends = ["gibbs-lda", "bertopic"]
n_topics = 4
seeds = 2
workers = 1
[models.settings.gibbs-lda]
iterations = 60
burn_in = 30
[embed]
model = "precomputed"
path = "vectors.npy"
[diagnostics]
lengths = false
[prevalence]
period = "year"
[figures]
formats = ["svg"]
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """160 documents of four topics that nobody could mix up, with vectors that say the same."""
    folder = tmp_path_factory.mktemp("stability")
    rng = np.random.default_rng(3)
    words = words_of("solar", "whale", "violin", "harbour")
    topic = rng.integers(4, size=160)
    rows = []
    for i, k in enumerate(topic):
        text = " ".join(rng.choice(words[k], 25))
        rows.append(
            (
                f"d{i:03d}",
                f"paper {i}",
                text,
                f"{2018 + i // 20}-{rng.integers(1, 13):02d}-05",
                "day",
                "stated",
                "made",
            )
        )
    np.save(
        folder / "vectors.npy",
        (4 * np.eye(4, 16)[topic] + rng.normal(size=(160, 16))).astype(np.float32),
    )
    return write(folder, rows, SETTINGS, name="steady")


def test_stability_joins_the_files_of_the_run(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, out = config.load(made / "config.toml"), made / "out"
    found = stability.run(settings, out, repeats=1, drop=0.1)
    pairs, topics = pd.read_csv(out / "stability.csv"), pd.read_csv(out / "stability_topics.csv")
    assert pairs.groupby(["backend", "kind"]).size().to_dict() == {
        (backend, kind): 1
        for backend in ("gibbs-lda", "bertopic")
        for kind in ("seed", "order", "drop")
    }
    assert (
        pairs.loc[pairs["kind"] == "drop", "n_documents"]
        + pairs.loc[pairs["kind"] == "drop", "n_unassigned"]
        == 144
    ).all()
    # Topics that nobody could mix up are found whatever the order; and a model of counts is the
    # same to the last bit.
    assert (pairs["ari"] > 0.9).all()
    lda_orders = pairs.query("backend == 'gibbs-lda' and kind == 'order'")
    np.testing.assert_allclose(lda_orders[["ari", "ami", "matched", "similarity"]], 1)
    assert len(topics) == 2 * 3 * 4
    labels = store.Run(out).table("topics").set_index(["backend", "topic"])["label"]
    assert all(row.label == labels[row.backend, row.topic] for row in topics.itertuples())
    assert found["backends"]["bertopic"]["order"]["ari"] == pytest.approx(
        pairs.query("backend == 'bertopic' and kind == 'order'")["ari"].mean()
    )
    manifest = store.Run(out).manifest
    assert all(files.sha256(out / name) == sha for name, sha in manifest["files"].items())
    assert set(stability.TABLES) <= set(manifest["files"])

    before = (out / "stability.csv").read_bytes()
    states: list[str] = []
    again = stability.run(
        settings,
        out,
        repeats=1,
        drop=0.1,
        report=lambda stage, state, done, total: states.append(state),
    )
    assert again == found == json.loads((out / "stability.json").read_text())
    assert set(states) == {"cached"}
    assert (out / "stability.csv").read_bytes() == before

    with pytest.raises(SystemExit) as ended:
        main(
            [
                "stability",
                str(made / "config.toml"),
                "--output",
                str(out),
                "--repeats",
                "1",
                "--drop",
                "0.1",
                "--no-progress",
            ]
        )
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert printed.count("another order") == 2
    assert "stability_topics.csv" in printed


def test_numbers_that_mean_nothing_are_refused_before_anything_runs(
    made: Path, tmp_path: Path
) -> None:
    settings = config.load(made / "config.toml")
    for wrong in ({"repeats": 0}, {"drop": 0.0}, {"drop": 0.9}):
        with pytest.raises(UsageError):
            stability.run(settings, tmp_path, **wrong)
    assert not list(tmp_path.iterdir())


def test_a_split_is_compared_on_the_documents_that_topics_are_learnt_on(
    made: Path, tmp_path: Path
) -> None:
    settings = config.load(
        made / "config.toml", ["split.share=0.5", 'models.backends=["gibbs-lda"]', "models.seeds=1"]
    )
    found = stability.run(settings, tmp_path, repeats=1)
    parts = laid_out(settings).inputs.parts
    assert parts is not None
    table = pd.read_csv(tmp_path / "stability.csv").set_index("kind")
    assert table.loc["order", "n_documents"] == len(parts.learn)
    assert set(found["backends"]["gibbs-lda"]) == {"order", "drop"}
