"""Documents as numbers of words, written to a temporary file and read back block by block."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

#: Ends a run of words; words are numbered from 1.
BORDER = 0
#: Numbers collected before a block is written: this bounds what is in memory at one time.
BLOCK = 1 << 20

Words = NDArray[np.int32]
Lengths = NDArray[np.int64]


class TokenFile:
    """Blocks of documents in a file without a name, which is deleted when it is closed.

    A block is one array of numbers, every run of words ended by :data:`BORDER`, and the count of
    numbers of each of its documents.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self._lengths: list[Lengths] = []
        self._pending: list[tuple[Words, Lengths]] = []
        self._n_pending = 0
        self.n_tokens = 0

    def __enter__(self) -> TokenFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def append(self, words: Words, lengths: Lengths) -> None:
        """Add documents at the end."""
        self._pending.append((words, lengths))
        self._n_pending += len(words)
        if self._n_pending >= BLOCK:
            self._write()

    def blocks(self) -> Iterator[tuple[Words, Lengths]]:
        """All documents in the order in which they were added; nothing is added afterwards."""
        if self._pending:
            self._write()
        self._file.seek(0)
        for lengths in self._lengths:
            words = np.frombuffer(self._file.read(4 * int(lengths.sum())), dtype=np.int32)
            yield words, lengths

    def _write(self) -> None:
        words = np.concatenate([w for w, _ in self._pending]).astype(np.int32, copy=False)
        lengths = np.concatenate([n for _, n in self._pending]).astype(np.int64, copy=False)
        try:
            self._file.write(words.data)
        except OSError as error:
            # Imported here: processes that only tokenise texts need not load pandas.
            from trends.files import storage_error

            raise storage_error(error, Path(tempfile.gettempdir())) from error
        self._lengths.append(lengths)
        self.n_tokens += len(words)
        self._pending, self._n_pending = [], 0


def document_of(lengths: Lengths) -> NDArray[np.int64]:
    """The document, from 0, of every number of a block."""
    return np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)


def sorted_unique(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """The distinct values, ascending; ten times as fast as the hash table of ``numpy.unique``."""
    ordered = np.sort(keys)
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def select(words: Words, lengths: Lengths, keep: NDArray[np.bool_]) -> tuple[Words, Lengths]:
    """The numbers of a block for which ``keep`` is true."""
    left = np.bincount(document_of(lengths)[keep], minlength=len(lengths)).astype(np.int64)
    return words[keep], left


def without_empty_runs(words: Words, lengths: Lengths) -> tuple[Words, Lengths]:
    """A block without borders that follow a border."""
    keep = words != BORDER
    keep[1:] |= words[:-1] != BORDER
    return select(words, lengths, keep)
