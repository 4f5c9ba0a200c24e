"""Write each word in its one form, in documents that are numbers of words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from trends.text.counting.token_file import Lengths, Words, document_of
from trends.text.tokens.variants import Variants


class SequenceFinder:
    """Finds given sequences of words, the longest first of those that begin at one place.

    Parameters
    ----------
    sequences : collection of tuples of str
        Each of two words or more.
    number : mapping of str to int
        A sequence with a word that has no number occurs nowhere.
    """

    def __init__(self, sequences: Collection[tuple[str, ...]], number: Mapping[str, int]) -> None:
        self.size = len(number) + 1
        self.by_start: dict[int, list[tuple[tuple[int, ...], tuple[str, ...]]]] = defaultdict(list)
        for parts in sorted(sequences, key=lambda p: (-len(p), p)):
            if all(part in number for part in parts):
                codes = tuple(number[part] for part in parts)
                self.by_start[codes[0] * self.size + codes[1]].append((codes, parts))
        self.keys = np.array(sorted(self.by_start), dtype=np.int64)
        self.starts = np.zeros(self.size, dtype=bool)
        self.starts[self.keys // self.size] = True

    def positions(self, words: Words) -> Iterator[tuple[int, list[tuple[str, ...]]]]:
        """Positions of sequences, ascending, and the sequences found there, the longest first."""
        if not len(self.keys) or len(words) < 2:
            return
        near = np.flatnonzero(self.starts[words[:-1]])
        pairs = words[near].astype(np.int64) * self.size + words[near + 1]
        at = np.searchsorted(self.keys, pairs)
        hit = self.keys[np.minimum(at, len(self.keys) - 1)] == pairs
        for at_word, pair in zip(near[hit].tolist(), pairs[hit].tolist(), strict=True):
            found = [
                parts
                for codes, parts in self.by_start[pair]
                if tuple(words[at_word : at_word + len(codes)].tolist()) == codes
            ]
            if found:
                yield at_word, found


class VariantRewriter:
    """Applies variants to whole blocks: closed forms first, then single words, then plurals.

    Parameters
    ----------
    variants : Variants
        All of whose forms are words of the corpus.
    number : mapping of str to int
        Numbers of all words of the corpus.
    """

    def __init__(self, variants: Variants, number: Mapping[str, int]) -> None:
        n = len(number) + 1
        self.closed = SequenceFinder(variants.closed, number)
        self.form_of = {
            parts: number[form] for parts, form in variants.closed.items() if form in number
        }
        self.singular: Words = np.arange(n, dtype=np.int32)
        for plural, singular in variants.singular.items():
            self.singular[number[plural]] = number[singular]
        self.sizes = np.ones(n, dtype=np.int64)
        # Where in the table of forms those of a word begin.
        self.begin = np.arange(n, dtype=np.int64)
        table = list(range(n))
        for word, forms in variants.forms.items():
            self.begin[number[word]], self.sizes[number[word]] = len(table), len(forms)
            table.extend(number[form] for form in forms)
        self.table: NDArray[np.int32] = np.array(table, dtype=np.int32)

    def apply(self, words: Words, lengths: Lengths) -> tuple[Words, Lengths]:
        """Write every word of a block in its one form."""
        begin, sizes = self.begin[words], self.sizes[words]
        free = 0
        for position, found in self.closed.positions(words):
            if position < free:
                continue
            free = position + len(found[0])
            # The form stands as it is: the table of forms begins with every word as itself.
            begin[position], sizes[position] = self.form_of[found[0]], 1
            sizes[position + 1 : free] = 0
        after = np.cumsum(sizes)
        inside = np.arange(int(after[-1]) if len(after) else 0) - np.repeat(after - sizes, sizes)
        out = self.singular[self.table[np.repeat(begin, sizes) + inside]]
        left = np.bincount(document_of(lengths), weights=sizes, minlength=len(lengths)).astype(
            np.int64
        )
        return out, left
