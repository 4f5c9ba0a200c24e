"""Runs on shards: the same bytes for any number of them, and the shares of all documents."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from small_runs import digest, words_of

from trends import store
from trends.analysis.prevalence.estimate import estimate
from trends.errors import UsageError
from trends.models.inference.transfer import transfer
from trends.runs.config.settings import check as checked
from trends.runs.engine import workers
from trends.runs.studies.run import plan, run
from trends.runs.studies.sharded.plan import LATER, check
from trends.runs.tasks.analysis_parts.periods import periods_of
from trends.runs.tasks.sharded.drawing import shares_of
from trends.runs.tasks.terms import known_counts
from trends.sources import read_corpus
from trends.text.vocabulary.select import default_min_df

N, YEARS = 300, range(2016, 2022)


def rows():
    """Documents of three topics; the first one grows from a tenth to a half of a year."""
    rng, words = np.random.default_rng(2), words_of()
    found = []
    for i in range(N):
        year = int(rng.choice(YEARS))
        grows = 0.1 + 0.4 * (year - YEARS[0]) / (len(YEARS) - 1)
        topic = 0 if rng.random() < grows else int(rng.integers(1, 3))
        own, other = rng.choice(words[topic], 24), rng.choice(words[(topic + 1) % 3], 8)
        day = f"{year}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"
        text = " ".join(rng.permutation([*own, *other]))
        found.append((f"d{i:03d}", f"Paper {i}", text, day, f"author {i // 3}"))
    found[7] = (*found[7][:3], "", found[7][4])
    # One repeats an id, one nearly repeats the text of another.
    found.append((*found[0][:4], "author 0"))
    found.append(("again", "Paper 1", found[1][2], found[1][3], "author 900"))
    return pd.DataFrame(found, columns=["id", "title", "text", "date", "author"])


def config_of(folder, shards=1, **more):
    settings = {
        "rng": 3,
        "corpus": {"path": str(folder / "documents.parquet"), "text": "text", "date": "date"},
        "engine": {"name": "local", "shards": shards, "workers": 1},
        "models": {"backends": ["nmf"], "n_topics": 3, "seeds": 2, "sample": 100, "workers": 1},
        "prevalence": {"period": "year"},
        "figures": {"formats": ["svg"], "map": False},
    }
    for name, value in more.items():
        settings[name] = {**settings.get(name, {}), **value} if isinstance(value, dict) else value
    return checked(settings)


def again(finished, out, kinds):
    """A folder of results in which tasks of some kinds are still to be done."""
    shutil.copytree(finished / ".cache", out / ".cache")
    for kind in kinds:
        for folder in (out / ".cache").glob(f"{kind}-*"):
            shutil.rmtree(folder)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The corpus, a finished run in one shard, and its manifest."""
    folder = tmp_path_factory.mktemp("sharded")
    # Ten row groups, which pieces are made of.
    rows().to_parquet(folder / "documents.parquet", row_group_size=31)
    manifest = run(config_of(folder), folder / "one")
    return folder, folder / "one", manifest


@pytest.mark.slow
@pytest.mark.parametrize("shards", [7, 2])
def test_the_number_of_shards_changes_no_byte(made, tmp_path, shards, monkeypatch):
    folder, one, _ = made
    again(one, tmp_path, ["sharded"])
    pool, started = workers.pool, []
    monkeypatch.setattr(workers, "pool", lambda n: started.append(n) or pool(n))
    run(config_of(folder, shards), tmp_path)
    # One worker for all steps up to the sample's terms, one for the sums.
    assert started == [1, 1]
    pieces = pd.read_csv(next((tmp_path / ".cache").glob("sharded-read-*")) / "pieces.csv")
    assert pieces["piece"].nunique() > shards
    assert digest(tmp_path, passing=False) == digest(one, passing=False)


