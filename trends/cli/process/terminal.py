"""Streams of the command line: nothing from a file acts upon the terminal, nobody need listen."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

from trends.errors import harmless


class Harmless:
    """A text stream to which control characters go as escapes, which are only read.

    Where its reader went away (``| head``), what is left to say is said to nobody.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text; a carriage return, with which lines of progress are drawn, stays."""
        with self._heard():
            self._stream.write("\r".join(map(harmless, text.split("\r"))))
        return len(text)

    def flush(self) -> None:
        """Write what waits."""
        with self._heard():
            self._stream.flush()

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several."""
        for line in lines:
            self.write(line)

    @property
    def bare(self) -> TextIO:
        """The stream itself, for colours of our own; what is written there is harmless already."""
        return self._stream

    @contextmanager
    def _heard(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            nobody = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nobody, self._stream.fileno())
            os.close(nobody)

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
            stream.flush()
            setattr(sys, name, kept[name])
