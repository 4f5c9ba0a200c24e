"""Concepts from the outside: what rises is found, what is absent is said, words are accounted."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from typer.testing import CliRunner

import trends as tr
from trends.cli.main import app
from trends.core import TermCounts
from trends.errors import DataError, UsageError
from trends.store import read_csv

CONCEPTS = """
[[concept]]
name = "sun"
words = ["solar panel", "photo*", "helio"]

[[concept]]
name = "coal"
words = ["coal"]
exclude = ["turbine"]

[[concept]]
name = "wind"
words = ["wind", "turbine"]

[[concept]]
name = "nuclear"
words = ["nuclear", "reactor core"]
"""


@pytest.fixture(scope="module")
def concepts(tmp_path_factory):
    path = tmp_path_factory.mktemp("concepts") / "concepts.toml"
    path.write_text(CONCEPTS, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def found(corpus, concepts):
    return tr.concepts(corpus, concepts, placebo=99, rng=5)


def test_what_was_planted_is_found(found):
    said = found.table.set_index("label")
    assert said.loc[["sun", "coal"], "finding"].tolist() == ["rising", "falling"]
    assert said.loc["wind", "finding"] == "no change detected"
    assert said.loc["sun", "placebo_p"] <= 0.05 < said.loc["wind", "placebo_p"]


def test_an_absent_concept_is_said_to_be_absent(found):
    assert found.table["verdict"].tolist()[-1] == "absent"
    assert found.sentences()[-1] == (
        "“nuclear”: absent. None of its 2 words occurs in any of 840 documents."
    )
    assert "'helio'" in " ".join(found.settings["notes"])


def test_shares_are_those_of_a_plain_count(documents, found):
    text = documents["text"] + "."
    held = text.str.contains(r"\bcoals?\b") & ~text.str.contains(r"\bturbines?\b")
    share = held.groupby(documents["date"].str[:4]).mean().to_numpy()
    over_time = found.over_time()
    mine = over_time.loc[over_time["label"] == "coal", "share"].to_numpy()
    np.testing.assert_allclose(mine, share)
    row = found.table.set_index("label").loc["coal"]
    assert row["documents"] == held.sum() and row["share"] == pytest.approx(held.mean())


def test_every_word_is_accounted_for(documents, found):
    words = found.words.set_index(["concept", "word"])
    assert len(words) == 8
    text = documents["text"]
    solar, photo = text.str.contains("solar panel"), text.str.contains("photovoltaic")
    row = words.loc[("sun", "solar panel")]
    assert row["documents"] == solar.sum() and row["only_by_it"] == (solar & ~photo).sum()
    assert words.loc[("sun", "helio"), "documents"] == 0
    assert "photovoltaics (" in words.loc[("sun", "photo*"), "forms"]
    excluded = (text.str.count(r"\bcoals?\b") * text.str.contains(r"\bturbines?\b")).sum()
    assert words.loc[("coal", "coal"), "excluded"] == excluded


def test_the_documents_that_decide_hold_the_concept(documents, found):
    rows = found.documents[found.documents["concept"] == "sun"]
    assert set(rows["span"]) == {"first", "last"} and len(rows) == 20
    text = documents.set_index("id")["text"]
    for row in rows.itertuples():
        assert ("solar panel" in text[row.id]) == ("solar panel" in row.found)
        first = row.span == "first"
        assert pd.Timestamp(row.date).year in (range(2010, 2014) if first else range(2018, 2022))


@pytest.mark.slow
def test_the_same_seed_gives_the_same_and_order_of_documents_none(documents, concepts, found):
    shuffled = tr.read_corpus(
        documents.sample(frac=1, random_state=1), text="text", date="date", id="id"
    )
    again = tr.concepts(shuffled, concepts, placebo=99, rng=5)
    pd.testing.assert_frame_equal(again.table, found.table)
    pd.testing.assert_frame_equal(again.words, found.words)


def test_what_is_found_is_examined_under_other_choices(found):
    said = found.table.set_index("label")
    assert said.loc["sun", "verdict"] == "rising, stable"
    assert said.loc["coal", "stability"] == "stable" and said.loc["wind", "specifications"] == 1
    rows = found.specifications[found.specifications["concept"] == "sun"]
    assert {"all", "word", "threshold"} <= set(rows["choice"])
    assert set(rows.loc[rows["choice"] == "word", "level"]) == {"solar panel", "photo*"}
    assert set(rows["period_length"]) == {"half-year", "year", "2-years"}
    drawn = found.choices("sun")
    assert "without “photo*”" in set(drawn["label"]) and not len(found.choices("wind"))
    alone = found.table.set_index("label").loc["sun", "change"]
    assert rows["change"].iloc[0] == pytest.approx(alone, rel=0.1)


def test_counts_without_texts_are_enough(documents, corpus, found):
    words = ["photovoltaic", "solar panel", "turbine", "wind"]
    matrix = np.stack([documents["text"].str.count(word) for word in words], axis=1)
    noise = np.random.default_rng(0).poisson(0.3, (len(documents), 40))
    names = [f"x{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(40)]
    counts = TermCounts(
        sparse.csr_matrix(np.hstack([matrix, noise])),
        tuple(sorted([*words, *names])),
        tuple(documents["id"]),
    )
    bare = corpus.documents.drop(columns="text")
    known = tr.Corpus(bare, counts=counts)
    concept = tr.Concept("sun", ("solar panel", "photo*"))
    one = tr.concepts(known, concept, placebo=0, rng=1)
    assert one.table["documents"].tolist() == found.table["documents"].tolist()[:1]
    assert "holds no texts" in " ".join(one.settings["notes"])
    assert one.table["placebo_p"].isna().all()


def test_authors_that_write_much_count_for_less(corpus):
    author = np.arange(len(corpus)) // 7
    by = tr.Corpus(corpus.documents.assign(author=author.astype(str)))
    concept = tr.Concept("wind", ("wind", "turbine"))
    found = tr.concepts(by, concept, cluster="author", placebo=40, rng=1)
    assert found.shares[0].settings["cluster"]
    assert found.table["finding"].tolist() == ["no change detected"]


def test_what_cannot_be_done_is_said(corpus):
    with pytest.raises(UsageError, match=r"each of concepts must be Concept"):
        tr.concepts(corpus, ["sun"], rng=1)
    with pytest.raises(DataError, match="Names of concepts must be unique"):
        tr.concepts(corpus, [tr.Concept("a", ("b",)), tr.Concept("a", ("c",))], rng=1)
    few = tr.read_corpus(
        pd.DataFrame({"text": ["sun"] * 30, "date": [f"20{i:02d}" for i in range(30)]}),
        text="text",
        date="date",
    )
    with pytest.raises(DataError, match="--placebo 0"):
        tr.concepts(few, tr.Concept("a", ("sun",)), rng=1)


@pytest.mark.slow
def test_the_command_writes_tables_and_figures(corpus, concepts, found, tmp_path):
    tr.write_corpus(corpus, tmp_path / "corpus.parquet")
    out = tmp_path / "out"
    command = ["concept", str(tmp_path / "corpus.parquet"), str(concepts), "-o", str(out)]
    got = CliRunner().invoke(app, [*command, "--placebo", "99", "--rng", "5"])
    assert got.exit_code == 0, got.output
    assert found.sentences()[0] in got.output
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["sentences"] == found.sentences()
    assert [c["name"] for c in manifest["concepts"]] == ["sun", "coal", "wind", "nuclear"]
    assert all((out / name).is_file() for name in manifest["files"])
    assert {"figures/concepts.svg", "figures/changes.png"} <= set(manifest["files"])
    weights = read_csv(out / "weights.csv")
    assert weights["sun"].sum() == found.table["documents"].iloc[0]
    wrong = CliRunner().invoke(app, [*command, "--first", "2010"])
    assert isinstance(wrong.exception, UsageError)


@pytest.mark.slow
def test_three_measurements_of_one_concept(documents, corpus):
    """Seeded topics and nearness are choices beside the dictionary, each word's fate is told."""
    ids = documents.loc[documents["text"].str.contains("solar panel|photovoltaic"), "id"]
    concept = tr.Concept("sun", ("solar panel", "photo*"), examples=tuple(ids[::9]))
    measures = ("dictionary", "seeded", "nearness")
    found = tr.concepts(corpus, concept, measures=measures, placebo=40, shuffles=49, rng=2)
    rows = found.specifications
    assert set(rows["measure"]) == set(measures)
    assert (rows.loc[rows["measure"] == "seeded", "level"] == "seed 1").sum() == 3
    assert (rows["log_odds"] > 0).mean() > 0.8
    # Each measurement is made again without each word and with the nearest terms.
    for measure in measures:
        words = rows[(rows["measure"] == measure) & (rows["choice"] == "word")]
        assert set(words["level"]) == {"solar panel", "photo*"}
        assert set(words["period_length"]) == {"half-year", "year", "2-years"}
    assert set(rows.loc[rows["choice"] == "nearest", "measure"]) == set(measures)
    assert found.words["ended_in"].str.match(r"its concept in [0-3] of 3 fits").all()
    assert "finds" in " ".join(found.settings["notes"])
    assert len(found.settings["seeds"]["seeded"]) == 3


