"""Counts of new texts over a vocabulary that is given: that of a fit."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.core import TermCounts
from trends.errors import UsageError
from trends.text.counting.count import TOKENISER, ends_content_run
from trends.text.counting.encode import encode
from trends.text.counting.token_file import BORDER, Words, document_of
from trends.text.tokens.stopwords import stop_words
from trends.text.tokens.variants import s_stem

Documents = NDArray[np.int64]

#: Texts whose words are looked up at one time, and texts of those that are counted at one time.
CHUNK, BLOCK = 20_000, 500


def count_vocabulary(
    doc_ids: Sequence[str], texts: Sequence[str], vocabulary: Sequence[str]
) -> TermCounts:
    """Count the terms of a vocabulary in texts that had no part in choosing it.

    :func:`trends.text.counting.count.count_terms` takes its evidence for spellings, plurals and
    phrases from the texts; here the vocabulary is the evidence. A word that it lacks is written as
    the vocabulary writes it (hyphens closed or opened, the plural as its singular), and from left
    to right the longest phrase of the vocabulary is taken. What is then not in the vocabulary is
    left out.

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
        message = (
            f"There are {len(doc_ids)} document ids and {len(texts)} texts; give one id for each "
            "text."
        )
        raise UsageError(message)
    terms = _Terms(vocabulary)
    columns, sizes = [np.zeros(0, dtype=np.int32)], [np.zeros(1, dtype=np.int64)]
    for at in range(0, len(texts), CHUNK):
        names, words, lengths = encode(texts[at : at + CHUNK])
        terms.set_words(names)
        ends = np.cumsum(lengths)
        for a in range(0, len(lengths), BLOCK):
            part = lengths[a : a + BLOCK]
            found, documents = terms.find(
                words[ends[a] - part[0] : ends[a + len(part) - 1]], document_of(part)
            )
            columns.append(found)
            sizes.append(np.bincount(documents, minlength=len(part)).astype(np.int64))
    indices = np.concatenate(columns)
    ones = np.ones(len(indices), dtype=np.int32)
    matrix = sparse.csr_matrix(
        (ones, indices, np.cumsum(np.concatenate(sizes))), shape=(len(texts), len(vocabulary))
    )
    return TermCounts(
        matrix,
        tuple(vocabulary),
        tuple(doc_ids),
        settings={"tokeniser": TOKENISER, "vocabulary": "given"},
    )


def known_words(texts: Sequence[str], vocabulary: Sequence[str]) -> tuple[Documents, Documents]:
    """How many words of each text occur in a vocabulary, and how many words there are.

    Function words are left out, a word that the vocabulary writes otherwise is known, and so is
    each word of a phrase.

    Returns
    -------
    known, words : ndarray of int, shape (texts,)
    """
    terms, stop = _Terms(vocabulary), stop_words()
    known, words = np.zeros(len(texts), dtype=np.int64), np.zeros(len(texts), dtype=np.int64)
    for at in range(0, len(texts), CHUNK):
        names, numbers, lengths = encode(texts[at : at + CHUNK])
        terms.set_words(names)
        content = np.array([False, *(not ends_content_run(name, stop) for name in names)])
        document = at + document_of(lengths)
        words += np.bincount(document, content[numbers], minlength=len(texts)).astype(np.int64)
        there = content[numbers] & terms.known[numbers]
        known += np.bincount(document, there, minlength=len(texts)).astype(np.int64)
    return known, words


@dataclass(frozen=True)
class Found:
    """In how many documents terms occur, and how often.

    Parameters
    ----------
    documents, occurrences : ndarray of int, shape (terms,)
        Of each term of the vocabulary.
    other_documents, other_occurrences : Counter
        Of each word that the vocabulary cannot write, as the texts write it; function words aside.
    worded : int
        Documents with any term or other word.
    """

    documents: Documents
    occurrences: Documents
    other_documents: Counter[str]
    other_occurrences: Counter[str]
    worded: int


def frequencies(
    batches: Iterable[Sequence[str]], vocabulary: Sequence[str], languages: Sequence[str] = ()
) -> Found:
    """Count in how many texts each term of a vocabulary occurs, and which words it lacks.

    Texts are divided as in :func:`count_vocabulary`, each by itself.

    Parameters
    ----------
    batches : iterable of sequences of str
        Texts; a batch is in memory at a time.
    vocabulary : sequence of str
        Sorted terms; a phrase has its words joined by a space.
    languages : sequence of str
        Languages whose function words are left out of the other words, beside those of English.

    Examples
    --------
    >>> found = frequencies([["Solar cells. A solar cell.", "Wind"]], ["cell", "solar"])
    >>> found.documents.tolist(), found.occurrences.tolist(), dict(found.other_documents)
    ([1, 1], [2, 2], {'wind': 1})
    """
    terms, stop, size = _Terms(vocabulary), stop_words(languages), len(vocabulary)
    documents, occurrences = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    in_documents: Counter[str] = Counter()
    in_all: Counter[str] = Counter()
    worded = 0
    for texts in batches:
        names, words, lengths = encode(texts)
        terms.set_words(names)
        document = document_of(lengths)
        column, place = terms.find(words, document)
        content = np.array([False, *(not ends_content_run(name, stop) for name in names)])
        other = content[words] & ~terms.known[words]
        worded += len(np.union1d(place, document[other]))
        occurrences += np.bincount(column, minlength=size)
        documents += np.bincount(_once(column, place, size), minlength=size)
        lacking = words[other]
        once = _once(lacking, document[other], len(names) + 1)
        in_documents.update(_named(once, names))
        in_all.update(_named(lacking, names))
    return Found(documents, occurrences, in_documents, in_all, worded)


