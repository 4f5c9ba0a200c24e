"""Texts to numbers of words, in several processes if asked; the result is the same."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor

import numpy as np

from trends.core.computing.processes import WorkerContext
from trends.text.counting.token_file import BORDER, Lengths, Words
from trends.text.tokens.tokenize import runs_of_words

#: Texts that one process takes at a time.
CHUNK = 1_000

Encoded = tuple[list[str], Words, Lengths]


class _Numbers(dict[str, int]):
    """Words and their numbers from 1; a new word gets the next one."""

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self) + 1
        return number


def encode(texts: Sequence[str]) -> Encoded:
    """Number the words of texts from 1, in the order in which they first occur.

    Parameters
    ----------
    texts : sequence of str
        One a document.

    Returns
    -------
    words : list of str
        Each distinct word once.
    numbers : ndarray of int32
        The texts one after the other, each run of words ended by
        :data:`~trends.text.counting.token_file.BORDER`.
    lengths : ndarray of int64, shape (texts,)
        Numbers of each text, borders included.
    """
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


def encode_chunks(
    chunks: Iterable[Sequence[str]], number: dict[str, int], *, workers: int = 1
) -> Iterator[tuple[Words, Lengths]]:
    """Encode chunks of texts with common numbers.

    Parameters
    ----------
    chunks : iterable of sequences of str
        Read as they are needed; at most ``2 * workers + 1`` are in memory.
    number : dict of str to int
        Word to its number; new words are added to it.
    workers : int
        Processes; the result is the same for any number of them.

    Yields
    ------
    words, lengths : arrays
        One block for each chunk, in their order; see
        :class:`~trends.text.counting.token_file.TokenFile`.
    """
    for words, codes, lengths in _encode_in_order(chunks, workers):
        common = [number.setdefault(word, len(number) + 1) for word in words]
        yield np.array([BORDER, *common], dtype=np.int32)[codes], lengths


def _encode_in_order(chunks: Iterable[Sequence[str]], workers: int) -> Iterator[Encoded]:
    if workers <= 1:
        yield from map(encode, chunks)
        return
    pending: deque[Future[Encoded]] = deque()
    with ProcessPoolExecutor(workers, mp_context=WorkerContext()) as pool:
        for chunk in chunks:
            pending.append(pool.submit(encode, chunk))
            if len(pending) > 2 * workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
