"""Where the words and phrases of concepts occur: each text is read once and then let go."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.core import TermCounts
from trends.core.given.concept import parts_of
from trends.errors import UsageError
from trends.text.counting.count import Batch
from trends.text.counting.encode import CHUNK, encode_chunks
from trends.text.counting.token_file import BORDER, Words, document_of
from trends.text.tokens.segmentation import divider
from trends.text.tokens.variants import s_stem

#: Longer words are not looked at by wildcards.
LONGEST = 100
#: Forms of a word that are kept: those that occur most.
FORMS = 8


@dataclass(frozen=True)
class Found:
    """Occurrences of words and phrases in documents.

    Parameters
    ----------
    matrix : scipy.sparse.csr_matrix of int, shape (documents, words)
        How often each stands in each document.
    forms : tuple of dict
        For each word the forms in which it was found, the most frequent first, with occurrences.
    """

    matrix: sparse.csr_matrix
    forms: tuple[dict[str, int], ...]


def find_words(batches: Iterable[Batch], words: Sequence[str], *, workers: int = 1) -> Found:
    """Look for words and phrases in texts.

    A phrase stands in one run of words: it does not go over a full stop, a comma or a number.
    Hyphens are blanks on both sides, case does not matter, a word also stands for its plural, and
    wildcards for letters within one word.

    Parameters
    ----------
    batches : iterable of (ids, texts)
        Read once, in order.
    words : sequence of str
        See :class:`trends.core.given.concept.Concept`.
    workers : int
        Processes that divide texts into words.

    Returns
    -------
    Found
    """
    patterns = _Patterns(words)
    number: dict[str, int] = {}
    rows: list[NDArray[np.int64]] = []
    columns: list[NDArray[np.int64]] = []
    forms: list[Counter[str]] = [Counter() for _ in words]
    n_documents = 0
    chunks = (texts[a : a + CHUNK] for _, texts in batches for a in range(0, len(texts), CHUNK))
    for codes, lengths in encode_chunks(chunks, number, workers=workers):
        patterns.learn(number)
        parts, document = patterns.divided(codes, document_of(lengths))
        for j, at in enumerate(patterns.places(parts)):
            rows.append(document[at] + n_documents)
            columns.append(np.full(len(at), j, dtype=np.int64))
            forms[j].update(patterns.forms(parts, at, j))
        n_documents += len(lengths)
    where = (np.concatenate([*rows, _NONE]), np.concatenate([*columns, _NONE]))
    ones = np.ones(len(where[0]), dtype=np.int32)
    matrix = sparse.csr_matrix((ones, where), shape=(n_documents, len(words)))
    return Found(matrix, tuple(dict(_first(counter)) for counter in forms))


def find_in_counts(counts: TermCounts, words: Sequence[str]) -> Found:
    """Look for words and phrases among the terms of counts, where there are no texts.

    A phrase is found where the counts have it as a term, or within a longer one.
    """
    if not words:
        return Found(sparse.csr_matrix((counts.n_documents, 0), dtype=np.int32), ())
    patterns = _Patterns(words)
    number: dict[str, int] = {}
    flat: list[int] = []
    lengths = np.zeros(counts.n_terms, dtype=np.int64)
    for j, term in enumerate(counts.vocabulary):
        codes = [number.setdefault(word, len(number) + 1) for word in term.split(" ")]
        flat += [*codes, BORDER]
        lengths[j] = len(codes) + 1
    patterns.learn(number)
    parts, term_of = patterns.divided(np.array(flat, dtype=np.int32), document_of(lengths))
    sums, forms = [], []
    total = np.asarray(counts.matrix.sum(axis=0)).ravel()
    for at in patterns.places(parts):
        terms = np.unique(term_of[at])
        sums.append(sparse.csr_matrix(counts.matrix[:, terms].sum(axis=1)))
        named = Counter({counts.vocabulary[t]: int(total[t]) for t in terms})
        forms.append(dict(_first(named)))
    matrix = sparse.hstack(sums, format="csr", dtype=np.int32)
    return Found(sparse.csr_matrix(matrix), tuple(forms))


_NONE = np.zeros(0, dtype=np.int64)


def _first(counter: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:FORMS]


class _Patterns:
    """Words of the corpus as numbers of their parts, and which of them each pattern takes."""

    def __init__(self, words: Sequence[str]) -> None:
        self._phrases = [_divided(word) for word in words]
        slots = dict.fromkeys(part for phrase in self._phrases for part in phrase)
        self._slot = {part: i for i, part in enumerate(slots)}
        self._wild = {
            i: re.compile(re.escape(part).replace(r"\*", r"\S*").replace(r"\?", r"\S"))
            for part, i in self._slot.items()
            if "*" in part or "?" in part
        }
        self._plain = {part: i for part, i in self._slot.items() if i not in self._wild}
        #: Parts of words, numbered from 1, and for each slot whether it takes them.
        self._part: dict[str, int] = {}
        self._names = [""]
        self._takes = np.zeros((len(slots), 1), dtype=bool)
        #: Numbers of the parts of each word: one after the other, and where those of each begin.
        self._flat, self._begin = np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.int64)
        self._width = np.ones(1, dtype=np.int64)

    def learn(self, number: dict[str, int]) -> None:
        """Take the words that came since the last call, whose numbers go on from there."""
        known = len(self._begin)
        fresh = list(number)[known - 1 :]
        flat: list[int] = []
        width = []
        for word in fresh:
            parts = [part for part in word.split("-") if part] or [word]
            for part in parts:
                if part not in self._part:
                    self._part[part] = len(self._names)
                    self._names.append(part)
            flat += [self._part[part] for part in parts]
            width.append(len(parts))
        done = self._takes.shape[1]
        takes = np.zeros((len(self._slot), len(self._names) - done), dtype=bool)
        for place, part in enumerate(self._names[done:]):
            for form in (part, *s_stem(part)):
                if (slot := self._plain.get(form)) is not None:
                    takes[slot, place] = True
            if len(part) <= LONGEST:
                for slot, pattern in self._wild.items():
                    takes[slot, place] |= pattern.fullmatch(part) is not None
        self._takes = np.concatenate([self._takes, takes], axis=1)
        ends = len(self._flat) + np.cumsum(np.array([0, *width], dtype=np.int64))
        self._begin = np.concatenate([self._begin, ends[:-1]])
        self._width = np.concatenate([self._width, np.array(width, dtype=np.int64)])
        self._flat = np.concatenate([self._flat, np.array(flat, dtype=np.int32)])

    def divided(self, codes: Words, document: NDArray[np.int64]) -> tuple[Words, NDArray[np.int64]]:
        """Numbers of parts in the place of those of words, and the document of each."""
        times = self._width[codes]
        begin = self._begin[codes]
        if (times > 1).any():
            within = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
            begin, document = np.repeat(begin, times) + within, np.repeat(document, times)
        return self._flat[begin], document

    def places(self, parts: Words) -> list[NDArray[np.int64]]:
        """Where each pattern begins."""
        out = []
        for phrase in self._phrases:
            slots = [self._takes[self._slot[part]] for part in phrase]
            at = np.flatnonzero(slots[0][parts])
            at = at[at <= len(parts) - len(slots)]
            for step, takes in enumerate(slots[1:], start=1):
                at = at[takes[parts[at + step]]]
            out.append(at)
        return out

    def forms(self, parts: Words, at: NDArray[np.int64], j: int) -> Counter[str]:
        """How the corpus writes a pattern where it was found."""
        if not len(at):
            return Counter()
        steps = np.arange(len(self._phrases[j]))
        rows, n = np.unique(parts[at[:, None] + steps], axis=0, return_counts=True)
        named = (" ".join(self._names[i] for i in row) for row in rows.tolist())
        return Counter(dict(zip(named, n.tolist(), strict=True)))


def _divided(word: str) -> tuple[str, ...]:
    """The parts of a pattern; scripts without blanks are divided as texts are."""
    out: list[str] = []
    for part in parts_of(word):
        divide = None if "*" in part or "?" in part else divider(part)
        out += divide(part) if divide else [part]
    if not out:
        message = f"{word!r} has no word that texts are divided into."
        raise UsageError(message)
    return tuple(out)
