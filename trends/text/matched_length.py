"""Documents of equal length: a drift of length must not look like a drift of topics."""

from __future__ import annotations

import numpy as np

from trends.core import TermCounts
from trends.errors import UsageError

#: The length is that which a tenth of the documents with terms fall short of.
SHORT = 0.1


def matched_length(counts: TermCounts, *, length: int | None = None, rng: int | np.random.Generator) -> TermCounts:
    """Draw the same number of tokens from every document, without replacement.

    Hard labels of long documents are surer than those of short ones, so that a corpus whose documents grow shows trends
    where there are none; documents of equal length do not.

    Parameters
    ----------
    counts : TermCounts
        Counts of whole documents.
    length : int, optional
        Tokens to keep; by default the length that nine tenths of the documents with terms reach.
    rng : int or numpy.random.Generator
        Source of the draw. Each document has its own stream, so that leaving one out does not change the others.

    Returns
    -------
    TermCounts
        The same documents and vocabulary; ``settings["matched_length"]`` holds the length, and how many documents were shorter and
        stayed as they were.

    Raises
    ------
    UsageError
        If ``length`` is not positive.
    """
    if length is not None and length < 1:
        message = f"length is a number of tokens, 1 or more; got {length}."
        raise UsageError(message)
    tokens = counts.tokens
    full = tokens[tokens > 0]
    target = int(length if length is not None else max(1, np.floor(np.quantile(full, SHORT)))) if len(full) else 1
    matrix = counts.matrix.copy()
    data = matrix.data.copy()
    streams = np.random.default_rng(rng).spawn(counts.n_documents)
    for row, stream in enumerate(streams):
        if tokens[row] > target:
            place = slice(matrix.indptr[row], matrix.indptr[row + 1])
            data[place] = stream.multivariate_hypergeometric(data[place].astype(np.int64), target, method="count")
    matrix.data = data
    settings = {**counts.settings, "matched_length": {"length": target, "shorter": int((full < target).sum())}}
    return TermCounts(matrix, counts.vocabulary, counts.doc_ids, settings=settings)