@pytest.mark.slow
def test_examples_alone_are_enough_for_nearness(documents, corpus):
    text = documents["text"]
    ids = documents.loc[text.str.contains("solar panel") & text.str.contains("photovoltaic"), "id"]
    by_id = tr.Concept("sun", examples=tuple(ids))
    with pytest.raises(UsageError, match="add nearness"):
        tr.concepts(corpus, by_id, rng=1)
    found = tr.concepts(corpus, by_id, measures=("nearness",), placebo=40, shuffles=0, rng=1)
    assert found.table["documents"].iloc[0] > 0 and not len(found.words)
    assert found.documents["id"].isin(documents["id"]).all() and len(found.documents)
    texts = tuple(text[documents["id"].isin(ids)].head(6))
    by_text = tr.Concept("sun", ("solar panel",), texts=texts)
    near = tr.concepts(corpus, by_text, measures=("nearness",), placebo=0, rng=1)
    assert len(near.weights) == len(corpus) and near.table["documents"].iloc[0] > 0
    lost = tr.Concept("sun", examples=("nobody",))
    with pytest.raises(DataError, match=r"'nobody'\. Examples are ids"):
        tr.concepts(corpus, lost, measures=("nearness",), rng=1)


def test_a_measurement_of_another_name(corpus):
    concept = tr.Concept("a", ("coal",))
    with pytest.raises(UsageError, match="measurement"):
        tr.concepts(corpus, concept, measures=("dictionery",), rng=1)
    with pytest.raises(UsageError, match="each measurement once"):
        tr.concepts(corpus, concept, measures=("seeded", "seeded"), rng=1)
