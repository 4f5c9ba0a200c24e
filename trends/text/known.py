"""Counts of new texts over a vocabulary that is given: that of a fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy import sparse

from trends.core import TermCounts
from trends.errors import UsageError
from trends.text.count import TOKENISER, content_words
from trends.text.tokenize import runs_of_words
from trends.text.variants import s_stem


def count_known(doc_ids: Sequence[str], texts: Sequence[str], vocabulary: Sequence[str]) -> TermCounts:
    """Count the terms of a vocabulary in texts that had no part in choosing it.

    :func:`trends.text.count.count_terms` takes its evidence for spellings, plurals and phrases from the texts; here the vocabulary is the
    evidence. A word that it lacks is written as the vocabulary writes it (hyphens closed or opened, the plural as its singular), and from left to
    right the longest phrase of the vocabulary is taken. What is then not in the vocabulary is left out.

    Parameters
    ----------
    doc_ids : sequence of str, length documents
        Unique names of the documents.
    texts : sequence of str, length documents
        Their texts.
    vocabulary : sequence of str
        Sorted terms; a phrase has its words joined by a space.

    Returns
    -------
    TermCounts
        Rows in the order given, columns those of ``vocabulary``.

    Raises
    ------
    UsageError
        If there are not as many ids as texts.
    """
    if len(doc_ids) != len(texts):
        message = f"There are {len(doc_ids)} document ids and {len(texts)} texts; give one id for each text."
        raise UsageError(message)
    column = {term: j for j, term in enumerate(vocabulary)}
    words = {word for term in column for word in term.split(" ")}
    longest = max((term.count(" ") + 1 for term in column), default=1)
    matrix = sparse.dok_matrix((len(texts), len(column)), dtype=np.int32)
    for row, text in enumerate(texts):
        for run in runs_of_words(text):
            for piece in content_words([form for word in run for form in _forms(word, words)]):
                for term in _terms(piece, column, longest):
                    matrix[row, column[term]] += 1
    return TermCounts(matrix.tocsr(), tuple(vocabulary), tuple(doc_ids), settings={"tokeniser": TOKENISER, "vocabulary": "given"})


def _forms(word: str, words: set[str]) -> list[str]:
    """The word as the vocabulary writes it, or as it is."""
    candidates = [word, *s_stem(word)]
    if "-" in word:
        closed = word.replace("-", "")
        candidates += [closed, *s_stem(closed)]
    for candidate in candidates:
        if candidate in words:
            return [candidate]
    if "-" in word:
        return [form for part in word.split("-") if part for form in _forms(part, words)]
    return [word]


def _terms(words: Sequence[str], column: dict[str, int], longest: int) -> Iterator[str]:
    start = 0
    while start < len(words):
        for length in range(min(longest, len(words) - start), 0, -1):
            term = " ".join(words[start : start + length])
            if term in column:
                yield term
                break
        start += length
