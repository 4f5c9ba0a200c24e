"""Blind assignment, and labels out of noun phrases that pass it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from trends.analysis.quality.label_check import BlindAssignment, words_of
from trends.analysis.quality.labels import label
from trends.core import TermCounts, Topics

WORDS = ("cell", "panel", "solar", "power", "song", "tone", "violin", "wood")
OWN = [("solar", "panel", "cell", "power"), ("violin", "tone", "wood", "song")]


def made(documents: int = 80) -> tuple[Topics, TermCounts, TermCounts]:
    """Two topics of four words each, and phrases that documents hold; half hold the best ones."""
    rng = np.random.default_rng(1)
    vocabulary, ids = tuple(sorted(WORDS)), tuple(f"d{i:02d}" for i in range(documents))
    own = np.arange(documents) // 2 % 2
    counts = np.zeros((documents, len(vocabulary)), dtype=int)
    for i, k in enumerate(own):
        for word in rng.choice(OWN[k], 6):
            counts[i, vocabulary.index(word)] += 1
    phi = np.array([[w in mine for w in vocabulary] for mine in OWN], dtype=float)
    theta = np.where(own[:, None] == np.arange(2), 0.9, 0.1)
    fit = Topics(theta, np.zeros(documents), phi / phi.sum(1, keepdims=True), vocabulary, ids)
    names = ("Solar panel", "new work", "tone wood", "violin")
    holds = np.array([own == 0, own >= 0, (own == 1) & (rng.random(documents) < 0.2), own == 1]).T
    holds &= rng.random(holds.shape) < 0.7
    phrases = TermCounts(sparse.csr_matrix(holds.astype(int)), names, ids)
    return fit, TermCounts(sparse.csr_matrix(counts), vocabulary, ids), phrases


def test_documents_find_their_way_to_right_labels_and_not_to_wrong_ones() -> None:
    fit, counts, _ = made()
    blind = BlindAssignment(fit, counts)
    right, wrong = blind.check(["solar panels", "violin"]), blind.check(["violin", "solar panels"])
    assert right.mean == 1 and wrong.mean == 0
    assert right.chance == 0.5 and right.documents.tolist() == [20, 20]
    assert blind.check(["panel", "nothing known"]).shares.tolist() == [1, 0]


def test_labels_are_made_of_one_half_and_checked_on_the_other() -> None:
    fit, counts, _ = made()
    blind = BlindAssignment(fit, counts)
    assert not set(blind.making) & set(blind.held)
    assert sorted([*blind.making, *blind.held]) == list(range(counts.n_documents))


def test_phrases_name_topics_in_their_spelling() -> None:
    fit, counts, phrases = made()
    assert label(fit, reference=counts, phrases=phrases)[0] == "Solar panel"
    assert "work" not in " ".join(label(fit, reference=counts, phrases=phrases))
    assert label(fit, reference=counts, phrases=phrases) == label(
        fit, reference=counts, phrases=phrases
    )


def test_a_topic_without_a_phrase_is_named_by_terms() -> None:
    fit, counts, phrases = made()
    none = phrases.keep_terms(np.array([True, True, False, False]))
    first, second = label(fit, reference=counts, phrases=none)
    assert first == "Solar panel" and set(second.split(", ")) <= set(OWN[1])


def test_a_label_shares_words_with_its_topic() -> None:
    fit, counts, phrases = made()
    for k, name in enumerate(label(fit, reference=counts, phrases=phrases)):
        assert set(words_of(name)) <= set(OWN[k])


@pytest.mark.parametrize("documents", [1, 2, 3])
def test_few_documents(documents: int) -> None:
    fit, counts, phrases = made(documents)
    assert len(set(label(fit, reference=counts, phrases=phrases))) == 2
    assert np.isnan(BlindAssignment(fit, counts).check(["a", "b"]).shares).any()
