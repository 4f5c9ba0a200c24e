"""Random concepts: terms of the corpus that are as frequent as the words of a concept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.core import TermCounts
from trends.core.computing.rng import Rng, generator_from
from trends.errors import DataError

#: Terms of like frequency among which one is drawn.
NEAR = 60
#: A pool with fewer terms says nothing of chance.
LEAST = 20


def random_concepts(
    counts: TermCounts,
    frequency: NDArray[np.int64],
    *,
    number: int,
    avoid: NDArray[np.bool_],
    at_least: int = 1,
    rng: Rng,
) -> tuple[sparse.csr_matrix, NDArray[np.int64]]:
    """Draw concepts whose words are as frequent as given ones and are otherwise random.

    Each word gives its place to one of the :data:`NEAR` terms whose numbers of documents are
    nearest to its own on the scale of logarithms; a concept has each term once.

    Parameters
    ----------
    counts : TermCounts
        Terms of the corpus.
    frequency : ndarray of int, shape (words,)
        Documents of each word of the concept; words without documents are left out.
    number : int
        How many concepts.
    avoid : ndarray of bool, shape (terms,)
        Terms that are not drawn, such as those of the concepts themselves.
    at_least : int
        How often its terms must occur in a document that holds a concept.
    rng : int or numpy.random.Generator
        Source of the draws.

    Returns
    -------
    held : scipy.sparse.csr_matrix, shape (documents, number)
        1 where a document holds a random concept.
    drawn : ndarray of int, shape (number, words)
        The terms.

    Raises
    ------
    DataError
        If there are too few terms to draw from.
    """
    generator = generator_from(rng)
    df = counts.document_frequency
    pool = np.flatnonzero((df > 0) & ~avoid)
    wanted = np.sort(frequency[frequency > 0])[::-1]
    if len(pool) < max(LEAST, 2 * len(wanted)):
        message = (
            f"The corpus has {len(pool)} terms beside those of the concepts, too few for random "
            "concepts to compare them with; set placebo=0 (--placebo 0) to go without."
        )
        raise DataError(message)
    pool = pool[np.argsort(df[pool], kind="stable")]
    scale = np.log(df[pool])
    drawn = np.empty((number, len(wanted)), dtype=np.int64)
    near = min(max(NEAR, 2 * len(wanted)), len(pool))
    windows = []
    for each in wanted:
        at = int(np.searchsorted(scale, np.log(each)))
        low = min(max(at - near // 2, 0), len(pool) - near)
        windows.append(pool[low : low + near])
    for row in drawn:
        used: set[int] = set()
        for j, window in enumerate(windows):
            term = int(generator.choice(window))
            while term in used:
                term = int(generator.choice(window))
            used.add(term)
            row[j] = term
    size = (counts.n_terms, number)
    ones = np.ones(drawn.size, dtype=np.int32)
    chosen = sparse.csr_matrix((ones, (drawn.ravel(), np.repeat(range(number), len(wanted)))), size)
    occurs = sparse.csr_matrix(counts.matrix @ chosen)
    occurs.data = (occurs.data >= at_least).astype(np.int32)
    occurs.eliminate_zeros()
    return occurs, drawn
