"""The user's own sentence-transformers model, by folder or by name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.embed import loading
from trends.embed.cache_directory import OFF
from trends.embed.encode import embed_with
from trends.embed.engines.choice import Model
from trends.errors import DataError, MissingError, UsageError


def embed(
    texts: Sequence[str],
    *,
    model: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    engine: str = "torch",
    device: str = "cpu",
    store: str = OFF,
) -> tuple[NDArray[np.float32], dict[str, Any]]:
    """Encode texts with a model of the user's choice. Code that a model brings along is not run.

    Parameters
    ----------
    texts : sequence of str, length documents
        Empty texts are allowed.
    model : str
        A folder that holds a sentence-transformers model, or its name on the Hugging Face hub. A
        name is looked for in the local cache first and downloaded only if the environment allows it
        (``HF_HUB_OFFLINE`` unset).
    progress : callable, optional
        Called with (texts encoded, texts).
    engine : str
        See :mod:`trends.embed.engines.choice`.
    device : "cpu", "cuda" or "auto"
        For the engine ``torch``.
    store : str
        Where vectors are kept, see :func:`trends.embed.cache_directory.cache_folder`; "none" keeps
        nothing.

    Returns
    -------
    ndarray of float32, shape (documents, dimensions)
        Rows of unit length, in the order of the texts.
    dict
        Provenance; ``sha256`` is that of the parameters, whatever file they came from, and
        ``store`` counts the vectors that were there already.

    Raises
    ------
    UsageError
        If no model is named, or the engine cannot compute with it.
    MissingError
        If the model is neither a folder, nor in the cache, nor to be downloaded.
    DataError
        If it gives vectors that are not finite.
    """
    if not model:
        message = (
            "The embedding 'sentence-transformers' needs a model: a folder, or a name such as "
            "'sentence-transformers/all-mpnet-base-v2'."
        )
        raise UsageError(message)
    encoder = _load(model)
    folder = Path(model) if Path(model).is_dir() else None
    what = Model(model, folder, parameters_sha256(encoder), encoder.to, store)
    vectors, provenance = embed_with(
        what, "sentence-transformers", texts, engine=engine, device=device, progress=progress
    )
    if not np.isfinite(vectors).all():
        row = int(np.flatnonzero(~np.isfinite(vectors).all(axis=1))[0])
        message = (
            f"The model {model!r} gives vectors that are not finite, first for text {row + 1}; use "
            "another model."
        )
        raise DataError(message)
    return vectors, provenance


def _load(model: str) -> Any:
    if Path(model).is_dir():
        return _attempt(model, local_files_only=True)
    try:
        return _attempt(model, local_files_only=True)
    except MissingError:
        return _attempt(model, local_files_only=False)


def _attempt(model: str, *, local_files_only: bool) -> Any:
    try:
        return loading.load(model, local_files_only=local_files_only)
    except Exception as error:
        # The libraries raise whatever their parts raise: OSError, ValueError, network errors.
        if isinstance(error, ImportError):
            raise
        reason = " ".join(str(error).split())[:200]
        message = (
            f"The sentence-transformers model {model!r} could not be loaded: it is no usable model "
            "folder, and offline it was not found in the "
            "local cache nor could it be downloaded. Download it once while online, or give the "
            f"path of a folder that holds it. ({reason})"
        )
        raise MissingError(message) from error


def parameters_sha256(encoder: Any) -> str:
    """SHA-256 over the names and values of all parameters, in order of name."""
    digest = hashlib.sha256()
    for name, tensor in sorted(encoder.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
