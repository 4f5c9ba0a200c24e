"""Noun phrases of a corpus in their own spelling: what topics may be called.

No parts of speech are tagged. Words that stand between function words and punctuation make
candidates. A candidate has to end where such a stretch ends most of the time (a head noun does,
"masked image" does not), must not begin or end with a word that is often governed by "to" or a
pronoun (a verb), nor end with one that usually stands before another word (an adjective). A shorter
candidate that nearly always is a part of one longer candidate is left out (after the C-value of
Frantzi, Ananiadou and Mima, 2000).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from scipy import sparse

from trends.core import TermCounts
from trends.text.tokens.segmentation import scripts
from trends.text.tokens.stopwords import stop_words
from trends.text.tokens.tokenize import runs_of_words

#: Words of a phrase at most, and documents in which it has to occur.
LONGEST, LEAST = 4, 3
#: Share of the occurrences of a phrase that end a stretch of content words, at least; the same of
#: its last word alone; share of a word's occurrences that a verb's company makes, at most.
ENDS, HEAD, VERB = 0.4, 0.3, 0.25
#: A phrase goes where so large a share of its documents has it as a part of one longer phrase.
NESTED = 0.8
#: Documents that are read; of more, so many in even steps.
MOST_DOCUMENTS = 4000
#: Words behind which a verb stands.
_BEFORE_VERBS = frozenset(
    {
        *("to", "not", "also", "we", "i", "you", "they", "he", "she", "which", "who"),
        *("can", "could", "may", "might", "must", "shall", "should", "will", "would"),
        *("then", "thus", "therefore"),
    }
)

Words = tuple[str, ...]


def noun_phrases(
    titles: Sequence[str],
    texts: Sequence[str],
    doc_ids: Sequence[str],
    *,
    languages: Iterable[str] = (),
) -> TermCounts:
    """Which documents hold which noun phrases, each once; the vocabulary is as it is written.

    Parameters
    ----------
    titles, texts : sequence of str
        Either may be empty.
    doc_ids : sequence of str
    languages : iterable of str
        Whose function words divide stretches, beside those of English.

    Returns
    -------
    TermCounts
        Of the documents that were read, at most :data:`MOST_DOCUMENTS`.
    """
    step = -(-len(doc_ids) // MOST_DOCUMENTS) or 1
    rows = range(0, len(doc_ids), step)
    stop = stop_words(languages)
    read = _Reader(stop)
    stretches = [read.document(titles[i], texts[i]) for i in rows]
    found = _without_parts(_merged(_candidates(stretches, read)))
    names = {words: _joined([read.spelling(w) for w in words]) for words in found}
    vocabulary = tuple(sorted(set(names.values())))
    column = {name: j for j, name in enumerate(vocabulary)}
    pairs = {(i, column[names[words]]) for words, docs in found.items() for i in docs}
    where = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    matrix = sparse.csr_matrix(
        (np.ones(len(where), dtype=np.int32), (where[:, 0], where[:, 1])),
        shape=(len(rows), len(vocabulary)),
    )
    return TermCounts(matrix, vocabulary, tuple(doc_ids[i] for i in rows))


def spelled_terms(counts: TermCounts, titles: Iterable[str]) -> TermCounts:
    """Terms of a vocabulary as phrases, for documents without texts, spelled as in their titles."""
    read = _Reader(stop_words())
    for title in titles:
        read.document(title, "")
    columns: dict[str, int] = {}
    for j, term in enumerate(counts.vocabulary):
        columns.setdefault(" ".join(map(read.spelling, term.split())), j)
    vocabulary = tuple(sorted(columns))
    matrix = counts.matrix[:, [columns[name] for name in vocabulary]]
    return TermCounts(matrix, vocabulary, counts.doc_ids)


class _Reader:
    """Divides documents into stretches of content words, and counts how words are used."""

    def __init__(self, stop: frozenset[str]) -> None:
        self.stop = stop
        self.uses: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()
        self.verbs: Counter[str] = Counter()
        self.written: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.in_titles: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def document(self, title: str, text: str) -> list[Words]:
        """Stretches of a document, in lower case."""
        out: list[Words] = []
        for part, written in ((title, self.in_titles), (text, self.written)):
            for run in runs_of_words(part, lower=False):
                out += self._stretches(run, written)
        return out

    def _stretches(
        self, run: list[str], written: defaultdict[str, Counter[str]]
    ) -> Iterable[Words]:
        lower = [word.lower() for word in run]
        stretch: list[str] = []
        for i, (word, as_it_is) in enumerate(zip(lower, run, strict=True)):
            if word in self.stop:
                if stretch:
                    self.ends[stretch[-1]] += 1
                    yield tuple(stretch)
                stretch = []
                continue
            self.uses[word] += 1
            if i and lower[i - 1] in _BEFORE_VERBS:
                self.verbs[word] += 1
            # The first word of a sentence has a capital whatever it is.
            if i:
                written[word][as_it_is] += 1
            stretch.append(word)
        if stretch:
            self.ends[stretch[-1]] += 1
            yield tuple(stretch)

    def noun(self, word: str, *, last: bool) -> bool:
        """Whether a word may begin a noun phrase, or end it."""
        n = self.uses[word]
        if self.verbs[word] > VERB * n or word.endswith("ly") or not any(map(str.isalpha, word)):
            return False
        # "Evaluating" is a verb, "training" a noun, which also ends phrases.
        head = last or word.endswith("ing")
        return not head or (self.ends[word] >= HEAD * n and len(word) > 1)

    def spelling(self, word: str) -> str:
        """A word as it is written inside sentences; a capital of titles alone says nothing."""
        if inside := self.written.get(word):
            return max(inside, key=lambda form: (inside[form], form))
        forms = self.in_titles.get(word) or Counter({word: 1})
        best = max(forms, key=lambda form: (forms[form], form))
        inner = any(part[1:] != part[1:].lower() for part in best.split("-"))
        return best if inner else best.lower()


def _candidates(stretches: list[list[Words]], read: _Reader) -> dict[Words, set[int]]:
    """Phrases and their documents, each form apart."""
    documents: defaultdict[Words, set[int]] = defaultdict(set)
    uses: Counter[Words] = Counter()
    ends: Counter[Words] = Counter()
    for i, of_document in enumerate(stretches):
        for stretch in of_document:
            for size in range(1, LONGEST + 1):
                for at in range(len(stretch) - size + 1):
                    words = stretch[at : at + size]
                    documents[words].add(i)
                    uses[words] += 1
                    ends[words] += at + size == len(stretch)
    return {
        words: docs
        for words, docs in documents.items()
        if len(docs) >= LEAST - 1
        and ends[words] >= ENDS * uses[words]
        and read.noun(words[0], last=False)
        and read.noun(words[-1], last=True)
        and len(set(words)) == len(words)
    }


def _without_parts(kept: dict[Words, set[int]]) -> dict[Words, set[int]]:
    """Leave out what nearly always is a part of one longer phrase."""
    nested = set()
    for words, docs in kept.items():
        for size in range(1, len(words)):
            for at in range(len(words) - size + 1):
                part = words[at : at + size]
                if part in kept and len(docs) >= NESTED * len(kept[part]):
                    nested.add(part)
    return {words: docs for words, docs in kept.items() if words not in nested}


def _merged(found: dict[Words, set[int]]) -> dict[Words, set[int]]:
    """Forms of one phrase under the most frequent of them."""
    forms: defaultdict[str, list[Words]] = defaultdict(list)
    for words in sorted(found):
        forms[_key(words)].append(words)
    out = {}
    for same in forms.values():
        best = max(same, key=lambda words: len(found[words]))
        documents = set().union(*(found[words] for words in same))
        if len(documents) >= LEAST:
            out[best] = documents
    return out


def _key(words: Words) -> str:
    """What forms of one phrase have in common: no hyphens, no plural of the last word."""
    text = "".join(words).replace("-", "")
    return text[:-1] if text.endswith("s") and not text.endswith("ss") else text


def _joined(words: list[str]) -> str:
    """Words with blanks between them, where their script has blanks."""
    out = words[0]
    for before, word in pairwise(words):
        out += word if next(scripts(before), "") and next(scripts(word), "") else f" {word}"
    return out
