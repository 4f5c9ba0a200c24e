"""Fixed vectors of word pieces, averaged: a hundred times as fast as the encoder that they were distilled from, and another space."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.embed import cache_directory as place
from trends.embed import loading
from trends.embed.engines import bert, distil
from trends.embed.engines.choice import STATIC, Model
from trends.errors import MissingError


class StaticEngine:
    """A model2vec model [1]_, distilled once from the weights at hand and kept.

    References
    ----------
    .. [1] S. Tulkens, T. van Dongen (2024). Model2Vec: Fast state-of-the-art static embeddings.
           Zenodo 10.5281/zenodo.17270888.
    """

    batch = 2_048
    alone = True

    def __init__(self, model: Model, device: str) -> None:
        del device  # the CPU, as there is no other
        if find_spec("model2vec") is None:
            message = (
                "The engine 'static' needs the package 'model2vec', which is not installed; "
                "install it with: "
                "pip install topic-trends[fast], or take another embed.engine."
            )
            raise MissingError(message)
        self._model = model
        self.facts: dict[str, Any] = {
            "engine": "static",
            "precision": "float16",
            "device": "cpu",
            "versions": loading.versions("model2vec", "numpy", "tokenizers"),
            "space": "static",
            "warning": STATIC,
        }

    @property
    def space(self) -> dict[str, Any]:
        """See :class:`trends.embed.engines.choice.Engine`."""
        return {
            **self.facts,
            **self._model.identity,
            "formula": distil.FORMAT,
            "dimensions": distil.DIMENSIONS,
        }

    def _distil(self, folder: Path) -> None:
        model = bert.read(self._model.folder, self._model.name, "static")
        distil.write(model, self._model.load("cpu"), folder)

    @cached_property
    def _static(self) -> Any:
        from model2vec import StaticModel

        name = f"static-{place.short_hash(self.space)}"
        folder = place.kept(place.folder(self._model.store), name, self._distil)
        with loading.quiet():
            return StaticModel.from_pretrained(folder, force_download=False)

    @property
    def dimensions(self) -> int:
        """Of a vector."""
        return int(self._static.dim)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of one batch; a text without a known word piece stands on the first axis."""
        made = np.asarray(
            self._static.encode(list(texts), use_multiprocessing=False), dtype=np.float32
        )
        empty = ~made.any(axis=1)
        made[empty, 0] = 1.0
        return made / np.linalg.norm(made, axis=1, keepdims=True)
