"""The user's own model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from trends.embed import minilm, sentence_transformer
from trends.errors import MissingError, TrendsError, UsageError


def test_a_model_must_be_named() -> None:
    with pytest.raises(UsageError, match="needs a model"):
        sentence_transformer.embed(["text"])


@pytest.mark.slow
def test_a_model_by_folder_gives_the_vectors_of_that_model() -> None:
    texts = ["Speech is transcribed.", "Proteins fold."]
    folder = str(minilm.model_folder())
    vectors, provenance = sentence_transformer.embed(texts, model=folder)
    assert np.array_equal(vectors, minilm.embed(texts)[0])
    assert provenance["model"] == folder
    assert len(provenance["sha256"]) == 64


@pytest.mark.slow
@pytest.mark.parametrize("what", ["name", "folder"])
def test_offline_a_missing_model_is_one_clear_sentence(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.constants

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    name = "nobody/no-such-model" if what == "name" else str(tmp_path)
    with pytest.raises(MissingError, match="could not be loaded") as caught:
        sentence_transformer.embed(["text"], model=name)
    assert "\n" not in str(caught.value)
    assert "give the path of a folder" in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["evil.Evil", "auto_map"])
def test_code_in_the_folder_of_a_model_is_never_run(kind: str, tmp_path: Path) -> None:
    folder, mark = tmp_path / "model", tmp_path / "was_run"
    folder.mkdir()
    code = f"open({str(mark)!r}, 'w').close()\nclass Evil:\n    load = from_pretrained = None\n"
    (folder / "evil.py").write_text(code)
    module = {"idx": 0, "name": "0", "path": "", "type": "evil.Evil"}
    if kind == "auto_map":
        module["type"] = "sentence_transformers.models.Transformer"
    (folder / "modules.json").write_text(json.dumps([module]))
    about = {
        "model_type": "evil",
        "auto_map": {"AutoConfig": "evil.Evil", "AutoModel": "evil.Evil"},
    }
    (folder / "config.json").write_text(json.dumps(about))
    (folder / "config_sentence_transformers.json").write_text("{}")
    with pytest.raises(TrendsError):
        sentence_transformer.embed(["a text"], model=str(folder))
    assert not mark.exists()
