"""`tr.transform`: new documents, a fit that stays as it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import trends as tr
from trends.analysis.simulation.simulate import Design, Vectors, Words, simulate
from trends.core import Corpus, TermCounts
from trends.errors import DataError, UsageError
from trends.models import BACKENDS

GIBBS = {"iterations": 60, "burn_in": 40, "n_chains": 1, "init_sweeps": 20}


@pytest.fixture(scope="module")
def made():
    design = Design(topics=4, periods=4, documents=60, spread=0.0, movers=(), purity=0.3)
    return simulate(design, Words(terms=300, length=60), Vectors(common=0.2, topic=0.4), rng=1)


@pytest.fixture(scope="module")
def fit(made):
    return BACKENDS.load("gibbs-lda")(made.counts, n_topics=4, seed=1, settings=GIBBS)


def test_a_corpus_is_counted_over_the_vocabulary_of_the_fit(made, fit):
    found = tr.transform(fit, made.corpus)
    assert found.doc_ids == made.corpus.ids
    assert found.vocabulary == fit.vocabulary
    assert (found.hard == fit.hard).mean() > 0.95
    # Terms that are new are left out, terms that are missing have no counts.
    other = made.counts.keep_terms(np.arange(300) % 7 > 0)
    names = tuple(sorted([*other.vocabulary[:-1], "zzz new"]))
    renamed = replace(made.corpus, counts=TermCounts(other.matrix, names, other.doc_ids))
    assert (tr.transform(fit, renamed).hard == fit.hard).mean() > 0.9
    with pytest.raises(DataError, match="count them over the vocabulary of the fit"):
        tr.transform(fit, other)


def test_texts_are_counted_over_the_vocabulary_of_the_fit(made, fit):
    words = np.array(made.counts.vocabulary)
    m = made.counts.matrix
    texts = [
        " ".join(np.repeat(words[m.indices[a:b]], m.data[a:b]))
        for a, b in zip(m.indptr[:-1], m.indptr[1:], strict=True)
    ]
    frame = pd.DataFrame(made.corpus.documents).assign(text=texts)
    written = Corpus(frame, name="written", observed_until=made.corpus.observed_until)
    found, counted = tr.transform(fit, written), tr.transform(fit, made.counts)
    assert (found.hard == counted.hard).mean() > 0.98


def test_vectors_come_with_the_corpus_or_are_given(made):
    fit = BACKENDS.load("kmeans")(
        made.counts, n_topics=4, seed=1, embeddings=made.corpus.embeddings.astype(np.float16)
    )
    found = tr.transform(fit, made.corpus)
    assert (found.hard == fit.hard).mean() == 1.0
    with pytest.raises(UsageError, match="pass vectors="):
        tr.transform(fit, made.counts)
    with pytest.raises(DataError, match="384 dimensions and vectors 5"):
        tr.transform(fit, made.counts, embeddings=made.corpus.embeddings[:, :5])
