"""Topics learnt on one part of the corpus, trends estimated on the other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_runs import digest, laid_out, words_of, write

from trends import store
from trends.core import Corpus
from trends.errors import UsageError
from trends.runs.config import settings as config
from trends.runs.engine.cache import Cache
from trends.runs.engine.task import order
from trends.runs.studies import multiverse, placebo
from trends.runs.studies import run as recipe
from trends.runs.tasks import parts as split
from trends.sources import read_corpus
from trends.sources.stored import corpus_file

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
iterations = 60
burn_in = 30
[models.settings.lda]
max_passes = 20
tolerance = 1.0
[prevalence]
period = "year"
[split]
share = 0.5
[figures]
formats = ["svg"]
"""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """180 documents of three planted topics, the first of which grows from 2019 to 2024.

    Three more have no date.
    """
    rng = np.random.default_rng(0)
    words = words_of()
    rows = []
    for i in range(183):
        year = 2019 + i // 30
        p = 0.1 + 0.13 * min(year - 2019, 5)
        k = rng.choice(3, p=[p, (1 - p) / 2, (1 - p) / 2])
        text = " ".join(rng.choice(words[k], rng.integers(20, 40)))
        day = (
            (f"{year}-{rng.integers(1, 13):02d}-10", "day", "stated")
            if i < 180
            else (None, None, "none")
        )
        rows.append((f"doc{i:03d}", f"paper number {i}", text, *day, "made"))
    centres = 3 * rng.normal(size=(3, 16))
    labels = [next(k for k, w in enumerate(words) if w[0][:-1] in row[2]) for row in rows]
    folder = write(tmp_path_factory.mktemp("planted"), rows, SETTINGS)
    vectors = centres[labels] + rng.normal(size=(183, 16))
    np.save(folder / "own.npy", vectors.astype(np.float32))
    return folder


