"""A source is one file and one line of registry: a toy, written as CONTRIBUTING.md shows it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import trends as tr
from trends.sources import SOURCES

from ..sources.contract import CONTRACT

GUIDE = Path(__file__).parents[2] / "CONTRIBUTING.md"
SAMPLE = """\
{"key": "p1", "name": "Topics of the garden", "body": "A text about gardens.", "day": "2019-05-03"}
{"key": "p2", "name": "Topics of the sea", "body": "A longer text about the sea.", "day": "2020-11"}
{"name": "", "body": "", "day": "2020"}
"""


@pytest.fixture
def toy(tmp_path_factory, monkeypatch):
    """The source of the guide, registered by the line of the guide."""
    text = GUIDE.read_text(encoding="utf-8").partition("### A source")[2].partition("\n### ")[0]
    code, line = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    folder = tmp_path_factory.mktemp("package")
    (folder / "toy.py").write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(SOURCES, "_entries", {**SOURCES._entries})
    (call,) = line.strip().splitlines()
    exec(compile(call, "CONTRIBUTING.md", "exec"), {"SOURCES": SOURCES})
    yield "toy"
    sys.modules.pop("toy", None)


@pytest.fixture
def sample(tmp_path):
    path = tmp_path / "in" / "papers.jsonl"
    path.parent.mkdir()
    path.write_text(SAMPLE, encoding="utf-8")
    return path


@pytest.mark.parametrize("check", CONTRACT, ids=lambda c: c.__name__)
def test_the_toy_keeps_the_contract_of_sources(check, toy, sample, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    check(toy, sample, folder)


def test_the_toy_takes_what_every_source_takes(toy, sample):
    corpus = tr.read_corpus(sample, source=toy, name="gardens", min_chars=22)
    assert corpus.name == "gardens"
    assert corpus.notes["dropped_by_reason"] == {"text too short": 1, "neither id nor title": 1}
    with pytest.raises(tr.errors.UsageError, match="option of the source toy"):
        tr.read_corpus(sample, source=toy, colour="red")
