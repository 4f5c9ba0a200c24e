"""What every engine owes: vectors of length one in the order of the texts, near those of the reference, each from its text alone."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trends.embed import minilm, sentence_transformer
from trends.embed.engines import bf16 as engine_bf16
from trends.embed.engines import onnx_engine as engine_onnx
from trends.embed.engines import processor
from trends.embed.engines import static as engine_static
from trends.embed.engines.choice import ENGINES, FEW, STATIC, Engine, Model, open_engine, resolve
from trends.errors import MissingError, UsageError
from trends.files import sha256

pytestmark = pytest.mark.slow

EXACT = ("torch", "onnx", "bf16")
#: Those in which a vector depends on its text and nothing else.
SINGLE = ("onnx", "bf16", "static")
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


def usable(engine: str) -> str:
    if engine == "bf16" and not processor.has_bfloat16():
        pytest.skip("this processor has no bfloat16")
    return engine


def vectors(
    encoder: Path, texts: list[str], engine: str, store: Path
) -> tuple[np.ndarray, dict[str, Any]]:
    """Through the store's folder for graphs and distilled models, but never with vectors from it."""
    if (store / "vectors-1.sqlite").exists():
        for path in store.glob("vectors-*"):
            path.unlink()
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
    found, provenance = vectors(encoder, TEXTS, usable(engine), kept)
    assert found.shape == (len(TEXTS), 32)
    assert found.dtype == np.float32
    assert np.linalg.norm(found, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert np.array_equal(found[2], found[5])
    assert provenance["engine"] == engine
    assert provenance["device"] == "cpu"
    assert {"precision", "versions", "sha256", "store"} <= set(provenance)
    json.dumps(provenance)
    again, _ = vectors(encoder, TEXTS, engine, kept)
    assert again.tobytes() == found.tobytes()
    turned, _ = vectors(encoder, TEXTS[::-1], engine, kept)
    assert turned[::-1].tobytes() == found.tobytes()
    assert vectors(encoder, [], engine, kept)[0].shape == (0, 32)
    assert ("warning" in provenance) == (engine == "static")
    shown = capfd.readouterr()
    assert shown.out == shown.err == ""


@pytest.mark.parametrize("engine", SINGLE)
def test_a_vector_depends_on_its_text_alone(encoder: Path, kept: Path, engine: str) -> None:
    together, _ = vectors(encoder, TEXTS, usable(engine), kept)
    for i, text in enumerate(TEXTS):
        alone, _ = vectors(encoder, [text], engine, kept)
        assert alone[0].tobytes() == together[i].tobytes(), text[:20]


@pytest.mark.parametrize("engine", EXACT[1:])
def test_exact_engines_agree_with_the_reference(kept: Path, engine: str) -> None:
    texts = [
        "Neural machine translation with attention.",
        "",
        "We study how proteins fold, and which shapes they take in water. " * 12,
        "Topic models of abstracts",
        "word " * 600,
    ]
    reference, _ = minilm.embed(texts)
    found, _ = minilm.embed(texts, engine=usable(engine), store=str(kept))
    assert (found * reference).sum(1).min() >= (0.999 if engine == "bf16" else 0.999999)


def test_static_is_labelled_and_near_in_meaning_only(encoder: Path, kept: Path) -> None:
    _, provenance = vectors(encoder, TEXTS, "static", kept)
    assert provenance["space"] == "static"
    assert provenance["warning"] == STATIC
    swapped, _ = vectors(encoder, ["stars far rivers", "rivers far stars"], "static", kept)
    assert swapped[0] @ swapped[1] == pytest.approx(
        1.0, abs=1e-6
    )  # the order of words does not count


@pytest.mark.parametrize("engine", ["onnx", "static"])
def test_what_was_made_once_is_kept_and_believed_only_if_whole(
    encoder: Path, tmp_path: Path, engine: str
) -> None:
    first, _ = vectors(encoder, TEXTS, engine, tmp_path)
    folder = next(tmp_path.glob(f"{engine}-*"))
    largest = max((p for p in folder.rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)
    before = {p.name: (sha256(p), p.stat().st_mtime_ns) for p in folder.iterdir()}
    vectors(encoder, TEXTS, engine, tmp_path)
    assert {p.name: (sha256(p), p.stat().st_mtime_ns) for p in folder.iterdir()} == before
    content = bytearray(largest.read_bytes())
    content[len(content) // 2] ^= 64
    largest.write_bytes(content)
    again, _ = vectors(encoder, TEXTS, engine, tmp_path)
    assert again.tobytes() == first.tobytes()
    assert {p.name: sha256(p) for p in folder.iterdir()} == {
        name: digest for name, (digest, _) in before.items()
    }
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_onnxruntime_is_told_to_send_nothing(encoder: Path, kept: Path) -> None:
    vectors(encoder, ["stars"], "onnx", kept)
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"


def other_kind(encoder: Path, folder: Path, change: str) -> Path:
    shutil.copytree(encoder, folder)
    path = folder / ("1_Pooling/config.json" if change == "pooling" else "config.json")
    settings = json.loads(path.read_text())
    settings |= (
        {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
        if change == "pooling"
        else {"hidden_act": "relu"}
    )
    path.write_text(json.dumps(settings))
    return folder


@pytest.mark.parametrize("engine", ["onnx", "static"])
@pytest.mark.parametrize(
    ("change", "why"),
    [("pooling", "pooling is pooling_mode_cls_token"), ("act", "hidden_act is 'relu'")],
)
def test_models_of_another_kind_are_refused(
    encoder: Path, tmp_path: Path, engine: str, change: str, why: str
) -> None:
    folder = other_kind(encoder, tmp_path / "model", change)
    with pytest.raises(UsageError, match=why):
        sentence_transformer.embed(["stars"], model=str(folder), engine=engine)


def test_bfloat16_takes_every_model(encoder: Path, tmp_path: Path) -> None:
    folder = other_kind(encoder, tmp_path / "model", "pooling")
    reference, _ = sentence_transformer.embed(TEXTS, model=str(folder))
    found, _ = sentence_transformer.embed(TEXTS, model=str(folder), engine=usable("bf16"))
    assert (found * reference).sum(1).min() >= 0.999
    alone, _ = sentence_transformer.embed(TEXTS[:1], model=str(folder), engine="bf16")
    assert alone[0].tobytes() == found[0].tobytes()


def bfloat16_of_minilm() -> Engine:
    usable("bf16")
    return open_engine(
        "bf16", Model("m", minilm.model_folder(), minilm.SHA256, lambda _: None), "cpu"
    )


#: From four to 256 word pieces, in an order that puts long beside short.
LENGTHS = [
    ("proteins fold, and a net learns the shapes they take in water " * 21)[: 17 + 97 * i % 1_201]
    for i in range(28)
]


def test_bfloat16_gives_the_same_bytes_in_any_company_and_with_any_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = bfloat16_of_minilm()
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    found = engine.encode(LENGTHS)
    assert engine.encode(LENGTHS[::-1])[::-1].tobytes() == found.tobytes()
    for i in (0, 5, 11):
        assert engine.encode(LENGTHS[i : i + 1])[0].tobytes() == found[i].tobytes()
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert engine.encode(LENGTHS).tobytes() == found.tobytes()
    monkeypatch.setattr(engine_bf16, "MOST", 300)  # many small parts
    assert engine.encode(LENGTHS).tobytes() == found.tobytes()


def test_bfloat16_needs_no_operation_that_a_torch_may_lack(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    found = bfloat16_of_minilm().encode(LENGTHS[:8])
    monkeypatch.setattr(torch.ops.mkldnn, "_linear_pointwise", no_kernel)
    plain = bfloat16_of_minilm().encode(LENGTHS[:8])
    assert (found * plain).sum(1).min() >= 0.9999


def no_kernel(*_: Any) -> Any:
    message = "Could not run this operation"
    raise NotImplementedError(message)


def test_bfloat16_leaves_small_numbers_and_threads_of_others_as_they_were() -> None:
    import torch

    before = torch.get_num_threads()
    bfloat16_of_minilm().encode(LENGTHS[:2])
    assert torch.get_num_threads() == before
    assert (torch.full((64,), 1e-30) * 1e-10).min() > 0


def test_names_and_devices() -> None:
    model = Model("m", None, "0", lambda _: None)
    with pytest.raises(UsageError, match="Did you mean 'torch'"):
        open_engine("toch", model)
    with pytest.raises(UsageError, match="no device 'tpu'"):
        open_engine("torch", model, "tpu")
    with pytest.raises(UsageError, match="runs on the CPU only"):
        open_engine("onnx", model, "cuda")
    with pytest.raises(UsageError, match="known by its name only"):
        open_engine("onnx", model).encode(["stars"])
    import torch

    if not torch.cuda.is_available():
        with pytest.raises(MissingError, match="no CUDA device"):
            open_engine("torch", model, "cuda")
        assert open_engine("torch", model, "auto").facts["device"] == "cpu"


def test_auto_is_an_exact_engine_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert resolve("auto", FEW) == "torch"
    assert resolve("auto", FEW + 1, "cpu") == ("bf16" if processor.has_bfloat16() else "onnx")
    assert resolve("auto", FEW + 1, "cuda") == "torch"
    monkeypatch.setattr(processor, "instructions", lambda: ("avx2", "fma"))
    assert resolve("auto", FEW + 1, "cpu") == "onnx"


def test_a_processor_without_bfloat16_is_told_which_engine_to_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(processor, "instructions", lambda: ("avx2", "fma"))
    with pytest.raises(
        UsageError, match=r"needs a processor .* take embed\.engine='onnx' or 'torch'"
    ):
        minilm.embed(["stars"], engine="bf16")


@pytest.mark.parametrize(("module", "engine"), [(engine_onnx, "onnx"), (engine_static, "static")])
def test_a_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch, module: Any, engine: str
) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    with pytest.raises(MissingError, match=r"pip install topic-trends\[fast\]"):
        minilm.embed(["stars"], engine=engine)
