"""Phrases in documents that are numbers of words: the same as :mod:`trends.text.tokens.phrases` finds, in bounded memory."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from trends.text.counting.spool import BORDER, Lengths, Spool, Words, kept

#: Pairs of neighbours that are counted at one time, about; of more, those of every n-th first word
#: are counted in each of n passes.
MOST_PAIRS = 1 << 22


def find(spool: Spool, size: int, *, min_count: int, min_npmi: float) -> NDArray[np.int64]:
    """Pairs of neighbours that are phrases.

    Parameters
    ----------
    spool : Spool
        Documents as numbers of words.
    size : int
        Number of words, the border included.
    min_count, min_npmi : int, float
        See :func:`trends.text.tokens.phrases.join_phrases`.

    Returns
    -------
    numpy.ndarray of int, shape (phrases,)
        ``first · size + second`` of each, ascending.
    """
    counts = np.zeros(size, dtype=np.int64)
    for words, _ in spool.blocks():
        counts += np.bincount(words, minlength=size)
    counts[BORDER] = 0
    total = float(counts.sum())
    common = counts >= max(min_count, 1)  # a pair is at most as frequent as its words
    out: list[int] = []
    passes = 1 + spool.numbers // MOST_PAIRS
    for turn in range(passes):
        keys: list[NDArray[np.int64]] = []
        first_here = common & (np.arange(size) % passes == turn)
        for words, _ in spool.blocks():
            places = np.flatnonzero(first_here[words[:-1]] & common[words[1:]])
            keys.append(words[places].astype(np.int64) * size + words[places + 1])
        found, times = np.unique(
            np.concatenate([np.zeros(0, dtype=np.int64), *keys]), return_counts=True
        )
        often = times >= min_count
        first, second = np.divmod(found[often], size)
        rows = zip(
            found[often].tolist(),
            times[often].tolist(),
            counts[first].tolist(),
            counts[second].tolist(),
            strict=True,
        )
        out += [key for key, n, a, b in rows if _npmi(n, a, b, total) > min_npmi]
    return np.array(sorted(out), dtype=np.int64)


def _npmi(n: int, a: int, b: int, total: float) -> float:
    """Normalised pointwise mutual information (Bouma 2009), with the operations of gensim in their order, so that ties fall alike."""
    both = n / total
    return math.log(both / ((a / total) * (b / total))) / -math.log(both)


def join(
    words: Words, lengths: Lengths, phrases: NDArray[np.int64], codes: NDArray[np.int32], size: int
) -> tuple[Words, Lengths]:
    """A block in which phrases are one number each, taken from left to right.

    Parameters
    ----------
    words, lengths : arrays
        The block.
    phrases, codes : numpy.ndarray of int, shape (phrases,)
        From :func:`find`, and the number that each of them gets.
    size : int
        As it was given to :func:`find`.
    """
    if not len(phrases) or len(words) < 2:
        return words, lengths
    starts, ends = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    starts[phrases // size], ends[phrases % size] = True, True
    near = np.flatnonzero(starts[words[:-1]] & ends[words[1:]])
    pairs = words[near].astype(np.int64) * size + words[near + 1]
    at = np.minimum(np.searchsorted(phrases, pairs), len(phrases) - 1)
    hit = phrases[at] == pairs
    near, at = near[hit], at[hit]
    # Where phrases overlap in a chain (a b, b c, c d), every second one is taken, beginning with
    # the first.
    new = np.ones(len(near), dtype=bool)
    new[1:] = near[1:] != near[:-1] + 1
    chain = (
        np.maximum.accumulate(np.where(new, np.arange(len(near)), 0))
        if len(near)
        else np.zeros(0, dtype=np.int64)
    )
    taken = (np.arange(len(near)) - chain) % 2 == 0
    near, at = near[taken], at[taken]
    out = words.copy()
    out[near] = codes[at]
    keep = np.ones(len(words), dtype=bool)
    keep[near + 1] = False
    return kept(out, lengths, keep)
