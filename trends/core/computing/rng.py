"""Randomness from one ``rng``.

A whole number or a numpy Generator, as SPEC 7 of Scientific Python asks.

A whole number gives the same draws every time. A Generator goes on from where it stands: functions
that compute draw from it directly; functions that need integer seeds, because they pass them to
backends or record them, draw one integer from it and go on as if that had been given.
"""

from __future__ import annotations

import numbers
import zlib

import numpy as np

from trends.errors import UsageError

#: What a parameter ``rng`` may be.
Rng = int | np.random.Generator


def generator_from(rng: Rng | None) -> np.random.Generator:
    """The Generator to draw from: a new one for a whole number, a Generator itself.

    Raises
    ------
    UsageError
        If ``rng`` is neither.
    """
    return rng if isinstance(rng, np.random.Generator) else np.random.default_rng(seed_from(rng))


def seed_from(rng: Rng | None) -> int:
    """The whole number itself, or one in [0, 2**32) drawn from a Generator.

    Raises
    ------
    UsageError
        If ``rng`` is neither, or is negative.
    """
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(2**32))
    if isinstance(rng, numbers.Integral) and not isinstance(rng, bool) and int(rng) >= 0:
        return int(rng)
    shown = "None" if rng is None else f"{type(rng).__name__} {rng!r}"[:60]
    message = f"rng is a whole number of at least 0 or a numpy Generator; got {shown}."
    raise UsageError(message)


def seeds_from(rng: Rng, purpose: str, n: int) -> list[int]:
    """Integer seeds for one purpose, independent of those for any other.

    Parameters
    ----------
    rng : int or numpy.random.Generator
        From a Generator one integer is drawn first (:func:`seed_from`).
    purpose : str
        For example the name of a backend; adding a purpose does not change the seeds of the others.
    n : int
        How many; the first seeds do not depend on ``n``.

    Returns
    -------
    list of int
        Distinct, each in [0, 2**31), the range that every backend accepts.
    """
    children = np.random.SeedSequence(
        [seed_from(rng), zlib.crc32(purpose.encode())]
    ).generate_state(4 * n + 8, dtype=np.uint32)
    return list(dict.fromkeys(int(child >> 1) for child in children))[:n]
