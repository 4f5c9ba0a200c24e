"""What every engine promises: unit vectors in the order of the texts, each from its text alone."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trends.embed import minilm, sentence_transformer
from trends.embed.engines import processor
from trends.embed.engines.choice import ENGINES, FEW, STATIC, Model, open_engine, resolve
from trends.embed.vector_store import NAME
from trends.errors import MissingError, UsageError
from trends.files import sha256

pytestmark = pytest.mark.slow

TEXTS = [
    "A net learns to hear spoken words.",
    "",
    "proteins fold in space " * 30,
    "stars",
    "Deep text: a MODEL of data, and trees!",
    "proteins fold in space " * 30,
    "\x00 \u200b ÿ 数据 🙂",
    "a b c d e f g",
    "\ud800 half a pair",
]


@pytest.fixture(autouse=True)
def bfloat16_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A processor without instructions for bfloat16 emulates them: slower, and as near."""
    monkeypatch.setattr(processor, "has_bfloat16", lambda: True)


def vectors(
    encoder: Path, texts: list[str], engine: str, store: Path
) -> tuple[np.ndarray, dict[str, Any]]:
    """With the distilled models of the store's folder, but never with vectors from it."""
    (store / NAME).unlink(missing_ok=True)
    return sentence_transformer.embed(
        texts, model=str(encoder), engine=engine, device="cpu", store=str(store)
    )


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.mark.parametrize("engine", list(ENGINES))
def test_contract(
    encoder: Path, kept: Path, engine: str, capfd: pytest.CaptureFixture[str]
) -> None:
    found, provenance = vectors(encoder, TEXTS, engine, kept)
    assert found.shape[0] == len(TEXTS)
    assert found.dtype == np.float32
    assert np.linalg.norm(found, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert np.array_equal(found[2], found[5])
    assert provenance["engine"] == engine
    assert provenance["device"] == "cpu"
    assert {"precision", "versions", "sha256", "store"} <= set(provenance)
    again, _ = vectors(encoder, TEXTS, engine, kept)
    assert again.tobytes() == found.tobytes()
    reversed_, _ = vectors(encoder, TEXTS[::-1], engine, kept)
    assert reversed_[::-1].tobytes() == found.tobytes()
    assert vectors(encoder, [], engine, kept)[0].shape == (0, found.shape[1])
    assert ("warning" in provenance) == (engine == "static")
    shown = capfd.readouterr()
    assert shown.out == shown.err == ""


@pytest.mark.parametrize("engine", list(ENGINES))
def test_a_vector_depends_on_its_text_alone(
    encoder: Path, kept: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    together, _ = vectors(encoder, TEXTS, engine, kept)
    for i, text in enumerate(TEXTS):
        alone, _ = vectors(encoder, [text], engine, kept)
        assert alone[0].tobytes() == together[i].tobytes(), text[:20]
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    threaded, _ = vectors(encoder, TEXTS, engine, kept)
    assert threaded.tobytes() == together.tobytes()


def test_vectors_are_those_of_the_library() -> None:
    from sentence_transformers import SentenceTransformer

    texts = [
        "Neural machine translation with attention.",
        "",
        "We study how proteins fold, and which shapes they take in water. " * 12,
        "Topic models of abstracts",
        "word " * 600,
    ]
    library = SentenceTransformer(str(minilm.model_folder()), device="cpu").encode(
        texts, normalize_embeddings=True
    )
    assert (minilm.embed(texts)[0] * library).sum(1).min() >= 0.999999
    assert (minilm.embed(texts, engine="bf16")[0] * library).sum(1).min() >= 0.999


def test_static_is_labelled_and_near_in_meaning_only(encoder: Path, kept: Path) -> None:
    _, provenance = vectors(encoder, TEXTS, "static", kept)
    assert provenance["space"] == "static"
    assert provenance["warning"] == STATIC
    swapped, _ = vectors(encoder, ["stars far rivers", "rivers far stars"], "static", kept)
    # The order of words does not count.
    assert swapped[0] @ swapped[1] == pytest.approx(1.0, abs=1e-6)


def test_a_distilled_model_is_made_once_and_again_if_damaged(encoder: Path, tmp_path: Path) -> None:
    first, _ = vectors(encoder, TEXTS, "static", tmp_path)
    folder = next(tmp_path.glob("static-*"))
    largest = max((p for p in folder.rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)
    before = {p.name: (sha256(p), p.stat().st_mtime_ns) for p in folder.iterdir()}
    vectors(encoder, TEXTS, "static", tmp_path)
    assert {p.name: (sha256(p), p.stat().st_mtime_ns) for p in folder.iterdir()} == before
    content = bytearray(largest.read_bytes())
    content[len(content) // 2] ^= 64
    largest.write_bytes(content)
    again, _ = vectors(encoder, TEXTS, "static", tmp_path)
    assert again.tobytes() == first.tobytes()
    assert {p.name: sha256(p) for p in folder.iterdir()} == {
        name: digest for name, (digest, _) in before.items()
    }
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_names_and_devices() -> None:
    model = Model("m", None, "0", lambda _: None)
    with pytest.raises(UsageError, match="Did you mean 'torch'"):
        open_engine("toch", model)
    with pytest.raises(UsageError, match="no device 'tpu'"):
        open_engine("torch", model, "tpu")
    with pytest.raises(UsageError, match="runs on the CPU only"):
        open_engine("bf16", model, "cuda")
    import torch

    if not torch.cuda.is_available():
        with pytest.raises(MissingError, match="no CUDA device"):
            open_engine("torch", model, "cuda")
        assert open_engine("torch", model, "auto").facts["device"] == "cpu"


def test_auto_is_the_fastest_engine_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert resolve("auto", FEW) == "torch"
    assert resolve("auto", FEW + 1, "cpu") == "bf16"
    assert resolve("auto", FEW + 1, "cuda") == "torch"
    monkeypatch.setattr(processor, "has_bfloat16", lambda: False)
    assert resolve("auto", FEW + 1, "cpu") == "torch"


def test_the_processor_says_whether_it_multiplies_bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for instructions, expected in ((("avx2", "fma"), False), (("avx512_bf16",), True)):
        monkeypatch.setattr(processor, "instructions", lambda found=instructions: found)
        assert processor.has_bfloat16() is expected


def test_without_bfloat16_the_error_names_another_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor, "has_bfloat16", lambda: False)
    with pytest.raises(UsageError, match=r"needs a processor .* take embed\.engine='torch'"):
        minilm.embed(["stars"], engine="bf16")


def test_a_missing_package_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    assert importlib.util.find_spec("model2vec") is not None
    for name in [m for m in sys.modules if m.partition(".")[0] == "model2vec"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "model2vec", None)
    with pytest.raises(MissingError, match=r"topic-trends\[fast\]"):
        minilm.embed(["stars"], engine="static")
