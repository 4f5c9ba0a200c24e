"""A run that chooses the number of topics itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_runs

import trends as tr
from trends import store
from trends.errors import UsageError
from trends.models import BACKENDS
from trends.runs.config import settings as config
from trends.runs.studies import multiverse, placebo
from trends.runs.studies import run as recipe
from trends.runs.tasks import topic_number as choose

SETTINGS = """
name = "small"
rng = 5
[corpus]
path = "corpus.parquet"
[models]
backends = ["gibbs-lda", "lda"]
n_topics = "auto"
candidates = [2, 3, 4, 6, 8]
seeds = 2
workers = 1
[models.settings.gibbs-lda]
iterations = 60
burn_in = 30
[figures]
formats = ["svg"]
"""
STEMS = ("solar", "whale", "violin")


def _corpus() -> tr.Corpus:
    """150 documents of three topics that share no word."""
    rng = np.random.default_rng(0)
    words = small_runs.words_of(*STEMS)
    rows = []
    for i in range(150):
        k = int(rng.integers(3))
        text = " ".join(rng.choice(words[k], 30))
        rows.append(
            (
                f"doc{i:03d}",
                f"{words[k][0]} study",
                text,
                f"{2019 + i // 25}-{rng.integers(1, 13):02d}-10",
                "day",
                "stated",
                "made",
            )
        )
    return tr.Corpus(pd.DataFrame(rows, columns=small_runs.COLUMNS), name="planted")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    tr.write_corpus(_corpus(), folder / "corpus.parquet")
    (folder / "config.toml").write_text(SETTINGS)
    return folder


@pytest.fixture(scope="module")
def done(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run")
    recipe.run(config.load(planted / "config.toml"), out)
    return out


def digest(folder: Path) -> dict[str, str]:
    """Hashes of all but the manifest."""
    return {name: sha for name, sha in small_runs.digest(folder).items() if name != "manifest.json"}


@pytest.mark.parametrize("value", ["1", "true", "2.5", '"some"'])
def test_only_numbers_and_auto(planted: Path, value: str) -> None:
    with pytest.raises(
        UsageError,
        match=(
            r"models.n_topics is not allowed: it must be a whole number greater than or equal to "
            r'2, or "auto"'
        ),
    ):
        config.load(planted / "config.toml", [f"models.n_topics={value}"])


def test_one_voter_a_family() -> None:
    assert choose.voters(("lda", "gibbs-lda", "bertopic", "kmeans")) == ("lda", "bertopic")


def test_fits_for_the_choice_are_short_but_not_longer_than_asked() -> None:
    assert (
        choose.short_settings("gibbs-lda", {})["iterations"]
        == choose.SHORT["gibbs-lda"]["iterations"]
    )
    assert choose.short_settings("gibbs-lda", {"iterations": 60, "burn_in": 30})["iterations"] == 60
    # "By size" is no number to fall below.
    by_size = {"iterations": 0, "burn_in": -1, "n_chains": 0}
    assert choose.short_settings("gibbs-lda", by_size) == choose.short_settings("gibbs-lda", {})
    with pytest.raises(UsageError, match="has no setting"):
        choose.short_settings("gibbs-lda", {"iteration": 60})


def test_candidates_beyond_the_corpus() -> None:
    with pytest.raises(UsageError, match=r"leave it out of models\.candidates"):
        choose.candidates_for(100, (5, 100))


@pytest.mark.slow
def test_the_number_is_in_the_manifest_and_the_fits_have_it(done: Path) -> None:
    run = store.Run(done)
    chosen = run.manifest["topic_number"]
    assert chosen["asked"] == "auto"
    assert chosen["n_topics"] == run.manifest["config"]["models"]["n_topics"] == 3
    assert chosen["settled"] or any("fallback" in w for w in run.manifest["warnings"])
    assert run.topics("lda", run.manifest["seeds"]["lda"][0]).n_topics == 3
    assert len(run.manifest["seeds"]["topic number gibbs-lda"]) == 3
    curve = pd.read_csv(done / "topic_number.csv")
    assert set(curve["backend_a"]) == {"gibbs-lda"}
    assert "topic_number.csv" in run.manifest["files"]


@pytest.mark.slow
def test_the_curve_is_drawn_and_in_the_report(done: Path) -> None:
    assert {f"topic-number.{ending}" for ending in ("svg", "csv", "json")} <= {
        p.name for p in (done / "figures").iterdir()
    }
    page = (done / "report.html").read_text(encoding="utf-8")
    assert "How many topics there are" in page
    assert "number that another seed finds again" in page


@pytest.mark.slow
def test_again_nothing_is_fitted_and_nothing_changes(done: Path, planted: Path) -> None:
    before, fits = digest(done), {p.name for p in (done / ".cache").iterdir()}
    settings = config.load(planted / "config.toml")
    assert all(stage["cached"] for stage in recipe.plan(settings, done))
    recipe.run(settings, done)
    assert digest(done) == before
    assert {p.name for p in (done / ".cache").iterdir()} == fits


@pytest.mark.slow
def test_the_tables_are_those_of_a_run_with_the_number_given(
    done: Path, planted: Path, tmp_path: Path
) -> None:
    recipe.run(config.load(planted / "config.toml", ["models.n_topics=3"]), tmp_path)
    given, chosen = digest(tmp_path), digest(done)
    assert {
        n: h for n, h in given.items() if n.endswith((".csv", ".npz"))
    }.items() <= chosen.items()
    assert set(chosen) - set(given) == {
        "topic_number.csv",
        *(f"figures/topic-number.{e}" for e in ("svg", "csv", "json")),
    }


@pytest.mark.slow
def test_candidate_fits_with_the_settings_of_the_run_are_not_made_twice(
    planted: Path, tmp_path: Path
) -> None:
    recipe.run(
        config.load(
            planted / "config.toml", ['models.backends=["nmf"]', "models.candidates=[2,3,4,5,6,7]"]
        ),
        tmp_path,
    )
    run = store.Run(tmp_path)
    kept = [n for n in run.manifest["kept_from_before"] if n.startswith("fit:nmf")]
    assert run.manifest["config"]["models"]["n_topics"] in range(2, 8)
    assert len(kept) == 2


@pytest.mark.slow
@pytest.mark.parametrize("entries", [4])
def test_killed_and_resumed(done: Path, planted: Path, tmp_path: Path, entries: int) -> None:
    command = [
        sys.executable,
        "-m",
        "trends",
        "run",
        str(planted / "config.toml"),
        "--output",
        str(tmp_path),
        "--no-progress",
    ]
    small_runs.kill_when_kept(command, tmp_path, entries)
    subprocess.run(command, check=True, capture_output=True)
    assert digest(tmp_path) == digest(done)


def test_a_plan_before_the_number_is_known_fits_nothing(planted: Path, tmp_path: Path) -> None:
    rows = recipe.plan(config.load(planted / "config.toml"), tmp_path)
    names = [row["task"] for row in rows]
    assert names.index("topic-number") == 2
    assert not any(row["cached"] for row in rows)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_placebo_multiverse_and_split_go_on_with_the_number(
    done: Path, planted: Path, tmp_path: Path
) -> None:
    one = [
        'models.backends=["lda"]',
        "models.seeds=1",
        "models.candidates=[2,3,4,6]",
        "placebo.shuffles=20",
    ]
    few = [
        *one,
        "multiverse.seeds=1",
        "multiverse.shuffles=19",
        'multiverse.period=["year"]',
        "multiverse.deduplicate=[false]",
        'multiverse.length=["as-is"]',
        "multiverse.embedding=[]",
    ]
    settings = config.load(planted / "config.toml", few)
    found = placebo.run(settings, tmp_path)
    assert found["backends"]
    number = store.Run(tmp_path).manifest["topic_number"]["n_topics"]
    manifest = multiverse.run(settings, tmp_path)
    assert manifest["topic_number"]["n_topics"] == number
    assert {"topic_number.csv", "specifications.csv", "figures/topic-number.svg"} <= set(
        manifest["files"]
    )
    assert number in set(store.Run(tmp_path).table("specifications")["n_topics"])
    assert all(stage["cached"] for stage in multiverse.plan(settings, tmp_path))
    halves = recipe.run(
        config.load(planted / "config.toml", [*one, "split.share=0.5"]), tmp_path / "split"
    )
    assert halves["config"]["models"]["n_topics"] == halves["topic_number"]["n_topics"]
    assert (
        json.loads((tmp_path / "split" / "manifest.json").read_text())["counts"]["split"]["learn"]
        == 75
    )


@pytest.mark.slow
def test_a_fit_with_auto_is_the_fit_with_the_number() -> None:
    corpus, short = _corpus(), {"iterations": 60, "burn_in": 30}
    number = tr.choose_topics(corpus, ("gibbs-lda",), rng=5, settings={"gibbs-lda": short}).n_topics
    auto = tr.fit(corpus, "gibbs-lda", n_topics="auto", rng=5, settings=short)
    assert (
        auto.fingerprint
        == tr.fit(corpus, "gibbs-lda", n_topics=number, rng=5, settings=short).fingerprint
    )


def test_one_seed_recurs_nowhere() -> None:
    with pytest.raises(UsageError, match="at least 2 seeds"):
        tr.choose_topics(_corpus(), ("gibbs-lda",), seeds=1, rng=1)


def test_families_of_the_backends_are_known() -> None:
    assert BACKENDS.load("gibbs-lda").family != BACKENDS.load("bertopic").family
