"""Vectors that were made elsewhere, from an ``.npy``, ``.npz`` or Parquet file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.arrays import UNREADABLE, read_npy, read_npz
from trends.core.corpus import Corpus
from trends.core.given.keys import match
from trends.errors import DataError, MissingError, StorageError, UsageError, reason
from trends.files import sha256

#: Bytes of a file, once unpacked.
MOST_BYTES = 32 * 2**30
FORMATS = (
    "an .npz with the arrays ids and vectors, a Parquet file with a column id and the numbers, or "
    "an .npy with the rows in the order of the file that was read"
)


def embed(
    texts: Sequence[str],
    *,
    model: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    documents: Corpus | None = None,
    **_: str,
) -> tuple[NDArray[np.float32], dict[str, Any]]:
    """Read one vector for each document.

    Parameters
    ----------
    texts : sequence of str, length documents
        Only counted.
    model : str
        Path of a file: an ``.npz`` with the arrays ``ids`` and ``vectors``, or a Parquet file with
        a column ``id`` and either a column for each dimension or one of lists, matched by id; or an
        ``.npy``, whose rows are in the order of the file that the corpus was read from.
    progress : callable, optional
        Called once with (documents, documents).
    documents : Corpus, optional
        The documents, with their ids and rows; without it the rows are those of ``texts``.
    **_
        Engine, device and store mean nothing here.

    Returns
    -------
    ndarray of float32, shape (documents, dimensions)
        As they are in the file; they are not normalised.
    dict
        Provenance; ``sha256`` is that of the file, ``matched_by`` says whether ids or rows did it.

    Raises
    ------
    UsageError
        If no file is named.
    MissingError, StorageError
        If it does not exist or cannot be read.
    DataError
        If it holds something else, cannot be matched, or has values that are not finite.
    """
    if not model:
        message = f"The embedding 'precomputed' needs the path of a file: {FORMATS}."
        raise UsageError(message)
    path = Path(model)
    if not path.is_file():
        message = (
            f"There is no file {path} with precomputed embeddings; give the path of {FORMATS}."
        )
        raise MissingError(message)
    try:
        given, digest = _read(path), sha256(path)
    except OSError as error:
        message = f"The embeddings in {path} cannot be read: {error.strerror or error}."
        raise StorageError(message) from error
    except UNREADABLE as error:
        message = f"{path} does not hold vectors ({reason(error)}); write {FORMATS}."
        raise DataError(message) from error
    if documents is None:
        found = match(given, [str(i) for i in range(len(texts))], called=str(path))
    else:
        n_read = int(documents.notes.get("records", 0))
        found = match(given, documents.ids, called=str(path), rows=documents.rows, n_read=n_read)
    vectors = _check(found.values, path, documents)
    if progress is not None:
        progress(len(texts), len(texts))
    provenance = {
        "embedder": "precomputed",
        "model": path.name,
        "sha256": digest,
        "dimensions": vectors.shape[1],
        "matched_by": "id" if found.by_id else "row",
        "versions": {"numpy": np.__version__},
    }
    return vectors, provenance


def _read(path: Path) -> pd.DataFrame | NDArray[Any]:
    """The vectors, with their ids as index where the file has them."""
    size = path.stat().st_size
    if path.suffix == ".npz":
        shapes: dict[str, tuple[int | None, ...]] = {"ids": (None,), "vectors": (None, None)}
        parts = read_npz(path, path.name, shapes, optional=["ids"], kinds="fiuU", most=MOST_BYTES)
        if "ids" not in parts:
            return parts["vectors"]
        return pd.DataFrame(parts["vectors"], index=parts["ids"].astype(str))
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        file = pq.ParquetFile(path)
        groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
        if sum(group.total_byte_size for group in groups) > MOST_BYTES:
            message = f"it unpacks to more than {MOST_BYTES / 2**30:.0f} GiB"
            raise ValueError(message)
        return pd.DataFrame(file.read().to_pandas())
    with path.open("rb") as file:
        return read_npy(file, size, path.name, (None, None), "fiu")


def _check(array: NDArray[Any], path: Path, documents: Corpus | None) -> NDArray[np.float32]:
    if array.ndim != 2 or array.dtype.kind not in "fiu" or array.shape[1] < 1:
        message = (
            f"{path} holds shape {array.shape}, type {array.dtype}; expected real numbers of shape "
            "(documents, dimensions)."
        )
        raise DataError(message)
    with np.errstate(over="ignore"):
        vectors = np.ascontiguousarray(array, dtype=np.float32)
    bad = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(bad):
        message = (
            f"{path} has values that are not finite (or too large for single precision) for "
            f"{len(bad)} documents, first for "
            f"{int(bad[0]) + 1 if documents is None else documents.ids[bad[0]]!r}."
        )
        raise DataError(message)
    return vectors
