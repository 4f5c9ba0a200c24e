"""Documents in two dimensions, for a map; no topic and no test depends on it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.errors import DataError
from trends.models.settings import require
from trends.models.umap.reduction import reduce

#: Neighbours of each document. UMAP's own default is 15.
NEIGHBOURS = 15


def layout(vectors: NDArray[np.floating[Any]], *, seed: int) -> NDArray[np.float64]:
    """Lay documents out in the plane by UMAP (McInnes, Healy and Melville 2018), by cosine.

    Parameters
    ----------
    vectors : ndarray of float, shape (documents, dimensions)
        At least four rows; a row of zeros is put with what is like nothing.
    seed : int
        Fixes the layout; the same vectors and seed give the same places.

    Returns
    -------
    ndarray of float, shape (documents, 2)
        Without a unit; centred, the larger extent is 1. Rounded to four digits, which is finer than
        print.

    Raises
    ------
    DataError
        If there are fewer than four documents.
    """
    array = np.asarray(vectors, dtype=np.float64)
    require(
        len(array) >= 4, f"A map needs at least four documents; there are {len(array)}.", DataError
    )
    length = np.linalg.norm(array, axis=1, keepdims=True)
    points = reduce(array / np.where(length > 0, length, 1.0), NEIGHBOURS, 2, seed)
    low, high = points.min(axis=0), points.max(axis=0)
    return np.round((points - (low + high) / 2) / max(float((high - low).max()), 1e-12), 4)
