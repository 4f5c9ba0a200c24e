"""Run a sentence-transformers model quietly, offline where asked, and the same way every time."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Texts encoded at once.
BATCH = 32
_LOGGERS = ("sentence_transformers", "transformers", "huggingface_hub", "torch", "urllib3", "httpx")


@contextmanager
def quiet() -> Iterator[None]:
    """Silence progress bars, log lines and warnings of the libraries, and put everything back."""
    from huggingface_hub.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars
    from transformers.utils import logging as transformers_logging

    levels = {name: logging.getLogger(name).level for name in _LOGGERS}
    hub_bars = not are_progress_bars_disabled()
    model_bars = transformers_logging.is_progress_bar_enabled()
    try:
        for name in _LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        disable_progress_bars()
        transformers_logging.disable_progress_bar()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        if hub_bars:
            enable_progress_bars()
        if model_bars:
            transformers_logging.enable_progress_bar()


def load(path: str, *, local_files_only: bool) -> Any:
    """Load a model on the CPU in single precision; code that comes with a model is never run."""
    with quiet():
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(path, device="cpu", local_files_only=local_files_only, trust_remote_code=False)
        return model.float().eval()


def encode(model: Any, texts: Sequence[str], progress: Callable[[int, int], None] | None = None) -> NDArray[np.float32]:
    """Encode texts into vectors of unit length.

    Texts are taken by length, longest first, in batches of fixed size, so that padding is small. Equal texts are encoded once and get
    equal vectors.

    Parameters
    ----------
    model : sentence_transformers.SentenceTransformer
        From :func:`load`.
    texts : sequence of str
        May be empty texts.
    progress : callable, optional
        Called with (texts encoded, texts) after every batch.

    Returns
    -------
    ndarray of float32, shape (len(texts), dimensions)
    """
    import torch

    different = sorted(set(texts), key=lambda t: (-len(t), t))
    place = {text: i for i, text in enumerate(different)}
    vectors = np.zeros((len(different), dimensions(model)), dtype=np.float32)
    with quiet(), torch.inference_mode():
        for start in range(0, len(different), BATCH):
            batch = different[start : start + BATCH]
            vectors[start : start + len(batch)] = model.encode(
                batch, batch_size=BATCH, show_progress_bar=False, convert_to_numpy=True, normalize_embeddings=True
            )
            if progress is not None:
                progress(min(start + BATCH, len(different)) * len(texts) // len(different), len(texts))
    return vectors[[place[text] for text in texts]]


def dimensions(model: Any) -> int:
    """Dimensions of a model's vectors."""
    name = "get_embedding_dimension" if hasattr(model, "get_embedding_dimension") else "get_sentence_embedding_dimension"
    return int(getattr(model, name)())


def versions() -> dict[str, str]:
    """Versions of the libraries that decide about the bytes of a vector."""
    return {name: version(name) for name in ("numpy", "sentence-transformers", "tokenizers", "torch", "transformers")}
