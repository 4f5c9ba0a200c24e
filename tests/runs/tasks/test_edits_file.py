"""The file of edits: what is read, what is refused, and whose topics its numbers mean."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from trends.core import Topics
from trends.errors import MissingError, TrendsError, UsageError
from trends.runs.tasks.analysis_parts import names
from trends.runs.tasks.curation import edited, edits_file


def fit(order: list[int], seed: int = 0, n: int = 160) -> Topics:
    """Four groups of documents, each a topic, in an order."""
    rng = np.random.default_rng(seed)
    own = np.repeat(np.arange(4), n // 4)
    noisy = np.where(rng.random(n) < 0.1, rng.integers(4, size=n), own)
    theta = (noisy[:, None] == np.array(order)).astype(float) * 0.8
    theta += (1 - theta.sum(1, keepdims=True)) / theta.shape[1]
    phi = rng.dirichlet(np.ones(30), len(order))
    ids = tuple(f"d{i:03d}" for i in range(n))
    return Topics(theta, np.zeros(n), phi, tuple(f"w{j:02}" for j in range(30)), ids)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    parts = []
    for backend, order in (("nmf", [0, 1, 2, 3]), ("lda", [3, 2, 1, 0])):
        rows = names.frame(fit(order), ["a", "b", "c", "d"])
        rows.insert(0, "backend", backend)
        parts.append(rows)
    pd.concat(parts).to_csv(tmp_path / "topics.csv", index=False)
    return tmp_path


def write(folder: Path, text: str, topics: str = "topics.csv") -> str:
    path = folder / "edits.toml"
    path.write_text(f'topics = "{topics}"\n{text}', encoding="utf-8")
    return str(path)


def test_edits_are_of_the_first_model_or_of_the_one_that_is_named(folder: Path) -> None:
    both = '[[exclude]]\ntopics = [1]\n[[exclude]]\ntopics = [1]\nmodel = "lda"\n'
    read = edits_file.read(write(folder, both))
    assert [e.number for e in read.of("nmf")] == [1] and [e.number for e in read.of("lda")] == [2]
    assert read.unused(["nmf"]) and not read.unused(["nmf", "lda"])
    # Topic 1 of the other model is another theme: its documents are those of the third quarter.
    after = read.apply("lda", fit([3, 2, 1, 0]), None, 1)
    assert np.bincount(np.flatnonzero(after.hard == -1) // 40, minlength=4).argmax() == 2


def test_edits_go_to_another_order_of_topics_and_names_follow(folder: Path) -> None:
    text = '[[merge]]\ntopics = [0, 2]\nname = "Both"\n[[rename]]\ntopic = 3\nname = "x"\n'
    read = edits_file.read(write(folder, text))
    after = read.apply("nmf", fit([3, 2, 1, 0], seed=4), None, 1)
    assert edited.about(after)["names"] == {"0": "x", "1": "Both"}
    assert edited.named(after, ["both", "y", "z"])[:2] == ("x", "Both")
    assert edited.named(after, ["p", "q", "X"])[2] == "X (2)"


def test_a_topic_that_is_gone_is_named_with_where_its_documents_are(folder: Path) -> None:
    both = '[[rename]]\ntopic = 0\nname = "x"\n[[rename]]\ntopic = 3\nname = "y"\n'
    read = edits_file.read(write(folder, both))
    # The first and the last theme are one topic, which can be the partner of one of them.
    base, own = fit([0, 1, 2, 3]), np.repeat([0, 1, 2, 0], 40)
    other = Topics(np.eye(3)[own], np.zeros(160), base.phi[:3], base.vocabulary, base.doc_ids)
    after = read.apply("nmf", other, None, 1)
    (gone,) = edited.about(after)["missing"]
    topic = gone["topics"][0]
    assert gone["reason"].startswith(f"this fit has no topic {topic} about")
    assert "are in topic 0" in gone["reason"] and len(edited.about(after)["applied"]) == 1
    with pytest.raises(TrendsError, match=r"1 edit of edits.toml does not apply to nmf"):
        edited.check("nmf", after, "edits.toml")
    (warned,) = edited.warnings("nmf", [after, base], "edits.toml")
    assert "in 1 of 2 fits" in warned and gone["reason"] in warned


@pytest.mark.parametrize(
    ("text", "topics", "said"),
    [
        ("[[merge]\n", "topics.csv", "is not TOML"),
        ("", "../topics.csv", "names a file in its own folder"),
        ("", "/etc/passwd", "names a file in its own folder"),
        ("", "other.csv", "which is not beside it"),
        ("", "", "does not say which topics its numbers mean"),
        ("[[exclude]]\ntopics = [1]\nwhy = 3\n", "topics.csv", "Unknown key 'why'"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(
    folder: Path, text: str, topics: str, said: str
) -> None:
    with pytest.raises(TrendsError, match=said):
        edits_file.read(write(folder, text, topics))


def test_no_file_is_no_edits_and_a_missing_or_huge_one_is_said(tmp_path: Path) -> None:
    assert edits_file.read("").edits == () and edits_file.inputs("") == {}
    with pytest.raises(MissingError, match="trends edit RUN"):
        edits_file.read(str(tmp_path / "none.toml"))
    (tmp_path / "large.toml").write_bytes(b"#" * (edits_file.LARGEST + 1))
    with pytest.raises(UsageError, match="at most 2,000,000 are read"):
        edits_file.read(str(tmp_path / "large.toml"))


def test_the_content_of_both_files_is_in_the_key(folder: Path) -> None:
    path = write(folder, "[[exclude]]\ntopics = [1]\n")
    before = edits_file.inputs(path)
    write(folder, "[[exclude]]\ntopics = [2]\n")
    after = edits_file.inputs(path)
    assert before["topics"] == after["topics"] and before["edits"] != after["edits"]