@pytest.mark.slow
def test_shares_are_those_of_all_documents_under_the_rule_for_new_ones(made):
    folder, one, manifest = made
    given = config_of(folder).corpus
    corpus = read_corpus([given.path], text=given.text, date=given.date)
    assert manifest["counts"]["documents"] == len(corpus) == N + 1
    assert manifest["counts"]["sample"] | {"seed": 0} == {
        "documents": N + 1, "learn": 100, "outside_time": 0, "seed": 0,
    }  # fmt: skip
    seed = manifest["prototypes"]["nmf"]["seed"]
    fit = store.read_topics(one / "models" / "nmf" / f"seed-{seed}")
    assert fit.n_documents == 100
    counts = known_counts(corpus, fit.vocabulary)
    topics = transfer(fit, counts, compiled=True)
    periods = periods_of(corpus, period="year")
    table = store.read_csv(one / "topics.csv").set_index("topic")
    assert table.loc[[0, 1, 2], "n_docs"].tolist() == [
        int((topics.hard == k).sum()) for k in range(3)
    ]
    want = estimate(topics, periods, labels=[str(k) for k in range(3)])
    shares = store.read_csv(one / "prevalence.csv").query("topic >= 0")
    got = shares.pivot(index="period", columns="topic", values="share")
    # Both seeds find the same topics, whose mean is published.
    np.testing.assert_allclose(got.to_numpy(), want.share, atol=0.02)
    coverage = store.read_csv(one / "coverage.csv")
    assert coverage["n_docs"].tolist() == [*periods.n_docs.astype(int), 1]
    assert coverage["n_with_text"].sum() == (counts.tokens > 0).sum()


@pytest.mark.slow
def test_terms_are_chosen_by_their_documents_among_all(made):
    folder, one, manifest = made
    given = config_of(folder).corpus
    corpus = read_corpus([given.path], text=given.text, date=given.date)
    table = store.read_csv(one / "terms.csv").set_index("term").sort_index()
    counts = known_counts(corpus, tuple(table.index))
    assert table["df"].tolist() == counts.document_frequency.tolist()
    assert table["count"].tolist() == np.asarray(counts.matrix.sum(axis=0)).ravel().tolist()
    assert table["df"].max() > 100  # the documents drawn
    least = default_min_df(N + 1)
    assert set(table.loc[table["df"] < least, "reason"]) <= {"below min_df"}
    assert (table.loc[table["kept"], "df"] >= least).all()
    assert manifest["counts"]["terms"]["not_in_sample"] == {"words": 0, "occurrences": 0}


@pytest.mark.slow
def test_a_planted_rise_is_found(made):
    _, one, _ = made
    topics = store.read_csv(one / "topics.csv")
    grows = topics.loc[topics["top_terms"].str.contains("solar", na=False), "topic"].tolist()
    trends = store.read_csv(one / "trends.csv").set_index("topic")
    claims = store.read_csv(one / "claims.csv").set_index("topic")
    rising = trends.index[trends["finding"] == "rising"].tolist()
    assert set(rising) <= set(grows)
    assert len(rising) == 1
    assert claims.loc[rising[0], "finding"] == "rising"


@pytest.mark.slow
def test_what_was_read_repeats_and_the_sample_are_said(made):
    _, one, manifest = made
    reading = pd.read_csv(one / "reading.csv").iloc[-1]
    assert reading["read"] == N + 2
    assert reading["kept"] == N + 1
    assert reading["read"] == reading["kept"] + reading["dropped"]
    assert "Topics were learnt on 100 of 301 documents" in " ".join(manifest["warnings"])
    page = (one / "report.html").read_text(encoding="utf-8")
    assert "301 documents" in page
    found = store.read_csv(one / "diagnostics.csv").set_index("diagnostic")
    assert "1 document of 301 nearly repeat" in found.loc["duplicates", "sentence"]
    drawn = found.loc["vocabulary-drift", "sentence"]
    assert drawn.startswith("Of the documents drawn: ")
    assert "engine" not in manifest["config"]
    card = json.loads((one / "claims.json").read_text(encoding="utf-8"))
    assert card["corpus"]["documents"] == N + 1
    assert card["config"]["engine"] == {"name": "shards"}


