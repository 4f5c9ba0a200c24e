"""The table of error rates in the README is what the committed results give."""

from __future__ import annotations

import importlib
import shutil
import sys
from pathlib import Path

import pytest


@pytest.fixture
def maker(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(root / "experiments" / "calibration"))
    monkeypatch.delitem(sys.modules, "readme_table", raising=False)
    return importlib.import_module("readme_table")


def test_the_table_is_that_of_the_results(root: Path, maker) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert maker.insert(readme, maker.table()) == readme
    rows = {line.split("|")[1].strip() for line in maker.table().splitlines()[2:]}
    assert rows == {f"A{n}" for n in range(1, 14)}


def test_another_result_makes_another_table(root: Path, maker, tmp_path: Path) -> None:
    for path in (root / "experiments" / "calibration" / "results").glob("*.*"):
        shutil.copy(path, tmp_path)
    lines = (tmp_path / "full.csv").read_text().splitlines()
    column = lines[0].split(",").index("value")
    for i, line in enumerate(lines):
        if line.startswith("A5,"):
            cells = line.split(",")
            cells[column] = "0.4321"
            lines[i] = ",".join(cells)
            break
    (tmp_path / "full.csv").write_text("\n".join(lines) + "\n")
    assert ".432" in maker.table(tmp_path) and ".432" not in maker.table()
