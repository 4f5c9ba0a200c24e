"""Reading bytes and text from outside: bounded, with an error that names the file."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import os
import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from trends.errors import DataError, MissingError, StorageError, reason
from trends.sources.io import encodings

__all__ = [
    "DAMAGED_ZIP",
    "MAX_TEXT_BYTES",
    "Limits",
    "Stream",
    "decode",
    "is_folder",
    "is_workbook",
    "list_folder",
    "member_of",
    "open_stream",
    "read_bytes",
    "sha256_of",
    "unreadable",
]

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
        regular = stat.S_ISREG(
            path.stat().st_mode
        )  # asked before opening: a named pipe would wait for ever
        if regular:
            with path.open("rb") as f:
                # As much is reserved as is asked for, before a byte is read.
                data = f.read(min(limit, os.fstat(f.fileno()).st_size) + 1)
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
        message = (
            f"{path} is larger than {limit / 2**20:,.0f} MiB, the most that is read; split it or "
            "check that it is the file that you mean."
        )
        raise DataError(message)
    return data


def is_folder(path: Path, advice: str = "check the name") -> bool:
    """Whether an existing path is a folder; ``advice`` ends the sentence where nothing is there.

    Raises
    ------
    MissingError
        If nothing is there.
    StorageError
        If a folder above it may not be entered.
    """
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        message = f"There is no file or folder {str(path)!r}; {advice}."
        raise MissingError(message) from error
    except OSError as error:
        raise unreadable(error, path) from error


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
    message = (
        f"Could not read {path}: {error.strerror or error}; check that it exists and that you may "
        "read it."
    )
    return StorageError(message)


def decode(data: bytes, path: Path) -> str:
    r"""Text of a file in UTF-8, or UTF-16 with a byte-order mark; line ends become ``\n``.

    Raises
    ------
    DataError
        If the file is empty, binary or in another encoding; the message gives the byte offset.
    """
    if not data.strip():
        what = f"holds nothing but {len(data):,} blank characters" if data else "is empty"
        message = f"{path} {what}; save the page again."
        raise DataError(message)
    encoding = encodings.by_mark(data, path) or "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        at = error.start + 3 * (encoding == "utf-8-sig")
        message = (
            f"{path} is not {encoding.upper()}: byte {at} cannot be decoded "
            f"({error.reason}); save the page as UTF-8 (UTF-16 with a byte-order mark is read too)."
        )
        raise DataError(message) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        message = (
            f"{path}, line {line}: the control character U+{ord(control[0]):04X} does not belong "
            "into a text page; is this a binary file?"
        )
        raise DataError(message)
    if not text.strip():
        message = f"{path} holds nothing but blanks; save the page again."
        raise DataError(message)
    return text


def sha256_of(data: bytes) -> str:
    """SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Limits:
    """How much is read of a file that is streamed.

    Parameters
    ----------
    line : int
        Most bytes of one line.
    unpacked : int
        Most bytes of the whole file after unpacking.
    ratio : float
        Largest ratio of unpacked to packed bytes, checked when 64 MiB are unpacked. Texts stay
        below 30.
    """

    line: int = 32 * 2**20
    unpacked: int = 64 * 2**30
    ratio: float = 200.0


_RATIO_FROM = 64 * 2**20
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"