@pytest.fixture(scope="module")
def done(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run")
    recipe.run(config.load(planted / "config.toml"), out)
    return out


@pytest.mark.parametrize("share", [0.1, 0.25, 0.3, 0.5, 0.62, 0.9])
@pytest.mark.parametrize("n", [0, 1, 7, 100, 1001])
def test_each_stretch_of_time_is_divided_alike(share: float, n: int) -> None:
    rows = split.drawn(n, share, 3)
    assert len(set(rows.tolist())) == len(rows) == int(np.floor(share * n + 0.5))
    taken = np.bincount(rows, minlength=n)
    ahead = np.cumsum(taken) - share * np.arange(1, n + 1)
    assert np.abs(ahead).max(initial=0) <= 1 / min(share, 1 - share) + 1
    if n == 1001:
        assert not np.array_equal(rows, split.drawn(n, share, 4))
        assert np.array_equal(rows, split.drawn(n, share, 3))


def test_every_document_has_the_same_chance() -> None:
    taken = (
        sum(np.bincount(split.drawn(40, 0.3, seed), minlength=40) for seed in range(2000)) / 2000
    )
    # The last block may be cut short; on average over a block the share is kept.
    assert taken.reshape(10, 4).mean(1) == pytest.approx(np.full(10, 0.3), abs=0.25)
    assert taken.mean() == pytest.approx(0.3)
    assert np.ptp(taken.reshape(10, 4), axis=1).max() < 0.06


def test_a_share_is_off_or_meaningful(planted: Path) -> None:
    assert config.load(planted / "config.toml", ["split.share=0"]).split.share == 0
    for bad in ("0.05", "0.95", "-0.5"):
        with pytest.raises(UsageError, match=r"split\.share is not allowed"):
            config.load(planted / "config.toml", [f"split.share={bad}"])


def test_too_few_documents_to_learn_on(planted: Path) -> None:
    with pytest.raises(
        UsageError, match="leaves 93 documents to learn 95 topics on and 90 to estimate"
    ):
        laid_out(config.load(planted / "config.toml", ["models.n_topics=95"]))


def test_the_multiverse_says_that_it_has_no_split(planted: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"set split\.share=0"):
        multiverse.run(config.load(planted / "config.toml"), tmp_path)


def test_without_a_split_there_are_no_tasks_for_it(planted: Path) -> None:
    pipeline = laid_out(config.load(planted / "config.toml", ["split.share=0"]))
    assert pipeline.inputs.parts is None
    assert len(pipeline.inputs.estimated) == 183
    names = [s.name.partition(":")[0] for s in order([pipeline.report])]
    assert names == ["corpus", "terms", *["fit"] * 4, "analysis", "figures", "report"]
    assert pipeline.inputs.terms.inputs["split"] is None


@pytest.mark.slow
def test_no_document_does_both(done: Path, planted: Path) -> None:
    run = store.Run(done)
    used = store.read_csv(done / "split.csv").set_index("id")["used_to"]
    assert used.value_counts().to_dict() == {"learn": 93, "estimate": 90}
    assert (used[["doc180", "doc181", "doc182"]] == "learn").all()
    estimate = set(used.index[used == "estimate"])
    for fit in run.manifest["fits"]:
        assert set(run.topics(fit["backend"], fit["seed"]).doc_ids) == estimate
    pipeline, cache = laid_out(config.load(planted / "config.toml")), Cache(done / ".cache")
    for by_seed in pipeline.learnt.values():
        for stage in by_seed.values():
            learnt = store.read_topics(cache.folder(stage))
            assert set(learnt.doc_ids) == set(used.index) - estimate
    counted = run.table("prevalence").query("topic == 0").groupby("backend")["n_docs"].sum()
    assert (counted == 90).all()
    assert run.table("coverage")["n_docs"].tolist() == [15] * 6
    assert set(pd.read_parquet(done / "corpus.parquet")["id"]) == estimate
    examples = run.table("topics")["example_ids"].dropna().str.split(";").explode()
    assert set(examples[examples != ""]) <= estimate


@pytest.mark.slow
def test_the_planted_rise_is_found_on_the_other_part(done: Path) -> None:
    for backend, rows in store.Run(done).table("trends").groupby("backend"):
        top = rows.loc[rows["label"].str.contains("solar")]
        assert len(top) == 1, backend
        assert top["slope"].item() > 5
        assert top["lower"].item() > 0


@pytest.mark.slow
def test_it_is_said(done: Path) -> None:
    manifest = store.Run(done).manifest
    said = (
        "Topics were learnt on 93 documents and the trends estimated on the other 90; 3 without "
        "a date"
    )
    assert any(said in w for w in manifest["warnings"])
    assert said in (done / "report.html").read_text()
    assert manifest["counts"]["split"] == {"learn": 93, "estimate": 90, "outside_time": 3}
    assert len(manifest["seeds"]["split"]) == 1
    assert manifest["config"]["split"] == {"share": 0.5}
    assert set(digest(done)) == {*manifest["files"], "manifest.json"}


@pytest.mark.slow
def test_the_vocabulary_is_chosen_by_the_documents_for_learning(
    planted: Path, tmp_path: Path
) -> None:
    settings = config.load(planted / "config.toml", ['models.backends=["lda"]', "models.seeds=1"])
    recipe.run(settings, tmp_path)
    corpus = read_corpus([str(planted / "corpus.parquet")])
    used = store.read_csv(tmp_path / "split.csv").set_index("id")["used_to"]
    terms = store.read_csv(tmp_path / "terms.csv").set_index("term")
    texts = dict(zip(corpus.ids, corpus.texts, strict=True))
    holds = sum("solara" in texts[i].split() for i in used.index[used == "learn"])
    assert terms.at["solara", "df"] == holds


@pytest.mark.slow
def test_resumed_and_repeated(done: Path, planted: Path, tmp_path: Path) -> None:
    settings = config.load(planted / "config.toml")
    assert all(stage["cached"] for stage in recipe.plan(settings, done))

    class Stopped(Exception):
        pass

    def stop(stage: str, state: str, *_: int) -> None:
        if stage.startswith("transfer") and state == "done":
            raise Stopped

    with pytest.raises(Stopped):
        recipe.run(settings, tmp_path, report=stop)
    assert not (tmp_path / "manifest.json").exists()
    kept = [s["task"] for s in recipe.plan(settings, tmp_path) if s["cached"]]
    assert sum(s.startswith("fit:") for s in kept) == 4
    assert sum(s.startswith("transfer:") for s in kept) == 1
    recipe.run(settings, tmp_path)
    first, second = digest(done), digest(tmp_path)
    assert set(first) == set(second)
    assert {n for n in first if first[n] != second[n]} <= {"manifest.json"}


@pytest.mark.slow
def test_matched_length_is_put_to_the_frozen_topics(
    planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = read_corpus([str(planted / "corpus.parquet")])
    frame = corpus.documents.copy()
    year = frame["date"].dt.year.fillna(2024).astype(int)
    frame["text"] = [
        " ".join([t] * (1 + (y - 2019) // 2)) for t, y in zip(frame["text"], year, strict=True)
    ]
    corpus_file.write(Corpus(frame, name="longer"), tmp_path / "longer.parquet")
    one = [
        'models.backends=["lda"]',
        "models.seeds=1",
        f"corpus.path={tmp_path / 'longer.parquet'}",
    ]
    recipe.run(
        config.load(planted / "config.toml", [*one, "diagnostics.lengths=false"]), tmp_path / "out"
    )

    def refuse(*_: object, **__: object) -> None:
        message = "a model was fitted on the documents under test"
        raise AssertionError(message)

    monkeypatch.setattr("trends.models.base.Backend.__call__", refuse)
    recipe.run(config.load(planted / "config.toml", one), tmp_path / "out")
    found = (
        store.read_csv(tmp_path / "out" / "diagnostics.csv")
        .set_index("diagnostic")
        .loc["length-drift"]
    )
    assert found["flagged"]
    corrected = store.read_csv(tmp_path / "out" / "diagnostics_corrected.csv").query(
        "diagnostic == 'length-drift'"
    )
    solar = corrected.loc[corrected["label"].str.contains("solar")]
    assert solar["slope_corrected"].item() > 5


@pytest.mark.slow
def test_with_vectors_and_shuffled_dates(planted: Path, tmp_path: Path) -> None:
    own = [
        "embed.model=precomputed",
        f"embed.path={planted / 'own.npy'}",
        'models.backends=["bertopic"]',
        "models.seeds=1",
    ]
    settings = config.load(planted / "config.toml", [*own, "placebo.shuffles=40"])
    found = placebo.run(settings, tmp_path)
    run = store.Run(tmp_path)
    topics = run.topics("bertopic", run.manifest["seeds"]["bertopic"][0])
    assert topics.n_documents == 90
    assert topics.provenance["transfer"]["method"] == "nearest neighbours"
    assert topics.provenance["transfer"]["agreement"] > 0.9
    assert run.manifest["embedding"]
    trends = run.table("trends")
    solar = trends.loc[trends["label"].str.contains("solar")]
    assert solar["slope"].max() > 5
    assert "bertopic" in found["backends"]
