"""Loops over the bytes of texts, compiled: what many texts need. Imported only where there are many, because numba takes a while to import."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

#: How a token stands in the table: the word in it, in lower case and without marks around it; all
#: of it; all of it, in a text that is clean.
WORD, WHOLE, CLEAN = 0, 1, 2
#: Stands for the words of a token that its neighbours may change.
BOUND = -1

# The blanks of str.split that have one byte; others stay inside a token.
_BLANK = np.zeros(256, dtype=np.bool_)
_BLANK[[9, 10, 11, 12, 13, 28, 29, 30, 31, 32]] = True
_LETTER = np.zeros(256, dtype=np.bool_)
_LETTER[65:91] = _LETTER[97:123] = True
_LETTER_OR_DIGIT = _LETTER.copy()
_LETTER_OR_DIGIT[48:58] = True
_BEFORE, _BEHIND, _WORDLESS = (np.zeros(256, dtype=np.bool_) for _ in range(3))
_BEFORE[[ord(c) for c in '(["']] = True
_BEHIND[[ord(c) for c in ')]",.;:!?']] = True
# A token of these alone is a number or punctuation, and no part of anything else.
_WORDLESS[[ord(c) for c in '0123456789()[]",.;:!?%+-*=|']] = True
_LOWER = np.arange(256, dtype=np.uint8)
_LOWER[65:91] += 32
_HYPHEN, _STOP, _A, _PRIME = ord("-"), ord("."), ord("a"), 1099511628211
# Words that may be half of a citation or an address.
_ET, _DOI, _WWW, _ARXIV = (
    np.frombuffer(word, dtype=np.uint8) for word in (b"et", b"doi", b"www", b"arxiv")
)


@njit(cache=True, nogil=True)
def _last_part(data: Bytes, first: int, last: int, word: Bytes) -> bool:
    """Whether what lies between is the word, or has it behind its last hyphen."""
    begin = last - len(word)
    if begin < first or (begin > first and data[begin - 1] != _HYPHEN):
        return False
    for k in range(len(word)):  # noqa: SIM110 - numba compiles no generators
        if _LOWER[data[begin + k]] != word[k]:
            return False
    return True


@njit(cache=True, nogil=True)
def tokens(
    data: Bytes,
    ends: Longs,
    whole: int,
    used: int,
    pool: Bytes,
    starts: Longs,
    kinds: Bytes,
    hashes: Longs,
    slots: Ints,
    out: Ints,
    counts: Longs,
) -> tuple[int, int]:
    """Number the tokens of texts: a word in lower case, with 0 for the marks on either side; a number or a mark, 0; or the token as it stands.

    ``ends`` says where in ``data`` each text ends; ``out`` gets the numbers, ``counts`` how many
    each text has. In the table, the bytes of token ``n`` begin at ``pool[starts[n]]``, and
    ``slots`` has its number where its hash leads; ``whole`` is the kind of tokens that are no
    words. Returns how many numbers there are, and the number that the next new token gets.
    """
    mask = len(slots) - 1
    at, n = 0, 0
    for d in range(len(ends)):
        before, stop = n, ends[d]
        while at < stop:
            if _BLANK[data[at]]:
                at += 1
                continue
            begin = at
            while at < stop and _BEFORE[data[at]]:
                at += 1
            first, h, is_word = at, hashes[0], False
            if at < stop and _LETTER[data[at]]:
                while True:
                    while at < stop and _LETTER_OR_DIGIT[data[at]]:
                        h = (h ^ np.int64(_LOWER[data[at]])) * _PRIME
                        at += 1
                    if at + 1 < stop and data[at] == _HYPHEN and _LETTER_OR_DIGIT[data[at + 1]]:
                        h = (h ^ _HYPHEN) * _PRIME
                        at += 1
                    else:
                        break
                last = at
                while at < stop and _BEHIND[data[at]]:
                    at += 1
                is_word = at == stop or _BLANK[data[at]]
            else:
                last = at
                while at < stop and _WORDLESS[data[at]]:
                    at += 1
                if at == stop or _BLANK[data[at]]:
                    out[n] = 0
                    n += 1
                    continue
            if is_word:
                # Half an address, or half a citation unless the other half is missing.
                if (
                    _last_part(data, first, last, _DOI)
                    or _last_part(data, first, last, _WWW)
                    or _last_part(data, first, last, _ARXIV)
                ):
                    is_word = False
                elif _last_part(data, first, last, _ET) and (
                    at == last or (at == last + 1 and data[last] == _STOP)
                ):
                    following = at
                    while following < stop and _BLANK[data[following]]:
                        following += 1
                    if following < stop and data[following] >= 128:
                        is_word = False
                    elif following < stop and _LOWER[data[following]] == _A:
                        is_word, at = False, following  # "et al." is one token.
            if is_word:
                kind, left, right = WORD, first, last
            else:
                while at < stop and not _BLANK[data[at]]:
                    at += 1
                kind, left, right, h = whole, begin, at, hashes[0] ^ whole
                for i in range(begin, at):
                    h = (h ^ np.int64(data[i])) * _PRIME
            size = right - left
            slot = (h ^ (h >> 32)) & mask
            number = 0
            while slots[slot] != 0:
                other = slots[slot]
                if (
                    hashes[other] == h
                    and kinds[other] == kind
                    and starts[other + 1] - starts[other] == size
                ):
                    k, there = 0, starts[other]
                    if kind == WORD:
                        while k < size and pool[there + k] == _LOWER[data[left + k]]:
                            k += 1
                    else:
                        while k < size and pool[there + k] == data[left + k]:
                            k += 1
                    if k == size:
                        number = other
                        break
                slot = (slot + 1) & mask
            if number == 0:
                number = used
                slots[slot], hashes[number], kinds[number] = number, h, kind
                starts[number + 1] = starts[number] + size
                for k in range(size):
                    pool[starts[number] + k] = (
                        _LOWER[data[left + k]] if kind == WORD else data[left + k]
                    )
                used += 1
            if kind == WORD and first > begin:
                out[n] = 0
                n += 1
            out[n] = number
            n += 1
            if kind == WORD and at > last:
                out[n] = 0
                n += 1
        counts[d] = n - before
    return n, used


@njit(cache=True, nogil=True)
def spread(hashes: Longs, used: int, slots: Ints) -> None:
    """Fill a larger table with the numbers that there are."""
    mask = len(slots) - 1
    for number in range(1, used):
        slot = (hashes[number] ^ (hashes[number] >> 32)) & mask
        while slots[slot] != 0:
            slot = (slot + 1) & mask
        slots[slot] = number


@njit(cache=True, nogil=True)
def spell(
    numbers: Ints, counts: Longs, words: Ints, first: Longs, out: Ints, lengths: Longs
) -> int:
    """Put the words of each token in its place, one border behind each run; a text with a bound token gets the length -1."""
    n, at = 0, 0
    for d in range(len(counts)):
        begin, last, bound = n, 0, False
        for i in range(at, at + counts[d]):
            for k in range(first[numbers[i]], first[numbers[i] + 1]):
                word = words[k]
                if word == BOUND:
                    bound = True
                elif word != 0 or last != 0:
                    out[n] = word
                    n += 1
                    last = word
        at += counts[d]
        if last != 0:
            out[n] = 0
            n += 1
        lengths[d] = n - begin
        if bound:
            n, lengths[d] = begin, -1
    return n


@njit(cache=True, nogil=True)
def renumber(codes: Ints, new: Ints, order: Ints) -> int:
    """Number the words from 1 in the order in which they first occur; ``order`` gets their old numbers."""
    n = 0
    for i in range(len(codes)):
        old = codes[i]
        if old != 0:
            if new[old] == 0:
                order[n] = old
                n += 1
                new[old] = n
            codes[i] = new[old]
    return n
