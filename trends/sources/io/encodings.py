"""Encoding of a file: by its byte-order mark, or what its bytes can and cannot be."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from trends.errors import DataError, UsageError

#: Byte-order marks and what they say; UTF-32 is refused.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH = re.compile(rb"[\x80-\xff]+")
_C1 = re.compile(rb"[\x80-\x9f]")
#: Control characters that no text holds.
_UNTYPED = re.compile(rb"[\x01-\x08\x0e-\x1f]")
#: Bytes that mean nothing in Windows-1252.
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
#: Accented letters and quotation marks of a western text stand alone or in pairs; a longer run is
#: of another script.
_LONGEST_RUN = 3
_ADVICE = (
    "save it as UTF-8 and read it again, or name its encoding (encoding=…, --encoding), for "
    "example gbk or cp1250"
)
#: Codecs that are no way of writing files.
_NO_FILES = frozenset(
    ["idna", "punycode", "undefined", "unicode_escape", "unicode-escape", "raw-unicode-escape"]
)


def named(encoding: str) -> str:
    """Python's name of the codec that a user names.

    Raises
    ------
    UsageError
        If there is no such codec of text.
    """
    try:
        codec = codecs.lookup(encoding)
    except (LookupError, ValueError, UnicodeError):
        codec = None
    if codec is None or not codec._is_text_encoding or codec.name in _NO_FILES:
        message = (
            f"The encoding {encoding!r} is not one that Python knows; allowed are its names of "
            "encodings of text, for example utf-8, utf-16, cp1252, iso8859-2, cp1251, gbk, big5, "
            "shift_jis, euc_kr."
        )
        raise UsageError(message)
    return codec.name


def by_mark(start: bytes, path: Path) -> str | None:
    """Encoding that the first bytes of a file state, ``None`` if they state none.

    Raises
    ------
    DataError
        If they state UTF-32, or belong to a binary file.
    """
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        message = f"{path} is in UTF-32; {_ADVICE}."
        raise DataError(message)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    if b"\x00" not in start:
        return None
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = max(1, len(start) // 2)
    looks_like_text = len(start) >= 8 and not _UNTYPED.search(start)
    if looks_like_text and max(even, odd) > 0.4 * half and min(even, odd) < 0.05 * half:
        return "utf-16-le" if odd > even else "utf-16-be"
    message = (
        f"{path} is a binary file (a zero byte at offset {start.index(0)}); a text was expected."
    )
    raise DataError(message)


@dataclass
class Evidence:
    """What the bytes of a file that is not UTF-8 tell about its encoding; fed block by block."""

    valid: int = 0
    high: int = 0
    in_runs: int = 0
    c1: bool = False
    undefined: bool = False

    def add(self, block: bytes) -> None:
        """Count one block."""
        runs = _HIGH.findall(block)
        self.valid += sum(len(s) for s in _SEQUENCE.findall(block))
        self.high += sum(map(len, runs))
        self.in_runs += sum(len(r) for r in runs if len(r) > _LONGEST_RUN)
        self.c1 = self.c1 or bool(_C1.search(block))
        self.undefined = self.undefined or bool(_UNDEFINED.search(block))

    @property
    def is_utf8(self) -> bool:
        """Whether it is a file of UTF-8 of which a few bytes are damaged."""
        return self.valid > 0.9 * self.high

    def encoding(self, where: str) -> str:
        """Latin-1 or Windows-1252, if that is what the bytes look like.

        Raises
        ------
        DataError
            If they mix encodings, or are in another one.
        """
        if self.valid > 0.1 * self.high:
            message = (
                f"{where}: this is not UTF-8, other parts of the file look like it; the file mixes "
                f"encodings, is damaged or in another one. Repair the line, or {_ADVICE}."
            )
            raise DataError(message)
        if self.undefined or self.in_runs > 0.05 * self.high:
            message = (
                f"{where}: the file is neither UTF-8 nor UTF-16 nor a western single-byte "
                f"encoding; {_ADVICE}."
            )
            raise DataError(message)
        return "cp1252" if self.c1 else "latin-1"
