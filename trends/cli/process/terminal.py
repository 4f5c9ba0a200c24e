"""Streams of the command line, on which nothing from a file acts upon the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

from trends.errors import harmless


class Harmless:
    """A text stream to which control characters go as escapes, which are only read."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text; a carriage return, with which lines of progress are drawn, stays."""
        self._stream.write("\r".join(map(harmless, text.split("\r"))))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def harmless_streams() -> Iterator[None]:
    """Put such streams in the place of stdout and stderr."""
    kept = {"stdout": sys.stdout, "stderr": sys.stderr}
    ours = {name: cast(TextIO, Harmless(stream)) for name, stream in kept.items()}
    for name, stream in ours.items():
        setattr(sys, name, stream)
    try:
        yield
    finally:
        for name, stream in ours.items():
            # Where a reader went away, typer has put a stream there that may be closed in peace.
            if getattr(sys, name) is stream:
                setattr(sys, name, kept[name])
