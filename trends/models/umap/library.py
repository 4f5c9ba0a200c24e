"""The library umap-learn, with what it compiles kept on the disk."""

from __future__ import annotations

import functools
from contextlib import suppress
from types import ModuleType

from trends.models.imports import load


@functools.cache
def library() -> ModuleType:
    """Import ``umap.umap_``, which then compiles its slowest functions once for all processes.

    Compiling takes five seconds, and the library does it in every process. Numba keeps the code by
    its own rules: beside the library, or in the user's cache, by version and processor.
    """
    umap = load("umap.umap_")
    for function in (umap.smooth_knn_dist, umap.compute_membership_strengths):
        with suppress(RuntimeError):  # no folder that can be written
            function.enable_caching()
    return umap
