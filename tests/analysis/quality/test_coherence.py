"""Coherence by sparse products: equal to the formulas written out, and to gensim."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import sparse

from trends.analysis.quality.coherence import absent, c_v, cooccurrence, npmi
from trends.core import TermCounts
from trends.errors import DataError


def corpus(seed, n_documents=120, n_terms=40, density=0.15):
    rng = np.random.default_rng(seed)
    frequency = density / np.arange(1, n_terms + 1) ** 0.3
    matrix = (rng.random((n_documents, n_terms)) < frequency) * rng.integers(
        1, 4, (n_documents, n_terms)
    )
    matrix[0] = 0
    vocabulary = tuple(f"w{j:03}" for j in range(n_terms))
    return TermCounts(
        sparse.csr_matrix(matrix), vocabulary, tuple(f"d{i}" for i in range(n_documents))
    )


def lists(seed, reference, n_topics=6, n=10):
    rng = np.random.default_rng(seed)
    present = [
        t for t, df in zip(reference.vocabulary, reference.document_frequency, strict=True) if df
    ]
    return [rng.choice(present, n, replace=False).tolist() for _ in range(n_topics)]


def slow_pair(a, b, documents):
    n = len(documents)
    pa, pb = sum(a in d for d in documents) / n, sum(b in d for d in documents) / n
    both = sum(a in d and b in d for d in documents) / n + 1e-12
    return math.log(both / (pa * pb)) / -math.log(both)


def as_sets(reference):
    return [{reference.vocabulary[j] for j in row.indices} for row in reference.matrix]


def test_npmi_and_c_v_are_their_formulas_written_out():
    reference = corpus(1)
    topics, documents = lists(2, reference), as_sets(reference)
    counts = cooccurrence(reference, itertools.chain(*topics))
    for k, terms in enumerate(topics):
        pairs = [slow_pair(a, b, documents) for a, b in itertools.combinations(terms, 2)]
        assert npmi(topics, counts)[k] == pytest.approx(np.mean(pairs), abs=1e-9)
        vectors = np.array([[slow_pair(a, b, documents) for b in terms] for a in terms])
        total = vectors.sum(0)
        cosines = [v @ total / np.linalg.norm(v) / np.linalg.norm(total) for v in vectors]
        assert c_v(topics, counts)[k] == pytest.approx(np.mean(cosines), abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_coherence_equals_gensim_when_its_window_is_the_document(seed):
    """gensim slides a window over tokens.

    With one that holds any document, and each term once, its window is the document.
    """
    from gensim.corpora import Dictionary
    from gensim.models.coherencemodel import CoherenceModel

    reference = corpus(seed, n_documents=300, n_terms=80)
    topics = lists(seed + 10, reference, n_topics=8)
    texts = [sorted(document) for document in as_sets(reference)]
    counts = cooccurrence(reference, itertools.chain(*topics))
    dictionary = Dictionary(texts)
    for measure, ours in (("c_npmi", npmi(topics, counts)), ("c_v", c_v(topics, counts))):
        model = CoherenceModel(
            topics=topics,
            texts=texts,
            dictionary=dictionary,
            coherence=measure,
            window_size=1000,
            topn=10,
            processes=1,
        )
        np.testing.assert_allclose(ours, model.get_coherence_per_topic(), atol=1e-6)


def test_the_order_of_terms_and_of_documents_changes_nothing():
    reference = corpus(3)
    topics = lists(4, reference)
    turned = [terms[::-1] for terms in topics]
    shuffled = reference.take_documents(np.random.default_rng(0).permutation(reference.n_documents))
    one = cooccurrence(reference, itertools.chain(*topics))
    two = cooccurrence(shuffled, itertools.chain(*topics))
    np.testing.assert_allclose(npmi(topics, one), npmi(turned, two))
    np.testing.assert_allclose(c_v(topics, one), c_v(turned, two))


def test_terms_that_never_meet_score_near_minus_one_and_twins_score_one():
    matrix = np.zeros((100, 4), dtype=int)
    matrix[:10, 0] = 1
    matrix[10:20, 1] = 1
    matrix[:10, 2] = 5
    reference = TermCounts(
        sparse.csr_matrix(matrix), ("a", "b", "c", "d"), tuple(f"d{i}" for i in range(100))
    )
    topics = [["a", "b"], ["a", "c"]]
    score = npmi(topics, cooccurrence(reference, "abc"))
    assert score[0] == pytest.approx(-1 + math.log(0.01) / math.log(1e-12))
    assert score[1] == pytest.approx(1)


def test_terms_that_the_reference_lacks_are_left_out_and_counted():
    reference = corpus(5)
    (terms,) = lists(6, reference, n_topics=1, n=5)
    topics = [[*terms, "unheard-of"], terms, ["unheard-of", "unseen"], [terms[0], "unseen"]]
    counts = cooccurrence(reference, itertools.chain(*topics))
    score = npmi(topics, counts)
    assert score[0] == pytest.approx(score[1])
    assert c_v(topics, counts)[0] == pytest.approx(c_v(topics, counts)[1])
    assert np.isnan(score[2:]).all()
    assert np.isnan(c_v(topics, counts)[2:]).all()
    assert absent(topics, counts).tolist() == [1, 0, 2, 1]


def test_terms_that_were_not_counted_are_an_error_not_a_zero():
    reference = corpus(7)
    counts = cooccurrence(reference, reference.vocabulary[:5])
    with pytest.raises(DataError, match="not counted"):
        npmi([list(reference.vocabulary[3:8])], counts)


def test_a_reference_without_documents_is_refused():
    empty = TermCounts(sparse.csr_matrix((0, 2)), ("a", "b"), ())
    with pytest.raises(DataError, match="no documents"):
        cooccurrence(empty, ["a"])
