"""What every embedder owes; run on each by name, also on one that a reader of CONTRIBUTING adds."""

from __future__ import annotations

from typing import Any

import numpy as np

from trends.embed import EMBEDDERS

TEXTS = ["stars are far", "", "a net learns", "stars are far", "\x00 数据", "\ud800 half a pair"]


def check_embedder(name: str, **options: Any) -> None:
    """Every promise of :mod:`trends.embed`, for an embedder with these options."""
    embed = EMBEDDERS.load(name)
    calls: list[tuple[int, int]] = []
    how = {"model": None, "engine": "torch", "device": "cpu", "store": "none", **options}
    vectors, provenance = embed(TEXTS, progress=lambda *done: calls.append(done), **how)
    assert vectors.shape == (len(TEXTS), provenance["dimensions"])
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    assert {"embedder", "model", "sha256", "dimensions", "versions"} <= set(provenance)
    assert provenance["embedder"] == name
    assert calls[-1] == (len(TEXTS), len(TEXTS))
    again, facts = embed(TEXTS, **how)
    assert again.tobytes() == vectors.tobytes() and facts == provenance
    if name != "precomputed":  # its rows are those of the file, whatever the texts
        assert vectors[0].tobytes() == vectors[3].tobytes()
        alone, _ = embed(TEXTS[2:3], **how)
        assert alone[0].tobytes() == vectors[2].tobytes()
        assert embed([], **how)[0].shape == (0, provenance["dimensions"])
