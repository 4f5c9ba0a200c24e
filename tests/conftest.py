"""Fixtures that many tests share."""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings
from scripts import script

# No clock decides a test, so a slow machine fails none; in CI each run tries the same examples.
settings.register_profile(
    "tests",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("tests")
# Thread pools of BLAS and numba are kept small so that results and times do not depend on the
# machine's core count.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Vectors go to a store of their own, which processes that this one starts share with it.
if "TRENDS_CACHE" not in os.environ:
    os.environ["TRENDS_CACHE"] = tempfile.mkdtemp(prefix="trends-tests-")
    atexit.register(shutil.rmtree, os.environ["TRENDS_CACHE"], ignore_errors=True)

ROOT = Path(__file__).resolve().parents[1]
#: Given a name and a function that fills a folder: the folder of that name, filled.
Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """A folder of a name that a function fills, once for all processes that test side by side."""
    base = tmp_path_factory.getbasetemp()
    common = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "once"
    common.mkdir(exist_ok=True)

    def filled(name: str, fill: Callable[[Path], object]) -> Path:
        folder = common / name
        with FileLock(common / f"{name}.lock"):
            if not (folder / ".filled").exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                fill(folder)
                (folder / ".filled").touch()
        return folder

    return filled


@pytest.fixture(scope="session")
def executed(once: Once, root: Path) -> Callable[[str], Path]:
    """A folder with ``<name>.ipynb``, a notebook of the repository with its outputs."""

    def carried_out(name: str) -> Path:
        def fill(folder: Path) -> None:
            import nbformat

            source = root / "notebooks" / f"{name}.py"
            done = script("notebooks/_execute.py").execute(source, folder)
            nbformat.write(done, folder / f"{name}.ipynb")

        return once(f"notebook-{name}", fill)

    return carried_out


@pytest.fixture(scope="session")
def papers(once: Once, root: Path) -> Path:
    """A folder of results with what is kept of the run of README.md and of the tutorial."""
    run = "run papers.csv --text abstract --date published --period year --no-progress"

    def fill(folder: Path) -> None:
        (folder / "kept").mkdir()
        for call in ([str(root / "docs" / "make_papers.py")], ["-m", "trends", *run.split()]):
            subprocess.run([sys.executable, *call], cwd=folder, check=True)
        (folder / "papers-results" / ".cache").rename(folder / "kept" / ".cache")

    return once("papers", fill) / "kept"


@pytest.fixture(scope="session")
def not_installed() -> Callable[[str], NoReturn]:
    """Skips a test for want of a program.

    In CI, which installs every one (`make system`), fails it.
    """
    return pytest.fail if os.environ.get("CI") else pytest.skip


@pytest.fixture(scope="session")
def spark(not_installed: Callable[[str], NoReturn]) -> None:
    """Skips a test where Spark cannot run."""
    if importlib.util.find_spec("pyspark") is None:
        not_installed("Spark is not here: pip install 'topic-trends[spark]'")
    if shutil.which("java") is None:
        not_installed("Java is not here: apt-get install openjdk-17-jre-headless")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of development data beside the repository.

    Tests that need it are skipped visibly without it.
    """
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("development data (../shared) is not here")
    return folder
