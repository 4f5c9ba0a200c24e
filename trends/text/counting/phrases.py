"""Phrases: neighbouring words that occur together far more often than their frequencies explain.

Collocations are found by normalised pointwise mutual information (Bouma 2009), inside runs of words
only: never across a punctuation mark, a number or a function word. The phrases, ties included, are
those of gensim's ``Phrases`` with ``scoring="npmi"``, which holds every pair in a dictionary; here
memory is bounded.

References
----------
G. Bouma (2009). Normalized (pointwise) mutual information in collocation extraction. Proc. GSCL,
31–40.

T. Mikolov et al. (2013). Distributed representations of words and phrases and their
compositionality. NeurIPS 26.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from trends.text.counting.token_file import BORDER, Lengths, TokenFile, Words, select

#: Neighbours must meet this often, and their normalised pointwise mutual information must exceed
#: this (0 chance, 1 always).
MIN_COUNT, MIN_NPMI = 5, 0.4
#: One pass joins pairs, the second makes three or four words of them ("large language model").
PASSES = 2
#: Pairs of neighbours counted at one time, about; of more, those of every n-th first word are
#: counted in each of n passes.
MOST_PAIRS = 1 << 22


def find_phrases(
    tokens: TokenFile, size: int, *, min_count: int, min_npmi: float
) -> NDArray[np.int64]:
    """Pairs of neighbours that are phrases.

    Parameters
    ----------
    tokens : TokenFile
        Documents as numbers of content words.
    size : int
        Number of words, the border included.
    min_count : int
        Least number of times that the two words must meet.
    min_npmi : float
        Least normalised pointwise mutual information, between -1 and 1.

    Returns
    -------
    numpy.ndarray of int, shape (phrases,)
        ``first · size + second`` of each, ascending.
    """
    counts = np.zeros(size, dtype=np.int64)
    for words, _ in tokens.blocks():
        counts += np.bincount(words, minlength=size)
    counts[BORDER] = 0
    total = float(counts.sum())
    common = counts >= max(min_count, 1)  # a pair is at most as frequent as its words
    out: list[int] = []
    n_passes = 1 + tokens.n_tokens // MOST_PAIRS
    for turn in range(n_passes):
        keys: list[NDArray[np.int64]] = []
        first_words = common & (np.arange(size) % n_passes == turn)
        for words, _ in tokens.blocks():
            here = np.flatnonzero(first_words[words[:-1]] & common[words[1:]])
            keys.append(words[here].astype(np.int64) * size + words[here + 1])
        found, times = np.unique(
            np.concatenate([np.zeros(0, dtype=np.int64), *keys]), return_counts=True
        )
        frequent = times >= min_count
        first, second = np.divmod(found[frequent], size)
        rows = zip(
            found[frequent].tolist(),
            times[frequent].tolist(),
            counts[first].tolist(),
            counts[second].tolist(),
            strict=True,
        )
        out += [key for key, n, a, b in rows if _npmi(n, a, b, total) > min_npmi]
    return np.array(sorted(out), dtype=np.int64)


def _npmi(n: int, a: int, b: int, total: float) -> float:
    # The operations of gensim in their order, so that ties fall alike.
    both = n / total
    return math.log(both / ((a / total) * (b / total))) / -math.log(both)


def join_phrases(
    words: Words, lengths: Lengths, phrases: NDArray[np.int64], codes: NDArray[np.int32], size: int
) -> tuple[Words, Lengths]:
    """Replace each phrase of a block by its number, from left to right.

    Parameters
    ----------
    words, lengths : arrays
        The block.
    phrases, codes : numpy.ndarray of int, shape (phrases,)
        From :func:`find_phrases`, and the number that each of them gets.
    size : int
        As it was given to :func:`find_phrases`.
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
    return select(out, lengths, keep)
