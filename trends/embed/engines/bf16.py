"""The same weights in bfloat16, which processors with instructions for it multiply twice as fast as single precision.

No text is padded to the length of another one: word pieces hear those of their own text, and all
else is done to the pieces of several texts in a row, cut into blocks of one size. A text is thus
multiplied in the same shapes whatever is beside it, and its vector has the same bytes. BERT models
in a folder are computed here; others by sentence-transformers, one text at a time with torch's
automatic choice of what may be bfloat16, which gains less.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.core.threads import threads
from trends.embed import loading
from trends.embed.engines import bert, processor
from trends.embed.engines.choice import Model
from trends.errors import UsageError

#: Word pieces in a block, whose numbers fit into the cache of a core.
BLOCK = 256
#: Softmax is faster over a multiple of so many scores; those of pieces that are not there are minus
#: infinity.
STEP = 32
#: Word pieces that a thread takes at once, about: little is lost in the last block, and memory is
#: bounded.
MOST = 8_192


class Bfloat16Engine:
    """Products in bfloat16; sums within them, the softmax and the mean over word pieces in single precision."""

    batch = 128
    alone = True

    def __init__(self, model: Model, device: str) -> None:
        del device  # the CPU, as there is no other
        if not processor.has_bfloat16():
            message = (
                "The engine 'bf16' needs a processor with instructions for bfloat16 (avx512_bf16, "
                "amx_bf16 or ARM's bf16), and this one "
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
        """See :class:`trends.embed.engines.choice.Engine`."""
        return {**self.facts, **self._model.identity, "formula": 2 if self._known else "autocast"}

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
    def _forward(self) -> Callable[[list[list[int]]], NDArray[np.float32]]:
        return forward(self._read)

    @property
    def dimensions(self) -> int:
        """Of a vector."""
        return self._read.size if self._known else loading.dimensions(self._encoder)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of one batch, in parts of like size, one thread a part."""
        if not self._known:
            return self._by_library(texts)
        import torch

        pieces, forward = self._read.encode(list(texts)), self._forward
        n_parts = min(len(pieces), threads() * -(-sum(map(len, pieces)) // (threads() * MOST)))
        vectors = np.empty((len(pieces), self.dimensions), dtype=np.float32)
        # Numbers below 1e-38 count as zero in these threads: softmax makes many of them, and
        # processors are slow with them.
        with (
            loading.single_threads(),
            ThreadPoolExecutor(
                threads(), initializer=torch.set_flush_denormal, initargs=(True,)
            ) as pool,
        ):
            for part, made in enumerate(
                pool.map(forward, (pieces[part::n_parts] for part in range(n_parts)))
            ):
                vectors[part::n_parts] = made
        return vectors

    def _by_library(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import torch

        with loading.quiet(), torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            made = [
                self._encoder.encode([text], convert_to_tensor=True, show_progress_bar=False)[0]
                .float()
                .numpy()
                for text in texts
            ]
        rows = np.stack(made)
        return np.asarray(
            rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), dtype=np.float32
        )


def forward(model: bert.Bert) -> Callable[[list[list[int]]], NDArray[np.float32]]:
    """A function from the word pieces of some texts to their vectors of length one, shape (texts, dimensions)."""
    import torch
    import torch.nn.functional as f

    shape, epsilon = (model.size,), model.epsilon
    words, positions = torch.from_numpy(model.words), torch.from_numpy(model.positions)
    scale, shift = (torch.from_numpy(a) for a in model.norm("embeddings"))
    layers = [
        (
            _linear(*model.query_key_value(i)),
            _linear(*model.linear(i, "attention.output.dense")),
            _low(*model.norm(f"encoder.layer.{i}.attention.output")),
            _linear(*model.linear(i, "intermediate.dense")),
            _linear(*model.linear(i, "output.dense")),
            _low(*model.norm(f"encoder.layer.{i}.output")),
        )
        for i in range(model.layers)
    ]

    def first(pieces: list[int]) -> Any:
        return f.layer_norm(
            words[torch.tensor(pieces)] + positions[: len(pieces)], shape, scale, shift, epsilon
        )

    def hear(x: Any) -> Any:
        n = len(x)
        split = x.new_zeros(3, model.heads, -(-n // STEP) * STEP, model.size // model.heads)
        split[:, :, :n] = x.view(n, 3, model.heads, -1).permute(1, 2, 0, 3)
        query, key, value = split
        scores = torch.bmm(query, key.transpose(1, 2))
        scores[:, :, n:] = -torch.inf
        return (
            torch.bmm(torch.softmax(scores, -1, out=scores), value)[:, :n]
            .transpose(0, 1)
            .reshape(n, model.size)
        )

    def mean(x: Any) -> Any:
        total = x.float().mean(0)
        return total / total.norm().clamp_min(1e-12)

    def vectors(pieces: list[list[int]]) -> NDArray[np.float32]:
        ends = np.cumsum([0, *map(len, pieces)]).tolist()
        texts = [slice(*pair) for pair in pairwise(ends)]
        blocks = [slice(start, start + BLOCK) for start in range(0, ends[-1], BLOCK)]
        with torch.inference_mode():
            x = torch.zeros(len(blocks) * BLOCK, model.size, dtype=torch.bfloat16)
            heard, asked = torch.zeros_like(x), x.new_empty(len(x), 3 * model.size)
            for text, numbers in zip(texts, pieces, strict=True):
                x[text] = first(numbers)
            for qkv, out, norm, wide, narrow, last in layers:
                for block in blocks:
                    asked[block] = qkv(x[block])
                for text in texts:
                    heard[text] = hear(asked[text])
                for block in blocks:
                    y = f.layer_norm(out(heard[block]) + x[block], shape, *norm, epsilon)
                    x[block] = f.layer_norm(narrow(f.gelu(wide(y))) + y, shape, *last, epsilon)
            return np.asarray(
                torch.stack([mean(x[text]) for text in texts]).numpy(), dtype=np.float32
            )

    return vectors


def _low(one: NDArray[np.float32], two: NDArray[np.float32]) -> tuple[Any, Any]:
    import torch

    return torch.from_numpy(one).to(torch.bfloat16), torch.from_numpy(two).to(torch.bfloat16)


def _linear(weight: NDArray[np.float32], bias: NDArray[np.float32]) -> Callable[[Any], Any]:
    """A linear map of one block, its weight in the order in which oneDNN reads it, where torch can do that; the numbers are the same."""
    import torch

    w, b = _low(weight, bias)
    try:
        ordered = torch.ops.mkldnn._reorder_linear_weight(w, BLOCK)
        product = torch.ops.mkldnn._linear_pointwise
        product(w.new_zeros(BLOCK, w.shape[1]), ordered, b, "none", [], "")
    except (AttributeError, RuntimeError):  # not in this torch, or not for this processor
        return lambda x: torch.nn.functional.linear(x, w, b)
    return lambda x: product(x, ordered, b, "none", [], "")
