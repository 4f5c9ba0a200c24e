"""A part of a file of lines: where it begins and ends, and which line is its first."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trends.errors import DataError
from trends.sources.io import encodings
from trends.sources.io.bounded import read_bytes, unreadable

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of a file that begin and end where lines do.

    Parameters
    ----------
    start, stop : int
        The first byte, and the first one after the last.
    lines : int
        Lines of the file before the first byte.
    encoding : str
        What the first bytes of the file state; empty if they state nothing.
    """

    start: int
    stop: int
    lines: int = 0
    encoding: str = ""


def spans(path: Path, n: int) -> tuple[Span, ...]:
    """Cut a plain file of lines into parts of about the same size; it is read once to the last cut.

    Parameters
    ----------
    path : Path
        A file in UTF-8.
    n : int
        Parts; fewer where lines are longer than a part.

    Returns
    -------
    tuple of Span
        Together every byte of the file, each once, in order.

    Raises
    ------
    StorageError, MissingError, DataError
        If the file cannot be read, or states another encoding.
    """
    if not path.is_file():
        read_bytes(path, 0)  # says what is wrong with the name
    try:
        with path.open("rb") as f:
            encoding = encodings.by_mark(f.read(4096), path) or ""
            size = f.seek(0, io.SEEK_END)
            f.seek(0)
            cuts = _cuts(f, [size * i // n for i in range(1, n)])
    except OSError as error:
        raise unreadable(error, path) from error
    if encoding not in ("", "utf-8-sig"):
        message = f"{path} is in {encoding.upper()}, of which no part can be read by itself."
        raise DataError(message)
    begins = [(0, 0), *((at, lines) for at, lines in cuts if at < size)]
    ends = [*(at for at, _ in begins[1:]), size]
    return tuple(
        Span(at, end, lines, encoding) for (at, lines), end in zip(begins, ends, strict=True)
    )


def _cuts(f: io.BufferedReader, wanted: Sequence[int]) -> list[tuple[int, int]]:
    """The first line that begins at or after each place, with the number of lines before it."""
    found: list[tuple[int, int]] = []
    at, lines = 0, 0
    left = list(wanted)
    while left and (block := f.read(_BLOCK)):
        begin = 0
        while left:
            # A line begins where the one before has ended: look from the byte before.
            end = block.find(b"\n", max(begin, left[0] - 1 - at))
            if end < 0:
                break
            lines += block.count(b"\n", begin, end + 1)
            begin = end + 1
            found.append((at + begin, lines))
            while left and left[0] <= at + begin:
                left.pop(0)
        lines += block.count(b"\n", begin)
        at += len(block)
    return found


class _Part(io.RawIOBase):
    """The bytes of a span."""

    def __init__(self, path: Path, span: Span) -> None:
        try:
            self._file = path.open("rb", buffering=0)
            self._file.seek(span.start)
        except OSError as error:
            raise unreadable(error, path) from error
        self._path, self._left = path, span.stop - span.start

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            block = self._file.read(min(len(buffer), self._left))
        except OSError as error:
            raise unreadable(error, self._path) from error
        self._left -= len(block)
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def open_span(path: Path, span: Span) -> io.BufferedReader:
    """The bytes of a part of a file, buffered.

    Raises
    ------
    StorageError
        If it cannot be read.
    """
    return io.BufferedReader(_Part(path, span), buffer_size=1 << 18)
