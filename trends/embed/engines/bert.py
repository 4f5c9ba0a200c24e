"""The parts of a BERT sentence encoder, read from its folder without any framework: what exporters and fast engines compute with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.errors import MissingError, UsageError, reason

#: A model folder's settings are short.
_MOST = 10 << 20


@dataclass(frozen=True)
class Bert:
    """A BERT encoder [1]_ whose sentence vector is the mean over its word pieces, scaled to length one.

    Parameters
    ----------
    arrays : dict of str to ndarray of float32
        Weights by their names in the file.
    tokenizer : tokenizers.Tokenizer
        Cuts a text to ``pieces`` word pieces and adds the special ones; does not pad.
    layers, heads, size, pieces : int
        Layers, attention heads, dimensions, and word pieces that are read.
    epsilon : float
        Of the layer norms.

    References
    ----------
    .. [1] J. Devlin et al. (2019). BERT: Pre-training of deep bidirectional transformers. Proc.
           NAACL-HLT, 4171–4186.
    """

    arrays: dict[str, NDArray[np.float32]]
    tokenizer: Any
    layers: int
    heads: int
    size: int
    pieces: int
    epsilon: float

    def linear(self, layer: int, name: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Weight, shape (outputs, inputs), and bias of one map of a layer."""
        at = f"encoder.layer.{layer}.{name}"
        return self.arrays[f"{at}.weight"], self.arrays[f"{at}.bias"]

    def query_key_value(self, layer: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Queries, keys and values of a layer as one map; queries are scaled already."""
        parts = [self.linear(layer, f"attention.self.{name}") for name in ("query", "key", "value")]
        scale = np.float32((self.size // self.heads) ** -0.5)
        weight = np.concatenate([parts[0][0] * scale, parts[1][0], parts[2][0]])
        return weight, np.concatenate([parts[0][1] * scale, parts[1][1], parts[2][1]])

    def norm(self, name: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Scale and shift of a layer norm."""
        return self.arrays[f"{name}.LayerNorm.weight"], self.arrays[f"{name}.LayerNorm.bias"]

    @property
    def words(self) -> NDArray[np.float32]:
        """One row a word piece."""
        return self.arrays["embeddings.word_embeddings.weight"]

    @property
    def positions(self) -> NDArray[np.float32]:
        """One row a position, with the type of the only sentence added."""
        return (
            self.arrays["embeddings.position_embeddings.weight"]
            + self.arrays["embeddings.token_type_embeddings.weight"][0]
        )

    def encode(self, texts: list[str]) -> list[list[int]]:
        """Numbers of the word pieces of each text."""
        return [found.ids for found in self.tokenizer.encode_batch(texts)]


def read(folder: Path | None, name: str, engine: str) -> Bert:
    """Read a model folder.

    Raises
    ------
    UsageError
        If it is no folder, or the model is not of this kind; ``name`` and ``engine`` are what the
        sentence speaks of.
    MissingError
        If a file of it cannot be read.
    """
    why = unlike(folder)
    if folder is None or why:
        message = (
            f"The engine {engine!r} computes with BERT models in a folder, of which the mean over "
            "word pieces is the vector; "
            f"{name!r} is another kind ({why}). Take embed.engine='torch'."
        )
        raise UsageError(message)
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    config, limits = _json(folder / "config.json"), _json(folder / "sentence_bert_config.json")
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        stored = load_file(folder / "model.safetensors")
    except Exception as error:  # both libraries raise what Rust hands them
        message = f"The model in {folder} cannot be read ({reason(error)}); get it again, or take embed.engine='torch'."
        raise MissingError(message) from error
    arrays = {
        key.removeprefix("bert."): value.astype(np.float32)
        for key, value in stored.items()
        if value.dtype.kind == "f"
    }
    pieces = min(int(limits.get("max_seq_length") or 512), int(config["max_position_embeddings"]))
    tokenizer.no_padding()
    tokenizer.enable_truncation(pieces)
    heads, size = int(config["num_attention_heads"]), int(config["hidden_size"])
    return Bert(
        arrays,
        tokenizer,
        int(config["num_hidden_layers"]),
        heads,
        size,
        pieces,
        float(config["layer_norm_eps"]),
    )


def unlike(folder: Path | None) -> str:
    """Why the model in a folder is not one that this file knows; "" if it is."""
    if folder is None:
        return "it is known by its name only"
    absent = [
        n
        for n in ("config.json", "modules.json", "tokenizer.json", "model.safetensors")
        if not (folder / n).is_file()
    ]
    if absent:
        return f"{absent[0]} is missing"
    config, modules = _json(folder / "config.json"), _json(folder / "modules.json")
    if (
        config.get("model_type") != "bert"
        or config.get("position_embedding_type", "absolute") != "absolute"
    ):
        return f"model_type is {config.get('model_type')!r}"
    if config.get("hidden_act") != "gelu" or config.get("is_decoder"):
        return f"hidden_act is {config.get('hidden_act')!r}"
    kinds = (
        [str(m.get("type", "")).rpartition(".")[2] for m in modules]
        if isinstance(modules, list)
        else []
    )
    if kinds[:2] != ["Transformer", "Pooling"] or kinds[2:] not in ([], ["Normalize"]):
        return f"its modules are {', '.join(kinds) or 'not told'}"
    pooling = _json(folder / "1_Pooling" / "config.json")
    means = [
        key for key, value in pooling.items() if key.startswith("pooling_mode_") and value is True
    ]
    if means != ["pooling_mode_mean_tokens"] and pooling.get("pooling_mode") != "mean":
        return f"its pooling is {', '.join(means) or pooling.get('pooling_mode')}"
    return (
        "it makes letters small before its tokeniser"
        if _json(folder / "sentence_bert_config.json").get("do_lower_case")
        else ""
    )


def _json(path: Path) -> Any:
    try:
        if path.stat().st_size > _MOST:
            return {}
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
