"""Themes that a fit cuts to pieces or puts together."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from trends.analysis.diagnostics.diagnosis import Diagnosis
from trends.analysis.diagnostics.topics_apart import topics_apart
from trends.core import TermCounts, Topics

THEMES, WORDS = 4, 25


def corpus(shared: float = 0.4) -> tuple[np.ndarray, TermCounts]:
    """Documents of four themes, each with words of its own and some that all share."""
    rng = np.random.default_rng(3)
    theme = rng.permutation(np.arange(600) % THEMES)
    own = rng.integers(WORDS, size=(600, 40)) + WORDS * theme[:, None]
    common = rng.integers(WORDS, size=(600, 40)) + WORDS * THEMES
    word = np.where(rng.random((600, 40)) < shared, common, own)
    rows = np.repeat(np.arange(600), 40)
    matrix = sparse.csr_matrix(
        (np.ones(rows.size, dtype=np.int32), (rows, word.ravel())),
        shape=(600, WORDS * (THEMES + 1)),
    )
    matrix.sum_duplicates()
    terms = tuple(f"{'abcde'[i // WORDS]}{i % WORDS:02d}" for i in range(matrix.shape[1]))
    return theme, TermCounts(matrix, terms, tuple(f"d{i}" for i in range(600)))


def found(topic: np.ndarray, counts: TermCounts) -> Diagnosis:
    k = int(topic.max()) + 1
    topics = Topics(
        np.eye(k)[topic],
        np.zeros(len(topic)),
        np.full((k, len(counts.vocabulary)), 1 / len(counts.vocabulary)),
        counts.vocabulary,
        counts.doc_ids,
        {"backend": "made", "seed": 1},
    )
    return topics_apart(topics, counts, [f"topic {i}" for i in range(k)])


def test_the_right_number_is_not_flagged() -> None:
    theme, counts = corpus()
    finding = found(theme, counts)
    assert not finding.flagged and finding.measures["themes"] == THEMES


def test_pieces_of_a_theme_are_told() -> None:
    theme, counts = corpus()
    pieces = theme + THEMES * (np.arange(600) % 2) * (theme < 2)  # two themes in halves
    finding = found(pieces, counts)
    assert finding.measures["copies"] == [[0, 4], [1, 5]] and finding.measures["themes"] == 4
    assert "6 topics are 4 themes" in finding.sentence and not finding.measures["two"]
    assert (
        "“topic 0” and “topic 4”; “topic 1” and “topic 5” have the same words" in finding.sentence
    )


@pytest.mark.parametrize("every", [1, 3])
def test_two_themes_in_one_topic_are_told_also_where_one_is_small(every: int) -> None:
    theme, counts = corpus()
    keep = (theme != 1) | (np.arange(600) % every == 0)
    counts = TermCounts(
        counts.matrix[keep], counts.vocabulary, tuple(np.array(counts.doc_ids)[keep].tolist())
    )
    finding = found(np.maximum(theme[keep] - 1, 0), counts)
    assert list(finding.measures["two"]) == ["0"] and not finding.measures["copies"]
    one, other = finding.measures["two"]["0"]
    assert {word[0] for word in one} | {word[0] for word in other} == {"a", "b"}
    assert "holds two themes" in finding.sentence


def test_a_theme_whose_documents_differ_is_one() -> None:
    """Words of a theme that vary from document to document make no two heaps."""
    theme, counts = corpus(shared=0.8)
    assert not found(theme, counts).flagged
