"""The user's names of topics: one name everywhere, and never on another topic."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_runs import GIBBS

from trends import store
from trends.core import Topics
from trends.errors import DataError, MissingError, TrendsError
from trends.runs.config import settings as config
from trends.runs.studies import run as recipe
from trends.runs.tasks.analysis_parts import names

SETTINGS = GIBBS.replace("rng = 5", "rng = 4")


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
    rows = names.frame(of, labels, ["a", "b", "c"])
    rows.insert(0, "backend", "gibbs-lda")
    return rows


def test_names_take_the_place_of_automatic_ones_and_gaps_are_left(tmp_path: Path) -> None:
    rows = table(fit(), ["Speech, and more", "", "  Parsing\n"]).iloc[::-1]
    own = names.read(write(tmp_path / "labels.csv", rows))
    assert own.of("gibbs-lda", fit(), ("a", "b", "c"), 1) == (
        ("Speech, and more", "b", "Parsing"),
        [],
    )
    assert own.of("lda", fit(), ("a", "b", "c"), 1)[0] == ("a", "b", "c")
    assert own.unused(["gibbs-lda"]) == []
    assert "gibbs-lda" in own.unused(["lda"])[0]
    assert names.read("").of("lda", fit(), ("a", "b", "c"), 1)[0] == ("a", "b", "c")


def test_names_of_another_fit_are_refused(tmp_path: Path) -> None:
    rows = table(fit(0), ["x", "y", "z"]).drop(columns="document_ids")
    own = names.read(write(tmp_path / "labels.csv", rows))
    with pytest.raises(
        DataError, match=r"line 2: 'x' was given to a topic about .* names of another fit"
    ):
        own.of("gibbs-lda", fit(1), ("a", "b", "c"), 1)


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


def groups(order: list[int], drop: int | None = None, seed: int = 0) -> Topics:
    """Four groups of 30 documents, each a topic; a topic that is dropped lies in the others."""
    rng = np.random.default_rng(seed)
    own = np.repeat(np.arange(4), 30)
    if drop is not None:
        others = [k for k in range(4) if k != drop]
        own = np.where(own == drop, rng.choice(others, len(own)), own)
    noisy = np.where(rng.random(120) < 0.1, rng.integers(4, size=120), own)
    theta = (noisy[:, None] == np.array(order)).astype(float) * 0.9
    theta += (1 - theta.sum(1, keepdims=True)) / theta.shape[1]
    phi = rng.dirichlet(np.ones(30), len(order))
    ids = tuple(f"d{i:03d}" for i in range(120))
    return Topics(theta, np.zeros(120), phi, tuple(f"w{j:02}" for j in range(30)), ids)


def named(path: Path, labels: list[str]) -> names.Names:
    rows = names.frame(groups([0, 1, 2, 3]), labels, ["a", "b", "c", "d"])
    rows.insert(0, "backend", "gibbs-lda")
    return names.read(write(path / "labels.csv", rows))


def test_edits_go_to_the_topics_of_another_fit_that_hold_the_same_documents(tmp_path: Path) -> None:
    own = named(tmp_path, ["Solar", "b", "Whales", "d"])
    used, notes = own.of("gibbs-lda", groups([2, 3, 0, 1], seed=5), list("pqrs"), 1)
    assert used == ("Whales", "q", "Solar", "s")
    assert "2 names went to the topics that hold the same documents" in notes[0]
    # A name that another topic has by itself stays that of the user.
    used, _ = own.of("gibbs-lda", groups([2, 3, 0, 1], seed=5), ["p", "Solar", "r", "s"], 1)
    assert used == ("Whales", "Solar (2)", "Solar", "s")


def test_an_edit_of_a_topic_that_is_gone_is_refused_and_others_are_not(tmp_path: Path) -> None:
    left = groups([0, 1, 3], drop=2, seed=6)
    own = named(tmp_path, ["Solar", "b", "Whales", "d"])
    with pytest.raises(DataError, match=r"line 4: 'Whales' .* does not have: of 31 documents"):
        own.of("gibbs-lda", left, ["p", "q", "r"], 1)
    assert named(tmp_path, ["Solar", "b", "c", "d"]).of("gibbs-lda", left, ["p", "q", "r"], 1)[
        0
    ] == ("Solar", "q", "r")


def test_one_name_for_two_topics_is_refused(tmp_path: Path) -> None:
    twice = names.read(write(tmp_path / "twice.csv", table(fit(), ["x", "x", "z"])))
    with pytest.raises(DataError, match="'x' names 2 topics"):
        twice.of("gibbs-lda", fit(), ("a", "b", "c"), 1)
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
    assert json.loads((out / "manifest.json").read_text())["config"]["labels"]["path"].endswith(
        "labels.csv"
    )

    # Another seed: the name is where the same documents are.
    first = run.table("topics").set_index("label")
    moved = tmp_path / "moved"
    recipe.run(config.load(tmp_path / "config.toml", ["rng=77"]), moved)
    again = store.Run(moved).table("topics").set_index("label")
    name = "Marine Æsthetics & co"
    assert again.loc[name, "n_docs"] == first.loc[name, "n_docs"]
    assert set(again.loc[name, "top_terms"].split("; ")) == set(
        first.loc[name, "top_terms"].split("; ")
    )
    assert "Marine Æsthetics & co" in set(store.Run(out).table("topics")["label"])
