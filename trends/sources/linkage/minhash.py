"""Texts that are nearly the same, among very many: candidates from MinHash, checked exactly."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from trends.core.duplicates import check_similarity, plain_words

#: Numbers in a signature; bands of four of them find a pair of similarity .7 with probability .99,
#: one of .3 with .12.
PERMUTATIONS, ROWS_PER_BAND = 64, 4
#: The permutations are part of the method, not of a run: what counts as a candidate must not change
#: from run to run.
PERMUTATION_SEED = 1
#: Words that make one shingle; order counts, so that two texts of one field do not share shingles
#: by their words alone.
SHINGLE = 3
#: A text of fewer words has too few shingles to be compared.
MIN_WORDS = 20
#: In a bucket of more texts than this each is compared with the first one only: it is boilerplate.
MAX_BUCKET = 50
#: Hashes that are permuted at a time: few enough to stay in the cache of a core.
BATCH = 1 << 15

_FACTORS = (0xCC9E2D51, 0x1B873593, 0xE6546B65)


def shingles(text: str) -> frozenset[int]:
    """Hashes of all runs of three words of a text, as by ``plain_words``; none for a short text."""
    return frozenset(_runs(text).tolist())


def shingle_numbers(text: str) -> NDArray[np.uint32]:
    """The same as an array in ascending order."""
    return np.unique(_runs(text))


def _runs(text: str) -> NDArray[np.uint32]:
    """The hashes in the order of the text."""
    words = plain_words(text)
    if len(words) < MIN_WORDS:
        return np.zeros(0, dtype=np.uint32)
    joined = " ".join(words).encode("utf-8", "surrogatepass")
    codes = np.fromiter(map(zlib.crc32, joined.split(b" ")), dtype=np.uint32, count=len(words))
    # Words are hashed once, and the hashes of neighbours mixed so that their order counts (the
    # constants are those of MurmurHash3).
    runs = np.zeros(len(words) - SHINGLE + 1, dtype=np.uint32)
    for i in range(SHINGLE):
        runs += codes[i : len(runs) + i] * np.uint32(_FACTORS[i])
    runs = (runs ^ (runs >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    return runs ^ (runs >> np.uint32(13))


def near_texts(texts: Sequence[str], *, similarity: float = 0.7) -> list[tuple[int, int, float]]:
    """Pairs of texts whose shingles overlap (Jaccard) by at least ``similarity``.

    Parameters
    ----------
    texts : sequence of str
        Texts with fewer than 20 words are like none.
    similarity : float
        Above 0, at most 1. Below about .5 pairs begin to be missed: see Notes.

    Returns
    -------
    list of (int, int, float)
        Positions i < j and their overlap, in ascending order. Of a group of more than fifty that
        are all similar each is paired with the first one only.

    Raises
    ------
    UsageError
        If ``similarity`` is out of range.

    Notes
    -----
    MinHash (Broder 1997) with 64 permutations in 16 bands of 4: a pair of similarity s becomes a
    candidate with probability 1 - (1 - s⁴)¹⁶, which is .99 at .7 and .64 at .5. What is returned is
    checked on the shingles themselves, so nothing is joined by chance. Memory: 256 bytes a text,
    beside the texts.

    References
    ----------
    Broder, A. Z. (1997). On the resemblance and containment of documents. Compression and
    Complexity of Sequences.
    """
    check_similarity(similarity)
    rows, found = signatures(texts)
    shingles_of = lru_cache(10_000)(lambda i: shingles(texts[i]))
    out = []
    for a, b in sorted(set(_candidates(found))):
        i, j = int(rows[a]), int(rows[b])
        left, right = shingles_of(i), shingles_of(j)
        overlap = len(left & right) / len(left | right)
        if overlap >= similarity:
            out.append((i, j, overlap))
    return out


def signatures(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Signatures of the texts that are long enough, and their positions."""
    rows: list[int] = []
    parts = [np.zeros((0, PERMUTATIONS), dtype=np.uint32)]
    batch: list[NDArray[np.uint32]] = []
    size = 0
    for i, text in enumerate(texts):
        if len(found := _runs(text)):
            rows.append(i)
            batch.append(found)
            size += len(found)
        if batch and (size >= BATCH or i == len(texts) - 1):
            parts.append(_minima(batch))
            batch, size = [], 0
    return np.array(rows, dtype=np.int64), np.concatenate(parts)


def _permutations() -> NDArray[np.uint32]:
    """Factors (odd) and summands of permutations of 32 bits, shape (2, permutations).

    They are those of datasketch's scheme "affine32", so its signatures are the same.
    """
    draw = np.random.RandomState(PERMUTATION_SEED)
    factors = draw.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return np.stack([factors, draw.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)])


def _minima(hashes: Sequence[NDArray[np.uint32]]) -> NDArray[np.uint32]:
    """MinHash signatures of non-empty sets of hashes; shape (sets, permutations)."""
    mixed = np.concatenate(hashes)
    # The finalizer of MurmurHash3.
    mixed = (mixed ^ (mixed >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    mixed = (mixed ^ (mixed >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    mixed = mixed ^ (mixed >> np.uint32(16))
    starts = np.cumsum([0, *map(len, hashes[:-1])])
    permuted = (mixed * a + b for a, b in _permutations().T)
    return np.stack([np.minimum.reduceat(each, starts) for each in permuted], axis=1)


def band_keys(signatures: NDArray[np.uint32]) -> NDArray[np.int64]:
    """A number for each band of each signature: texts with a number in common are candidates.

    Parameters
    ----------
    signatures : ndarray of uint32, shape (texts, permutations)
        From :func:`signatures`.

    Returns
    -------
    ndarray of int64, shape (texts, bands)
        Hashes of a band's place and of what it holds (the finalizer of SplitMix64).
    """
    pairs = np.ascontiguousarray(signatures).view(np.uint64)
    out = np.zeros((len(signatures), PERMUTATIONS // ROWS_PER_BAND), dtype=np.uint64)
    out += np.arange(out.shape[1], dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for i in range(ROWS_PER_BAND // 2):
        out = _mixed(out ^ pairs[:, i :: ROWS_PER_BAND // 2])
    return out.view(np.int64)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _candidates(signatures: NDArray[np.uint32]) -> Iterator[tuple[int, int]]:
    """Pairs of rows that agree in all numbers of some band; sorting holds one band in memory."""
    for first in range(0, PERMUTATIONS, ROWS_PER_BAND):
        band = (
            np.ascontiguousarray(signatures[:, first : first + ROWS_PER_BAND])
            .view(f"V{4 * ROWS_PER_BAND}")
            .ravel()
        )
        order = np.argsort(band, kind="stable")
        same = band[order][1:] == band[order][:-1]
        edges = np.flatnonzero(np.diff(np.concatenate([[False], same, [False]]).astype(np.int8)))
        for start, end in edges.reshape(-1, 2):
            bucket = np.sort(order[start : end + 1])
            stars = len(bucket) > MAX_BUCKET
            for i in range(1 if stars else len(bucket) - 1):
                for j in range(i + 1, len(bucket)):
                    yield int(bucket[i]), int(bucket[j])
