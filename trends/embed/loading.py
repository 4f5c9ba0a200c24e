"""Load a sentence-transformers model quietly and without running code that comes with it."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

_LOGGERS = (
    "sentence_transformers",
    "transformers",
    "huggingface_hub",
    "model2vec",
    "skeletoken",
    "torch",
    "urllib3",
    "httpx",
)


@contextmanager
def quiet() -> Iterator[None]:
    """Silence progress bars, log lines and warnings of the libraries, and put everything back."""
    from huggingface_hub.utils import (
        are_progress_bars_disabled,
        disable_progress_bars,
        enable_progress_bars,
    )
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


@contextmanager
def single_threads() -> Iterator[None]:
    """Let torch use one thread an operation, for several operations in parallel.

    Sums are then those of one thread, whatever the number of threads.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def load(path: str, *, local_files_only: bool, device: str = "cpu") -> Any:
    """Load a model in single precision; code that comes with a model is never run."""
    with quiet():
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(
            path, device=device, local_files_only=local_files_only, trust_remote_code=False
        )
        return model.float().eval()


def dimensions(model: Any) -> int:
    """Dimensions of a model's vectors."""
    name = (
        "get_embedding_dimension"
        if hasattr(model, "get_embedding_dimension")
        else "get_sentence_embedding_dimension"
    )
    return int(getattr(model, name)())


def versions(*names: str) -> dict[str, str]:
    """Versions of libraries that decide about the bytes of a vector."""
    out = {}
    for name in sorted(names):
        try:
            out[name] = version(name)
        except PackageNotFoundError:
            out[name] = "absent"
    return out
