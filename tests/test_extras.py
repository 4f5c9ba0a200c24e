"""A missing optional package is answered with the extra that installs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import trends as tr
from trends.errors import MissingError
from trends.extras import require

ABSENT = """
import sys
sys.modules[{package!r}] = None
from trends.cli.main import main
sys.argv = ["trends", *{command!r}]
main()
"""


def test_the_error_of_a_missing_package_names_the_extra() -> None:
    with (
        pytest.raises(MissingError, match=r'Opening it needs .*absent_one.*"topic-trends\[more\]"'),
        require("more", "Opening it"),
    ):
        import absent_one  # noqa: F401
    with require("more", "Opening it"):
        import json  # noqa: F401


@pytest.mark.parametrize("name", ["c.xlsx", "new.xlsx"])
def test_excel_without_openpyxl(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame({"title": ["A"], "text": ["On gardens."], "day": ["2020-01-02"]})
    frame.to_excel(tmp_path / "c.xlsx", index=False)
    frame.to_csv(tmp_path / "c.csv", index=False)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingError, match=r'"topic-trends\[excel\]"'):
        if name == "new.xlsx":
            corpus = tr.read_corpus(tmp_path / "c.csv", text="text", date="day")
            tr.write_corpus(corpus, tmp_path / name)
        else:
            tr.read_corpus(tmp_path / name, text="text", date="day")


@pytest.mark.parametrize("package", ["requests", pytest.param("urllib3", marks=pytest.mark.slow)])
def test_fetching_without_a_client(package: str, tmp_path: Path) -> None:
    command = ["fetch", "openalex", "gardens", "-o", str(tmp_path / "raw.jsonl")]
    code = ABSENT.format(package=package, command=command)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == MissingError.exit_code, run.stderr
    assert '"topic-trends[fetch]"' in run.stderr and len(run.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
