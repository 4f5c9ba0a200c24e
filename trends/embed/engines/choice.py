"""Which engine computes the vectors of a model, behind one interface.

==========  ================================================  =====================================
engine      how                                               vectors
==========  ================================================  =====================================
``torch``   sentence-transformers, single precision           the reference; CPU, or CUDA where
                                                              there is a card
``bf16``    sentence-transformers, weights in bfloat16        cosine to the reference above .999;
                                                              needs a processor that multiplies it
``static``  one fixed vector a word piece (model2vec),        another space, a hundred times as fast
            averaged
==========  ================================================  =====================================

``auto`` is ``torch`` for up to ``FEW`` texts; for more, ``bf16`` where the processor has it and no
CUDA device is used, else ``torch``. On the CPU a vector depends on its text alone, to the last bit.
On CUDA texts are padded together in batches, so the last digit depends on the batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from trends.core.computing.limits import PLAIN
from trends.embed.engines import processor
from trends.errors import UsageError
from trends.registry import Registry

#: Name of an engine to a function that takes a :class:`Model` and a device.
ENGINES = Registry(
    "engine",
    {
        "torch": "trends.embed.engines.torch_engine:open_float32",
        "bf16": "trends.embed.engines.torch_engine:open_bfloat16",
        "static": "trends.embed.engines.static:StaticEngine",
    },
)
#: Texts up to which "auto" takes the reference.
FEW = PLAIN
DEVICES = ("auto", "cpu", "cuda")
#: The warning wherever vectors of ``static`` were used.
STATIC = (
    "Vectors were made by the engine 'static': fixed vectors of word pieces, averaged without "
    "regard to their order. They are another "
    "space than that of the model they were distilled from, and topics found in them are not "
    "comparable with those of other engines."
)


@dataclass(frozen=True)
class Model:
    """A sentence-transformers model.

    Parameters
    ----------
    name : str
        As in the provenance.
    folder : Path or None
        Where its files are, if it is a folder.
    sha256 : str
        Of its weights.
    load : callable
        Takes a device ("cpu", "cuda") and loads it with sentence-transformers.
    store : str
        Where vectors and distilled models are kept, see
        :func:`trends.embed.cache_directory.cache_folder`.
    """

    name: str
    folder: Path | None
    sha256: str
    load: Callable[[str], Any]
    store: str = ""

    @property
    def identity(self) -> dict[str, str]:
        """Hashes of the weights and of the small files beside them, or the name without a folder.

        The small files (tokeniser, pooling, limits) decide about vectors too.
        """
        if self.folder is None:
            return {"weights": self.sha256, "name": self.name}
        digest = hashlib.sha256()
        for path in sorted(self.folder.rglob("*")):
            if path.suffix in {".json", ".txt"} and path.is_file():
                name = path.relative_to(self.folder).as_posix().encode()
                digest.update(name + b"\0" + path.read_bytes() + b"\0")
        return {"weights": self.sha256, "files": digest.hexdigest()}


class Engine(Protocol):
    """What every engine offers; heavy packages are imported when it encodes."""

    #: Texts in a batch.
    batch: int
    #: Whether a vector depends on its text alone, whatever else is in its batch.
    batch_invariant: bool
    #: For the provenance: ``engine``, ``precision``, ``device``, ``versions``, and warnings.
    facts: dict[str, Any]

    @property
    def space(self) -> dict[str, Any]:
        """All that decides about the bytes of a vector but the text and the processor."""

    @property
    def dimensions(self) -> int:
        """Of a vector."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of one batch, shape (texts, dimensions), rows of unit length."""


def resolve(name: str, n_texts: int, device: str = "auto") -> str:
    """The engine that "auto" stands for on this machine; other names stay as they are.

    Raises
    ------
    UsageError
        If there is no such engine.
    """
    if name != "auto":
        ENGINES[name]
        return name
    on_cuda = device == "cuda" or (device == "auto" and n_texts > FEW and _has_cuda())
    return "bf16" if n_texts > FEW and not on_cuda and processor.has_bfloat16() else "torch"


def _has_cuda() -> bool:
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
        If a package or the device that it needs is missing.
    """
    if device not in DEVICES:
        message = f"There is no device {device!r} for the embedding; allowed: {', '.join(DEVICES)}."
        raise UsageError(message)
    chosen = resolve(name, n_texts, device)
    if device == "cuda" and chosen != "torch":
        message = (
            f"The engine {chosen!r} runs on the CPU only; take embed.engine='torch' for CUDA, or "
            "embed.device='cpu'."
        )
        raise UsageError(message)
    return ENGINES.load(chosen)(model, device)
