"""Arrays from outside: npy and npz without pickle, their declared size checked before memory is taken."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.errors import DataError, reason

MAX_UNPACKED = 16 * 2**30
_KINDS = "iuf"


def parse_npy(data: bytes, where: str) -> NDArray[Any]:
    """An array of numbers from the bytes of an ``.npy`` file.

    Raises
    ------
    DataError
        If the bytes are something else or the header promises more or less than there is.
    """
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        if version not in {(1, 0), (2, 0)}:
            message = f"version {version} of the format"
            raise ValueError(message)
        reader = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, fortran, dtype = reader(stream)
        if dtype.kind not in _KINDS or dtype.hasobject:
            message = f"values of type {dtype}"
            raise ValueError(message)
        size = dtype.itemsize
        for n in shape:
            size *= int(n)
        if size != len(data) - stream.tell() or any(n < 0 for n in shape):
            message = f"shape {shape} does not match {len(data) - stream.tell()} bytes"
            raise ValueError(message)
        flat = np.frombuffer(data, dtype=dtype, offset=stream.tell())
        return flat.reshape(shape, order="F" if fortran else "C")
    except (
        ValueError,
        TypeError,
        SyntaxError,
        EOFError,
        OverflowError,
        MemoryError,
        RecursionError,
    ) as error:
        message = f"{where} is not an array of numbers ({reason(error)}); the file is damaged, make it again."
        raise DataError(message) from error


def parse_npz(data: bytes, names: tuple[str, ...], path: Path) -> dict[str, NDArray[Any]]:
    """The named arrays of an ``.npz`` file.

    Raises
    ------
    DataError
        If the file is damaged, holds other arrays or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {info.filename: info for info in archive.infolist()}
            if sorted(members) != sorted(f"{name}.npy" for name in names):
                message = f"holds {', '.join(sorted(members)) or 'nothing'}, not {', '.join(names)}"
                raise ValueError(message)
            if sum(info.file_size for info in members.values()) > MAX_UNPACKED:
                message = "unpacks to too much"
                raise ValueError(message)
            parts = {}
            for name in names:
                info = members[f"{name}.npy"]
                with archive.open(info) as f:
                    parts[name] = f.read(info.file_size + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        ValueError,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        MemoryError,
    ) as error:
        message = f"{path} is not an archive of arrays ({reason(error)}); the file is damaged, make it again."
        raise DataError(message) from error
    return {name: parse_npy(part, f"{path} ({name})") for name, part in parts.items()}
