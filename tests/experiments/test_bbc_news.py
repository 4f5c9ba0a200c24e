"""The replication on BBC News.

Its protocol on a tiny corpus, what it says without the data, and its committed tables.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scripts import scripts

WORDS = [
    "ball",
    "goal",
    "team",
    "vote",
    "law",
    "party",
    "bank",
    "price",
    "trade",
    "chip",
    "phone",
    "game",
]


@pytest.fixture
def bbc():
    with scripts("experiments/bbc_news", "protocol", "fits", "table", "run") as there:
        yield there


def documents(n: int = 60, rng: int = 5) -> list[list[str]]:
    """Documents of 3 to 40 words from one of four sets of three words, with some of the others and
    one word of no vocabulary.
    """
    g = np.random.default_rng(rng)
    out = []
    for d in range(n):
        own = WORDS[3 * (d % 4) : 3 * (d % 4) + 3]
        out.append(
            [
                str(g.choice(own)) if g.random() < 0.8 else str(g.choice([*WORDS, "unlisted"]))
                for _ in range(g.integers(3, 41))
            ]
        )
    return out


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus in the format of OCTIS; the parts are not in order in the file."""
    lines = [
        f"{' '.join(words)}\t{('train', 'test', 'val')[d % 3]}\tlabel"
        for d, words in enumerate(documents())
    ]
    (tmp_path / "corpus.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "vocabulary.txt").write_text("\n".join(WORDS) + "\n", encoding="utf-8")
    return tmp_path


def test_documents_come_in_the_order_of_the_protocol(bbc, folder: Path) -> None:
    made = documents()
    read = bbc.protocol.load(folder)
    assert [list(d) for d in read.documents] == made[0::3] + made[2::3] + made[1::3]
    assert read.vocabulary == tuple(sorted(WORDS))
    counts = read.counts
    assert counts.matrix[5, read.vocabulary.index("goal")] == read.documents[5].count("goal")
    assert counts.tokens.sum() == sum(w != "unlisted" for d in made for w in d)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("only words", "Line 2"),
        ("words\tdev\tlabel", "train, val, test"),
        ("\ttrain\tlabel", "Line 2"),
    ],
)
def test_a_line_in_another_format_is_named(bbc, tmp_path: Path, line: str, says: str) -> None:
    (tmp_path / "corpus.tsv").write_text(f"a word\ttrain\tlabel\n{line}\n", encoding="utf-8")
    (tmp_path / "vocabulary.txt").write_text("word\n", encoding="utf-8")
    with pytest.raises(bbc.run.TrendsError, match=says):
        bbc.protocol.load(tmp_path)


@pytest.mark.parametrize(
    "topics", [[WORDS[:10], WORDS[2:]], [["ball", "goal"], ["vote", "law"], ["bank", "unlisted"]]]
)
def test_scores_are_those_of_gensim(bbc, folder: Path, topics: list[list[str]]) -> None:
    gensim = importlib.import_module("gensim.models")
    corpora = importlib.import_module("gensim.corpora")
    read = bbc.protocol.load(folder)
    texts = [list(d) for d in read.documents]
    theirs = gensim.CoherenceModel(
        topics=topics,
        texts=texts,
        dictionary=corpora.Dictionary(texts),
        coherence="c_npmi",
        topn=10,
        processes=1,
    ).get_coherence()
    npmi, diversity = bbc.protocol.score(topics, read)
    assert npmi == pytest.approx(theirs, abs=1e-12)
    listed = [w for words in topics for w in words]
    assert diversity == len(set(listed)) / len(listed)


