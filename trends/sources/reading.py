"""Reading bytes and text from outside: bounded, with an error that names the file."""

from __future__ import annotations

import codecs
import hashlib
import re
import stat
from pathlib import Path

from trends.errors import DataError, MissingError, StorageError

#: A saved page of a hundred papers has 0.2 MB; a file beyond this is not one.
MAX_TEXT_BYTES = 16 * 2**20

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def read_bytes(path: Path, limit: int) -> bytes:
    """The content of a regular file of at most ``limit`` bytes.

    Raises
    ------
    MissingError
        If there is no such file.
    StorageError
        If it cannot be read.
    DataError
        If it is larger than ``limit`` or not a regular file.
    """
    regular = True
    data = b""
    try:
        regular = stat.S_ISREG(path.stat().st_mode)  # asked before opening: a named pipe would wait for ever
        if regular:
            with path.open("rb") as f:
                data = f.read(limit + 1)
    except FileNotFoundError as error:
        message = f"There is no file {path}; check the name."
        raise MissingError(message) from error
    except OSError as error:
        raise unreadable(error, path) from error
    except ValueError as error:  # a NUL in the name
        message = f"{str(path)!r} is not a file name."
        raise DataError(message) from error
    if not regular:
        message = f"{path} is not a regular file; give the file itself."
        raise DataError(message)
    if len(data) > limit:
        message = f"{path} is larger than {limit / 2**20:,.0f} MiB, the most that is read; split it or check that it is the file that you mean."
        raise DataError(message)
    return data


def list_folder(path: Path) -> list[str]:
    """Names in a folder, sorted.

    Raises
    ------
    StorageError
        If the folder cannot be listed.
    """
    try:
        return sorted(item.name for item in path.iterdir())
    except OSError as error:
        raise unreadable(error, path) from error


def unreadable(error: OSError, path: Path) -> StorageError:
    """Turn an error of the operating system into a sentence about a file that is read."""
    message = f"Could not read {path}: {error.strerror or error}; check that it exists and that you may read it."
    return StorageError(message)


def decode(data: bytes, path: Path) -> str:
    r"""Text of a file in UTF-8, or UTF-16 with a byte-order mark; line ends become ``\n``.

    Raises
    ------
    DataError
        If the file is empty, binary or in another encoding; the message gives the byte offset.
    """
    if not data.strip():
        message = f"{path} is empty; save the page again."
        raise DataError(message)
    encoding, skip = "utf-8", 0
    if data.startswith(codecs.BOM_UTF8):
        skip = 3
    elif data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        message = f"{path} is in UTF-32; save it as UTF-8."
        raise DataError(message)
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding, skip = ("utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"), 2
    if encoding == "utf-8" and b"\x00" in data:
        message = f"{path} is a binary file (a zero byte at offset {data.index(0)}); a text page in UTF-8 was expected."
        raise DataError(message)
    try:
        text = data[skip:].decode(encoding)
    except UnicodeDecodeError as error:
        message = (
            f"{path} is not {encoding.upper()}: byte {error.start + skip} cannot be decoded ({error.reason}); "
            "save the page as UTF-8 (UTF-16 with a byte-order mark is read too)."
        )
        raise DataError(message) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        message = f"{path}, line {line}: the control character U+{ord(control[0]):04X} does not belong into a text page; is this a binary file?"
        raise DataError(message)
    if not text.strip():
        message = f"{path} holds nothing but blanks; save the page again."
        raise DataError(message)
    return text


def sha256_of(data: bytes) -> str:
    """SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
