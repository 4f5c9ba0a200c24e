"""A run with another engine says so in every output, and known texts are not embedded again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scripts import script
from small_runs import digest

from trends.core import Corpus
from trends.embed.engines.choice import STATIC
from trends.errors import UsageError
from trends.runs.config import settings as config
from trends.runs.studies import run as recipe
from trends.runs.tasks import figures as draw
from trends.runs.tasks.vectors import inputs as vector_inputs
from trends.sources.stored import corpus_file

pytestmark = pytest.mark.slow

SETTINGS: dict[str, Any] = {
    "rng": 5,
    "models": {"backends": ["nmf", "kmeans"], "n_topics": 3, "seeds": 1, "workers": 1},
    "prevalence": {"period": "year"},
    "figures": {"formats": ["svg"], "map": False},
}


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return script("tests/embed/conftest.py").make_encoder(tmp_path_factory.mktemp("encoder"))


def settings_of(folder: Path, n: int, **embed: str) -> config.RunConfig:
    """A corpus of ``n`` documents, and a config that reads it."""
    rng = np.random.default_rng(0)
    words = [[f"{stem}{c}" for c in "abcdefgh"] for stem in ("sun", "whale", "tune")]
    rows = [
        (
            f"d{i:03}",
            f"{words[i % 3][0]} study",
            " ".join(rng.choice(words[i % 3], rng.integers(15, 26))),
            f"{2019 + i % 5}-03-10",
        )
        for i in range(n)
    ]
    frame = pd.DataFrame(rows, columns=["id", "title", "text", "date"])
    frame = frame.assign(date_precision="day", date_evidence="stated", source="made")
    path = folder / f"corpus-{n}.parquet"
    corpus_file.write(Corpus(frame, name="made"), path)
    return config.check(
        {
            **SETTINGS,
            "corpus": {"path": str(path)},
            "embed": {"model": "sentence-transformers", **embed},
        }
    )


def test_static_is_said_in_manifest_report_and_captions(encoder: Path, tmp_path: Path) -> None:
    embed = {"path": str(encoder), "store": str(tmp_path / "store")}
    shown: list[tuple[str, str]] = []
    asked = settings_of(tmp_path, 60, engine="static", **embed)
    manifest = recipe.run(
        asked, tmp_path / "out", report=lambda stage, state, *_: shown.append((state, stage))
    )
    assert STATIC in manifest["warnings"]
    assert manifest["embedding"]["engine"] == manifest["embedding"]["space"] == "static"
    assert manifest["vector_store"] == {"different": 60, "from_store": 0, "made": 60, "damaged": 0}
    assert (
        "vectors were made by the engine"
        in (tmp_path / "out" / "report.html").read_text(encoding="utf-8").lower()
    )
    captions = {
        p.stem: json.loads(p.read_text())["caption"]
        for p in (tmp_path / "out" / "figures").glob("*.json")
    }
    labelled = {stem for stem, caption in captions.items() if draw.STATIC in caption}
    assert labelled == {stem for stem in captions if "kmeans" in stem} != set()
    within = [stage for state, stage in shown if state == "within"]
    assert within[0] == "vectors: 0 of 60" and within[-1].startswith("vectors: 60 of 60, ")
    # A run that finds its vectors publishes the same as the one that made them.
    again = recipe.run(asked, tmp_path / "again")
    assert again["vector_store"] == {"different": 60, "from_store": 60, "made": 0, "damaged": 0}
    assert digest(tmp_path / "again", passing=False) == digest(tmp_path / "out", passing=False)
    # One document more: one vector more, although the corpus, and so the stage, is another.
    more = recipe.run(settings_of(tmp_path, 61, engine="static", **embed), tmp_path / "more")
    assert more["vector_store"] == {"different": 61, "from_store": 60, "made": 1, "damaged": 0}
    # The reference says nothing of the kind.
    plain = recipe.run(settings_of(tmp_path, 60, engine="torch", **embed), tmp_path / "out")
    assert STATIC not in plain["warnings"] and plain["embedding"]["engine"] == "torch"


def test_a_store_that_cannot_be_used_is_said_and_the_tables_are_the_same(
    encoder: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    notes: list[str] = []

    def hear(stage: str, state: str, *_: int) -> None:
        if state == "note":
            notes.append(stage)

    recipe.run(
        settings_of(tmp_path, 60, path=str(encoder), store=str(tmp_path / "file")),
        tmp_path / "one",
        report=hear,
    )
    recipe.run(settings_of(tmp_path, 60, path=str(encoder), store="none"), tmp_path / "two")
    assert len(notes) == 1 and "cannot be used" in notes[0]
    for path in sorted((tmp_path / "one").glob("*.csv")):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_where_vectors_are_kept_is_no_part_of_their_key(encoder: Path, tmp_path: Path) -> None:
    corpus = corpus_file.read([tmp_path / "corpus-9.parquet"]) if settings_of(tmp_path, 9) else None
    assert corpus is not None
    kept, moved = (config.EmbedConfig(store=store) for store in ("", "none"))
    assert vector_inputs(corpus, kept) == vector_inputs(corpus, moved)
    assert vector_inputs(corpus, config.EmbedConfig(engine="bf16")) != vector_inputs(corpus, kept)
    assert (
        config.EmbedConfig(store="none", device="cpu").plain
        and config.EmbedConfig(engine="torch").plain
        and not config.EmbedConfig(engine="static").plain
    )
    with pytest.raises(UsageError, match=r"embed\.engine is not allowed"):
        settings_of(tmp_path, 9, engine="fast")
