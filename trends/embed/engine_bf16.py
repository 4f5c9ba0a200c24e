"""The same weights in bfloat16, which processors with instructions for it multiply twice as fast as single precision.

Every text is computed by itself, at its own length: nothing is padded, no mask is needed, and a vector does not depend on the texts that
are embedded beside it. Each thread takes one text at a time, whose numbers stay in the cache of its core. BERT models in a folder are
computed here; others by sentence-transformers with torch's automatic choice of what may be bfloat16, which gains less.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.core.threads import threads
from trends.embed import bert, loading, processor
from trends.embed.engines import Model
from trends.errors import UsageError

#: Word pieces of a text up to which its scores fit into the cache in single precision too; softmax gives the same either way.
SHORT = 160


class Bfloat16Engine:
    """Products in bfloat16; sums within them, the softmax and the mean over word pieces in single precision."""

    batch = 64
    alone = True

    def __init__(self, model: Model, device: str) -> None:
        del device  # the CPU, as there is no other
        if not processor.has_bfloat16():
            message = (
                "The engine 'bf16' needs a processor with instructions for bfloat16 (avx512_bf16, amx_bf16 or ARM's bf16), and this one "
                "reports none; take embed.engine='onnx' or 'torch'."
            )
            raise UsageError(message)
        self._model = model
        self.facts: dict[str, Any] = {
            "engine": "bf16",
            "precision": "bfloat16",
            "device": "cpu",
            "versions": loading.versions("numpy", "tokenizers", "torch"),
        }

    @property
    def space(self) -> dict[str, Any]:
        """See :class:`trends.embed.engines.Engine`."""
        return {**self.facts, **self._model.identity, "formula": 1 if self._known else "autocast"}

    @cached_property
    def _known(self) -> bool:
        return not bert.unlike(self._model.folder)

    @cached_property
    def _encoder(self) -> Any:
        return self._model.load("cpu")

    @cached_property
    def _read(self) -> bert.Bert:
        return bert.read(self._model.folder, self._model.name, "bf16")

    @cached_property
    def _forward(self) -> Callable[[list[int]], NDArray[np.float32]]:
        return forward(self._read)

    @property
    def dimensions(self) -> int:
        """Of a vector."""
        return self._read.size if self._known else loading.dimensions(self._encoder)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of one batch, one thread a text."""
        if not self._known:
            return self._by_library(texts)
        pieces = self._read.encode(list(texts))
        with loading.single_threads(), ThreadPoolExecutor(threads()) as pool:
            return np.stack(list(pool.map(self._forward, pieces)))

    def _by_library(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import torch

        with loading.quiet(), torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            made = [
                self._encoder.encode([text], convert_to_tensor=True, show_progress_bar=False)[0].float().numpy() for text in texts
            ]
        rows = np.stack(made)
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), dtype=np.float32)


def forward(model: bert.Bert) -> Callable[[list[int]], NDArray[np.float32]]:
    """A function from the word pieces of one text to its vector of length one, shape (dimensions,)."""
    import torch
    import torch.nn.functional as f

    def low(weight: NDArray[np.float32], bias: NDArray[np.float32]) -> tuple[Any, Any]:
        return torch.from_numpy(weight).to(torch.bfloat16), torch.from_numpy(bias).to(torch.bfloat16)

    shape, epsilon = (model.size,), model.epsilon
    words, positions = torch.from_numpy(model.words), torch.from_numpy(model.positions)
    scale, shift = (torch.from_numpy(a) for a in model.norm("embeddings"))
    layers = [
        (
            low(*model.query_key_value(i)),
            low(*model.linear(i, "attention.output.dense")),
            low(*model.norm(f"encoder.layer.{i}.attention.output")),
            low(*model.linear(i, "intermediate.dense")),
            low(*model.linear(i, "output.dense")),
            low(*model.norm(f"encoder.layer.{i}.output")),
        )
        for i in range(model.layers)
    ]

    def vector(pieces: list[int]) -> NDArray[np.float32]:
        with torch.inference_mode():
            n = len(pieces)
            x = f.layer_norm(words[torch.tensor(pieces)] + positions[:n], shape, scale, shift, epsilon).to(torch.bfloat16)
            for qkv, out, norm, wide, narrow, last in layers:
                query, key, value = f.linear(x, *qkv).view(n, 3, model.heads, -1).permute(1, 2, 0, 3)
                scores = torch.matmul(query, key.transpose(1, 2))
                weight = torch.softmax(scores.float(), -1).to(torch.bfloat16) if n <= SHORT else torch.softmax(scores, -1)
                heard = torch.matmul(weight, value).transpose(0, 1).reshape(n, model.size)
                x = f.layer_norm(f.linear(heard, *out) + x, shape, *norm, epsilon)
                x = f.layer_norm(f.linear(f.gelu(f.linear(x, *wide)), *narrow) + x, shape, *last, epsilon)
            mean = x.float().mean(0)
            return np.asarray((mean / mean.norm().clamp_min(1e-12)).numpy(), dtype=np.float32)

    return vector
