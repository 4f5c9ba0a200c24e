"""sentence-transformers on torch, in single precision (the reference) or in bfloat16."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.core.computing.threads import threads
from trends.embed import loading
from trends.embed.engines import processor
from trends.embed.engines.choice import Model
from trends.errors import MissingError, UsageError


class TorchEngine:
    """Vectors by ``SentenceTransformer.encode``.

    On the CPU every text is a batch of its own and each thread encodes other texts: nothing is
    padded, so a vector depends neither on the other texts nor on the number of threads.
    """

    batch = 32

    def __init__(self, model: Model, device: str, precision: str) -> None:
        self._model = model
        self.facts: dict[str, Any] = {
            "engine": "torch" if precision == "float32" else "bf16",
            "precision": precision,
            "device": device,
            "versions": loading.versions(
                "numpy", "sentence-transformers", "tokenizers", "torch", "transformers"
            ),
        }
        self.batch_invariant = device == "cpu"

    @property
    def space(self) -> dict[str, Any]:
        """See :class:`trends.embed.engines.choice.Engine`."""
        return {**self.facts, **self._model.identity}

    @cached_property
    def _encoder(self) -> Any:
        encoder = self._model.load(self.facts["device"])
        return encoder.bfloat16() if self.facts["precision"] == "bfloat16" else encoder

    @property
    def dimensions(self) -> int:
        """Of a vector."""
        return loading.dimensions(self._encoder)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of one batch."""
        encoder = self._encoder
        with loading.quiet():
            if not self.batch_invariant:
                return self._encode(list(texts), self.batch)
            n_parts = max(1, min(threads(), len(texts)))
            vectors = np.empty((len(texts), loading.dimensions(encoder)), dtype=np.float32)
            with loading.single_threads(), ThreadPoolExecutor(n_parts) as pool:
                parts = [list(texts[part::n_parts]) for part in range(n_parts)]
                for part, rows in enumerate(pool.map(lambda t: self._encode(t, 1), parts)):
                    vectors[part::n_parts] = rows
        return vectors

    def _encode(self, texts: list[str], batch_size: int) -> NDArray[np.float32]:
        made = self._encoder.encode(texts, batch_size=batch_size, show_progress_bar=False)
        rows = np.asarray(made, dtype=np.float32)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def open_float32(model: Model, device: str) -> TorchEngine:
    """The reference.

    Raises
    ------
    MissingError
        If the device is "cuda" and there is none.
    """
    if device == "cpu":
        return TorchEngine(model, "cpu", "float32")
    import torch

    has_cuda = bool(torch.cuda.is_available())
    if device == "cuda" and not has_cuda:
        message = (
            "embed.device is 'cuda', but torch finds no CUDA device here; take 'auto' or 'cpu', or "
            "install torch with CUDA."
        )
        raise MissingError(message)
    return TorchEngine(model, "cuda" if has_cuda else "cpu", "float32")


def open_bfloat16(model: Model, device: str) -> TorchEngine:
    """The same weights in bfloat16, on the CPU.

    Raises
    ------
    UsageError
        If the processor does not multiply bfloat16: emulated, it is slower than single precision.
    """
    del device
    if not processor.has_bfloat16():
        message = (
            "The engine 'bf16' needs a processor with instructions for bfloat16 (avx512_bf16, "
            "amx_bf16 or ARM's bf16), and this one reports none; take embed.engine='torch'."
        )
        raise UsageError(message)
    return TorchEngine(model, "cpu", "bfloat16")
