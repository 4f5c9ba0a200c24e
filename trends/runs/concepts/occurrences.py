"""The words of all concepts in a corpus: found once, used by everything that follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from trends.core import Concept, Corpus, TermCounts
from trends.core.computing.threads import threads
from trends.errors import DataError
from trends.runs.config.settings import TextConfig
from trends.runs.tasks import terms as prepare
from trends.text.concept_words import find_in_counts, find_words

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Occurrences:
    """Words and phrases of concepts in the documents of a corpus.

    Parameters
    ----------
    words : tuple of str
        Each once.
    matrix : scipy.sparse.csc_matrix of int, shape (documents, words)
        How often each stands in each document.
    forms : dict
        Word → forms in which it was found, with occurrences.
    counts : TermCounts
        All terms of the corpus.
    terms : scipy.sparse.csc_matrix, shape (terms, words)
        Which terms hold which words.
    """

    words: tuple[str, ...]
    matrix: sparse.csc_matrix
    forms: dict[str, dict[str, int]]
    counts: TermCounts
    terms: sparse.csc_matrix

    @property
    def own(self) -> NDArray[np.bool_]:
        """Terms that hold a word of a concept, shape (terms,)."""
        return np.asarray(self.terms.sum(axis=1)).ravel() > 0

    def of(self, words: Sequence[str]) -> sparse.csr_matrix:
        """Occurrences of some words, in their order."""
        at = [self.words.index(word) for word in words]
        return sparse.csr_matrix(self.matrix[:, at])

    def allowed(self, concept: Concept) -> NDArray[np.bool_]:
        """Documents that no word of the concept excludes."""
        if not concept.exclude:
            return np.ones(self.matrix.shape[0], dtype=bool)
        return np.asarray(self.of(concept.exclude).sum(axis=1)).ravel() == 0

    def inside(self, concept: Concept) -> sparse.csr_matrix:
        """Occurrences of the words of a concept in the documents that nothing excludes."""
        kept = sparse.diags_array(self.allowed(concept).astype(float))
        inside = sparse.csr_matrix(kept @ self.of(concept.words), dtype=np.int32)
        inside.eliminate_zeros()
        return inside

    def held(self, concept: Concept) -> Array:
        """1 for each document that holds the concept, else 0: measurement by dictionary."""
        if not concept.words:
            return np.zeros(self.matrix.shape[0])
        total = np.asarray(self.inside(concept).sum(axis=1)).ravel()
        return (total >= concept.at_least).astype(float)

    def frame(self) -> pd.DataFrame:
        """Which document holds which word how often: ``id``, ``word``, ``occurrences``."""
        table = sparse.coo_matrix(self.matrix)
        order = np.lexsort((table.col, table.row))
        rows, columns = table.row[order], table.col[order]
        return pd.DataFrame(
            {
                "id": np.asarray(self.counts.doc_ids, dtype=object)[rows],
                "word": np.asarray(self.words, dtype=object)[columns],
                "occurrences": table.data[order].astype(np.int64),
            }
        )

    def stated(self, frame: pd.DataFrame) -> Occurrences:
        """The same with what a :meth:`frame` says, such as one of texts that are not here.

        Raises
        ------
        DataError
            If it is about other documents or words.
        """
        row = {name: i for i, name in enumerate(self.counts.doc_ids)}
        column = {word: j for j, word in enumerate(self.words)}
        try:
            at = [row[str(name)] for name in frame["id"]], [column[w] for w in frame["word"]]
            counts = frame["occurrences"].to_numpy(np.int32)
        except (KeyError, ValueError) as error:
            message = f"The occurrences of words are about other documents or words: {error}."
            raise DataError(message) from None
        matrix = sparse.csc_matrix((counts, at), shape=self.matrix.shape, dtype=np.int32)
        return replace(self, matrix=matrix)


def find(
    corpus: Corpus,
    concepts: Sequence[Concept],
    counts: TermCounts | None = None,
    more: Sequence[str] = (),
) -> Occurrences:
    """Find the words of concepts, and count all terms unless they are given.

    Parameters
    ----------
    corpus : Corpus
        With texts, or of features: then phrases are found where they are terms.
    concepts : sequence of Concept
        Their words and those that exclude.
    counts : TermCounts, optional
        Of the corpus, over its whole vocabulary.
    more : sequence of str
        Further words.
    """
    words = tuple(dict.fromkeys(w for c in concepts for w in (*c.words, *c.exclude)))
    words = tuple(dict.fromkeys([*words, *more]))
    counts = counts or prepare.all_counts(corpus, TextConfig())
    if corpus.has_text:
        workers = threads() if len(corpus) > prepare.LARGE else 1
        found = find_words(prepare.batches(corpus), words, workers=workers)
    else:
        found = find_in_counts(counts, words)
    terms = TermCounts(
        sparse.identity(counts.n_terms, dtype=np.int32, format="csr"),
        counts.vocabulary,
        counts.vocabulary,
    )
    holding = sparse.csc_matrix(find_in_counts(terms, words).matrix)
    forms = dict(zip(words, found.forms, strict=True))
    return Occurrences(words, sparse.csc_matrix(found.matrix), forms, counts, holding)
