"""``tr.align`` and ``tr.label`` as a reader of the documentation calls them."""

from __future__ import annotations

import numpy as np
import pytest

import trends as tr
from trends.errors import DataError, UsageError


def corpora(seed: int, n: int = 240):
    """Two fits of different documents of the same four topics, the second without the last topic.

    Vectors too.
    """
    rng = np.random.default_rng(seed)
    phi = 0.3 / 200 + 0.7 * rng.dirichlet(np.full(200, 0.05), 4)
    centres = 3 * rng.normal(size=(4, 40))
    fits, vectors = [], []
    for part, kept in ((0, 4), (1, 3)):
        topic = rng.integers(kept, size=n)
        counts = np.array([rng.multinomial(60, phi[k]) for k in topic])
        theta = np.eye(kept)[topic]
        own = theta.T @ counts + 0.01
        ids = tuple(f"{part}-{i}" for i in range(n))
        own /= own.sum(1, keepdims=True)
        fits.append(
            tr.Topics(
                theta,
                np.zeros(n),
                own,
                tuple(f"term{chr(97 + j // 20)}{chr(97 + j % 20)}" for j in range(200)),
                ids,
            )
        )
        vectors.append(centres[topic] + rng.normal(size=(n, 40)))
    return fits[0], fits[1], (vectors[0], vectors[1])


def test_fits_of_other_corpora_are_matched_by_words_and_by_embeddings_and_the_error_says_so():
    left, right, vectors = corpora(1)
    with pytest.raises(
        DataError, match=r"share no document.*similarity='words'.*similarity='embeddings'"
    ):
        tr.align(left, right, rng=1)
    with pytest.raises(DataError, match=r"similarity='words'"):
        tr.align(left, right, method="transport")
    for kind in ("words", "embeddings"):
        found = tr.align(left, right, similarity=kind, embeddings=vectors, rng=1)
        assert found.pairs.tolist() == [[0, 0], [1, 1], [2, 2]], kind
        assert found.unmatched_left == [3]


def test_periods_of_one_corpus_are_matched_by_words():
    left, _, _ = corpora(2)
    half = left.n_documents // 2
    early = tr.Topics(
        left.theta[:half], left.unassigned[:half], left.phi, left.vocabulary, left.doc_ids[:half]
    )
    late = tr.Topics(
        left.theta[half:],
        left.unassigned[half:],
        left.phi[::-1],
        left.vocabulary,
        left.doc_ids[half:],
    )
    assert tr.align(early, late, similarity="words", rng=0).pairs.tolist() == [
        [0, 3],
        [1, 2],
        [2, 1],
        [3, 0],
    ]


def test_transport_follows_a_topic_that_splits():
    labels = np.repeat([0, 1], [60, 40])
    parts = np.repeat([2, 0, 1], [40, 20, 40])
    ids, phi = tuple(f"d{i}" for i in range(100)), np.full((3, 2), 0.5)
    left = tr.Topics(np.eye(2)[labels], np.zeros(100), phi[:2], ("a", "b"), ids)
    right = tr.Topics(np.eye(3)[parts], np.zeros(100), phi, ("a", "b"), ids)
    flows = tr.align(left, right, method="transport")
    assert flows[["left", "right"]].to_numpy().tolist() == [[0, 0], [0, 2], [1, 1]]
    np.testing.assert_allclose(flows["share"], [0.2, 0.4, 0.4])
    np.testing.assert_allclose(flows["share_left"], [1 / 3, 2 / 3, 1])
    np.testing.assert_allclose(flows["share_right"], 1)


def test_what_means_nothing_is_refused():
    left, right, _ = corpora(3)
    with pytest.raises(UsageError, match="needs rng="):
        tr.align(left, left)
    with pytest.raises(UsageError, match=r"assignment.*transport"):
        tr.align(left, right, method="greedy", rng=0)
    with pytest.raises(UsageError, match="documents, words, embeddings"):
        tr.align(left, left, similarity="topics", rng=0)


def test_a_function_of_the_user_names_topics():
    left, _, _ = corpora(4)
    assert tr.label(left, namer=lambda topic, terms: f"number {topic}: {terms[0]}")[2].startswith(
        "number 2: term"
    )
