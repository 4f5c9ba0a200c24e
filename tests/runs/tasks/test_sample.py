"""Topics learnt on a sample, all documents assigned to them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_runs import digest, laid_out, write

from trends import store
from trends.analysis.quality.transfer_bias import carried_over, sentences
from trends.core import Topics
from trends.errors import UsageError
from trends.runs.config import settings as config
from trends.runs.engine.cache import Cache
from trends.runs.studies import multiverse
from trends.runs.studies import run as recipe
from trends.runs.tasks import sample

SETTINGS = """
name = "small"
rng = 5
[corpus]
path = "corpus.parquet"
[embed]
model = "precomputed"
path = "own.npy"
[models]
backends = ["gibbs-lda", "bertopic"]
n_topics = 3
seeds = 1
workers = 1
sample = 200
[models.settings.gibbs-lda]
iterations = 100
burn_in = 50
[prevalence]
period = "year"
[figures]
formats = ["svg"]
map = false
"""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """594 documents of three planted topics, the first of which grows from 2019 to 2024.

    Six more have no date.
    """
    rng = np.random.default_rng(0)
    words = [
        [f"{stem}{i}{j}" for i in "abcde" for j in "fghijk"]
        for stem in ("solar", "whale", "violin")
    ]
    rows, labels = [], []
    for i in range(600):
        year = 2019 + i // 99
        p = 0.1 + 0.13 * min(year - 2019, 5)
        k = rng.choice(3, p=[p, (1 - p) / 2, (1 - p) / 2])
        labels.append(k)
        mixed = np.concatenate(
            [
                rng.choice(words[k], rng.integers(12, 30)),
                rng.choice([w for of in words for w in of], 8),
            ]
        )
        day = (
            (f"{year}-{rng.integers(1, 13):02d}-10", "day", "stated")
            if i < 594
            else (None, None, "none")
        )
        rows.append((f"doc{i:03d}", f"paper number {i}", " ".join(mixed), *day, "made"))
    vectors = 1.8 * rng.normal(size=(3, 16))[labels] + rng.normal(size=(600, 16))
    folder = write(tmp_path_factory.mktemp("planted"), rows, SETTINGS)
    np.save(folder / "own.npy", vectors.astype(np.float32))
    return folder


@pytest.fixture(scope="module")
def done(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run")
    recipe.run(config.load(planted / "config.toml"), out)
    return out


@pytest.fixture(scope="module")
def whole(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same run on all documents."""
    out = tmp_path_factory.mktemp("whole")
    recipe.run(config.load(planted / "config.toml", ["models.sample=0"]), out)
    return out


def solar(run: Path) -> pd.DataFrame:
    rows = store.Run(run).table("trends")
    return rows.loc[rows["label"].str.contains("solar")].set_index("backend")


