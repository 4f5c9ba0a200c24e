"""Documents as numbers of words, kept in a temporary file and read again block by block."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

#: What ends a run of words; words are numbered from 1.
BORDER = 0
#: Numbers that a block holds before it is written: what is worked on in memory at one time.
BLOCK = 1 << 20

Words = NDArray[np.int32]
Lengths = NDArray[np.int64]


class Spool:
    """Blocks of documents in a file without a name, which is gone when the spool is closed.

    A block is one array of numbers, every run of words ended by :data:`BORDER`, and how many
    numbers each of its documents has.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self._sizes: list[Lengths] = []
        self._waiting: list[tuple[Words, Lengths]] = []
        self._waits = 0
        self.numbers = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, words: Words, lengths: Lengths) -> None:
        """Put documents behind those that are there."""
        self._waiting.append((words, lengths))
        self._waits += len(words)
        if self._waits >= BLOCK:
            self._write()

    def blocks(self) -> Iterator[tuple[Words, Lengths]]:
        """All documents in the order in which they came; only when all are there."""
        if self._waiting:
            self._write()
        self._file.seek(0)
        for lengths in self._sizes:
            words = np.frombuffer(self._file.read(4 * int(lengths.sum())), dtype=np.int32)
            yield words, lengths

    def _write(self) -> None:
        words = np.concatenate([w for w, _ in self._waiting]).astype(np.int32, copy=False)
        lengths = np.concatenate([n for _, n in self._waiting]).astype(np.int64, copy=False)
        try:
            self._file.write(words.data)
        except OSError as error:
            from trends.files import (
                storage_error,
            )  # not above: processes that only encode texts would load pandas

            raise storage_error(error, Path(tempfile.gettempdir())) from error
        self._sizes.append(lengths)
        self.numbers += len(words)
        self._waiting, self._waits = [], 0


def document_of(lengths: Lengths) -> NDArray[np.int64]:
    """The document, from 0, of every number of a block."""
    return np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)


def distinct(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """The values of an array, each once, ascending. ``numpy.unique`` puts them into a hash table, which takes ten times as long."""
    ordered = np.sort(keys)
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def kept(words: Words, lengths: Lengths, keep: NDArray[np.bool_]) -> tuple[Words, Lengths]:
    """A block without the numbers that are not to be kept."""
    left = np.bincount(document_of(lengths)[keep], minlength=len(lengths)).astype(np.int64)
    return words[keep], left


def without_empty_runs(words: Words, lengths: Lengths) -> tuple[Words, Lengths]:
    """A block without borders that follow a border."""
    keep = words != BORDER
    keep[1:] |= words[:-1] != BORDER
    return kept(words, lengths, keep)
