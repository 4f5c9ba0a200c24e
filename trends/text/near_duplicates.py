"""Documents that are another version of one before them, by their titles."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trends.errors import UsageError

_WORD = re.compile(r"\w+")


def near_duplicates(titles: Sequence[str], *, similarity: float = 0.9) -> NDArray[np.int64]:
    """The first document with nearly the same title as each one.

    Parameters
    ----------
    titles : sequence of str
        In corpus order.
    similarity : float
        Smallest overlap (Jaccard) of the words of two titles that are called the same; case and
        punctuation do not count.

    Returns
    -------
    ndarray of int, shape (documents,)
        Index of the first of its kind; a document that is new has its own. An empty title is like
        no other.

    Notes
    -----
    Exact: two sets whose overlap is at least s share one of the ``|x| - ceil(s |x|) + 1`` rarest
    words of either (prefix filter of Chaudhuri, Ganti and Kaushik 2006), and neither is larger than
    the other divided by s, so only titles with such a word in common and of such sizes are
    compared.
    """
    if not 0 < similarity <= 1:
        message = f"similarity lies above 0 and at most at 1; got {similarity}."
        raise UsageError(message)
    sets = [
        frozenset(_WORD.findall(unicodedata.normalize("NFKC", title).casefold()))
        for title in titles
    ]
    often = Counter(word for words in sets for word in words)
    known: dict[tuple[str, int], list[int]] = defaultdict(list)
    first = np.arange(len(sets), dtype=np.int64)
    for i, words in enumerate(sets):
        if not words:
            continue
        rare = sorted(words, key=lambda w: (often[w], w))[
            : len(words) - math.ceil(similarity * len(words) - 1e-9) + 1
        ]
        sizes = range(
            math.ceil(similarity * len(words) - 1e-9),
            math.floor(len(words) / similarity + 1e-9) + 1,
        )
        near = {j for word in rare for size in sizes for j in known.get((word, size), ())}
        alike = {
            j for j in near if len(words & sets[j]) >= similarity * len(words | sets[j]) - 1e-9
        }
        if alike:
            # The first of its kind stands for all: chains of small changes lead back to one
            # document.
            first[i] = min(first[j] for j in alike)
        for word in rare:
            known[word, len(words)].append(i)
    return first
