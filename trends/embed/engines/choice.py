"""Engines: ways to compute the vectors of one model, behind one interface.

===========  ==========================================================  =====================================================
``torch``    sentence-transformers on torch, single precision            the reference; CPU, or CUDA
where there is a card ``onnx``     the same weights through onnxruntime, single precision      the
same vectors but for the last digits ``bf16``     the same weights in bfloat16, nothing padded
cosine to the reference above .999; needs the processor for it ``static``   one fixed vector a word
piece (model2vec), averaged         another space, a hundred times as fast
===========  ==========================================================  =====================================================

``auto`` is ``torch`` for up to ``FEW`` texts, where it takes minutes at most; for more, the fastest
of the exact ones on this machine: ``bf16`` where the processor has it, else ``onnx`` if it is
installed, else ``torch``; and ``torch`` wherever there is a card. In all engines but ``torch`` a
vector is made from its text alone, whatever texts are embedded beside it. With ``torch`` the last
digit depends a little on the texts of the same batch, as the library pads them to one length; the
store therefore knows its vectors by their whole batch, so that what was embedded before never
changes a result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from trends.core.limits import PLAIN
from trends.embed.engines import processor
from trends.errors import UsageError
from trends.registry import Registry

#: Name of an engine to the place of its class, which takes a :class:`Model` and a device.
ENGINES = Registry(
    "engine",
    {
        "torch": "trends.embed.engines.torch_engine:TorchEngine",
        "onnx": "trends.embed.engines.onnx_engine:OnnxEngine",
        "bf16": "trends.embed.engines.bf16:Bfloat16Engine",
        "static": "trends.embed.engines.static:StaticEngine",
    },
)
#: Texts up to which "auto" takes the reference.
FEW = PLAIN
DEVICES = ("auto", "cpu", "cuda")
#: What is said wherever vectors of ``static`` were used.
STATIC = (
    "Vectors were made by the engine 'static': fixed vectors of word pieces, averaged without "
    "regard to their order. They are another "
    "space than that of the model they were distilled from, and topics found in them are not "
    "comparable with those of other engines."
)


@dataclass(frozen=True)
class Model:
    """A sentence-transformers model that engines may compute with.

    Parameters
    ----------
    name : str
        As in the provenance.
    folder : Path or None
        Where its files lie, if it is a folder.
    sha256 : str
        Of its weights.
    load : callable
        Takes a device ("cpu", "cuda") and loads it with sentence-transformers.
    store : str
        Where things made from its weights are kept, see
        :func:`trends.embed.cache_directory.folder`.
    """

    name: str
    folder: Path | None
    sha256: str
    load: Callable[[str], Any]
    store: str = ""

    @property
    def identity(self) -> dict[str, str]:
        """The weights, and the small files beside them (tokeniser, pooling, limits), which decide about vectors too; else the name."""
        if self.folder is None:
            return {"weights": self.sha256, "name": self.name}
        digest = hashlib.sha256()
        for path in sorted(self.folder.rglob("*")):
            if path.suffix in {".json", ".txt"} and path.is_file():
                digest.update(
                    path.relative_to(self.folder).as_posix().encode()
                    + b"\0"
                    + path.read_bytes()
                    + b"\0"
                )
        return {"weights": self.sha256, "files": digest.hexdigest()}


class Engine(Protocol):
    """What every engine offers; nothing heavy is imported before ``dimensions`` or ``encode`` is used."""

    #: Texts in a batch.
    batch: int
    #: Whether a vector is made from its text alone, whatever else is in its batch.
    alone: bool
    #: For the provenance: ``engine``, ``precision``, ``device``, ``versions``, and what else there
    #: is to say.
    facts: dict[str, Any]

    @property
    def space(self) -> dict[str, Any]:
        """All that decides about the bytes of a vector, but the text and the processor."""

    @property
    def dimensions(self) -> int:
        """Of a vector."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of one batch, shape (texts, dimensions), rows of unit length."""


def resolve(name: str, n_texts: int, device: str = "auto") -> str:
    """The engine that "auto" stands for on this machine with so many texts; other names stay as they are.

    Raises
    ------
    UsageError
        If there is no such engine.
    """
    if name != "auto":
        ENGINES[name]
        return name
    if n_texts <= FEW or device == "cuda" or (device == "auto" and _has_card()):
        return "torch"
    if processor.has_bfloat16():
        return "bf16"
    return "onnx" if find_spec("onnxruntime") and find_spec("onnx") else "torch"


def _has_card() -> bool:
    # torch takes seconds to import: it is asked only where there may be a card.
    if which("nvidia-smi") is None:
        return False
    import torch

    return bool(torch.cuda.is_available())


def open_engine(name: str, model: Model, device: str = "auto", *, n_texts: int = FEW) -> Engine:
    """Make an engine ready for so many texts.

    Raises
    ------
    UsageError
        If there is no such engine or device, or if the engine cannot compute with this model,
        processor or device.
    MissingError
        If a package or the device that it needs is not there.
    """
    if device not in DEVICES:
        message = f"There is no device {device!r} for the embedding; allowed: {', '.join(DEVICES)}."
        raise UsageError(message)
    chosen = resolve(name, n_texts, device)
    if device == "cuda" and chosen != "torch":
        message = f"The engine {chosen!r} runs on the CPU only; take embed.engine='torch' for CUDA, or embed.device='cpu'."
        raise UsageError(message)
    return ENGINES.load(chosen)(model, device)
