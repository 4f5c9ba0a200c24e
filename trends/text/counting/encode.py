"""Texts → numbers of words, in several processes if asked; the numbers depend on the order of the texts alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cache

import numpy as np

from trends.core.processes import WorkerContext
from trends.text.counting.spool import BORDER, Lengths, Words
from trends.text.tokens.table import Tokens
from trends.text.tokens.tokenize import runs_of_words

#: Texts that one process takes at a time.
CHUNK = 1_000
#: Texts from which on it is worth to load compiled loops.
MANY = 2_000

Encoded = tuple[list[str], Words, Lengths]


class _Numbers(dict[str, int]):
    """Words and their numbers from 1; a new word gets the next one."""

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self) + 1
        return number


def encode(texts: Sequence[str]) -> Encoded:
    """Words in the order in which they first occur, the texts as their numbers from 1, and how many numbers each text has."""
    number = _Numbers()
    codes: list[int] = []
    lengths = np.zeros(len(texts), dtype=np.int64)
    before = 0
    for n, text in enumerate(texts):
        for run in runs_of_words(text):
            codes.extend(map(number.__getitem__, run))
            codes.append(BORDER)
        lengths[n] = len(codes) - before
        before = len(codes)
    return list(number), np.array(codes, dtype=np.int32), lengths


def decoded(names: Sequence[str], words: Words, lengths: Lengths) -> Iterator[list[list[str]]]:
    """What was encoded, as the runs of words of each text: the way back from :func:`encode`."""
    word = ["", *names]
    at = 0
    for length in lengths.tolist():
        run: list[str] = []
        runs: list[list[str]] = []
        for number in words[at : at + length].tolist():
            if number != BORDER:
                run.append(word[number])
            else:
                runs.append(run)
                run = []
        yield runs
        at += length


class Encoder:
    """:func:`encode`, and by a table of tokens once there are many texts; the result is the same."""

    def __init__(self) -> None:
        self._tokens = Tokens()
        self._read = 0

    def encode(self, texts: Sequence[str]) -> Encoded:
        """See :func:`encode`."""
        self._read += len(texts)
        return encode(texts) if self._read < MANY else self._tokens.encode(texts)


def encoded(
    chunks: Iterable[Sequence[str]], number: dict[str, int], *, workers: int = 1
) -> Iterator[tuple[Words, Lengths]]:
    """Encode chunks of texts with common numbers.

    Parameters
    ----------
    chunks : iterable of sequences of str
        Read as they are needed; few are held at a time.
    number : dict of str to int
        Word to its number; new words are added to it.
    workers : int
        Processes; the result is the same for any number of them.

    Yields
    ------
    words, lengths : arrays
        One block for each chunk, in their order; see :class:`~trends.text.counting.spool.Spool`.
    """
    for words, codes, lengths in _in_order(chunks, workers):
        table = np.zeros(len(words) + 1, dtype=np.int32)
        for i, word in enumerate(words, start=1):
            table[i] = number.setdefault(word, len(number) + 1)
        yield table[codes], lengths


def _encode_here(texts: Sequence[str]) -> Encoded:
    """By the table of this process."""
    return _of_this_process().encode(texts)


@cache
def _of_this_process() -> Encoder:
    return Encoder()


def _in_order(chunks: Iterable[Sequence[str]], workers: int) -> Iterator[Encoded]:
    if workers <= 1:
        yield from map(Encoder().encode, chunks)
        return
    waiting: deque[Future[Encoded]] = deque()
    with ProcessPoolExecutor(workers, mp_context=WorkerContext()) as pool:
        for chunk in chunks:
            waiting.append(pool.submit(_encode_here, chunk))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
