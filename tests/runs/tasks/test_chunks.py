"""Long documents: topics of pieces, shares of documents."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_runs import words_of, write

from trends import store
from trends.core import Topics
from trends.errors import UsageError
from trends.runs.config import settings as configs
from trends.runs.studies import run as running
from trends.runs.tasks.dividing.chunks import pieces, weighted

SETTINGS = """
rng = 1
[corpus]
path = "corpus.parquet"
[text]
chunks = 60
[models]
backends = ["nmf"]
n_topics = 5
seeds = 1
[prevalence]
period = "year"
theta = "mean"
[figures]
formats = ["svg"]
map = false
"""


def test_pieces_hold_every_word_once() -> None:
    """A short rest joins the last piece, a long one is its own."""
    words = [str(i) for i in range(130)]
    assert [len(p.split()) for p in pieces(" ".join(words), 60)] == [60, 70]
    assert [len(p.split()) for p in pieces(" ".join(words), 50)] == [50, 50, 30]
    assert " ".join(pieces(" ".join(words), 50)).split() == words
    assert pieces("", 50) == [""]


def test_pieces_may_be_paragraphs() -> None:
    """A blank line divides; a text without one is a piece."""
    assert pieces("One two.\n\nThree.", "paragraphs") == ["One two.", "Three."]
    assert pieces("One two. Three.", "paragraphs") == ["One two. Three."]
    assert pieces("", "paragraphs") == [""]


def test_shares_are_weighted_by_words() -> None:
    """A piece of 90 words says nine times as much as one of 10; without words, unassigned."""
    theta = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
    topics = Topics(theta, np.zeros(3), np.full((2, 1), 1.0), ("w",), ("a#0", "a#1", "b#0"))
    shares, unassigned = weighted(topics, np.array([0, 0, 1]), np.array([90.0, 10.0, 0.0]), 2)
    assert shares[0] == pytest.approx([0.9, 0.1])
    assert unassigned.tolist() == [0.0, 1.0]


def _long(n: int = 40) -> list[tuple[str, ...]]:
    """Documents on two of five topics: 120 words on one, then 60 on the next."""
    rng, words = np.random.default_rng(0), words_of("solar", "whale", "violin", "glacier", "copper")
    texts = [
        " ".join([*rng.choice(words[i % 5], 120), *rng.choice(words[(i + 1) % 5], 60)])
        for i in range(n)
    ]
    days = [f"20{10 + i // 4}-0{1 + i % 9}-10" for i in range(n)]
    return [(f"d{i:02d}", "", texts[i], days[i], "day", "stated", "made") for i in range(n)]


@pytest.mark.slow
def test_documents_stay_the_unit_of_every_table(tmp_path: Path) -> None:
    """Three pieces a document in the fit, one row a document in what follows from it."""
    folder = write(tmp_path, _long(), SETTINGS)
    settings = configs.load(folder / "config.toml")
    running.run(settings, folder / "results")
    run = store.Run(folder / "results")
    fit = run.topics("nmf", run.manifest["fits"][0]["seed"])
    assert fit.provenance["chunks"] == {"pieces": 120, "documents": 40}
    assert fit.n_documents == 40
    assert np.sort(fit.theta, axis=1)[:, 3:].mean(0) == pytest.approx([1 / 3, 2 / 3], abs=0.05)
    n = run.table("prevalence").query("topic == 0").groupby("period")["n_docs"].first()
    assert n.tolist() == [4] * 10
    assert run.table("topics")["n_docs"].sum() == 40
    assert run.manifest["counts"]["terms"]["pieces"] == 120


@pytest.mark.slow
def test_paragraphs_are_kept_where_they_are_asked_for(tmp_path: Path) -> None:
    """The report says what was divided; the words of the documents stay the same."""
    rng, words = np.random.default_rng(0), words_of("solar", "whale", "violin", "glacier", "copper")

    def part(topic: int, length: int) -> str:
        return " ".join(rng.choice(words[topic % 5], length))

    rows = [
        f'd{i:02d},20{10 + i // 4}-05-01,"{part(i, 80)}\n \n{part(i + 1, 40)}"' for i in range(40)
    ]
    (tmp_path / "long.csv").write_text("\n".join(["id,day,text", *rows]), encoding="utf-8")
    table = SETTINGS.replace('"corpus.parquet"', '"long.csv"\ntext = "text"\ndate = "day"')
    (tmp_path / "config.toml").write_text(table, encoding="utf-8")
    where = ["text.chunks=paragraphs"]
    settings = configs.load(tmp_path / "config.toml", where)
    with pytest.raises(UsageError, match=r"no text .* blank line.*corpus\.paragraphs=true"):
        running.run(settings, tmp_path / "results")
    settings = configs.load(tmp_path / "config.toml", [*where, "corpus.paragraphs=true"])
    running.run(settings, tmp_path / "results")
    run = store.Run(tmp_path / "results")
    fit = run.topics("nmf", run.manifest["fits"][0]["seed"])
    assert fit.provenance["chunks"] == {"pieces": 80, "documents": 40}
    assert np.sort(fit.theta, axis=1)[:, 3:].mean(0) == pytest.approx([1 / 3, 2 / 3], abs=0.05)
    page = (tmp_path / "results" / "report.html").read_text(encoding="utf-8")
    assert "Topics were learnt on 80 paragraphs." in page
    assert "the unit of every table and test is the document, of which there are 40." in page
    methods = (tmp_path / "results" / "methods.md").read_text(encoding="utf-8")
    assert "Topics were learnt on 80 paragraphs;" in methods
    whole = configs.load(tmp_path / "config.toml", ["text.chunks=0"])
    running.run(whole, tmp_path / "whole")
    other = store.Run(tmp_path / "whole").manifest["counts"]["terms"]
    mine = {k: v for k, v in run.manifest["counts"]["terms"].items() if k != "pieces"}
    assert mine == other


@pytest.mark.slow
def test_clusters_of_vectors_are_refused(tmp_path: Path) -> None:
    """What cannot be divided is said before anything is computed."""
    folder = write(tmp_path, _long(), SETTINGS)
    settings = configs.load(folder / "config.toml", ['models.backends=["kmeans"]'])
    with pytest.raises(UsageError, match=r"text\.chunks=60.*kmeans"):
        running.run(settings, folder / "results")
