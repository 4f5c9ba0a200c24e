"""The embedder of CONTRIBUTING.md, added exactly as described: one file and one registry line."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scripts import script

import trends.embed
from trends.core import Corpus
from trends.runs.config.settings import EmbedConfig
from trends.runs.tasks.vectors import vectors as vectors_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The file stands in the package, the line in the registry; returns the name."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition("### An embedder\n")[2].partition("\n#")[0]
    path = re.search(r"`trends/embed/(\w+)\.py`", section)
    code = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    line = re.search(r'`"([\w-]+)": "([\w.:]+)",`', section)
    assert path and code and line
    (tmp_path / f"{path[1]}.py").write_text(code[1], encoding="utf-8")
    monkeypatch.setattr(trends.embed, "__path__", [*trends.embed.__path__, str(tmp_path)])
    name, place = line.groups()
    registry = trends.embed.EMBEDDERS
    monkeypatch.setattr(registry, "_entries", {**registry._entries, name: place})
    yield name
    sys.modules.pop(place.partition(":")[0], None)


def test_the_toy_keeps_the_contract(added: str) -> None:
    script("tests/embed/embedder_contract.py").check_embedder(added)


def test_a_config_may_name_it(added: str) -> None:
    frame = pd.DataFrame({"id": ["a", "b"], "title": ["", ""], "text": ["far stars", "nets"]})
    frame = frame.assign(
        date=pd.Timestamp("2020-01-01"), date_precision="day", date_evidence="stated", source="test"
    )
    vectors, provenance = vectors_of(Corpus(frame, name="toy"), EmbedConfig(model=added))
    assert provenance["embedder"] == added
    assert np.array_equal(vectors.sum(axis=1), [2, 1])
