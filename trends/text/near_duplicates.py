"""Documents that repeat an earlier one, by their titles."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trends.core.duplicates import check_similarity, plain_words


def near_duplicates(titles: Sequence[str], *, similarity: float = 0.9) -> NDArray[np.int64]:
    """The first document with nearly the same title as each one.

    Parameters
    ----------
    titles : sequence of str
        In corpus order.
    similarity : float
        Least overlap (Jaccard) of the words of two titles that count as the same; case and
        punctuation do not count.

    Returns
    -------
    ndarray of int, shape (documents,)
        Index of the first of its kind; a document that is new has its own. An empty title is like
        no other.

    Raises
    ------
    UsageError
        If the similarity is out of range.

    Notes
    -----
    Exact: two sets whose overlap is at least s share one of the ``|x| - ceil(s |x|) + 1`` rarest
    words of either (prefix filter of Chaudhuri, Ganti and Kaushik 2006), and neither is larger than
    the other divided by s, so only titles with such a word in common and of such sizes are
    compared.
    """
    check_similarity(similarity)
    sets = [frozenset(plain_words(title)) for title in titles]
    frequency = Counter(word for words in sets for word in words)
    known: dict[tuple[str, int], list[int]] = defaultdict(list)
    first = np.arange(len(sets), dtype=np.int64)
    for i, words in enumerate(sets):
        least = math.ceil(similarity * len(words) - 1e-9)
        rare = sorted(words, key=lambda w: (frequency[w], w))[: len(words) - least + 1]
        sizes = range(least, math.floor(len(words) / similarity + 1e-9) + 1)
        candidates = {j for word in rare for size in sizes for j in known.get((word, size), ())}
        same = {
            j
            for j in candidates
            if len(words & sets[j]) >= similarity * len(words | sets[j]) - 1e-9
        }
        if same:
            # The first of its kind stands for all: chains of small changes lead back to one
            # document.
            first[i] = min(first[j] for j in same)
        for word in rare:
            known[word, len(words)].append(i)
    return first
