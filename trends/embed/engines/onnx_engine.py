"""The same weights in single precision through onnxruntime, from a graph that is written once and kept."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.core.threads import threads
from trends.embed import cache_directory as place
from trends.embed import loading
from trends.embed.engines import bert, onnx_graph
from trends.embed.engines.choice import Model
from trends.errors import MissingError


class OnnxEngine:
    """One text at a time at its own length, one thread a text: no padding, and no vector depends on its neighbours."""

    batch = 64
    alone = True

    def __init__(self, model: Model, device: str) -> None:
        del device  # the CPU, as there is no other
        absent = [name for name in ("onnx", "onnxruntime") if find_spec(name) is None]
        if absent:
            message = (
                f"The engine 'onnx' needs the package {absent[0]!r}, which is not installed; "
                "install it with: "
                "pip install topic-trends[fast], or take embed.engine='torch'."
            )
            raise MissingError(message)
        self._model = model
        self.facts: dict[str, Any] = {
            "engine": "onnx",
            "precision": "float32",
            "device": "cpu",
            "versions": loading.versions("numpy", "onnx", "onnxruntime", "tokenizers"),
        }

    @property
    def space(self) -> dict[str, Any]:
        """See :class:`trends.embed.engines.choice.Engine`."""
        return {**self.facts, **self._model.identity, "formula": onnx_graph.FORMAT}

    @cached_property
    def _read(self) -> bert.Bert:
        return bert.read(self._model.folder, self._model.name, "onnx")

    @cached_property
    def _session(self) -> Any:
        name = f"onnx-{place.short_hash(self.space)}"
        folder = place.kept(
            place.folder(self._model.store),
            name,
            lambda at: onnx_graph.write(self._read, at / "model.onnx"),
        )
        return session(folder / "model.onnx")

    @property
    def dimensions(self) -> int:
        """Of a vector."""
        return self._read.size

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of one batch, one thread a text."""
        run = self._session.run

        def mean(pieces: list[int]) -> NDArray[np.float32]:
            return run(["mean"], {"pieces": np.array(pieces, dtype=np.int64)})[0][0]

        with ThreadPoolExecutor(threads()) as pool:
            means = np.stack(list(pool.map(mean, self._read.encode(list(texts)))))
        return means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)


def session(path: Path) -> Any:
    """Open a graph for a single thread, silently; onnxruntime is told beforehand to send nothing home."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