@pytest.mark.slow
def test_a_run_again_does_nothing_and_a_changed_shard_is_seen(made, tmp_path):
    folder, one, _ = made
    shutil.copytree(one, tmp_path / "out")
    manifest = run(config_of(folder), tmp_path / "out")
    assert set(manifest["kept_from_before"]) == set(manifest["seconds"])
    rows_of = {row["task"]: row["cached"] for row in plan(config_of(folder), tmp_path / "out")}
    assert all(rows_of.values())
    changed = rows()
    changed.loc[3, "text"] = "other words"
    changed.to_parquet(tmp_path / "documents.parquet")
    tasks = {row["task"]: row["cached"] for row in plan(config_of(tmp_path), tmp_path / "out")}
    assert not tasks["sharded-read"]


def test_a_dry_run_reads_no_document_and_says_what_it_does_not_know(tmp_path):
    (tmp_path / "documents.parquet").write_bytes(b"no file that could be read")
    found = plan(config_of(tmp_path), tmp_path / "out")
    assert [row["task"] for row in found] == [
        "sharded-read", "sharded-repeats", "sharded-days", "sharded-sample", "sharded-terms", LATER,
    ]  # fmt: skip
    assert not any(row["cached"] for row in found)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_clusters_of_vectors_and_of_documents(made, tmp_path):
    rng, table = np.random.default_rng(0), rows()
    centre = table["text"].str.contains("solar").to_numpy() * 1.0
    vectors = rng.normal(0, 0.3, (len(table), 8)) + np.outer(centre, np.ones(8))
    table["vector"] = list(vectors.astype(np.float32))
    table.to_parquet(tmp_path / "documents.parquet", row_group_size=150)
    models = {"backends": ["bertopic", "kmeans"], "seeds": 1}
    config = config_of(
        tmp_path,
        3,
        corpus={"vector": "vector"},
        models=models,
        prevalence={"cluster": "author", "interval": "bootstrap"},
    )
    manifest = run(config, tmp_path / "out")
    assert manifest["embedding"]["model"] == "came with the corpus"
    shares = store.read_csv(tmp_path / "out" / "prevalence.csv").query("topic >= 0")
    assert set(shares["backend"]) == {"bertopic", "kmeans"}
    assert ((shares["lower"] <= shares["share"]) & (shares["share"] <= shares["upper"])).all()
    assert (shares["upper"] - shares["lower"]).max() > 0.02
    said = " ".join(json.loads((tmp_path / "out" / "manifest.json").read_text())["warnings"])
    assert "101 clusters" not in said
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "101 clusters" in page
    again(tmp_path / "out", tmp_path / "one", ["sharded"])
    run(config.model_copy(update={"engine": config_of(tmp_path, 1).engine}), tmp_path / "one")
    assert digest(tmp_path / "one", passing=False) == digest(tmp_path / "out", passing=False)


@pytest.mark.parametrize(
    "more",
    [
        {"split": {"share": 0.5}},
        {"text": {"chunks": 100}},
        {"prevalence": {"standardize_by": "author"}},
        {"shapes": {"look": True}},
        {"groups": {"by": "author"}},
    ],
)
def test_what_needs_all_documents_in_one_place_is_refused(tmp_path, more):
    with pytest.raises(UsageError, match=r"engine\.name='memory'"):
        check(config_of(tmp_path, **more))


def test_strata_are_drawn_by_largest_remainders():
    assert shares_of(np.array([10, 30, 60]), 10).tolist() == [1, 3, 6]
    assert shares_of(np.array([1, 1, 1]), 2).tolist() == [1, 1, 0]
    assert shares_of(np.array([3, 0, 4]), 7).tolist() == [3, 0, 4]
