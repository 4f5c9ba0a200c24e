"""One ``rng`` spawns every integer seed of a run, each recorded in the manifest."""

from __future__ import annotations

import zlib

import numpy as np


def spawn(rng: int, purpose: str, n: int) -> list[int]:
    """Integer seeds for one purpose, independent of those for any other.

    Parameters
    ----------
    rng : int
        The seed of the run.
    purpose : str
        For example the name of a backend; adding a purpose does not change the seeds of the others.
    n : int
        How many; the first seeds do not depend on ``n``.

    Returns
    -------
    list of int
        Distinct, each in [0, 2**31), the range that every backend accepts.
    """
    children = np.random.SeedSequence([rng, zlib.crc32(purpose.encode())]).generate_state(
        4 * n + 8, dtype=np.uint32
    )
    seeds: list[int] = []
    for child in children:
        seed = int(child >> 1)
        if seed not in seeds:
            seeds.append(seed)
    return seeds[:n]
