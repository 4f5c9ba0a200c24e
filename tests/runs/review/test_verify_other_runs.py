"""Runs that are made otherwise than usual are reproduced too, or it is said what is missing."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from command import in_process

import trends as tr
from trends.runs.config.settings import TextConfig
from trends.runs.tasks.terms import joined_otherwise

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(verify_scripts: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus, vectors of it, features with phrases and without."""
    import case

    folder = tmp_path_factory.mktemp("others")
    table = case.corpus_table(6, 20)
    # A pair of words that stands together always: a phrase.
    table["abstract"] += np.where(table.index % 3 == 0, " deep sea. deep sea", "")
    corpus = tr.read_corpus(table, text="abstract", date="published", id="id", title="title")
    tr.write_corpus(corpus, folder / "corpus.parquet")
    subject = table["title"].str.split().str[0].astype("category").cat.codes.to_numpy()
    noise = np.random.default_rng(1).normal(0, 0.1, (len(table), 3))
    vectors = (np.eye(3)[subject] + noise).astype(np.float32)
    np.savez(folder / "vectors.npz", ids=table["id"].to_numpy(str), vectors=vectors)
    own: dict[str, Any] = {
        "embedding": "precomputed",
        "embedding_path": str(folder / "vectors.npz"),
    }
    tr.export_features(corpus, folder / "features", **own)
    tr.export_features(corpus, folder / "plain", phrases=False, **own)
    return folder


def run(place: Path, name: str, **changes: Any) -> Path:
    config: dict[str, Any] = {
        "rng": 3,
        "corpus": {"path": str(place / "corpus.parquet")},
        "embed": {"model": "precomputed", "path": str(place / "vectors.npz")},
        "models": {"backends": ["kmeans"], "n_topics": 3, "seeds": 1},
        "prevalence": {"period": "year"},
        "figures": {"formats": ["svg"], "map": False},
    }
    for key, value in changes.items():
        config[key] = {**config[key], **value} if isinstance(config.get(key), dict) else value
    tr.run(config, place / name, progress=False)
    return place / name


@pytest.mark.parametrize(
    "changes",
    [{"split": {"share": 0.5}}, {"models": {"sample": 80}}],
    ids=["split", "sample"],
)
def test_topics_learnt_on_a_part_are_learnt_on_the_same_part(
    place: Path, changes: dict[str, Any]
) -> None:
    out = run(place, next(iter(changes)), **changes)
    found = tr.verify(out, place / "features")
    assert (found.verdict, found.findings_same) == ("reproduced exactly", True)


def test_a_run_without_phrases_asks_for_features_without_phrases(place: Path) -> None:
    out = run(place, "no-phrases", text={"phrases": False})
    assert tr.verify(out, place / "plain").verdict == "reproduced exactly"
    found = tr.verify(out, place / "features")
    assert found.first is not None and found.first.name == "terms"
    assert "--no-phrases" in found.first.detail
    # A run from features that were made otherwise says so too.
    counts = tr.read_corpus(place / "features").counts
    assert counts is not None
    assert joined_otherwise(counts, TextConfig()) == []
    (said,) = joined_otherwise(counts, TextConfig(phrases=False))
    assert "the counts that came with the corpus have phrases" in said


def test_edited_topics_need_their_edits(place: Path) -> None:
    out = run(place, "edited")
    edits = place / "edited-edits.toml"
    made = in_process("edit", out, "--merge", "0,1=both", "--rename", "2=one")
    assert made.returncode == 0, made.stderr
    found = tr.verify(out, place / "features", edits=edits)
    assert found.verdict == "reproduced exactly"
    without = tr.verify(out, place / "features")
    assert without.first is not None and "--edits" in without.first.detail
    altered = place / "altered.toml"
    shutil.copy(place / "edited-topics.csv", place / "altered-topics.csv")
    altered.write_text(edits.read_text(encoding="utf-8").replace("one", "two"), encoding="utf-8")
    assert not tr.verify(out, place / "features", edits=altered).ok
