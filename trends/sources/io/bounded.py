"""Reading bytes and text from outside: bounded, with an error that names the file."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import re
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from trends.errors import DataError, MissingError, StorageError, reason
from trends.sources.io import encodings

__all__ = [
    "MAX_TEXT_BYTES",
    "Limits",
    "Lines",
    "Stream",
    "decode",
    "is_folder",
    "list_folder",
    "open_lines",
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
        message = f"{path} is empty; save the page again."
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
        Largest ratio of unpacked to packed bytes, looked at once 64 MiB are unpacked. Texts stay
        below 30.
    """

    line: int = 32 * 2**20
    unpacked: int = 64 * 2**30
    ratio: float = 200.0


_RATIO_FROM = 64 * 2**20
_GZIP = b"\x1f\x8b"


class Stream(io.RawIOBase):
    """The bytes of a file, unpacked if they are gzip, counted, hashed and bounded.

    ``sha256`` is that of the file as it lies on the disk, known once it was read to its end.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path, self.limits, self.unpacked = path, limits, 0
        self.sha256: str | None = None
        self._raw = _Hashed(path)
        start = self._raw.peek(2)
        self.packed = start.startswith(_GZIP)
        self._file: Any = (
            gzip.GzipFile(fileobj=cast(Any, self._raw), mode="rb") if self.packed else self._raw
        )

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
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            message = (
                f"{self.path} is a damaged or truncated gzip file ({reason(error)}); fetch or copy "
                "it again."
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
        if self.packed and self.unpacked > max(_RATIO_FROM, self.limits.ratio * self._raw.count):
            message = (
                f"{self.path} unpacks to more than {self.limits.ratio:,.0f} times its size, which "
                "no text does: it may be a gzip bomb. "
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


class Lines:
    """The lines of a text file, plain or gzip, decoded one at a time.

    Parameters
    ----------
    path : Path
        The file.
    limits : Limits
        How much is read.
    encoding : str
        As the user knows it; empty to go by a byte-order mark, else by what the bytes are.

    Attributes
    ----------
    encoding : str
        Known from the start if it is stated, else when all lines were read.
    """

    def __init__(self, path: Path, limits: Limits, encoding: str = "") -> None:
        self.path, self.limits = path, limits
        self._stream = open_stream(path, limits)
        try:
            stated = encoding or encodings.by_mark(self._stream.peek(4096)[:4096], path)
        except BaseException:
            self._stream.close()
            raise
        self.encoding = stated or "utf-8"
        self._stated = bool(stated)

    @property
    def sha256(self) -> str | None:
        """SHA-256 of the file, ``None`` until it was read to its end."""
        return getattr(self._stream.raw, "sha256", None)

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Number from 1 and text of each line without its end; blank lines are left out.

        Raises
        ------
        DataError
            See :meth:`decoded`.
        """
        for number, line in enumerate(self.decoded(), start=1):
            if (text := line.rstrip("\r\n")) and not text.isspace():
                yield number, text

    def decoded(self) -> Iterator[str]:
        r"""Each line with its end; lines end in ``\n``, so one may hold a ``\r``.

        Raises
        ------
        DataError
            If a line is too long, cannot be decoded, or the file is damaged.
        """
        with self._stream:
            yield from self._utf16() if self.encoding.startswith("utf-16") else self._bytewise()

    def _bytewise(self) -> Iterator[str]:
        most, only_ascii, number = self.limits.line, True, 0
        while line := self._stream.readline(most + 1):
            number += 1
            if len(line) > most:
                raise self._too_long(number)
            if number == 1 and line.startswith(codecs.BOM_UTF8):
                line = line[3:]
            try:
                yield line.decode("utf-8" if self.encoding == "utf-8-sig" else self.encoding)
            except UnicodeDecodeError as error:
                where = f"{self.path}, line {number} (byte {error.start} of the line)"
                if self._stated or not only_ascii:
                    message = (
                        f"{where}: not {self.encoding.upper()} ({error.reason}); the file mixes "
                        "encodings or is damaged. Repair the line, or save the file as UTF-8."
                    )
                    raise DataError(message) from error
                self.encoding = self._examined(where)
                yield line.decode(self.encoding)
            only_ascii = only_ascii and line.isascii()

    def _utf16(self) -> Iterator[str]:
        text = io.TextIOWrapper(self._stream, encoding=self.encoding, newline="\n")
        most, number = self.limits.line // 2, 0
        try:
            while line := text.readline(most + 1):
                number += 1
                if len(line) > most:
                    raise self._too_long(number)
                yield line
        except UnicodeError as error:
            message = (
                f"{self.path}, after line {number}: not {self.encoding.upper()} ({reason(error)}); "
                "save the file as UTF-8."
            )
            raise DataError(message) from error

    def _examined(self, where: str) -> str:
        """Encoding of a file that is not UTF-8, by all its bytes."""
        evidence = encodings.Evidence()
        with open_stream(self.path, self.limits) as stream:
            while block := stream.read(1 << 20):
                evidence.add(block)
        return evidence.encoding(where)

    def _too_long(self, number: int) -> DataError:
        return DataError(
            f"{self.path}, line {number} is longer than {self.limits.line / 2**20:,.0f} MiB, the "
            "most that is read; one record a line was expected. Is this another format?"
        )


def open_lines(path: Path, limits: Limits | None = None, encoding: str = "") -> Lines:
    """The lines of a text file, streamed; see :class:`Lines`.

    Raises
    ------
    MissingError, StorageError, DataError
        If there is no such file, it cannot be read, is no regular file or is binary.
    """
    return Lines(path, limits or Limits(), encoding)
