"""Dated corpora with planted truth, to see what a pipeline finds of it.

>>> from trends.analysis.simulation.simulate import Design, Words, simulate
>>> made = simulate(Design(topics=6, movers=("linear",)), Words(length=40), rng=1)
>>> made.truth.shapes[:2], made.corpus.counts.n_terms
(('linear', 'mirror'), 2000)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.simulation.embeddings import Vectors, draw_vectors
from trends.analysis.simulation.truth import SHAPES, Design, Truth, curve, draw_documents
from trends.analysis.simulation.words import Words, draw_counts
from trends.core import Corpus, Evidence, Precision, TermCounts, Topics
from trends.core.computing.rng import Rng, generator_from

__all__ = [
    "SHAPES",
    "Design",
    "Simulated",
    "Truth",
    "Vectors",
    "Words",
    "curve",
    "oracle",
    "simulate",
]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Simulated:
    """A simulated corpus and what was planted in it.

    Parameters
    ----------
    corpus : Corpus
        Dated documents with term counts, and embeddings where they were asked for.
    truth : Truth
        Rows are those of the corpus.
    phi : ndarray, shape (topics, terms)
        True term distributions.
    """

    corpus: Corpus
    truth: Truth
    phi: Array

    @property
    def counts(self) -> TermCounts:
        """Term counts of the corpus."""
        assert self.corpus.counts is not None
        return self.corpus.counts


def simulate(
    design: Design | None = None,
    words: Words | None = None,
    vectors: Vectors | None = None,
    *,
    rng: Rng,
) -> Simulated:
    """Draw a dated corpus whose shares over time are known.

    Parameters
    ----------
    design : Design, optional
        Topics, periods, planted shapes, sizes, duplicates, off-topic documents, errors of dates.
    words : Words, optional
        Vocabulary, overlap, lengths and their drift.
    vectors : Vectors, optional
        With it, the corpus carries embeddings calibrated to real ones; see
        :mod:`trends.analysis.simulation.embeddings`.
    rng : int or numpy.random.Generator
        Source of all draws.

    Returns
    -------
    Simulated
    """
    generator = generator_from(rng)
    # Each part has a stream of its own: asking for vectors does not change the words.
    for_truth, for_words, for_vectors = generator.spawn(3)
    truth = draw_documents(design or Design(), for_truth)
    matrix, phi = draw_counts(truth, words or Words(), for_words)
    n, terms = matrix.shape
    ids = tuple(f"d{i:0{len(str(n - 1))}d}" for i in range(n))
    vocabulary = tuple(f"w{j:0{len(str(terms - 1))}d}" for j in range(terms))
    documents = pd.DataFrame(
        {
            "id": ids,
            "title": [f"Document {i + 1}" for i in range(n)],
            "date": truth.dates,
            "date_precision": Precision.DAY.value,
            "date_evidence": Evidence.STATED.value,
            "source": "simulated",
        }
    )
    corpus = Corpus(
        documents,
        counts=TermCounts(matrix, vocabulary, ids, settings={"simulated": True}),
        embeddings=draw_vectors(truth, vectors, for_vectors) if vectors is not None else None,
        name="simulated",
        observed_until=truth.periods.ends[-1].astype(object),
    )
    return Simulated(corpus, truth, phi)


def oracle(made: Simulated) -> Topics:
    """The fit that a model without error would give.

    True shares of documents, true term distributions.

    Parameters
    ----------
    made : Simulated
        What it is the truth of.

    Returns
    -------
    Topics
        Off-topic documents are unassigned.
    """
    theta = made.truth.theta
    rest = np.where(made.truth.label < 0, 1.0, 0.0)
    return Topics(
        theta=theta,
        unassigned=rest,
        phi=made.phi / made.phi.sum(1, keepdims=True),
        vocabulary=made.counts.vocabulary,
        doc_ids=made.counts.doc_ids,
        provenance={"backend": "oracle", "seed": None, "settings": {}},
    )
