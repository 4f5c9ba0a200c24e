"""What tasks on the same vectors have in common, neighbours and layouts, kept once.

Computed by whichever process comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from trends import files
from trends.runs.engine.cache import Cache, Entry, key_of
from trends.runs.engine.closure import own

Arrays = dict[str, NDArray[Any]]


class SharedArrays:
    """Arrays that depend on vectors and a few settings.

    They are used as :data:`trends.models.umap.reduction.Share`.

    The key holds the content of the vectors, so that any task with the same ones finds what another
    has left, and the code that the function which makes the arrays can reach.

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

    def entry(self, name: str, inputs: Mapping[str, Any], module: str) -> Entry:
        """The entry of what depends on these inputs and is made by the code of a module."""
        if self._digest is None:
            self._digest = files.sha256(self.vectors)
        what = {
            "name": name,
            "vectors": self._digest,
            "inputs": inputs,
            "code": own().digest(own().reach(module, {"trends.models": ()})),
        }
        return Entry(name, key_of(what))

    def __call__(self, name: str, inputs: Mapping[str, Any], make: Callable[[], Arrays]) -> Arrays:
        """Find the arrays, or make and keep them.

        Of several processes one makes them and the others wait for it.
        """
        entry = self.entry(name, inputs, make.__module__)

        def write(folder: Path) -> dict[str, Any]:
            for key, array in make().items():
                with (folder / f"{key}.npy").open("wb") as f:
                    np.save(f, array, allow_pickle=False)
            return {}

        self.cache.root.mkdir(parents=True, exist_ok=True)
        place = self.cache.root / f".{self.cache.folder(entry).name}.lock"
        # The lock ends with the process that holds it, however it ends.
        with FileLock(place):
            folder = self.cache.find(entry) or self.cache.make(entry, write)
            found = {p.stem: np.load(p, allow_pickle=False) for p in sorted(folder.glob("*.npy"))}
        # Whoever still waits for it finds the result, and needs no lock.
        with suppress(OSError):
            place.unlink()
        return found
