"""The README: short, its links lead somewhere, its commands give the outputs that it shows, and
its error rates are those of the committed results.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html import escape
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from scripts import script, scripts


@pytest.fixture
def readme(root: Path) -> str:
    return (root / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def console() -> ModuleType:
    return script("docs/console.py")


def test_it_is_read_in_a_minute(readme: str) -> None:
    lines = readme.splitlines()
    assert len(lines) <= 120
    assert [line for line in lines if len(line) > 120] == []
    assert readme.index("![") < readme.index("## ")


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_links_lead_somewhere(page: str, root: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)", (root / page).read_text(encoding="utf-8"))
    inside = [t for t in targets if "://" not in t]
    assert [t for t in inside if not (root / t).exists()] == []


@pytest.mark.slow
def test_commands_and_lines_give_what_stands_there(
    readme: str, root: Path, papers: Path, tmp_path: Path, console: ModuleType
) -> None:
    shutil.copytree(papers, tmp_path / "papers-results")
    subprocess.run([sys.executable, root / "docs" / "make_papers.py"], cwd=tmp_path, check=True)
    assert len(re.findall(r"(?m)^\$ ", readme)) == 3
    assert 5 <= len(re.findall(r"(?m)^>>> ", readme)) <= 6
    assert console.filled(readme, tmp_path) == readme


def test_another_output_is_seen(tmp_path: Path, console: ModuleType) -> None:
    page = "```console\n$ echo new\nold\n```\n```pycon\n>>> x = 2\n>>> print(x)  # two\n3\n```\n"
    made = console.filled(page, tmp_path)
    assert made == page.replace("old", "new").replace("\n3\n", "\n2\n")


def test_the_picture_shows_the_committed_results(root: Path) -> None:
    maker = script("docs/readme_picture.py")
    words = " ".join(part.alt for part in maker.drawn())
    assert f"<title>{escape(words)}</title>" in (root / "docs/static/readme.svg").read_text("utf-8")


@pytest.fixture
def maker():
    with scripts("experiments/calibration", "readme_table") as there:
        yield there.readme_table


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
