"""Fixtures that many tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Thread pools of BLAS and numba are kept small so that results and times do not depend on the machine's core count.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of development data beside the repository; tests that need it are skipped visibly without it."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("development data (../shared) is not here")
    return folder
