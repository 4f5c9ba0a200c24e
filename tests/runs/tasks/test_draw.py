"""``trends figures``: a finished run drawn again from its published tables, and nothing but its
tables.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from small_runs import words_of, write

from trends import store
from trends.cli.main import main
from trends.errors import DataError, MissingError, UsageError
from trends.runs.config import settings as config
from trends.runs.studies import run as recipe
from trends.runs.tasks import figures as draw

pytestmark = pytest.mark.slow

SETTINGS = """
name = "small"
rng = 5
[corpus]
path = "corpus.parquet"
[models]
backends = ["gibbs-lda", "lda"]
n_topics = 3
seeds = 2
workers = 1
[models.settings.gibbs-lda]
iterations = 40
burn_in = 20
[figures]
formats = ["svg"]
"""


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(0)
    words = words_of()
    rows = [
        (
            f"d{i:02d}",
            f"study {i}",
            " ".join(rng.choice(words[i % 3], 25)),
            f"{2019 + i // 15}-0{1 + i % 9}-10",
            "day",
            "stated",
            f"s{i // 40}",
        )
        for i in range(90)
    ]
    folder = write(tmp_path_factory.mktemp("made"), rows, SETTINGS)
    recipe.run(config.load(folder / "config.toml"), folder / "out")
    return folder / "out"


def test_tables_of_figures_are_published_and_fit_together(done: Path) -> None:
    read = {
        name: store.read_csv(done / f"{name}.csv")
        for name in ("words", "seeds", "crossed", "source_changes", "topics")
    }
    assert read["crossed"]["n_docs"].sum() == 90
    assert read["seeds"].groupby(["backend", "topic"]).size().eq(1).all()
    named = read["topics"].set_index(["backend", "topic"])["top_terms"]
    for key, rows in read["words"].groupby(["backend", "topic"]):
        assert "; ".join(rows.sort_values("place")["term"]) == named[key]
        assert rows["in_topic"].between(0, 1).all()
    assert read["source_changes"][["before", "after"]].to_numpy().tolist() == [
        ["s0", "s1"],
        ["s1", "s2"],
    ]


def test_a_run_is_drawn_again_without_fitting(done: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    # Only tables and the manifest: no models, no cache, no corpus.
    run.mkdir()
    for path in [*done.glob("*.csv"), done / "manifest.json"]:
        shutil.copy(path, run / path.name)
    shutil.copytree(done / "audit", run / "audit")
    made = draw.redraw(run, tmp_path / "same")
    published = sorted(p.stem for p in (done / "figures").glob("*.svg"))
    assert sorted(made["figures"]) == published and made["left_out"] == {}
    assert {
        "prevalence-gibbs-lda",
        "terms-gibbs-lda",
        "seeds-gibbs-lda",
        "flows-gibbs-lda-lda",
    } <= set(published)
    for path in sorted((done / "figures").iterdir()):
        assert (tmp_path / "same" / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_command_draws_for_a_venue(
    done: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [
        "figures",
        str(done),
        "--venue",
        "nature",
        "--width",
        "column",
        "--formats",
        "pdf,pgf",
        "-o",
        str(tmp_path),
        "--json",
    ]
    with pytest.raises(SystemExit) as left:
        main(command)
    assert left.value.code in (0, None)
    made = json.loads(capsys.readouterr().out)
    assert {p.suffix for p in tmp_path.iterdir()} == {".pdf", ".pgf", ".csv", ".json"}
    words = json.loads((tmp_path / "coverage.json").read_text(encoding="utf-8"))
    assert words["venue"] == "nature" and words["width_in"] == pytest.approx(8.9 / 2.54, abs=1e-3)
    assert sorted(made["figures"]) == sorted(p.stem for p in tmp_path.glob("*.pdf"))


def test_single_figures_and_topics_are_drawn_and_state_a_message(
    done: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["figures", str(done), "--formats", "svg", "-o", str(tmp_path / "one"), "--json"]
    words = "One topic took over"
    with pytest.raises(SystemExit) as left:
        main([*command, "--only", "prevalence", "--topics", "2,0", "--message", words])
    assert left.value.code in (0, None)
    assert json.loads(capsys.readouterr().out)["figures"] == ["prevalence-gibbs-lda"]
    made = json.loads((tmp_path / "one" / "prevalence-gibbs-lda.json").read_text(encoding="utf-8"))
    assert made["message"] == words and made["alt"].startswith(f"{words}. Small charts, one for")
    data = store.read_csv(tmp_path / "one" / "prevalence-gibbs-lda.csv")
    assert set(data["topic"]) == {0, 2} and data["fitted"].notna().all()
    two = draw.redraw(done, tmp_path / "two", only=["heatmap", "agreement"], backend="lda")
    assert two["figures"] == ["heatmap-lda", "agreement-gibbs-lda-lda"]
    some = draw.redraw(done, tmp_path / "some", topics=[1])["figures"]
    assert "changes-gibbs-lda" in some and not [s for s in some if s.endswith("-lda-lda")]
    for wrong, said in (
        ({"only": ["heatmpa"]}, "Did you mean 'heatmap'"),
        ({"message": words}, "name it with --only"),
        ({"backend": "nmf"}, "no backend 'nmf'"),
        ({"topics": [9]}, "no topic 9"),
    ):
        with pytest.raises(UsageError, match=said):
            draw.redraw(done, tmp_path / "x", **wrong)


def test_what_cannot_be_drawn_is_said(done: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="no finished run"):
        draw.redraw(tmp_path, tmp_path / "x")
    with pytest.raises(UsageError, match="pdf"):
        draw.redraw(done, tmp_path / "x", formats=("pdff",))
    with pytest.raises(UsageError, match="neurips"):
        draw.redraw(done, tmp_path / "x", venue="neurps")
    assert not (tmp_path / "x").exists()
    (tmp_path / "manifest.json").write_text('{"config": 3}')
    with pytest.raises(DataError, match="settings of a run"):
        draw.redraw(tmp_path, tmp_path / "x")
