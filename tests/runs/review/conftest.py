"""One finished run with its plan, multiverse, placebo and features, made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from scripts import scripts


@pytest.fixture(scope="session")
def verify_scripts() -> Iterator[ModuleType]:
    """The script of ``experiments/verify``: what makes the case, and what alters it."""
    with scripts("experiments/verify", "run") as there:
        yield there.run


@pytest.fixture(scope="session")
def case(verify_scripts: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with ``run``, ``features``, ``plan.json`` and ``config.toml``."""
    folder = tmp_path_factory.mktemp("claims") / "case"
    verify_scripts.make(folder)
    return folder
