"""Vectors that were made elsewhere, from a ``.npy`` file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.errors import DataError, MissingError, StorageError, UsageError


def embed(
    texts: Sequence[str],
    *,
    model: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    **_: str,
) -> tuple[NDArray[np.float32], dict[str, Any]]:
    """Read one vector for each document.

    The rows of the file are the documents in corpus order (by date, then id; undated last).

    Parameters
    ----------
    texts : sequence of str, length documents
        Only counted.
    model : str
        Path of a ``.npy`` file with an array of floats or integers, shape (documents, dimensions).
    progress : callable, optional
        Called once with (documents, documents).
    **_
        Engine, device and store mean nothing here.

    Returns
    -------
    ndarray of float32, shape (documents, dimensions)
        As they are in the file; they are not normalised.
    dict
        Provenance; ``sha256`` is that of the file.

    Raises
    ------
    UsageError
        If no file is named.
    MissingError, StorageError
        If it does not exist or cannot be read.
    DataError
        If it is no such array, has another number of rows, or has values that are not finite.
    """
    if not model:
        message = (
            "The embedding 'precomputed' needs the path of a .npy file with one row for each "
            "document, in corpus order."
        )
        raise UsageError(message)
    path = Path(model)
    if not path.is_file():
        message = (
            f"There is no file {path} with precomputed embeddings; give the path of a .npy file."
        )
        raise MissingError(message)
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            array = np.lib.format.read_array(file, allow_pickle=False)
    except OSError as error:
        message = f"The embeddings in {path} cannot be read: {error.strerror or error}."
        raise StorageError(message) from error
    except (ValueError, EOFError, MemoryError) as error:
        message = (
            f"{path} is not a .npy file of numbers; write it with numpy.save from an array of "
            "floats, shape (documents, dimensions)."
        )
        raise DataError(message) from error
    vectors = _check(array, len(texts), path)
    if progress is not None:
        progress(len(texts), len(texts))
    provenance = {
        "embedder": "precomputed",
        "model": path.name,
        "sha256": sha256,
        "dimensions": vectors.shape[1],
        "versions": {"numpy": np.__version__},
    }
    return vectors, provenance


def _check(array: NDArray[Any], n_documents: int, path: Path) -> NDArray[np.float32]:
    if array.ndim != 2 or array.dtype.kind not in "fiu" or array.shape[1] < 1:
        message = (
            f"{path} holds shape {array.shape}, type {array.dtype}; expected real numbers of shape "
            "(documents, dimensions)."
        )
        raise DataError(message)
    if array.shape[0] != n_documents:
        message = (
            f"{path} has {array.shape[0]} rows and the corpus has {n_documents} documents; give "
            "one row for each, in corpus order."
        )
        raise DataError(message)
    with np.errstate(over="ignore"):
        vectors = np.ascontiguousarray(array, dtype=np.float32)
    bad = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(bad):
        message = (
            f"{path} has values that are not finite (or too large for single precision) in "
            f"{len(bad)} rows, first in row {bad[0] + 1} (counted from 1)."
        )
        raise DataError(message)
    return vectors
