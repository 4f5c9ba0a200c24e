"""The error rates in the README are what the committed results give."""

from __future__ import annotations

import importlib
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture
def maker(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(root / "experiments" / "calibration"))
    for name in ("readme_table", "tables", "counts"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return importlib.import_module("readme_table")


def test_the_rates_are_those_of_the_results(root: Path, maker) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert maker.insert(readme, maker.text()) == readme
    assert maker.PACKAGED.read_text(encoding="utf-8") == maker.packaged()


def test_other_results_make_other_rates(root: Path, maker, tmp_path: Path) -> None:
    for path in (root / "experiments" / "calibration" / "results").glob("*.*"):
        shutil.copy(path, tmp_path)
    table = pd.read_csv(tmp_path / "full.csv")
    table.loc[0, "size"] = 0.4321
    table.to_csv(tmp_path / "full.csv", index=False)
    assert ".432" in maker.text(tmp_path) and ".432" not in maker.text()
