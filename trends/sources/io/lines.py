"""Lines of a text file whose length is bounded, decoded as they are read."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from trends.errors import DataError, reason
from trends.sources.io import encodings
from trends.sources.io.bounded import Limits, open_stream
from trends.sources.io.span import Span, open_span

#: Encodings in which a line ends where its bytes do, whatever stands before.
_BYTEWISE = frozenset(["utf-8", "utf-8-sig", "latin-1", "iso8859-1", "cp1252", "ascii"])


class Lines:
    """The lines of a text file, plain or gzip, decoded one at a time.

    Parameters
    ----------
    path : Path
        The file.
    limits : Limits
        How much is read.
    encoding : str
        Any of Python's, as the user knows it; empty to go by a byte-order mark, else by what the
        bytes are.
    lenient : bool
        Give single damaged lines of a file in UTF-8, as :func:`is_damaged` tells; else they are an
        error.
    span : Span, optional
        The part of a plain file that is read; lines are numbered as in the whole.

    Attributes
    ----------
    encoding : str
        Known from the start if it is stated, else when all lines were read.
    ends_whole : bool
        Whether the last line that :meth:`numbered` gave was ended.
    """

    ends_whole = False

    def __init__(
        self,
        path: Path,
        limits: Limits,
        encoding: str = "",
        *,
        lenient: bool = False,
        span: Span | None = None,
    ) -> None:
        self.path, self.limits, self.lenient = path, limits, lenient
        self._span = span
        if span is not None:
            self._stream = open_span(path, span)
            self.encoding, self._stated = span.encoding or "utf-8", bool(span.encoding)
            return
        self._stream = open_stream(path, limits)
        try:
            stated = (
                encodings.named(encoding)
                if encoding
                else encodings.by_mark(self._stream.peek(4096)[:4096], path)
            )
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
        for number, line in self.numbered():
            if line and not line.isspace():
                yield number, line

    def numbered(self) -> Iterator[tuple[int, str]]:
        r"""Number from 1 and text of each line without its end, which is any of the usual three.

        Raises
        ------
        DataError
            See :meth:`decoded`.
        """
        number = self._span.lines if self._span is not None else 0
        for line in self.decoded():
            bare = line.removesuffix("\n").removesuffix("\r")
            self.ends_whole = bare != line
            for part in bare.split("\r") if "\r" in bare else (bare,):
                number += 1
                yield number, part

    def decoded(self) -> Iterator[str]:
        r"""Each line with its end; lines end in ``\n``, so one may hold a ``\r``.

        Raises
        ------
        DataError
            If a line is too long, cannot be decoded, or the file is damaged.
        """
        with self._stream:
            yield from self._bytewise() if self.encoding in _BYTEWISE else self._wrapped()

    def _bytewise(self) -> Iterator[str]:
        most, only_ascii = self.limits.line, True
        number = self._span.lines if self._span is not None else 0
        begins = self._span is None or not self._span.start
        while line := self._stream.readline(most + 1):
            number += 1
            if len(line) > most:
                raise self._too_long(number)
            if begins and line.startswith(codecs.BOM_UTF8):
                line = line[3:]
            begins = False
            try:
                yield line.decode("utf-8" if self.encoding == "utf-8-sig" else self.encoding)
            except UnicodeDecodeError as error:
                where = f"{self.path}, line {number} (byte {error.start} of the line)"
                if self.lenient and self.encoding.startswith("utf-8") and self._examined().is_utf8:
                    yield line.decode("utf-8", "surrogateescape")
                    continue
                if self._stated or not only_ascii:
                    message = (
                        f"{where}: not {self.encoding.upper()} ({error.reason}); the file mixes "
                        "encodings or is damaged. Repair the line, or save the file as UTF-8."
                    )
                    raise DataError(message) from error
                self.encoding = self._examined().encoding(where)
                yield line.decode(self.encoding)
            only_ascii = only_ascii and line.isascii()

    def _wrapped(self) -> Iterator[str]:
        text = io.TextIOWrapper(self._stream, encoding=self.encoding, newline="\n")
        most, number = self.limits.line // 2, 0
        try:
            while line := text.readline(most + 1):
                number += 1
                if len(line) > most:
                    raise self._too_long(number)
                yield line.removeprefix("\ufeff") if number == 1 else line
        except UnicodeError as error:
            message = (
                f"{self.path}, after line {number}: not {self.encoding.upper()} ({reason(error)}); "
                "name its encoding, or save the file as UTF-8."
            )
            raise DataError(message) from error

    def _examined(self) -> encodings.Evidence:
        """What all bytes of a file that is not UTF-8 tell, also of those that are not read here."""
        about = self.path.stat()
        return _evidence(self.path, self.limits, about.st_size, about.st_mtime_ns)

    def _too_long(self, number: int) -> DataError:
        return DataError(
            f"{self.path}, line {number} is longer than {self.limits.line / 2**20:,.0f} MiB, the "
            "most that is read; one record a line was expected. Is this another format?"
        )


_DAMAGED = re.compile("[\udc80-\udcff]")


def is_damaged(line: str) -> bool:
    """Whether a line of a lenient reader holds bytes that are not in the encoding of its file."""
    return not line.isascii() and bool(_DAMAGED.search(line))


@lru_cache(maxsize=8)
def _evidence(path: Path, limits: Limits, _size: int, _changed: int) -> encodings.Evidence:
    """What the bytes of a file tell; each file is looked through once, as long as it stays."""
    found = encodings.Evidence()
    with open_stream(path, limits) as stream:
        while block := stream.read(1 << 20):
            found.add(block)
    return found


def open_lines(
    path: Path,
    limits: Limits | None = None,
    encoding: str = "",
    *,
    lenient: bool = False,
    span: Span | None = None,
) -> Lines:
    """The lines of a text file, streamed; see :class:`Lines`.

    Raises
    ------
    MissingError, StorageError, DataError
        If there is no such file, it cannot be read, is no regular file or is binary.
    """
    return Lines(path, limits or Limits(), encoding, lenient=lenient, span=span)
