"""The documentation: it builds without a warning, leads nowhere dead, and leaves nothing out."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from scripts import script

import trends as tr
from trends.plots import FIGURES
from trends.runs.config import reference
from trends.sources import SOURCES
from trends.store import TABLES

needs_sphinx = pytest.mark.skipif(
    importlib.util.find_spec("myst_nb") is None and not os.environ.get("CI"),
    reason="Sphinx is not installed: pip install --group docs",
)


@pytest.fixture(scope="module")
def links() -> ModuleType:
    return script("docs/links.py")


@pytest.fixture(scope="module")
def site(
    once: Callable[[str, Callable[[Path], object]], Path],
    root: Path,
    papers: Path,
    executed: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    finished = tmp_path_factory.mktemp("finished")
    shutil.copytree(papers, finished / "papers-results")
    for name in (path.stem for path in (root / "notebooks").glob("[!_]*.py")):
        shutil.copy(executed(name) / f"{name}.ipynb", finished)

    def fill(out: Path) -> None:
        call = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
        done = subprocess.run(
            [*call, str(root / "docs"), str(out)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "DOCS_FINISHED": str(finished)},
        )
        assert done.returncode == 0, done.stderr[-4000:]

    return once("site", fill)


@pytest.mark.slow
@needs_sphinx
def test_no_warning_no_dead_link_nothing_from_elsewhere(site: Path, links: ModuleType) -> None:
    assert links.dead(site) == []
    assert (site / "index.html").is_file()


@pytest.mark.slow
@needs_sphinx
def test_every_setting_command_and_figure_has_its_place(site: Path) -> None:
    settings = (site / "made" / "settings.html").read_text(encoding="utf-8")
    missing = [s.name for s in reference.settings() if f'id="confval-{s.name}"' not in settings]
    assert missing == []
    gallery = (site / "made" / "gallery.html").read_text(encoding="utf-8")
    assert [name for name in FIGURES if f'id="figure-{name}"' not in gallery] == []
    names = "".join(p.read_text(encoding="utf-8") for p in (site / "reference" / "api").iterdir())
    assert [name for name in tr.__all__ if f'id="trends.{name}"' not in names] == []


@pytest.mark.slow
@needs_sphinx
def test_notebooks_and_tutorial_have_outputs(site: Path, root: Path) -> None:
    for source in sorted((root / "notebooks").glob("[!_]*.py")):
        page = (site / "made" / f"{source.stem}.html").read_text(encoding="utf-8")
        assert "cell_output" in page and "<img" in page, source.stem
    tutorial = (site / "made" / "tutorial.html").read_text(encoding="utf-8")
    assert "rising" in tutorial and "falling" in tutorial and "<img" in tutorial


def test_a_setting_without_a_meaning_is_none() -> None:
    assert [s.name for s in reference.settings() if not s.meaning or not s.allowed] == []


def test_pages_name_every_source_and_every_table(root: Path) -> None:
    documents = (root / "docs" / "reference" / "documents.md").read_text(encoding="utf-8")
    assert [name for name in SOURCES if f"`{name}`" not in documents] == []
    files = (root / "docs" / "reference" / "files.md").read_text(encoding="utf-8")
    assert [name for name in TABLES if f"`{name}.csv`" not in files] == []


def test_python_in_pages_names_what_is_there(root: Path) -> None:
    for page in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        text = page.read_text(encoding="utf-8")
        if "made" not in page.parts:
            called = set(re.findall(r"\btr\.([a-z_]+)\(", text))
            assert called <= set(tr.__all__), page


def test_dead_links_are_seen(tmp_path: Path, links: ModuleType) -> None:
    (tmp_path / "a.html").write_text(
        '<a id="top" href="b.html"></a><a href="#top"></a><a href="#gone"></a>'
        '<a href="https://example.org/"></a><script src="https://example.org/x.js"></script>'
    )
    assert links.dead(tmp_path) == [
        "a.html: #gone",
        "a.html: b.html",
        "a.html: https://example.org/x.js",
    ]
