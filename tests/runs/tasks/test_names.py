"""The user's names of topics: one name everywhere, and never on another topic."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends import store
from trends.core import Topics
from trends.errors import DataError, MissingError, TrendsError
from trends.runs.config import settings as config
from trends.runs.studies import run as recipe
from trends.runs.tasks.analysis_parts import names

SETTINGS = """
rng = 4
[corpus]
path = "corpus.parquet"
[models]
backends = ["gibbs-lda"]
n_topics = 3
seeds = 1
workers = 1
[models.settings.gibbs-lda]
iterations = 60
burn_in = 30
[prevalence]
period = "year"
[figures]
formats = ["svg"]
"""


def fit(seed: int = 0) -> Topics:
    rng = np.random.default_rng(seed)
    theta, phi = rng.dirichlet(np.ones(3), 20), rng.dirichlet(np.ones(30), 3)
    return Topics(
        theta,
        np.zeros(20),
        phi,
        tuple(f"w{j:02}" for j in range(30)),
        tuple(f"d{i}" for i in range(20)),
    )


def write(path: Path, frame: pd.DataFrame) -> str:
    frame.to_csv(path, index=False)
    return str(path)


def table(of: Topics, labels: list[str]) -> pd.DataFrame:
    rows = names.frame(of, labels)
    rows.insert(0, "backend", "gibbs-lda")
    return rows


def test_names_take_the_place_of_automatic_ones_and_gaps_are_left(tmp_path: Path) -> None:
    rows = table(fit(), ["Speech, and more", "", "  Parsing\n"]).iloc[::-1]
    own = names.read(write(tmp_path / "labels.csv", rows))
    assert own.of("gibbs-lda", fit(), ("a", "b", "c")) == ("Speech, and more", "b", "Parsing")
    assert own.of("lda", fit(), ("a", "b", "c")) == ("a", "b", "c")
    assert own.unused(["gibbs-lda"]) == []
    assert "gibbs-lda" in own.unused(["lda"])[0]
    assert names.read("").of("lda", fit(), ("a", "b", "c")) == ("a", "b", "c")


def test_names_of_another_fit_are_refused(tmp_path: Path) -> None:
    own = names.read(write(tmp_path / "labels.csv", table(fit(0), ["x", "y", "z"])))
    with pytest.raises(
        DataError, match=r"line 2: 'x' was given to a topic about .* names of another fit"
    ):
        own.of("gibbs-lda", fit(1), ("a", "b", "c"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.drop(columns="top_terms"), "needs the columns"),
        (lambda f: pd.concat([f, f.head(1)]), "named in line 2 already"),
        (lambda f: f.assign(topic="-1"), "a number from 0"),
        (lambda f: f.assign(label="…"), "a letter or a digit"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_line(tmp_path: Path, change, said: str) -> None:
    with pytest.raises(TrendsError, match=said):
        names.read(write(tmp_path / "labels.csv", change(table(fit(), ["x", "y", "z"]))))


def test_one_name_for_two_topics_or_a_topic_that_is_not_there_is_refused(tmp_path: Path) -> None:
    twice = names.read(write(tmp_path / "twice.csv", table(fit(), ["x", "x", "z"])))
    with pytest.raises(DataError, match="'x' names 2 topics"):
        twice.of("gibbs-lda", fit(), ("a", "b", "c"))
    beyond = names.read(
        write(tmp_path / "beyond.csv", table(fit(), ["x", "y", "z"]).assign(topic=[0, 1, 7]))
    )
    with pytest.raises(DataError, match="topics 0 to 2, but topic 7"):
        beyond.of("gibbs-lda", fit(), ("a", "b", "c"))
    with pytest.raises(MissingError, match=r"labels\.csv from the results"):
        names.read(str(tmp_path / "nowhere.csv"))


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "junk.csv"
    for content in (junk, b"backend,topic,label,top_terms\n" + junk):
        path.write_bytes(content)
        try:
            found = names.read(str(path))
        except TrendsError as error:
            assert "junk.csv" in str(error)
        else:
            assert all(name.label.isprintable() for name in found.given.values())


@pytest.mark.slow
def test_one_name_is_used_in_every_file_of_a_run(tmp_path: Path) -> None:
    from trends.core import Corpus
    from trends.sources.stored import corpus_file

    rng = np.random.default_rng(3)
    words = [[f"{stem}{i}" for i in "abcdefghij"] for stem in ("solar", "whale", "violin")]
    rows = []
    for i in range(90):
        text = " ".join(rng.choice(words[rng.integers(3)], 25))
        rows.append(
            (
                f"d{i:03d}",
                f"paper {i}",
                text,
                f"{2018 + i // 15}-{rng.integers(1, 13):02d}-05",
                "day",
                "stated",
                "made",
            )
        )
    frame = pd.DataFrame(
        rows, columns=["id", "title", "text", "date", "date_precision", "date_evidence", "source"]
    )
    corpus_file.write(Corpus(frame, name="named"), tmp_path / "corpus.parquet")
    (tmp_path / "config.toml").write_text(SETTINGS)
    out = tmp_path / "out"
    recipe.run(config.load(tmp_path / "config.toml"), out)

    given = pd.read_csv(out / "labels.csv")
    automatic = given.loc[0, "label"]
    given.loc[0, "label"] = "Marine Æsthetics & co"
    given.to_csv(tmp_path / "labels.csv", index=False)
    (tmp_path / "config.toml").write_text('labels = "labels.csv"\n' + SETTINGS)
    named = config.load(tmp_path / "config.toml")
    recipe.run(named, out)
    run = store.Run(out)
    for name in ("topics", "prevalence", "trends", "claims", "composition"):
        labels = set(run.table(name)["label"])
        assert "Marine Æsthetics & co" in labels, name
        assert automatic not in labels, name
    assert "Marine Æsthetics &amp; co" in (out / "report.html").read_text(encoding="utf-8")
    drawn = [
        path
        for path in (out / "figures").glob("*.csv")
        if "label" in pd.read_csv(path, nrows=1).columns
    ]
    assert len(drawn) >= 3
    assert all("Marine Æsthetics & co" in set(pd.read_csv(path)["label"]) for path in drawn)
    kept = [s["task"] for s in recipe.plan(named, out) if s["cached"]]
    assert any(stage.startswith("fit:") for stage in kept)
    assert json.loads((out / "manifest.json").read_text())["config"]["labels"].endswith(
        "labels.csv"
    )

    with pytest.raises(DataError, match="names of another fit"):
        recipe.run(config.load(tmp_path / "config.toml", ["models.n_topics=5"]), out)
    assert "Marine Æsthetics & co" in set(store.Run(out).table("topics")["label"])
