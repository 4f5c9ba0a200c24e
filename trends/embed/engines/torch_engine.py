"""The reference: sentence-transformers on torch in single precision."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.embed import loading
from trends.embed.engines.choice import Model
from trends.errors import MissingError


class TorchEngine:
    """Vectors as ``SentenceTransformer.encode`` makes them."""

    batch = 32
    alone = False

    def __init__(self, model: Model, device: str) -> None:
        self._model = model
        self.facts: dict[str, Any] = {
            "engine": "torch",
            "precision": "float32",
            "device": _device(device),
            "versions": loading.versions(
                "numpy", "sentence-transformers", "tokenizers", "torch", "transformers"
            ),
        }

    @property
    def space(self) -> dict[str, Any]:
        """See :class:`trends.embed.engines.choice.Engine`."""
        return {**self.facts, **self._model.identity}

    @cached_property
    def _encoder(self) -> Any:
        return self._model.load(self.facts["device"])

    @property
    def dimensions(self) -> int:
        """Of a vector."""
        return loading.dimensions(self._encoder)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of one batch, padded to its longest text."""
        import torch

        encoder = self._encoder
        with loading.quiet(), torch.inference_mode():
            made = encoder.encode(
                list(texts),
                batch_size=self.batch,
                show_progress_bar=False,
                convert_to_numpy=True,
                normalize_embeddings=True,
            )
        return np.asarray(made, dtype=np.float32)


def _device(wanted: str) -> str:
    if wanted == "cpu":
        return "cpu"
    import torch

    there = bool(torch.cuda.is_available())
    if wanted == "cuda" and not there:
        message = "embed.device is 'cuda', but torch finds no CUDA device here; take 'auto' or 'cpu', or install torch with CUDA."
        raise MissingError(message)
    return "cuda" if there else "cpu"
