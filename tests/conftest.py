"""Fixtures that many tests share."""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

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
# Files beside this one that are no tests (small_runs.py) are imported by their name.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


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
