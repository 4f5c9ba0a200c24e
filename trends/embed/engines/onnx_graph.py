"""Write a BERT sentence encoder as an ONNX graph, operation by operation: the same bytes every time, and no tracing of Python code."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from trends.embed.engines.bert import Bert

#: Operations of ONNX, and those of onnxruntime that do several steps at once on the CPU (its
#: "contrib" operators).
OPSET, CONTRIB = 17, "com.microsoft"
#: Raised when the graph is written in another way, as files made before are then another graph.
FORMAT = 1


def write(model: Bert, path: Path) -> None:
    """Write the graph: input ``pieces`` (int64, any length), output ``mean`` (float32, shape (1, dimensions)), not yet of length one.

    Parameters
    ----------
    model : Bert
        Its weights are in the file.
    path : Path
        ``.onnx``; under the 2 GB that a single file may have.
    """
    import onnx
    from onnx import TensorProto, helper

    graph = _Graph()
    size, norm = model.size, _Settings(epsilon=model.epsilon)
    words = graph.node("Gather", graph.keep("words", model.words), "pieces")
    length = graph.node("Shape", "pieces")
    begin, axis = graph.whole("begin", [0]), graph.whole("axis", [0])
    places = graph.node("Slice", graph.keep("positions", model.positions), begin, length, axis)
    summed = graph.node("Unsqueeze", graph.node("Add", words, places), axis)
    x = graph.node(
        "LayerNormalization",
        summed,
        *graph.pair("first", *model.norm("embeddings")),
        axis=-1,
        **norm,
    )
    for i in range(model.layers):
        weight, bias = model.query_key_value(i)
        qkv = graph.pair(f"{i}.qkv", np.ascontiguousarray(weight.T), bias)
        # The queries are scaled already.
        heard = graph.node("Attention", x, *qkv, domain=CONTRIB, num_heads=model.heads, scale=1.0)
        x = graph.added(
            x,
            heard,
            model.linear(i, "attention.output.dense"),
            model.norm(f"encoder.layer.{i}.attention.output"),
            norm,
        )
        weight, bias = model.linear(i, "intermediate.dense")
        wide = graph.node("MatMul", x, graph.keep(f"{i}.wide", np.ascontiguousarray(weight.T)))
        active = graph.node("BiasGelu", wide, graph.keep(f"{i}.wide.bias", bias), domain=CONTRIB)
        x = graph.added(
            x,
            active,
            model.linear(i, "output.dense"),
            model.norm(f"encoder.layer.{i}.output"),
            norm,
        )
    graph.node("ReduceMean", x, output="mean", axes=[1], keepdims=0)
    made = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "sentence-encoder",
            [helper.make_tensor_value_info("pieces", TensorProto.INT64, ["length"])],
            [helper.make_tensor_value_info("mean", TensorProto.FLOAT, [1, size])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)],
        ir_version=8,
        producer_name="trends",
    )
    onnx.save_model(made, str(path))


class _Settings(TypedDict):
    epsilon: float


class _Graph:
    """Nodes and constants in the order in which they were asked for."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def keep(self, name: str, array: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def whole(self, name: str, values: list[int]) -> str:
        return self.keep(name, np.array(values, dtype=np.int64))

    def pair(
        self, name: str, weight: NDArray[np.float32], bias: NDArray[np.float32]
    ) -> tuple[str, str]:
        return self.keep(name, weight), self.keep(f"{name}.bias", bias)

    def node(
        self, kind: str, *inputs: str, output: str = "", domain: str = "", **settings: Any
    ) -> str:
        from onnx import helper

        name = output or f"n{len(self.nodes)}"
        self.nodes.append(
            helper.make_node(
                kind,
                list(inputs),
                [name],
                name=f"{kind}-{len(self.nodes)}",
                domain=domain,
                **settings,
            )
        )
        return name

    def added(
        self, x: str, y: str, linear: tuple[Any, Any], norm: tuple[Any, Any], settings: _Settings
    ) -> str:
        """What a linear map makes of ``y``, added to ``x``, and the layer norm of the sum."""
        at = f"{len(self.nodes)}.added"
        narrow = self.node("MatMul", y, self.keep(at, np.ascontiguousarray(linear[0].T)))
        constants = (*self.pair(f"{at}.norm", *norm), self.keep(f"{at}.bias", linear[1]))
        return self.node(
            "SkipLayerNormalization", x, narrow, *constants, domain=CONTRIB, **settings
        )
