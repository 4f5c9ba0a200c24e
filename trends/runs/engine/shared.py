"""What fits on the same vectors have in common, neighbours, their weights and layouts, kept as stages: computed once, by whichever process comes first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from trends import files
from trends.runs.engine.cache import Cache, Stage

Arrays = dict[str, NDArray[Any]]

#: The code that makes them.
ROOMS = (
    "models/umap/reduction",
    "models/umap/fuzzy_graph",
    "models/umap/optimize_layout",
    "models/kernels",
)
PACKAGES = ("umap-learn", "pynndescent", "numba", "scikit-learn", "scipy", "numpy")


class SharedStages:
    """Arrays that depend on vectors and a few settings, as :data:`trends.models.umap.reduction.Share`.

    The key is made of the content of the vectors, so that any stage that holds the same ones finds
    what another has left.

    Parameters
    ----------
    cache : Cache
        Where they are kept.
    vectors : Path
        The file of the vectors, one row a document.
    """

    def __init__(self, cache: Cache, vectors: Path) -> None:
        self.cache, self.vectors = cache, vectors
        self._digest: str | None = None

    def stage(self, name: str, inputs: Mapping[str, Any]) -> Stage:
        """The stage that holds what depends on these inputs."""
        if self._digest is None:
            self._digest = files.sha256(self.vectors)
        return Stage(name, {"vectors": self._digest, **inputs}, ROOMS, PACKAGES)

    def __call__(self, name: str, inputs: Mapping[str, Any], make: Callable[[], Arrays]) -> Arrays:
        """Find the arrays, or make and keep them; of several processes one makes them and the others wait for it."""
        stage = self.stage(name, inputs)

        def write(folder: Path) -> dict[str, Any]:
            for key, array in make().items():
                with (folder / f"{key}.npy").open("wb") as f:
                    np.save(f, array, allow_pickle=False)
            return {}

        self.cache.root.mkdir(parents=True, exist_ok=True)
        place = self.cache.root / f".{self.cache.folder(stage).name}.lock"
        # The lock ends with the process that holds it, however it ends.
        with FileLock(place):
            folder = self.cache.find(stage) or self.cache.make(stage, write)
            found = {
                path.stem: np.load(path, allow_pickle=False)
                for path in sorted(folder.glob("*.npy"))
            }
        # Whoever still waits for it finds the result, and needs no lock.
        with suppress(OSError):
            place.unlink()
        return found
