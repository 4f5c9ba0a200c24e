"""Counts of new texts over a vocabulary that is given: that of a fit."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np
from scipy import sparse

from trends.core import TermCounts
from trends.errors import UsageError
from trends.text.count import TOKENISER, content_words
from trends.text.tokenize import runs_of_words
from trends.text.variants import s_stem

Value = TypeVar("Value")

#: Words of which is remembered how the vocabulary writes them.
MOST_WORDS = 1 << 20


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
    found, ends = array("i"), array("q", [0])
    written: dict[str, list[str]] = {}
    alone: dict[str, list[int]] = {}
    for text in texts:
        for run in runs_of_words(text):
            if longest == 1:
                # Without phrases a word is counted by itself, wherever it stands.
                for word in run:
                    if (columns := alone.get(word)) is None:
                        columns = [column[w] for w in _forms(word, words) if w in column and content_words([w])]
                        _keep(alone, word, columns)
                    if columns:
                        found.extend(columns)
                continue
            forms: list[str] = []
            for word in run:
                if (form := written.get(word)) is None:
                    form = _forms(word, words)
                    _keep(written, word, form)
                forms += form
            for piece in content_words(forms):
                found.extend(column[term] for term in _terms(piece, column, longest))
        ends.append(len(found))
    indices = np.frombuffer(found, dtype=np.int32) if found else np.zeros(0, dtype=np.int32)
    ones = np.ones(len(found), dtype=np.int32)
    matrix = sparse.csr_matrix((ones, indices, np.frombuffer(ends, dtype=np.int64)), shape=(len(texts), len(column)))
    return TermCounts(matrix, tuple(vocabulary), tuple(doc_ids), settings={"tokeniser": TOKENISER, "vocabulary": "given"})


def _keep(known: dict[str, list[Value]], word: str, value: list[Value]) -> None:
    """Remember what a word became; words that occur once fill no more than so much memory."""
    if len(known) >= MOST_WORDS:
        known.clear()
    known[word] = value


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
