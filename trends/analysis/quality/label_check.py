"""Blind assignment: whether documents find their way to the label of their topic.

Half of the documents say what a label means: the mean of those that hold its words. Documents of
the other half go to the label whose meaning is nearest to their terms. Topics take no part in
either, and labels are made of the first half alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.core.terms import TermCounts
from trends.core.topics import Topics

#: Documents that take part; of more, so many in even steps.
MOST_DOCUMENTS = 4000
#: Power of the share of a label's words that a document holds: it counts little without all.
SHARPNESS = 4
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
#: Words inside a name that say nothing of it.
LINKS = frozenset({"and", "of", "for", "in", "on", "the", "a", "to", "with", "or"})


@dataclass(frozen=True)
class LabelCheck:
    """Shares of correct assignments.

    Parameters
    ----------
    shares : ndarray of float, shape (topics,)
        Share of the held-out documents of each topic that went to its label; NaN without any.
    documents : ndarray of int, shape (topics,)
        How many those are.
    """

    shares: NDArray[np.float64]
    documents: NDArray[np.int64]

    @property
    def mean(self) -> float:
        """Mean over topics, so that large ones do not decide; NaN where nothing was held out."""
        known = self.shares[~np.isnan(self.shares)]
        return float(known.mean()) if len(known) else float("nan")

    @property
    def chance(self) -> float:
        """The mean that labels would have by chance."""
        return 1 / len(self.shares)


def words_of(name: str) -> list[str]:
    """The words of a label, each in the form that :func:`form` gives it."""
    return [form(w) for w in _WORD.findall(name.lower()) if w not in LINKS]


def form(word: str) -> str:
    """A word without hyphens and without the s of a plural."""
    word = word.replace("-", "").lower()
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


class BlindAssignment:
    """Documents in two halves, and what words mean in the first.

    Parameters
    ----------
    topics : Topics
        The fit; only each document's largest topic is read, to compare.
    counts : TermCounts
        Of documents that the fit knows.
    other : bool
        The halves change places, for choices that the check of the labels must not see.
    """

    def __init__(self, topics: Topics, counts: TermCounts, *, other: bool = False) -> None:
        place = {doc: i for i, doc in enumerate(topics.doc_ids)}
        step = -(-counts.n_documents // MOST_DOCUMENTS) or 1
        rows = [i for i in range(0, counts.n_documents, step) if counts.doc_ids[i] in place]
        self.n_topics = topics.n_topics
        halves = np.array(rows[::2], dtype=int), np.array(rows[1::2], dtype=int)
        self.making, self.held = halves[::-1] if other else halves
        self._counts = counts
        hard = topics.hard
        self._hard = np.array([hard[place[d]] if d in place else -1 for d in counts.doc_ids])

    @property
    def made_of(self) -> NDArray[np.int64]:
        """Largest topic of each document of the first half; -1 for none."""
        return self._hard[self.making]

    @property
    def documents_made_of(self) -> list[str]:
        """Ids of the first half."""
        return [self._counts.doc_ids[i] for i in self.making]

    @cached_property
    def weights(self) -> sparse.csr_matrix:
        """Tf-idf of the first half, rows of length one."""
        return self._tfidf(self.making)

    def _tfidf(self, rows: NDArray[np.int64]) -> sparse.csr_matrix:
        n, df = self._counts.n_documents, self._counts.document_frequency
        weights = self._counts.matrix[rows].astype(np.float64)
        weights.data = 1 + np.log(weights.data)
        weights = sparse.csr_matrix(weights.multiply(np.log((n + 1) / (df + 1)) + 1))
        norms = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
        return sparse.csr_matrix(sparse.diags(1 / np.maximum(norms, 1e-12)) @ weights)

    @cached_property
    def _holds(self) -> sparse.csc_matrix:
        return sparse.csc_matrix(self._counts.matrix[self.making] > 0)

    @cached_property
    def _columns(self) -> dict[str, list[int]]:
        """Form of a word → the terms that hold it."""
        out: dict[str, list[int]] = {}
        for j, term in enumerate(self._counts.vocabulary):
            for word in dict.fromkeys(map(form, term.split())):
                out.setdefault(word, []).append(j)
        return out

    def meaning(self, name: str) -> NDArray[np.float64]:
        """The terms of the documents that hold the words of a label, shape (terms,), length one.

        Zero where no document holds any.
        """
        n = len(self.making)
        held, total = np.zeros(n), 0.0
        for word in dict.fromkeys(words_of(name)):
            if columns := self._columns.get(word):
                has = np.asarray(self._holds[:, columns].sum(axis=1)).ravel() > 0
                weight = np.log((n + 1) / max(has.sum(), 1))
                held, total = held + weight * has, total + weight
        if not total:
            return np.zeros(self._counts.n_terms)
        mean = np.asarray(self.weights.T @ (held / total) ** SHARPNESS).ravel()
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12))

    def check(self, labels: Sequence[str]) -> LabelCheck:
        """Send every held-out document to one of the labels, and count those that arrive."""
        meanings = np.array([self.meaning(name) for name in labels])
        near = np.asarray(self._tfidf(self.held) @ meanings.T)
        # Rounding makes ties of what differs by the order of a sum only; nothing is near to none.
        went = np.where(near.max(axis=1) > 0, np.round(near, 12).argmax(axis=1), -1)
        own = self._hard[self.held]
        n = np.bincount(own[own >= 0], minlength=self.n_topics)
        right = np.bincount(own[(own >= 0) & (own == went)], minlength=self.n_topics)
        return LabelCheck(np.where(n > 0, right / np.maximum(n, 1), np.nan), n)
