"""What the ways of finding repeated documents share.

There are three, because three things can repeat:

- :mod:`trends.text.near_duplicates`: titles of one corpus, to count each document once. Exact
  overlap of words.
- :mod:`trends.analysis.diagnostics.all_pairs`: term counts of one corpus, also where its texts are
  not at hand, for the diagnostic of duplicates. Exact cosine.
- :mod:`trends.sources.linkage.minhash`: texts of very many records from several sources, to link
  them. Overlap of runs of words, so that their order counts; candidates come from MinHash.
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from trends.errors import UsageError

_WORD = re.compile(r"\w+")


def plain_words(text: str) -> list[str]:
    """Words of a text in order; case, punctuation and the encoding of characters do not count."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def check_similarity(similarity: float) -> None:
    """Refuse a least similarity that is not above 0 and at most 1.

    Raises
    ------
    UsageError
    """
    if not 0 < similarity <= 1:
        message = f"similarity lies above 0 and at most at 1; got {similarity}."
        raise UsageError(message)


def first_members(n: int, left: ArrayLike, right: ArrayLike) -> NDArray[np.int64]:
    """The first member of each item's group, where chains of pairs make one group; shape (n,)."""
    one, other = np.asarray(left, dtype=np.int64), np.asarray(right, dtype=np.int64)
    graph = sparse.csr_matrix((np.ones(len(one), dtype=bool), (one, other)), shape=(n, n))
    count, component = connected_components(graph, directed=False)
    first = np.full(count, n, dtype=np.int64)
    np.minimum.at(first, component, np.arange(n))
    return np.asarray(first[component])
