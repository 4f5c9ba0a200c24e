"""The few checks that the nouns share."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.errors import DataError

#: Row sums may differ from one by no more than this: float64 sums of a few hundred terms stay far
#: below it.
SUM_TOLERANCE = 1e-6


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Return a contiguous copy that cannot be written to."""
    out = np.array(array, copy=True, order="C")
    out.setflags(write=False)
    return out


def distribution(array: Any, name: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Check shape, finiteness and sign of an array of shares; return it as read-only float64."""
    out = np.asarray(array, dtype=np.float64)
    if out.shape != shape:
        message = f"{name} has shape {out.shape}; expected {shape}."
        raise DataError(message)
    if not np.isfinite(out).all() or (out < -SUM_TOLERANCE).any():
        message = f"{name} must be finite and not negative."
        raise DataError(message)
    return read_only(np.clip(out, 0.0, None))


def unique(values: Sequence[str], name: str) -> None:
    """Raise if a value occurs twice, naming the first few that do."""
    seen: set[str] = set()
    twice: list[str] = []
    for value in values:
        if value in seen and value not in twice:
            twice.append(value)
        seen.add(value)
    if twice:
        shown = ", ".join(repr(v) for v in twice[:3])
        message = f"{name} must be unique; {len(twice)} occur more than once, for example {shown}."
        raise DataError(message)


@dataclass(frozen=True)
class Joined:
    """Texts joined by a separator, for :func:`digest`.

    Hashed as one string without being put together in memory.
    """

    separator: str
    texts: Sequence[str]


@dataclass(frozen=True)
class Numbers:
    """An array as numbers of one type, for :func:`digest`.

    Hashed as their bytes without a copy of all of them in memory.
    """

    array: NDArray[Any]
    dtype: str


def digest(*parts: bytes | str | Joined | Numbers) -> str:
    """SHA-256 over parts, each preceded by its length so that no two lists of parts collide."""
    h = hashlib.sha256()
    for part in parts:
        if isinstance(part, Joined):
            between = part.separator.encode()
            size = sum(len(text.encode()) for text in part.texts) + len(between) * max(
                0, len(part.texts) - 1
            )
            h.update(size.to_bytes(8, "big"))
            for i, text in enumerate(part.texts):
                h.update(between + text.encode() if i else text.encode())
            continue
        if isinstance(part, Numbers):
            flat = part.array.ravel()
            h.update((flat.size * np.dtype(part.dtype).itemsize).to_bytes(8, "big"))
            for at in range(0, flat.size, 1 << 20):
                h.update(flat[at : at + (1 << 20)].astype(part.dtype).tobytes())
            continue
        data = part.encode() if isinstance(part, str) else part
        h.update(len(data).to_bytes(8, "big"))
        h.update(data)
    return h.hexdigest()
