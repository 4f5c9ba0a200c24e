"""UMAP and HDBSCAN on the CPU or on CUDA: which is chosen, what is said, what is recorded."""

from __future__ import annotations

from dataclasses import asdict
from types import SimpleNamespace

import numpy as np
import pytest

from trends.errors import MissingError
from trends.models import BACKENDS, device
from trends.models.backends.bertopic import BertopicSettings
from trends.models.umap.reduction import reduce

NO_CUDA = device.missing()
needs_cuda = pytest.mark.skipif(bool(NO_CUDA), reason=f"CUDA with cuML: {NO_CUDA}")


def machine(monkeypatch, *, card, cuml, answers):
    """A machine with or without a card, cuML, and a driver that answers."""
    monkeypatch.setattr(device, "which", lambda _: "/usr/bin/nvidia-smi" if card else None)
    monkeypatch.setattr(device, "find_spec", lambda _: object() if cuml else None)
    cupy = SimpleNamespace(cuda=SimpleNamespace(is_available=lambda: answers))
    monkeypatch.setattr(device, "load", lambda _: cupy)


@pytest.mark.parametrize(
    ("has", "said"),
    [
        ({"card": False, "cuml": True, "answers": True}, "no CUDA device"),
        ({"card": True, "cuml": False, "answers": True}, "cuML is not installed"),
        ({"card": True, "cuml": True, "answers": False}, "CUDA finds no device"),
    ],
)
def test_without_all_that_cuda_needs_auto_is_the_cpu_and_cuda_is_refused(monkeypatch, has, said):
    machine(monkeypatch, **has)
    assert device.choose("auto") == device.choose("cpu") == "cpu"
    with pytest.raises(MissingError, match=f"device is 'cuda', but .*{said}.*'auto' or 'cpu'"):
        BACKENDS.load("bertopic").read_settings({"device": "cuda"})


def test_with_all_that_cuda_needs_auto_is_cuda(monkeypatch):
    machine(monkeypatch, card=True, cuml=True, answers=True)
    assert [device.choose(d) for d in device.DEVICES] == ["cuda", "cpu", "cuda"]
    # Settings are part of the key of a fit: they name the device, not "auto".
    there = asdict(BertopicSettings())
    machine(monkeypatch, card=False, cuml=False, answers=False)
    here = asdict(BertopicSettings())
    assert (there.pop("device"), here.pop("device")) == ("cuda", "cpu") and there == here


@pytest.mark.slow
def test_a_fit_says_where_it_was_computed(corpus):
    fit = BACKENDS.load("bertopic")(
        corpus.counts,
        n_topics=5,
        seed=3,
        embeddings=corpus.vectors,
        settings={"device": "cpu", "clusters": "library"},
    )
    assert fit.provenance["settings"]["device"] == "cpu"
    assert "cuml" not in fit.provenance["chosen"]


def test_what_was_laid_out_on_cuda_is_not_kept_for_the_cpu(corpus, monkeypatch):
    monkeypatch.setattr("trends.models.umap.reduction.version", lambda: "26.10")
    monkeypatch.setattr(
        "trends.models.umap.reduction.umap", lambda vectors, k, d, seed: vectors[:, :d]
    )
    asked = []

    def share(name, inputs, make):
        asked.append((name, str(sorted(inputs.items()))))
        return make()

    unit = corpus.vectors / np.linalg.norm(corpus.vectors, axis=1, keepdims=True)
    for where in ("cuda", "cpu"):
        reduce(unit, 5, 2, 1, share=share, init="spectral", device=where)
    layouts = [inputs for name, inputs in asked if name == "layout"]
    assert len(set(layouts)) == 2


@needs_cuda
@pytest.mark.parametrize("clusters", ["search", "library"])
def test_planted_topics_are_found_on_cuda(corpus, agreement, clusters):
    fit = BACKENDS.load("bertopic")(
        corpus.counts,
        n_topics=5,
        seed=3,
        embeddings=corpus.vectors,
        settings={"device": "cuda", "clusters": clusters},
    )
    assert fit.provenance["settings"]["device"] == "cuda" and fit.provenance["chosen"]["cuml"]
    assert agreement(fit.hard, corpus.labels) > 0.8
