"""The body of an answer: bounded in bytes and in time, unpacked here so that a bomb stops at the bound."""

from __future__ import annotations

import zlib
from typing import Any

from trends.sources.fetch.http.backoff import Clock

#: Most bytes of one answer after unpacking.
MAX_BYTES = 64 * 2**20
#: Seconds in which one answer must have arrived as a whole, however steadily it drips.
DEADLINE = 300.0

_BLOCK = 1 << 16


class Unfit(ValueError):
    """An answer that is not what was asked for; asking again may help. The message is a clause."""


class TooLarge(ValueError):
    """An answer larger than what is read; asking again does not help. The message is a clause."""


def read(
    raw: Any,
    encoding: str,
    length: str | None,
    clock: Clock,
    *,
    most: int = MAX_BYTES,
    within: float = DEADLINE,
) -> bytes:
    """Read a body to its end.

    Parameters
    ----------
    raw : urllib3.HTTPResponse
        Read without decoding.
    encoding : str
        ``Content-Encoding``: empty, ``identity`` or ``gzip``.
    length : str, optional
        ``Content-Length``; a body that ends before is not whole.
    clock : Clock
        Measures how long it takes.
    most : int
        Most bytes, packed and unpacked.
    within : float
        Most seconds.

    Raises
    ------
    Unfit
        If the body breaks off, is damaged, takes too long or is packed in another way.
    TooLarge
        If it is larger.
    """
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        message = f"it is packed as {encoding[:40]!r}, which was not asked for"
        raise Unfit(message)
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS) if encoding.endswith("gzip") else None
    began, packed, found = clock.monotonic(), 0, bytearray()
    while block := raw.read1(_BLOCK, decode_content=False):
        packed += len(block)
        if unpack is None:
            found += block
        else:
            try:
                found += unpack.decompress(block, most + 1 - len(found))
            except zlib.error as error:
                message = "its gzip data are damaged"
                raise Unfit(message) from error
        if packed > most or len(found) > most:
            message = (
                f"it is larger than {most / 2**20:,.0f} MiB, the most that is read of one answer"
            )
            raise TooLarge(message)
        if unpack is not None and unpack.eof:
            break
        if clock.monotonic() - began > within:
            message = f"it had not arrived as a whole after {within:,.0f} s"
            raise Unfit(message)
    if unpack is not None and not unpack.eof:
        message = "its gzip data break off"
        raise Unfit(message)
    if length is not None and length.isdecimal() and packed < int(length[:18]):
        message = f"it breaks off after {packed:,} of {int(length[:18]):,} bytes"
        raise Unfit(message)
    return bytes(found)
