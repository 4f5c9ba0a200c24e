"""Where UMAP and HDBSCAN are computed: on the CPU, or by cuML where there is a CUDA device."""

from __future__ import annotations

from importlib.util import find_spec
from shutil import which
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.errors import MissingError
from trends.models.imports import load

DEVICES = ("auto", "cpu", "cuda")


def choose(device: str) -> str:
    """The device that is meant: "cpu" or "cuda"; "auto" is CUDA where all that it needs is there.

    Raises
    ------
    MissingError
        If the device is "cuda" and a device or cuML is missing.
    """
    if device == "cpu":
        return "cpu"
    lacking = missing()
    if lacking and device == "cuda":
        message = f"device is 'cuda', but {lacking}; take 'auto' or 'cpu'."
        raise MissingError(message)
    return "cpu" if lacking else "cuda"


def missing() -> str:
    """What this machine lacks for clusters on CUDA, in words; empty if it lacks nothing."""
    # The libraries take seconds to import: they are asked only where there may be a card.
    if which("nvidia-smi") is None:
        return "this machine shows no CUDA device (there is no nvidia-smi)"
    if find_spec("cuml") is None or find_spec("cupy") is None:
        return "cuML is not installed (https://docs.rapids.ai/install)"
    return "" if load("cupy").cuda.is_available() else "CUDA finds no device here"


def version() -> str:
    """Of cuML."""
    return str(load("cuml").__version__)


def umap(
    vectors: NDArray[np.floating[Any]], n_neighbors: int, n_components: int, seed: int
) -> NDArray[np.float64]:
    """UMAP by cuML, which also finds the neighbours; from a spectral start.

    Parameters
    ----------
    vectors : ndarray of float, shape (documents, dimensions)
    n_neighbors, n_components, seed : int
        As in :func:`trends.models.umap.reduction.reduce`.

    Returns
    -------
    ndarray, shape (documents, n_components)
    """
    reducer = load("cuml.manifold").UMAP(
        n_neighbors=n_neighbors,
        n_components=n_components,
        min_dist=0.0,
        metric="cosine",
        random_state=seed,
        output_type="numpy",
    )
    return np.asarray(reducer.fit_transform(vectors.astype(np.float32)), dtype=np.float64)


def hdbscan(points: NDArray[np.float64], device: str, **settings: int) -> Any:
    """A fitted HDBSCAN: of the library, or cuML's, which offers the same labels and tree."""
    if device == "cuda":
        model = load("cuml.cluster").HDBSCAN(output_type="numpy", **settings)
        return model.fit(points.astype(np.float32))
    return load("hdbscan").HDBSCAN(core_dist_n_jobs=1, **settings).fit(points)
