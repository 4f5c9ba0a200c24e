"""JSON from outside, one record at a time: an array, an object around a list, or one value a line; plain or gzip.

What stands in an array or on lines is read piece by piece, so memory does not grow with the file. A
line that is not JSON is one dropped record; an array that breaks off is an error, because nothing
tells how much of it is missing.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trends.errors import DataError
from trends.sources.io import encodings
from trends.sources.io.bounded import open_lines, open_stream
from trends.sources.records.record import Dropped, Place, Record, Records

#: Most characters of one record of an array, and of a whole file that is one object.
MAX_RECORD = 8 * 2**20
MAX_OBJECT = 64 * 2**20
#: Most commas and opening brackets of one value: each may become an object of a hundred bytes.
MAX_PARTS = 4_000_000

_BLOCK = 1 << 18
_BLANK = " \t\r\n"

#: The way from the top of an answer to its records, by names of fields.
Way = Sequence[str]
#: What a source makes of one record.
Make = Callable[[Mapping[str, Any], Place], Record | Dropped]


@dataclass(frozen=True, slots=True)
class Item:
    """One value of a file, or the sentence why there is none; ``outer`` holds the other fields of the object around the list."""

    place: Place
    value: Any
    problem: str = ""
    outer: Mapping[str, Any] | None = None


def records(files: Mapping[str, Path], make: Make, ways: Sequence[Way] = ()) -> Records:
    """Every record of every file: kept, or dropped for a reason.

    Parameters
    ----------
    files : mapping of str to Path
        Files by the name that messages use.
    make : callable
        Takes one JSON object and its place.
    ways : sequence of sequence of str
        Where the list stands if the file is an object around a list.

    Yields
    ------
    Record or Dropped

    Raises
    ------
    DataError
        If a file is neither JSON nor JSON lines, breaks off, or is larger or deeper than what is
        read.
    """
    for label, path in files.items():
        for item in items(path, label, ways):
            if item.problem:
                yield Dropped(item.place, "not JSON", item.problem)
            elif not isinstance(item.value, Mapping):
                yield Dropped(
                    item.place,
                    "not an object",
                    f"{item.place}: a JSON object was expected, not {_kind(item.value)}.",
                )
            else:
                yield make(item.value, item.place)


def items(path: Path, label: str, ways: Sequence[Way] = ()) -> Iterator[Item]:
    """The values of one file with their places, counted from 1.

    Raises
    ------
    DataError
        See :func:`records`.
    """
    layout = _layout(path)
    found = {"array": _array, "object": _whole, "lines": _lines}[layout](path, label)
    number = 0
    for item in found:
        values, outer = unwrap(item.value, ways)
        for value in values:
            number += 1
            yield Item(Place(label, number, item.place.line), value, item.problem, outer)


def unwrap(value: Any, ways: Sequence[Way]) -> tuple[list[Any], Mapping[str, Any] | None]:
    """The records that stand in a value: those of the list at the end of a way, or the value itself."""
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
        return json.loads(text, parse_constant=_nothing)
    except RecursionError as error:
        message = "it is nested too deeply"
        raise ValueError(message) from error
    except json.JSONDecodeError as error:
        message = f"{error.msg[:1].lower()}{error.msg[1:]} (character {error.pos + 1})"
        raise ValueError(message) from error
    except ValueError as error:  # a number of thousands of digits
        message = "it holds a number that is too long"
        raise ValueError(message) from error


def _nothing(_: str) -> None:
    return None


def _kind(value: Any) -> str:
    return {list: "a list", str: "a text", bool: "true or false", type(None): "null"}.get(
        type(value), "a number"
    )


def _layout(path: Path) -> str:
    """Whether a file is an array, one value a line, or one object over several lines."""
    with Characters(path) as stream:
        start = stream.read(_BLOCK).lstrip(_BLANK)
    if not start:
        message = f"{path} is empty; fetch or save it again."
        raise DataError(message)
    if start[0] == "[":
        return "array"
    if start[0] != "{":
        message = f"{path} is not JSON: it begins with {start[:20]!r}, and an array or an object was expected."
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


def _lines(path: Path, label: str) -> Iterator[Item]:
    for number, line in open_lines(path):
        place = Place(label, number, number)
        try:
            yield Item(place, loads(line))
        except ValueError as error:
            yield Item(place, None, f"{place}: this line is not JSON: {error}.")


def _whole(path: Path, label: str) -> Iterator[Item]:
    with Characters(path) as stream:
        text = stream.read(MAX_OBJECT + 1)
    if len(text) > MAX_OBJECT:
        message = f"{path} is one JSON object of more than {MAX_OBJECT / 2**20:,.0f} MiB; save its records as JSON lines, one a line."
        raise DataError(message)
    try:
        yield Item(Place(label, 1), loads(text))
    except ValueError as error:
        message = f"{path} is not JSON: {error}; it may be cut off. Fetch or save it again."
        raise DataError(message) from error


def _array(path: Path, label: str) -> Iterator[Item]:
    """The elements of an array."""
    number = 0
    with Characters(path) as stream:
        window = _Window(stream)
        window.skip()
        while (sign := window.sign()) != "]" or number:
            if number and sign in (",", "]"):
                window.skip()
            elif number:
                what = (
                    f"a comma was expected, not {sign!r}"
                    if sign
                    else "the array is not closed, so the file is cut off"
                )
                message = f"{path}, after record {number}: {what}; fetch or save it again."
                raise DataError(message)
            if sign == "]":
                break
            try:
                value = window.value()
            except ValueError as error:
                message = f"{path}, record {number + 1}: {error}; the file is damaged or cut off. Fetch or save it again."
                raise DataError(message) from error
            number += 1
            yield Item(Place(label, number), value)
        else:
            window.skip()
        if rest := window.sign():
            message = f"{path}: something follows the end of the array ({rest!r}); save one array, or one record a line."
            raise DataError(message)


class _Window:
    """A stretch of the characters of a file that moves on as they are used."""

    def __init__(self, stream: Characters) -> None:
        self._stream, self._buffer, self._at, self._more = stream, "", 0, True
        self._decoder = json.JSONDecoder(parse_constant=_nothing)

    def sign(self) -> str:
        """The next character that is not blank; empty at the end of the file."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _BLANK:
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more:
                return ""
            self._fill()

    def skip(self) -> None:
        """Go behind the next character that is not blank."""
        if self.sign():
            self._at += 1

    def value(self) -> Any:
        """The next JSON value.

        Raises
        ------
        ValueError
            If there is none; the message is a clause.
        """
        self.sign()
        while True:
            problem = ""
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
                if (
                    end < len(self._buffer) or not self._more
                ):  # a number might go on in the next block
                    self._at = end
                    return value
            except RecursionError as error:
                message = "it is nested too deeply"
                raise ValueError(message) from error
            except json.JSONDecodeError as error:
                problem = f"{error.msg[:1].lower()}{error.msg[1:]}"
            except ValueError:
                problem = "it holds a number that is too long"
            if not self._more:
                raise ValueError(problem)
            if len(self._buffer) - self._at > MAX_RECORD:
                message = f"it is longer than {MAX_RECORD / 2**20:,.0f} MiB, the most that is read, or it is not JSON"
                raise ValueError(message)
            self._fill()

    def _fill(self) -> None:
        # At least as much again as is waiting, so that the work stays in proportion to the file.
        rest = self._buffer[self._at :]
        block = self._stream.read(max(_BLOCK, len(rest)))
        self._buffer, self._at, self._more = rest + block, 0, bool(block)


class Characters:
    """The characters of a plain or gzip JSON file in UTF-8, or in UTF-16 if it says so."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream = open_stream(path)
        self._decoder: codecs.IncrementalDecoder | None = None
        self._count = 0

    def __enter__(self) -> Characters:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def read(self, size: int) -> str:
        """About ``size`` characters, fewer only at the end.

        Raises
        ------
        DataError
            If the bytes are of no encoding that JSON may have.
        """
        if self._decoder is None:
            name = encodings.by_mark(self._stream.peek(4096)[:4096], self._path) or "utf-8"
            self._decoder = codecs.getincrementaldecoder(name)()
        parts: list[str] = []
        have = 0
        while have < size:
            block = self._stream.read(min(size - have, _BLOCK))
            try:
                part = self._decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                message = f"{self._path}: byte {self._count + error.start:,} is not in the encoding of the file ({error.reason}); JSON is UTF-8, save it so."
                raise DataError(message) from error
            self._count += len(block)
            parts.append(part)
            have += len(part)
            if not block:
                break
        return "".join(parts)
