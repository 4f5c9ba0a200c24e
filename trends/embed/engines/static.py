"""Fixed vectors of word pieces, averaged: a hundred times as fast, and another space."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import redirect_stderr
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.embed import cache_directory, loading
from trends.embed.engines.choice import STATIC, Model
from trends.extras import require

DIMENSIONS = 256


class StaticEngine:
    """A model2vec model [1]_, distilled once from the weights at hand and kept.

    References
    ----------
    .. [1] S. Tulkens, T. van Dongen (2024). Model2Vec: Fast state-of-the-art static embeddings.
           Zenodo 10.5281/zenodo.17270888.
    """

    batch = 2_048
    batch_invariant = True

    def __init__(self, model: Model, device: str) -> None:
        del device  # always the CPU
        with require("fast", "The engine 'static'"):
            import model2vec  # noqa: F401
        self._model = model
        self.facts: dict[str, Any] = {
            "engine": "static",
            "precision": "float16",
            "device": "cpu",
            "versions": loading.versions("model2vec", "numpy", "tokenizers", "transformers"),
            "space": "static",
            "warning": STATIC,
        }

    @property
    def space(self) -> dict[str, Any]:
        """See :class:`trends.embed.engines.choice.Engine`."""
        return {**self.facts, **self._model.identity, "dimensions": DIMENSIONS}

    def _distil(self, folder: Path) -> None:
        with require("fast", "The engine 'static'"):
            from model2vec.distill import distill_from_model

        encoder = self._model.load("cpu")
        network = getattr(encoder[0], "auto_model", None) or encoder[0].model
        dimensions = min(DIMENSIONS, loading.dimensions(encoder))
        # The progress bar of the library cannot be switched off.
        with loading.quiet(), redirect_stderr(io.StringIO()):
            distilled = distill_from_model(
                network, encoder.tokenizer, device="cpu", pca_dims=dimensions
            )
            distilled.save_pretrained(folder)
        (folder / "README.md").unlink(missing_ok=True)

    @cached_property
    def _static(self) -> Any:
        from model2vec import StaticModel

        name = f"static-{cache_directory.short_hash(self.space)}"
        root = cache_directory.cache_folder(self._model.store)
        with cache_directory.kept_folder(root, name, self._distil) as folder, loading.quiet():
            return StaticModel.from_pretrained(folder, force_download=False)

    @property
    def dimensions(self) -> int:
        """Of a vector."""
        return int(self._static.dim)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of one batch; a text without a known word piece lies on the first axis."""
        made = np.asarray(
            self._static.encode(list(texts), use_multiprocessing=False), dtype=np.float32
        )
        empty = ~made.any(axis=1)
        made[empty, 0] = 1.0
        return made / np.linalg.norm(made, axis=1, keepdims=True)