def test_without_the_data_it_says_where_to_get_it_and_stops(
    bbc, tmp_path: Path, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(bbc.protocol, "PLACES", (tmp_path / "nowhere",))
    monkeypatch.delenv(bbc.protocol.VARIABLE, raising=False)
    assert bbc.run.main(["--out", str(tmp_path / "out")]) == 4
    said = capsys.readouterr()
    for part in (
        "github.com/MIND-Lab/OCTIS",
        "BBC_News",
        "MIT",
        str(tmp_path / "nowhere"),
        "--data",
        "TRENDS_BBC",
    ):
        assert part in said.err
    assert (
        said.err.count("\n") == 1
        and "Traceback" not in said.err
        and not (tmp_path / "out").exists()
    )


def test_a_named_folder_is_the_only_one_looked_at(
    bbc, folder: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(bbc.protocol, "PLACES", (folder,))
    assert bbc.protocol.find(None, {}) == folder
    assert bbc.protocol.find(None, {"TRENDS_BBC": str(folder)}) == folder
    assert bbc.protocol.find(folder, {"TRENDS_BBC": "/nowhere"}) == folder
    with pytest.raises(bbc.run.TrendsError, match="not in /nowhere"):
        bbc.protocol.find(None, {"TRENDS_BBC": "/nowhere"})


@pytest.mark.slow
def test_other_files_are_told_and_a_stopped_run_goes_on(
    bbc, folder: Path, tmp_path: Path, capsys
) -> None:
    out = tmp_path / "out"
    arguments = [
        "--data",
        str(folder),
        "--out",
        str(out),
        "--models",
        "gensim-nmf-1",
        "gensim-lda-1",
        "--topics",
        "10",
    ]
    assert bbc.run.main(arguments) == 0
    first = capsys.readouterr()
    assert first.err.count("is not the file of the committed results (60 lines") == 1
    assert first.err.count("is not the file of the committed results (12 lines") == 1
    assert "6 fits to make, 0 kept" in first.out and "no model has all its fits" in first.out
    assert not (out / "replicate.csv").exists()
    kept = sorted((out / ".cache").glob("*.json"))
    before = [path.read_bytes() for path in kept]
    kept[2].unlink()
    assert bbc.run.main(arguments) == 0
    second = capsys.readouterr()
    assert (
        "1 fits to make, 5 kept" in second.out
        and second.out.split("\n\n", 1)[1] == first.out.split("\n\n", 1)[1]
    )
    again = json.loads(kept[2].read_text())
    assert {**again, "seconds": 0} == {**json.loads(before[2]), "seconds": 0}


def test_the_result_is_of_models_with_all_their_fits_and_loses_no_row(
    bbc, folder: Path, tmp_path: Path, capsys, monkeypatch
) -> None:
    monkeypatch.setattr(bbc.run, "N_TOPICS", (10,))
    out = tmp_path / "out"
    arguments = ["--data", str(folder), "--out", str(out), "--topics", "10", "--models"]
    assert bbc.run.main([*arguments, "gensim-nmf-1"]) == 0
    assert "Not among the rows yet: gensim-lda-1" in capsys.readouterr().out
    assert set(bbc.table.read(out)["model"]) == {"gensim-nmf-1"}
    assert bbc.run.main([*arguments, "gensim-lda-1"]) == 0
    runs = bbc.table.read(out)
    assert (
        list(runs["model"]) == ["gensim-lda-1"] * 3 + ["gensim-nmf-1"] * 3
        and (runs["topics"] == 10).all()
    )
    assert "| gensim NMF, one pass (as published) | .012 |" in (out / "replicate.md").read_text(
        encoding="utf-8"
    )
    before = (out / "replicate.csv").read_bytes()
    next((out / ".cache").glob("gensim-lda-1-*")).unlink()
    assert bbc.run.main([*arguments, "gensim-nmf-1"]) == 0
    assert "rows whose fits are not kept here: gensim-lda-1" in capsys.readouterr().out
    assert (out / "replicate.csv").read_bytes() == before


def test_the_old_rule_merges_the_smallest_into_the_most_similar_class(bbc) -> None:
    # Topic 3 is most like the outliers, topic 2 like topic 0.
    weights = np.array([[0, 0, 1.0], [1.0, 0, 0], [0, 1.0, 0], [0.9, 0.1, 0], [0.1, 0, 0.9]])
    labels = np.repeat([-1, 0, 1, 2, 3], [5, 7, 9, 3, 2])
    merged = bbc.fits.merge_into_most_similar(labels, weights, 3)
    assert np.bincount(merged + 1).tolist() == [7, 9, 7, 3]
    merged = bbc.fits.merge_into_most_similar(labels, weights, 2)
    assert (
        np.bincount(merged + 1).tolist() == [7, 10, 9]
        and (merged[labels == 0] == 0).all()
        and (merged[labels == 2] == 0).all()
    )


def test_a_seed_is_used_once_except_where_the_published_fit_is_repeated(bbc) -> None:
    for name, model in bbc.fits.MODELS.items():
        seeds = [model.seed(k, s) for k in bbc.protocol.N_TOPICS for s in bbc.protocol.SEEDS]
        if name in ("gensim-lda-1", "gensim-nmf-1"):
            assert set(seeds) == {0, 21, 42}
        else:
            assert len(set(seeds)) == 15


def test_the_readme_shows_the_committed_runs(bbc, root: Path) -> None:
    home = root / "experiments" / "bbc_news"
    record = json.loads((home / "results" / "replicate.json").read_text(encoding="utf-8"))
    runs = bbc.table.read(home / "results")
    text = bbc.table.summary(runs, record["versions"])
    assert text == (home / "results" / "replicate.md").read_text(encoding="utf-8")
    readme = (home / "README.md").read_text(encoding="utf-8")
    assert bbc.table.insert(readme, text) == readme
    assert set(runs["model"]) == set(bbc.fits.MODELS)
    assert (runs.groupby("model").size() == 15).all()
    assert not runs.duplicated(["model", "asked", "run"]).any() and not record["differences"]
    changed = runs.assign(npmi=runs["npmi"].where(runs["model"] != "bertopic", 0.1234))
    assert ".123" in bbc.table.summary(
        changed, record["versions"]
    ) and "**missed**" in bbc.table.summary(changed, record["versions"])


def test_published_figures_are_those_of_the_result_files(bbc, shared: Path) -> None:
    published = pd.read_csv(shared / "data" / "bbc_news" / "published_results.csv")
    for ours, theirs in (("LDA", "LDA"), ("NMF", "NMF"), ("BERTopic", "bertopic_mini")):
        means = (
            published[published["model"] == theirs]
            .groupby("n_topics")[["npmi", "diversity"]]
            .mean()
        )
        np.testing.assert_allclose(bbc.table.PUBLISHED[ours], means.to_numpy(), atol=6e-5)


@pytest.mark.slow
def test_a_run_is_the_published_one(bbc, shared: Path, tmp_path: Path) -> None:
    data = shared / "data" / "bbc_news"
    assert bbc.protocol.check(data) == []
    published = pd.read_csv(data / "published_results.csv")
    read = bbc.protocol.load(data)
    for model, theirs, close in (("gensim-lda-1", "LDA", 1.5e-4), ("gensim-nmf-1", "NMF", 1.5e-3)):
        made = bbc.fits.make(model, read, 10, 0, None)
        row = published[
            (published["model"] == theirs) & (published["n_topics"] == 10) & (published["run"] == 1)
        ].iloc[0]
        npmi, diversity = bbc.protocol.score(made.topics, read)
        assert npmi == pytest.approx(row["npmi"], abs=close) and diversity == pytest.approx(
            row["diversity"], abs=5e-3
        )
