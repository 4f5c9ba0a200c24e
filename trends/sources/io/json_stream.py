"""JSON from outside, one value at a time: an array, an object around a list, or JSON lines.

What stands in an array or on lines is read piece by piece, so memory does not grow with the file. A
line that is not JSON is one dropped record; an array that breaks off is an error, because nothing
tells how much of it is missing.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from trends.errors import DataError
from trends.sources.io import encodings
from trends.sources.io.bounded import open_stream
from trends.sources.io.lines import is_damaged, open_lines
from trends.sources.io.span import Span

#: Most characters of one record of an array, and of a whole file that is one object.
MAX_RECORD = 8 * 2**20
MAX_OBJECT = 64 * 2**20
#: Most commas and opening brackets of one value: each may become an object of a hundred bytes.
MAX_PARTS = 4_000_000

_BLOCK = 1 << 18
_BLANK = " \t\r\n"
_BLANKS = re.compile(rf"[{_BLANK}]*")

#: The way from the top of an answer to its records, by names of fields.
Way = Sequence[str]


@dataclass(frozen=True, slots=True)
class Item:
    """One value of a file, or the clause that says why there is none.

    ``number`` counts from 1, ``line`` is known for JSON lines, ``outer`` holds the other fields of
    the object around the list.
    """

    number: int
    line: int | None
    value: Any
    problem: str = ""
    outer: Mapping[str, Any] | None = None


def items(path: Path, ways: Sequence[Way] = (), span: Span | None = None) -> Iterator[Item]:
    """The values of one file with their places.

    Parameters
    ----------
    path : Path
        Plain or gzip.
    ways : sequence of sequence of str
        Where the list stands if the file is an object around a list.
    span : Span, optional
        The part of a file of JSON lines that is read.

    Raises
    ------
    DataError
        If the file is neither JSON nor JSON lines, breaks off, or is larger or deeper than what is
        read.
    """
    if span is not None:
        found = _lines(path, span)
    else:
        found = {"array": _array, "object": _whole, "lines": _lines}[layout(path)](path)
    number = 0
    for line, value, problem in found:
        values, outer = unwrap(value, ways)
        for each in values:
            number += 1
            twice = each.problem if isinstance(each, _Twice) else ""
            yield Item(number, line, each, problem or twice, outer)


def unwrap(value: Any, ways: Sequence[Way]) -> tuple[list[Any], Mapping[str, Any] | None]:
    """The records in a value: those of the list at the end of a way, or the value itself."""
    for way in ways:
        inner = value
        for name in way:
            inner = inner.get(name) if isinstance(inner, Mapping) else None
        if isinstance(inner, list):
            return inner, {k: v for k, v in value.items() if k != way[0]}
    return [value], None


def loads(text: str) -> Any:
    """One JSON value; NaN and infinity, which are not JSON, become null.

    Raises
    ------
    ValueError
        If the text is not JSON, has too many parts or is nested too deeply; the message is a
        clause.
    """
    if len(text) > _BLOCK and text.count(",") + text.count("[") + text.count("{") > MAX_PARTS:
        message = f"one value has more than {MAX_PARTS:,} parts, the most that is read"
        raise ValueError(message)
    try:
        return json.loads(text, **_HOW)
    except (ValueError, RecursionError) as error:
        where = f" (character {error.pos + 1})" if isinstance(error, json.JSONDecodeError) else ""
        message = f"{_clause(error)}{where}"
        raise ValueError(message) from error


def _nothing(_: str) -> None:
    return None


class _Twice(dict[str, Any]):
    """An object that states a field twice, and not as the same: nobody knows which one holds."""

    problem = ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    twice = [name for name, value in pairs if value != found[name]]
    out = _Twice(found)
    out.problem = f"it states the field {twice[0][:40]!r} twice" if twice else ""
    return out


_HOW: dict[str, Any] = {"parse_constant": _nothing, "object_pairs_hook": _object}


def _clause(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg[:1].lower()}{error.msg[1:]}"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return "it holds a number that is too long"  # of thousands of digits


def _open(path: Path, errors: str = "strict") -> TextIO:
    """The characters of a plain or gzip file in UTF-8, or in UTF-16 if it says so."""
    stream = open_stream(path)
    name = encodings.by_mark(stream.peek(4096)[:4096], path) or "utf-8"
    return io.TextIOWrapper(stream, encoding=name, newline="", errors=errors)


def _read(stream: TextIO, size: int, path: Path) -> str:
    try:
        return stream.read(size)
    except UnicodeDecodeError as error:
        buffer: Any = stream.buffer
        at = buffer.raw.unpacked - len(buffer.peek(1)) - len(error.object) + error.start
        message = (
            f"{path}: byte {at:,} is not in the encoding of the file ({error.reason}); JSON is "
            "UTF-8, save it so."
        )
        raise DataError(message) from error


def layout(path: Path) -> str:
    """Whether a file is an array, one value a line, or one object over several lines."""
    with _open(path, "replace") as stream:
        read = _read(stream, _BLOCK, path)
    start = read.lstrip(_BLANK)
    if not start:
        what = f"begins with {len(read):,} or more blank characters" if read else "is empty"
        message = f"{path} {what}; fetch or save it again."
        raise DataError(message)
    if start[0] == "[":
        return "array"
    if start[0] != "{":
        message = (
            f"{path} is not JSON: it begins with {start[:20]!r}, and an array or an object was "
            "expected."
        )
        raise DataError(message)
    if "\n" not in start.rstrip(_BLANK):
        return "lines"  # one object, or a first line longer than a block
    heads = [line for line in start.split("\n")[:-1][:20] if line.startswith("{")]
    return "lines" if any(_is_json(line) for line in heads) or len(heads) > 1 else "object"


def _is_json(text: str) -> bool:
    try:
        loads(text)
    except ValueError:
        return False
    return True


#: Line, value and problem of each value of a file.
_Found = Iterator[tuple[int | None, Any, str]]


def _lines(path: Path, span: Span | None = None) -> _Found:
    for number, line in open_lines(path, lenient=True, span=span):
        if is_damaged(line):
            yield number, None, "this line is not UTF-8, as the rest of the file is"
            continue
        try:
            yield number, loads(line), ""
        except ValueError as error:
            yield number, None, f"this line is not JSON: {error}"


def _whole(path: Path) -> _Found:
    with _open(path) as stream:
        text = _read(stream, MAX_OBJECT + 1, path)
    if len(text) > MAX_OBJECT:
        message = (
            f"{path} is one JSON object of more than {MAX_OBJECT / 2**20:,.0f} MiB; save its "
            "records as JSON lines, one a line."
        )
        raise DataError(message)
    try:
        yield None, loads(text), ""
    except ValueError as error:
        message = f"{path} is not JSON: {error}; it may be cut off. Fetch or save it again."
        raise DataError(message) from error


def _array(path: Path) -> _Found:
    """The elements of an array."""
    number = 0
    with _open(path) as stream:
        window = _Window(stream, path)
        window.skip()
        while (sign := window.sign()) != "]":
            if number and sign != ",":
                what = (
                    f"a comma was expected, not {sign!r}"
                    if sign
                    else "the array is not closed, so the file is cut off"
                )
                message = f"{path}, after record {number}: {what}; fetch or save it again."
                raise DataError(message)
            if number:
                window.skip()
            try:
                value = window.value()
            except ValueError as error:
                message = (
                    f"{path}, record {number + 1}: {error}; the file is damaged or cut off. Fetch "
                    "or save it again."
                )
                raise DataError(message) from error
            number += 1
            yield None, value, ""
        window.skip()
        if rest := window.sign():
            message = (
                f"{path}: something follows the end of the array ({rest!r}); save one array, or "
                "one record a line."
            )
            raise DataError(message)


class _Window:
    """A stretch of the characters of a file that moves on as they are used."""

    def __init__(self, stream: TextIO, path: Path) -> None:
        self._stream, self._path = stream, path
        self._buffer, self._at, self._more = "", 0, True
        self._decoder = json.JSONDecoder(**_HOW)

    def sign(self) -> str:
        """The next character that is not blank; empty at the end of the file."""
        while True:
            self._at = _BLANKS.match(self._buffer, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._buffer) or not self._more:
                return self._buffer[self._at : self._at + 1]
            self._fill()

    def skip(self) -> None:
        """Go behind the next character that is not blank."""
        self._at += len(self.sign())

    def value(self) -> Any:
        """The next JSON value.

        Raises
        ------
        ValueError
            If there is none; the message is a clause.
        """
        self.sign()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
                # At the end of the buffer a number might go on in the next block.
                if end < len(self._buffer) or not self._more:
                    self._at = end
                    return value
            except (ValueError, RecursionError) as error:
                if isinstance(error, RecursionError) or not self._more:
                    raise ValueError(_clause(error)) from error
            if len(self._buffer) - self._at > MAX_RECORD:
                message = (
                    f"it is longer than {MAX_RECORD / 2**20:,.0f} MiB, the most that is read, or "
                    "it is not JSON"
                )
                raise ValueError(message)
            self._fill()

    def _fill(self) -> None:
        # At least as much again as is waiting, so that the work stays in proportion to the file.
        rest = self._buffer[self._at :]
        block = _read(self._stream, max(_BLOCK, len(rest)), self._path)
        self._buffer, self._at, self._more = rest + block, 0, bool(block)
