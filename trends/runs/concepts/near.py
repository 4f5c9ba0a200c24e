"""Concepts by nearness: the space, the examples, the variants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.analysis.concepts.multiverse import Variant
from trends.analysis.concepts.nearness import Nearness, nearness
from trends.core import Concept, Corpus, TermCounts
from trends.core.wording import listed, percent
from trends.embed.lsa import embed_counts
from trends.errors import DataError
from trends.runs.concepts.occurrences import Occurrences
from trends.runs.config.settings import TextConfig
from trends.runs.tasks.terms import choose_terms
from trends.text.counting.fixed_vocabulary import count_vocabulary

#: Documents that stand for examples where none are given: those that hold the words most clearly.
MOST_OWN = 200


class Space:
    """Vectors of the documents, and of the texts that concepts give as examples at the end.

    Those of the corpus if it has them and no texts are given; else singular vectors of its weighted
    counts, on which texts of examples are projected with the documents.
    """

    def __init__(self, corpus: Corpus, concepts: Sequence[Concept], found: Occurrences) -> None:
        self.corpus, self.found = corpus, found
        texts = [text for concept in concepts for text in concept.texts]
        ends = np.cumsum([len(corpus), *(len(c.texts) for c in concepts)])
        self._texts = {
            c.name: np.arange(a, b) for c, a, b in zip(concepts, ends, ends[1:], strict=False)
        }
        if corpus.embeddings is not None and not texts:
            self.vectors: NDArray[Any] = np.asarray(corpus.embeddings, dtype=float)
            self.name = str(corpus.notes.get("embedding", {}).get("model", "vectors of the corpus"))
            return
        counts, _ = choose_terms(found.counts, TextConfig())
        if texts:
            own = count_vocabulary(
                [f"text {i}" for i in range(len(texts))], texts, counts.vocabulary
            )
            matrix = sparse.csr_matrix(sparse.vstack([counts.matrix, own.matrix]))
            ids = tuple(f"{i}" for i in range(matrix.shape[0]))
            counts = TermCounts(matrix, counts.vocabulary, ids)
        vectors, about = embed_counts(counts)
        self.vectors, self.name = vectors.astype(float), str(about["model"])

    def near(self, concept: Concept, rng: int, more: NDArray[np.int64] | None = None) -> Nearness:
        """Nearness of all documents to a concept, with more terms (columns) as words of it.

        Raises
        ------
        DataError
            If an example is no document of the corpus, or there are too few.
        """
        found, n = self.found, len(self.corpus)
        place = {name: i for i, name in enumerate(self.corpus.ids)}
        if lost := [name for name in concept.examples if name not in place]:
            message = (
                f"The concept {concept.name!r} names examples that are no documents of the corpus: "
                f"{listed([repr(name) for name in lost], most=3)}. Examples are ids; texts = [...] "
                "gives texts."
            )
            raise DataError(message)
        given = np.array([place[name] for name in concept.examples], dtype=np.int64)
        examples = np.concatenate([given, self._texts[concept.name]]).astype(np.int64)
        held = found.held(concept) > 0
        words = [np.zeros(0, dtype=np.int64)]
        if concept.words:
            inside = sparse.csc_matrix(found.inside(concept))
            words = [
                inside.indices[a:b] for a, b in zip(inside.indptr, inside.indptr[1:], strict=False)
            ]
            if not len(examples):
                examples = _clearest(found.inside(concept), held)
        if more is not None:
            beside = sparse.csc_matrix(found.counts.matrix[:, more])
            words += [
                beside.indices[a:b] for a, b in zip(beside.indptr, beside.indptr[1:], strict=False)
            ]
            held = held | (np.diff(sparse.csr_matrix(beside).indptr) > 0)
        outside = np.zeros(len(self.vectors), dtype=bool)
        outside[:n] = ~held
        outside[examples] = False
        share = float(held.mean()) if held.any() else 0.1
        return nearness(self.vectors, examples, words, outside=outside, prevalence=share, rng=rng)

    def variants(self, near: Nearness) -> list[Variant]:
        """At the threshold, and at both ends of its interval."""
        n = len(self.corpus)
        ends = {near.lower: "lower", near.upper: "upper"}
        own = f"threshold {near.threshold:.2f}"
        out = [Variant("measure", own, near.weights()[:n], "nearness")]
        for threshold, side in ends.items():
            if threshold != near.threshold:
                level = f"threshold {threshold:.2f}, the {side} end"
                out.append(Variant("threshold", level, near.weights(threshold)[:n], "nearness"))
        return out


def _clearest(inside: sparse.csr_matrix, held: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Documents with most different words of a concept, then with most occurrences."""
    different = np.asarray((inside > 0).sum(axis=1)).ravel()
    total = np.asarray(inside.sum(axis=1)).ravel()
    at = np.flatnonzero(held)
    order = np.lexsort((at, -total[at], -different[at]))
    return at[order][: min(MOST_OWN, max(len(at) // 2, 1))]


def said(concept: Concept, near: Nearness, space: str) -> str:
    """What the reader should know of the measurement."""
    return (
        f"{concept.name}: nearness in {space}; the threshold {near.threshold:.2f} (interval "
        f"{near.lower:.2f} to {near.upper:.2f}) finds {percent(near.recall, 0)} of the examples "
        f"and {percent(near.false_alarm)} of the documents without its words."
    )
