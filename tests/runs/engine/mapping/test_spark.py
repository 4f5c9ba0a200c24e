"""Spark: what is said where it is not there.

A whole run on a cluster of which a machine dies is in ``studies/test_engines_of_shards.py``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import shard_functions as shards

from trends.errors import TrendsError
from trends.runs.config.sections.engine import EngineConfig
from trends.runs.engine.mapping.choose import mapper_of

pytestmark = pytest.mark.usefixtures("spark")


def refused(folder: Path, master: str = "") -> str:
    """The sentence in which a map is refused."""
    with (
        mapper_of(EngineConfig(name="spark", master=master, workers=1), folder) as mapper,
        pytest.raises(TrendsError) as error,
    ):
        mapper.map(shards.number, shards.divided(10, 2))
    assert not list(folder.rglob("*")), "nothing is left"
    return f"{error.typename}: {error.value}"


@pytest.mark.slow
def test_a_master_that_is_not_there(tmp_path: Path) -> None:
    found = refused(tmp_path, "spark://127.0.0.1:1")
    assert found.startswith("NetworkError: No Spark master answers at spark://127.0.0.1:1 (")
    assert "Connection refused" in found


def test_no_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    found = refused(tmp_path)
    assert "needs Java 17 or newer" in found
    assert "openjdk-17-jre-headless" in found


def test_no_pyspark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    assert 'pip install "topic-trends[spark]"' in refused(tmp_path)
