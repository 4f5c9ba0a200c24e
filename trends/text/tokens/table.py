"""Many texts → numbers of words: each different token is looked at once."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from trends.text.counting.spool import Lengths, Words
from trends.text.tokens.tokenize import alone, clean, pieces

Value = TypeVar("Value", bound=np.generic)

#: Bytes of text that are worked on at one time.
BATCH = 1 << 19
#: Different tokens after which a table is begun anew, so that its memory is bounded.
MOST = 1 << 16


class Tokens:
    """What :func:`trends.text.tokens.tokenize.runs_of_words` makes of texts, as numbers.

    Nine tokens in ten are met again and again, and what most of them become depends on nothing
    around them (:func:`trends.text.tokens.tokenize.alone`). So compiled loops
    (:mod:`trends.text.tokens.kernels`) look each token up in a table, and Python reads it only when
    it is new. A text with a token that its neighbours may change is cleaned as a whole, and looked
    up then.
    """

    def __init__(self) -> None:
        # Where a token lies in the table depends on a random number, so that no text can be made
        # whose tokens all lie in one place.
        self._seed = int.from_bytes(os.urandom(8), "little", signed=True)
        self._clear()

    def _clear(self) -> None:
        self._number: dict[str, int] = {}  # Words from 1; a new word gets the next number.
        self._names: list[str] = []
        self._used = 1  # Token 0 is a border.
        self._pool = np.zeros(0, dtype=np.uint8)
        self._starts = np.zeros(2, dtype=np.int64)
        self._kinds = np.zeros(1, dtype=np.uint8)
        self._hashes = np.array([self._seed], dtype=np.int64)
        self._slots = np.zeros(2, dtype=np.int32)
        # The words of token n are self._words[self._first[n] : self._first[n + 1]].
        self._words, self._first = array("i", [0]), array("q", [0, 1])

    def encode(self, texts: Sequence[str]) -> tuple[list[str], Words, Lengths]:
        """Words in the order in which they first occur, the texts as their numbers from 1, and how many numbers each text has.

        Every run of words is ended by :data:`~trends.text.counting.spool.BORDER`.
        """
        from trends.text.tokens.kernels import renumber

        if self._used > MOST:
            self._clear()
        parts = [self._spelled(batch) for batch in _batches(texts)]
        codes = np.concatenate([np.zeros(0, dtype=np.int32), *(codes for codes, _ in parts)])
        lengths = np.concatenate([np.zeros(0, dtype=np.int64), *(lengths for _, lengths in parts)])
        names = self._names
        order = np.zeros(len(names), dtype=np.int32)
        n = renumber(codes, np.zeros(len(names) + 1, dtype=np.int32), order)
        return [names[i - 1] for i in order[:n].tolist()], codes, lengths

    def _spelled(self, texts: Sequence[str]) -> tuple[Words, Lengths]:
        """One batch with the numbers of the table."""
        from trends.text.tokens.kernels import CLEAN, WHOLE

        codes, lengths = self._look_up(texts, WHOLE)
        bound = np.flatnonzero(lengths < 0)
        if not len(bound):
            return codes, lengths
        cleaned, left = self._look_up([clean(texts[d]) for d in bound.tolist()], CLEAN)
        lengths[bound] = 0
        cuts = np.cumsum(lengths)[bound]
        mixed = [
            part
            for pair in zip(np.split(codes, cuts), np.split(cleaned, np.cumsum(left)), strict=True)
            for part in pair
        ]
        lengths[bound] = left
        return np.concatenate(mixed), lengths

    def _look_up(self, texts: Sequence[str], kind: int) -> tuple[Words, Lengths]:
        from trends.text.tokens.kernels import spell, tokens

        encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        data = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        ends = np.cumsum(np.fromiter(map(len, encoded), dtype=np.int64, count=len(texts)))
        self._make_room(len(data), len(texts))
        numbers, counts = np.empty(len(data), dtype=np.int32), np.empty(len(texts), dtype=np.int64)
        table = (self._pool, self._starts, self._kinds, self._hashes, self._slots)
        before = self._used
        n, self._used = tokens(data, ends, kind, before, *table, numbers, counts)
        self._learn(before)
        words, first = np.array(self._words, dtype=np.int32), np.array(self._first, dtype=np.int64)
        codes = np.empty(int(np.diff(first)[numbers[:n]].sum()) + len(texts), dtype=np.int32)
        lengths = np.empty(len(texts), dtype=np.int64)
        return codes[: spell(numbers[:n], counts, words, first, codes, lengths)], lengths

    def _make_room(self, size: int, n_texts: int) -> None:
        """Arrays that hold all tokens of so many bytes, were they all new."""
        from trends.text.tokens.kernels import spread

        bytes_in_use = int(self._starts[self._used])
        if bytes_in_use + size > len(self._pool):
            self._pool = _longer(self._pool, 2 * (bytes_in_use + size))
        most = self._used + (size + n_texts) // 2 + 1
        if 2 * most > len(self._slots):
            self._slots = np.zeros(1 << (2 * most).bit_length(), dtype=np.int32)
            room = len(self._slots) // 2
            self._starts, self._kinds = _longer(self._starts, room + 1), _longer(self._kinds, room)
            self._hashes = _longer(self._hashes, room)
            spread(self._hashes, self._used, self._slots)

    def _learn(self, before: int) -> None:
        """The words of the tokens that are new."""
        from trends.text.tokens.kernels import BOUND, WHOLE, WORD

        starts = self._starts[before : self._used + 1]
        data, cuts = self._pool[starts[0] : starts[-1]].tobytes(), (starts - starts[0]).tolist()
        number, words, first = self._number, self._words, self._first
        one_byte = data.decode("latin-1")
        for kind, a, b in zip(
            self._kinds[before : self._used].tolist(), cuts, cuts[1:], strict=False
        ):
            if kind == WORD:
                words.append(number.setdefault(one_byte[a:b], len(number) + 1))
            else:
                token = data[a:b].decode("utf-8", "surrogatepass")
                found = alone(token) if kind == WHOLE else pieces(token)
                if found is None:
                    words.append(BOUND)
                else:
                    words.extend(
                        [number.setdefault(word, len(number) + 1) if word else 0 for word in found]
                    )
            first.append(len(words))
        self._names += list(islice(reversed(number), len(number) - len(self._names)))[::-1]


def _longer(values: NDArray[Value], size: int) -> NDArray[Value]:
    out = np.zeros(size, dtype=values.dtype)
    out[: len(values)] = values
    return out


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    begin = size = 0
    for n, text in enumerate(texts):
        size += len(text)
        if size >= BATCH:
            yield texts[begin : n + 1]
            begin, size = n + 1, 0
    if begin < len(texts):
        yield texts[begin:]
