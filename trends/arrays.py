"""Arrays from outside: npy and npz without pickle, checked by header before they are read."""

from __future__ import annotations

import math
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

#: What reading a damaged or made-up file can raise (RuntimeError: encrypted members).
UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    RuntimeError,
    MemoryError,
    OverflowError,
    SyntaxError,
    TypeError,
    IndexError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
#: Bytes of all arrays of a file once unpacked.
MOST_BYTES = 4 * 2**30


def read_npz(
    file: Path | IO[bytes],
    called: str,
    shapes: Mapping[str, tuple[int | None, ...]],
    *,
    optional: Sequence[str] = (),
    kinds: str,
    most: int = MOST_BYTES,
) -> dict[str, NDArray[Any]]:
    """Read named arrays from an ``.npz`` that anybody may have made.

    Every member is judged by its header before it is unpacked, nothing is written to disk, and
    arrays of objects are refused.

    Parameters
    ----------
    file : Path or file object
        The file.
    called : str
        How messages call it.
    shapes : mapping of str to tuple
        Names that may occur, each with the shape that it must have; ``None`` is any length.
    optional : sequence of str
        Names that may be missing.
    kinds : str
        Kinds of values that are allowed: ``"f"`` floating point, ``"i"`` and ``"u"`` integers,
        ``"U"`` text.
    most : int
        Bytes of all arrays once unpacked.

    Raises
    ------
    Any of :data:`UNREADABLE`
        If the file holds anything else; the callers make a sentence of it.
    """
    out: dict[str, NDArray[Any]] = {}
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if (total := sum(m.file_size for m in members)) > most:
            message = f"{called} claims {total:,} bytes of content; at most {most:,} are read"
            raise ValueError(message)
        for member in members:
            name = member.filename.removesuffix(".npy")
            if (
                name not in shapes
                or name in out
                or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
            ):
                message = f"{called} holds {member.filename!r}, which is no part of it"
                raise ValueError(message)
            with archive.open(member) as f:
                what = f"{name} in {called}"
                out[name] = read_npy(f, member.file_size, what, shapes[name], kinds)
    if missing := [name for name in shapes if name not in out and name not in optional]:
        message = f"{called} lacks {', '.join(missing)}"
        raise ValueError(message)
    return out


def read_npy(
    f: IO[bytes], size: int, what: str, shape: tuple[int | None, ...], kinds: str
) -> NDArray[Any]:
    """Read one array; see :func:`read_npz`.

    Parameters
    ----------
    f : file object
        The bytes, of which there are ``size``.
    size : int
        Bytes that there are.
    what : str
        How messages call it.
    shape : tuple of int or None
        The shape that it must have; ``None`` is any length.
    kinds : str
        Kinds of numbers that are allowed.
    """
    version = np.lib.format.read_magic(f)
    if version not in ((1, 0), (2, 0)):
        message = f"{what} has an unknown version of the array format"
        raise ValueError(message)
    # The header is a literal of bounded length; no name in it is looked up.
    read = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )
    has, fortran, dtype = read(f, max_header_size=10_000)
    if dtype.hasobject or dtype.kind not in kinds or (dtype.kind != "U" and dtype.itemsize > 8):
        message = (
            f"{what} is an array of {dtype}; numbers are expected, and objects are never unpacked"
        )
        raise ValueError(message)
    if (
        len(has) != len(shape)
        or min(has, default=0) < 0
        or any(want is not None and want != n for n, want in zip(has, shape, strict=True))
    ):
        expected = " × ".join("any" if n is None else str(n) for n in shape)
        message = f"{what} has the shape {has}; expected {expected}"
        raise ValueError(message)
    needed = math.prod(has) * dtype.itemsize
    if needed > size:
        message = f"{what} claims {needed:,} bytes of numbers, and its member has {size:,}"
        raise ValueError(message)
    data = f.read(needed)
    if len(data) < needed or f.read(1):
        message = f"{what} is not as long as its header says"
        raise ValueError(message)
    return np.frombuffer(data, dtype=dtype).reshape(has, order="F" if fortran else "C")