class Stream(io.RawIOBase):
    """The bytes of a file, unpacked if they are gzip or the one file of a zip archive.

    They are counted, hashed and bounded.

    ``sha256`` is that of the file as it lies on the disk, known once it was read to its end.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path, self.limits, self.unpacked = path, limits, 0
        self.sha256: str | None = None
        self._raw = _Hashed(path)
        start = self._raw.peek(4)
        self.packing = {_GZIP: "gzip", _ZIP[:2]: "zip"}.get(start[:2], "")
        self._file: Any = self._raw
        if self.packing == "gzip":
            self._file = gzip.GzipFile(fileobj=cast(Any, self._raw), mode="rb")
        elif self.packing:
            self._file = _only_member(path)
            while self._raw.read(1 << 20):  # the hash, and the size that the ratio is against
                pass

    def readable(self) -> bool:
        """A stream is for reading."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read the next bytes into a buffer.

        Raises
        ------
        DataError
            If the file is a damaged or truncated gzip file, or unpacks to more than the limits
            allow.
        StorageError
            If it cannot be read.
        """
        try:
            block = self._file.read(len(buffer))
        except (EOFError, gzip.BadGzipFile, zlib.error, *DAMAGED_ZIP) as error:
            message = (
                f"{self.path} is a damaged or truncated {self.packing} file ({reason(error)}); "
                "fetch or copy it again."
            )
            raise DataError(message) from error
        except OSError as error:
            raise unreadable(error, self.path) from error
        self.unpacked += len(block)
        if self.unpacked > self.limits.unpacked:
            message = (
                f"{self.path} unpacks to more than {self.limits.unpacked / 2**30:,.1f} GiB, the "
                "most that is read; split it."
            )
            raise DataError(message)
        if self.packing and self.unpacked > max(_RATIO_FROM, self.limits.ratio * self._raw.count):
            message = (
                f"{self.path} unpacks to more than {self.limits.ratio:,.0f} times its size, which "
                f"no text does: it may be a {self.packing} bomb. "
                "If you trust it, unpack it yourself."
            )
            raise DataError(message)
        if not block:
            self.sha256 = self._raw.hexdigest()
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            self._file.close()
            self._raw.close()
        super().close()


#: What the zip reader raises on damaged archives.
DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)


def member_of(path: Path) -> str:
    """Name of the one file in a zip archive; hidden files beside it do not count.

    Raises
    ------
    DataError
        If it is no archive, or holds none or several.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [i.filename for i in archive.infolist() if not i.is_dir()]
    except (*DAMAGED_ZIP, OSError) as error:
        message = f"{path} is not a zip archive that can be read ({reason(error)}); copy it again."
        raise DataError(message) from error
    shown = [n for n in names if not n.startswith("__MACOSX/") and not Path(n).name.startswith(".")]
    if "[Content_Types].xml" in names:
        message = f"{path} is an Office file; of these only Excel tables (.xlsx) are read."
        raise DataError(message)
    if len(shown) != 1:
        listed = ", ".join(shown[:5])
        message = (
            f"{path} is a zip archive of {len(shown):,} files{f' ({listed}, …)' if shown else ''}; "
            "one is read. Unpack it and give the files."
        )
        raise DataError(message)
    return shown[0]


def is_workbook(path: Path) -> bool:
    """Whether a zip archive is a file of Excel, by its directory."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.startswith("xl/") for name in archive.namelist())
    except (*DAMAGED_ZIP, OSError):
        return False


def _only_member(path: Path) -> IO[bytes]:
    name = member_of(path)
    try:
        return zipfile.ZipFile(path).open(name)
    except (*DAMAGED_ZIP, OSError) as error:
        message = f"{path} is not a zip archive that can be read ({reason(error)}); copy it again."
        raise DataError(message) from error


class _Hashed:
    """A file that is hashed and counted as it is read."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            read_bytes(path, 0)  # says what is wrong with the name
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise unreadable(error, path) from error
        self._hash, self.count = hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self._hash.update(block)
        self.count += len(block)
        return block

    def peek(self, size: int) -> bytes:
        return self._file.peek(size)[:size]

    def hexdigest(self) -> str:
        return self._hash.hexdigest()

    def close(self) -> None:
        self._file.close()


def open_stream(path: Path, limits: Limits | None = None) -> io.BufferedReader:
    """The bytes of a plain or gzip file, buffered; its ``raw`` is the :class:`Stream`.

    Raises
    ------
    MissingError, StorageError, DataError
        If there is no such file, it cannot be read or it is no regular file.
    """
    return io.BufferedReader(Stream(path, limits or Limits()), buffer_size=1 << 18)