def _named(numbers: Documents | Words, names: Sequence[str]) -> dict[str, int]:
    """How often each word occurs among numbers from 1."""
    many = np.bincount(numbers, minlength=len(names) + 1)
    return {names[n - 1]: int(many[n]) for n in np.flatnonzero(many).tolist()}


def _once(number: Words, document: Documents, size: int) -> Documents:
    """Numbers below ``size``, each once for each document that has it."""
    return np.unique(document.astype(np.int64) * size + number) % max(size, 1)


class _Terms:
    """Finds the terms of a vocabulary among numbered words."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        column = {tuple(term.split(" ")): j for j, term in enumerate(vocabulary)}
        self._words = {word for term in column for word in term}
        stop = stop_words()
        #: Content words of the vocabulary, numbered from 1; all others are borders, as no term that
        #: holds one is found.
        self._number = {
            word: n
            for n, word in enumerate(
                sorted(w for w in self._words if not ends_content_run(w, stop)), start=1
            )
        }
        self._column = np.full(len(self._number) + 1, -1, dtype=np.int32)
        self._phrases: dict[tuple[int, ...], int] = {}
        for term, j in column.items():
            if all(word in self._number for word in term):
                numbers = tuple(self._number[word] for word in term)
                if len(numbers) == 1:
                    self._column[numbers[0]] = j
                else:
                    self._phrases[numbers] = j
        self._longest = max(map(len, self._phrases), default=1)

    def set_words(self, names: Sequence[str]) -> None:
        """Look up how the vocabulary writes the words that :meth:`find` gets as numbers."""
        flat, first = array("i", [BORDER]), array("q", [0])
        for word in names:
            first.append(len(flat))
            # Most words are themselves, or unknown however they are written.
            number = self._number.get(word, BORDER)
            if number != BORDER or (word[-1] != "s" and "-" not in word):
                flat.append(number)
            else:
                flat.extend([self._number.get(form, BORDER) for form in _forms(word, self._words)])
        self._numbers, self._begin = np.array(flat, dtype=np.int32), np.array(first, dtype=np.int32)
        self._width = np.diff(self._begin, append=np.int32(len(flat)))
        self._any = np.add.reduceat(self._numbers, self._begin) > 0

    @property
    def known(self) -> NDArray[np.bool_]:
        """Whether each word that was looked up occurs in a term; the first stands for borders."""
        return self._any

    def find(self, words: Words, document: Documents) -> tuple[Words, Documents]:
        """Columns of the terms that are found, and their documents."""
        if not self._phrases:
            # Without phrases, borders have no effect.
            kept = self._any[words]
            words, document = words[kept], document[kept]
        begin, times = self._begin[words], self._width[words]
        if (times > 1).any():
            # A compound may be several words of the vocabulary.
            within = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
            begin, document = np.repeat(begin, times) + within, np.repeat(document, times)
        content = self._numbers[begin]
        column = self._column[content]
        for at, length, j in self._found(content):
            column[at], column[at + 1 : at + length] = j, -1
        there = column >= 0
        return column[there], document[there]

    def _found(self, content: Words) -> Iterator[tuple[int, int, int]]:
        """Place, length and column of each phrase: from left to right, the longest first."""
        if not self._phrases:
            return
        size = len(self._number) + 1
        begins = np.array(sorted({a * size + b for a, b, *_ in self._phrases}), dtype=np.int64)
        pairs = content[:-1].astype(np.int64) * size + content[1:]
        done = 0
        for at in np.flatnonzero(
            begins[np.searchsorted(begins, pairs) % len(begins)] == pairs
        ).tolist():
            if at < done:
                continue
            numbers = tuple(content[at : at + self._longest].tolist())
            for length in range(len(numbers), 1, -1):
                if (j := self._phrases.get(numbers[:length])) is not None:
                    yield at, length, j
                    done = at + length
                    break


def _forms(word: str, words: set[str]) -> list[str]:
    """The word as the vocabulary writes it, or as it is."""
    if word in words:
        return [word]
    candidates = [*s_stem(word)]
    if "-" in word:
        closed = word.replace("-", "")
        candidates += [closed, *s_stem(closed)]
    for candidate in candidates:
        if candidate in words:
            return [candidate]
    if "-" in word:
        return [form for part in word.split("-") if part for form in _forms(part, words)]
    return [word]
