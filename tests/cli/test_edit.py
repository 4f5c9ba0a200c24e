"""``trends edit``: edits are in every file, survive another seed, and are a choice."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_runs
from command import in_process

STEMS = ("solar", "whale", "violin", "bread", "river")
SETTINGS = """
rng = 5
[corpus]
path = "corpus.parquet"
[models]
backends = ["gibbs-lda"]
n_topics = 5
seeds = 2
workers = 1
[models.settings.gibbs-lda]
iterations = 80
burn_in = 40
[prevalence]
period = "year"
[figures]
formats = ["svg"]
[multiverse]
n_topics = [5]
seeds = 2
theta = ["hard"]
period = ["year"]
denominator = ["all"]
deduplicate = [false]
length = ["as-is"]
shuffles = 19
"""


def corpus(folder: Path, stems: tuple[str, ...] = STEMS) -> Path:
    """Documents of five themes in turn, thirty a year."""
    rng, words = np.random.default_rng(0), small_runs.words_of(*stems)
    rows = [
        (f"d{i:03d}", f"paper {i}", " ".join(rng.choice(words[i % len(words)], 30)),
         f"20{14 + i // 30}-0{1 + i % 9}-10", "day", "stated", "made")
        for i in range(240)
    ]  # fmt: skip
    return small_runs.write(folder, rows, SETTINGS)


def topic_of(out: Path, stem: str) -> int:
    table = pd.read_csv(out / "topics.csv")
    mine = table["top_terms"].str.contains(f"{stem}[a-j]", na=False)
    return int(table.loc[mine, "topic"].iloc[0])


def shares(out: Path) -> pd.DataFrame:
    return pd.read_csv(out / "prevalence.csv").pivot_table(
        index="period", columns="label", values="share"
    )


@pytest.mark.slow
def test_edits_are_applied_counted_survive_a_seed_and_are_a_choice(tmp_path: Path) -> None:
    folder = corpus(tmp_path)
    out, file = folder / "out", folder / "out-edits.toml"
    assert in_process("run", folder / "config.toml", "-o", out).returncode == 0
    before = shares(out)
    of = {stem: topic_of(out, stem) for stem in STEMS}
    label = pd.read_csv(out / "topics.csv").set_index("topic")["label"]
    begun = in_process("edit", out)
    assert begun.returncode == 0 and str(file) in begun.stdout and "whale" in begun.stdout
    assert (folder / "out-topics.csv").is_file()

    wrong = in_process("edit", out, "--merge", f"{of['solar']}=Sun")
    assert wrong.returncode == 2 and "two topics or more" in wrong.stderr
    gone = in_process("edit", out, "--exclude", "17")
    assert gone.returncode == 3 and "topic 17 is not in out-topics.csv" in gone.stderr
    file.unlink()
    done = in_process(
        *("edit", out, "--merge", f"{of['solar']},{of['whale']}=Sun and sea", "--json"),
        *("--exclude", f"{of['bread']}=no topic of ours", "--rename", f"{of['river']}=Rivers"),
        *("--split", f"{of['violin']}=2"),
    )
    assert done.returncode == 0, done.stderr
    (said,) = json.loads(done.stdout)["edits"]
    assert "are one, “Sun and sea” (96 documents" in said and "no topic of ours" in said
    after = shares(out)
    both = before[label[of["solar"]]] + before[label[of["whale"]]]
    assert np.allclose(after["Sun and sea"], both)
    assert np.allclose(after["Rivers"], before[label[of["river"]]])
    assert set(pd.read_csv(out / "trends.csv")["label"]) >= {"Sun and sea", "Rivers"}
    rows = pd.read_csv(out / "edits.csv").set_index("kind")
    assert rows.loc["exclude", "documents"] == 48 and rows.loc["merge", "fits"] == 2
    whole = pd.read_csv(out / "prevalence.csv")
    assert np.allclose(whole.groupby("period")["share"].sum(), 1)
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["edits"] == [said] and manifest["config"]["edits"] == str(file)
    assert "Sun and sea" in (out / "report.html").read_text(encoding="utf-8")
    assert "edited by hand" in (out / "methods.md").read_text(encoding="utf-8")

    again, named = folder / "again", ["-s", f"edits={file}"]
    run = in_process("run", folder / "config.toml", "-o", again, *named, "-s", "rng=99")
    assert run.returncode == 0, run.stderr
    assert np.allclose(shares(again)["Sun and sea"], both, atol=0.05)
    assert np.allclose(shares(again)["Rivers"], after["Rivers"], atol=0.05)

    made = in_process("multiverse", folder / "config.toml", "-o", out, *named)
    assert made.returncode == 0, made.stderr
    specs = pd.read_csv(out / "specifications.csv")
    mine = specs[specs["label"] == "Sun and sea"]
    assert set(mine["edits"]) == {"curated", "as-fitted"}
    document = json.loads((out / "multiverse.json").read_text())
    assert document["choices"]["edits"] == ["curated", "as-fitted"]
    assert any("4 edits apply in 2 of 2 fits" in s for s in document["sentences"])
    assert "edits" in set(pd.read_csv(out / "influence.csv")["choice"])


@pytest.mark.slow
def test_an_edit_that_no_longer_applies_is_named_and_nothing_is_published(tmp_path: Path) -> None:
    folder = corpus(tmp_path)
    out, file = folder / "out", folder / "out-edits.toml"
    assert in_process("run", folder / "config.toml", "-o", out).returncode == 0
    bread = topic_of(out, "bread")
    assert in_process("edit", out, "--rename", f"{bread}=Bakeries").returncode == 0
    other = folder / "other"
    other.mkdir()
    corpus(other, ("solar", "whale", "violin", "moon"))
    gone = in_process(
        *("run", other / "config.toml", "-o", other / "out", "-s", f"edits={file}"),
        *("-s", "models.n_topics=4"),
    )
    # Documents have the same ids and other themes: no topic holds those of the one that was named.
    assert gone.returncode == 3, gone.stderr
    assert f"rename 1 (topic {bread}): this fit has no topic {bread} about 'bread" in gone.stderr
    assert not (other / "out" / "manifest.json").exists()
