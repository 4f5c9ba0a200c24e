"""One finished run with its plan, multiverse, placebo and features, made once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def verify_scripts(root: Path) -> Iterator[ModuleType]:
    """The scripts of ``experiments/verify``: what makes the case, and what alters it."""
    folder = str(root / "experiments" / "verify")
    sys.path.insert(0, folder)
    import run

    yield run
    sys.path.remove(folder)
    for name in ("case", "mutations", "run"):
        sys.modules.pop(name, None)


@pytest.fixture(scope="session")
def case(verify_scripts: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with ``run``, ``features``, ``plan.json`` and ``config.toml``."""
    folder = tmp_path_factory.mktemp("claims") / "case"
    verify_scripts.make(folder)
    return folder