def test_only_very_large_corpora_are_sampled_by_themselves(
    planted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    auto = config.load(planted / "config.toml", ["models.sample=auto"])
    assert sample.size(auto, sample.BEYOND) == 0
    assert sample.size(auto, sample.BEYOND + 1) == sample.SIZE
    assert sample.size(config.load(planted / "config.toml", ["models.sample=0"]), 10**7) == 0
    assert sample.size(config.load(planted / "config.toml", ["models.sample=600"]), 600) == 0
    assert laid_out(auto).inputs.parts is None
    monkeypatch.setattr(sample, "BEYOND", 500)
    monkeypatch.setattr(sample, "SIZE", 300)
    parts = laid_out(auto).inputs.parts
    assert parts is not None
    assert len(parts.learn) == 300


@pytest.mark.slow
def test_what_cannot_be_sampled_is_said(planted: Path, tmp_path: Path) -> None:
    for bad in ("-1", "2.5", "many", "true"):
        with pytest.raises(
            UsageError,
            match=r'models\.sample is not allowed: it must be a whole number .* or "auto"',
        ):
            config.load(planted / "config.toml", [f"models.sample={bad}"])
    with pytest.raises(UsageError, match="learnt on a part of the documents already"):
        laid_out(config.load(planted / "config.toml", ["split.share=0.5"]))
    with pytest.raises(UsageError, match="leaves too few documents to learn 250 topics on"):
        laid_out(config.load(planted / "config.toml", ["models.n_topics=250"]))
    with pytest.raises(
        UsageError,
        match=r"learns topics on 200 of 600 documents, and a multiverse .* set models\.sample=0",
    ):
        multiverse.run(config.load(planted / "config.toml"), tmp_path)


def test_the_sample_spreads_over_all_periods(planted: Path) -> None:
    given = laid_out(config.load(planted / "config.toml")).inputs
    assert given.parts is not None
    drawn = given.documents.documents.iloc[given.parts.learn]
    assert len(drawn) == 200
    assert len(given.estimated) == 600
    assert drawn["date"].dt.year.value_counts().sort_index().tolist() == [33] * 6
    assert drawn["date"].isna().sum() == 2
    assert list(given.parts.estimate) == list(range(600))


@pytest.mark.slow
def test_every_document_has_shares_by_one_rule(done: Path, planted: Path) -> None:
    run = store.Run(done)
    used = store.read_csv(done / "split.csv").set_index("id")["used_to"]
    assert used.value_counts().to_dict() == {"estimate": 400, "both": 200}
    learnt_on = set(used.index[used == "both"])
    run_tasks, cache = laid_out(config.load(planted / "config.toml")), Cache(done / ".cache")
    for fit in run.manifest["fits"]:
        topics = run.topics(fit["backend"], fit["seed"])
        assert topics.n_documents == 600
        assert topics.provenance["transfer"]["learnt_on"] == 200
        assert (
            set(
                store.read_topics(
                    cache.folder(run_tasks.learnt[fit["backend"]][fit["seed"]])
                ).doc_ids
            )
            == learnt_on
        )
    assert run.table("coverage")["n_docs"].tolist() == [*[99] * 6, 6]
    # Documents of the sample are judged by the others, as new ones are: none keeps its topic for
    # being its own neighbour.
    rows = run.table("sample").query("backend == 'bertopic'")
    kept = (rows["agreement"].fillna(0) * rows["n_docs"]).sum() / rows["n_docs"].sum()
    topics = run.topics("bertopic", run.manifest["seeds"]["bertopic"][0])
    assert kept == pytest.approx(topics.provenance["transfer"]["agreement"], abs=1e-5)
    assert kept < 1


@pytest.mark.slow
def test_shares_and_trends_are_near_those_of_all_documents(done: Path, whole: Path) -> None:
    topics = [store.Run(run).table("topics") for run in (done, whole)]
    for backend in ("gibbs-lda", "bertopic"):
        sampled, full = solar(done).loc[backend], solar(whole).loc[backend]
        assert sampled["slope"] > 5
        assert sampled["lower"] > 0
        shares = [
            t.loc[(t["backend"] == backend) & t["label"].str.contains("solar"), "share"].item()
            for t in topics
        ]
        # What was planted: from a tenth to three quarters of the documents, in the mean 0.425.
        assert shares[0] == pytest.approx(0.425, abs=0.08)
        if backend == "gibbs-lda":
            # On so few documents the clusters of the other backend are not those of another draw.
            assert shares[0] == pytest.approx(shares[1], abs=0.06)
            assert sampled["slope"] == pytest.approx(full["slope"], abs=3)


@pytest.mark.slow
def test_it_is_said_and_published(done: Path, planted: Path) -> None:
    manifest = store.Run(done).manifest
    said = "Topics were learnt on 200 of 600 documents, drawn at random over all periods"
    assert any(said in w for w in manifest["warnings"])
    assert said in (done / "report.html").read_text()
    assert any("as though it were new" in s for s in manifest["summary"])
    assert manifest["counts"]["sample"] == {"learn": 200, "documents": 600}
    assert len(manifest["seeds"]["sample"]) == 1
    assert manifest["peak_memory"].keys() == manifest["seconds"].keys()
    assert set(digest(done)) == {*manifest["files"], "manifest.json"}
    assert "sample.csv" in manifest["files"]
    assert all(stage["cached"] for stage in recipe.plan(config.load(planted / "config.toml"), done))


@pytest.mark.slow
def test_stopped_and_resumed_it_is_the_same(done: Path, planted: Path, tmp_path: Path) -> None:
    settings = config.load(planted / "config.toml")

    class Stopped(Exception):
        pass

    def stop(stage: str, state: str, *_: int) -> None:
        if stage.startswith("transfer:bertopic") and state == "done":
            raise Stopped

    with pytest.raises(Stopped):
        recipe.run(settings, tmp_path, report=stop)
    kept = [s["task"] for s in recipe.plan(settings, tmp_path) if s["cached"]]
    assert {"split", "parts", "nearest"} <= set(kept)
    assert "sample-check" not in kept
    recipe.run(settings, tmp_path)
    first, second = digest(done), digest(tmp_path)
    assert set(first) == set(second)
    assert {n for n in first if first[n] != second[n]} <= {"manifest.json"}


@pytest.mark.slow
def test_the_table_is_that_of_a_plain_computation(done: Path, planted: Path) -> None:
    run = store.Run(done)
    run_tasks, cache = laid_out(config.load(planted / "config.toml")), Cache(done / ".cache")
    dates = dict(
        zip(
            run_tasks.inputs.documents.ids,
            run_tasks.inputs.documents.documents["date"],
            strict=True,
        )
    )
    for backend in ("gibbs-lda", "bertopic"):
        seed = run.manifest["seeds"][backend][0]
        fit, all_of_them = (
            store.read_topics(cache.folder(run_tasks.learnt[backend][seed])),
            run.topics(backend, seed),
        )
        after = dict(zip(all_of_them.doc_ids, all_of_them.hard.tolist(), strict=True))
        before = dict(zip(fit.doc_ids, fit.hard.tolist(), strict=True))
        rows = run.table("sample").query("backend == @backend and seed == @seed").set_index("topic")
        assert rows.index.tolist() == [-1, 0, 1, 2]
        for k, row in rows.iterrows():
            pairs = [(before[d] == k, after[d] == k) for d in before]
            d = [b - a for a, b in pairs]
            others = [after[i] == k for i in after if i not in before]
            assert row["n_docs"] == sum(a for a, _ in pairs)
            assert row["share_fit"] == pytest.approx(sum(a for a, _ in pairs) / 200)
            assert row["share_transfer"] == pytest.approx(sum(b for _, b in pairs) / 200)
            assert row["difference"] == pytest.approx(sum(d) / 200, abs=1e-9)
            assert row["se"] == pytest.approx(np.std(d, ddof=1) / np.sqrt(200), abs=1e-9)
            assert row["share_others"] == pytest.approx(sum(others) / 400)
            dated = [
                (dates[i], a, b)
                for i, (a, b) in zip(before, pairs, strict=True)
                if not pd.isna(dates[i])
            ]
            years = np.array(
                [(t - pd.Timestamp("1970-01-01")).days / 365.2425 for t, _, _ in dated]
            )
            for name, values in (
                ("slope_fit", [a for _, a, _ in dated]),
                ("slope_transfer", [b for _, _, b in dated]),
            ):
                assert row[name] == pytest.approx(
                    100 * np.polyfit(years, np.array(values, float), 1)[0], abs=1e-6
                )
            assert row["slope_difference"] == pytest.approx(
                row["slope_transfer"] - row["slope_fit"], abs=1e-6
            )


def made(labels: np.ndarray, ids: list[str]) -> Topics:
    k = int(labels.max()) + 1
    theta = np.eye(k + 1)[labels][:, :k]
    return Topics(theta, 1 - theta.sum(1), np.full((k, 2), 0.5), ("a", "b"), tuple(ids))


def test_a_bent_slope_is_found_and_chance_is_not() -> None:
    """Assignment that loses one topic's documents more and more over time, against errors that do
    not depend on time.
    """
    g = np.random.default_rng(3)
    n = 4000
    truth, years = g.integers(0, 3, n), g.uniform(2000, 2020, n)
    ids = [f"d{i}" for i in range(n)]
    rows = np.arange(0, n, 2)
    fit = made(truth[rows], [ids[i] for i in rows])
    for late, found in ((0.3, True), (0.0, False)):
        lost = (truth == 0) & (g.random(n) < 0.15 + late * (years - 2010) / 20)
        table = carried_over(fit, made(np.where(lost, 1, truth), ids), years)
        table.insert(0, "seed", 1)
        table.insert(0, "backend", "made")
        said, warnings = sentences(table)
        assert bool(warnings) is found
        assert "percentage points" in said[0]
        row = table.set_index("topic").loc[0]
        assert row["difference"] == pytest.approx(-0.05, abs=0.015)
        assert row["agreement"] == pytest.approx(0.85, abs=0.04)
        assert row["slope_difference"] == pytest.approx(
            -100 / 3 * late / 20, abs=4 * row["slope_se"]
        )
        assert abs(row["others_difference"]) < 4 * row["others_se"]


def test_shares_of_documents_may_be_fractions() -> None:
    g = np.random.default_rng(6)
    theta = g.dirichlet(np.ones(3), 50)
    fit = Topics(
        theta[:20],
        np.zeros(20),
        np.full((3, 2), 0.5),
        ("a", "b"),
        tuple(f"d{i}" for i in range(20)),
    )
    whole = Topics(
        theta, np.zeros(50), np.full((3, 2), 0.5), ("a", "b"), tuple(f"d{i}" for i in range(50))
    )
    table = carried_over(fit, whole, np.full(50, np.nan), theta="mean").set_index("topic")
    assert table.loc[[0, 1, 2], "share_fit"].to_numpy() == pytest.approx(theta[:20].mean(0))
    assert (table["difference"] == 0).all()
    assert table["slope_fit"].isna().all()
    assert json.dumps(sentences(table.reset_index().assign(backend="made", seed=1))[0])
