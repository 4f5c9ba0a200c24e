"""Example documents stand for their topic."""

from __future__ import annotations

import numpy as np
import pytest

from trends.analysis.quality.examples import closest
from trends.core import Topics
from trends.errors import DataError, UsageError


def make(theta, unassigned=None):
    theta = np.asarray(theta, dtype=float)
    unassigned = np.zeros(len(theta)) if unassigned is None else np.asarray(unassigned, dtype=float)
    ids = tuple("abcdefgh"[: len(theta)])
    return Topics(theta, unassigned, np.full((theta.shape[1], 2), 0.5), ("u", "v"), ids)


def test_documents_come_by_their_share_of_the_topic():
    fit = make([[0.6, 0.4], [0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    assert closest(fit, n=2) == (("b", "d"), ("c",))


def test_among_hard_labels_the_nearest_to_the_centred_centroid_comes_first():
    fit = make(np.eye(2)[[0, 0, 0, 1, 1]])
    vectors = np.array([[5.0, 5.9], [5.0, 5.1], [5.0, 4.8], [4.0, 5.0], [3.0, 4.0]])
    centred = vectors - vectors.mean(0)
    centroid = centred[:3].sum(0)
    cosines = centred[:3] @ centroid / np.linalg.norm(centred[:3], axis=1)
    assert closest(fit, vectors)[0] == tuple("abc"[i] for i in np.argsort(-cosines))
    assert closest(fit)[0] == ("a", "b", "c")


def test_a_document_of_the_topic_by_its_words_only_gives_way_to_one_that_is_near_it():
    fit = make([[0.99, 0.01], [0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.1, 0.9]])
    vectors = np.array([[-1.0, 0.3], [1.0, 0.1], [1.0, 0.2], [-1.0, 0.2], [-1.0, 0.1]])
    assert closest(fit)[0] == ("a", "b", "c")
    assert closest(fit, vectors)[0] == ("b", "c", "a")


def test_a_document_is_an_example_of_its_largest_topic_only_and_outliers_of_none():
    fit = make([[0.2, 0.1], [0.0, 1.0], [0.1, 0.9]], unassigned=[0.7, 0, 0])
    assert closest(fit) == ((), ("b", "c"))


def test_bad_settings_are_refused():
    fit = make(np.eye(2))
    with pytest.raises(UsageError, match="negative"):
        closest(fit, n=-1)
    with pytest.raises(DataError, match="expected 2 rows"):
        closest(fit, np.ones((3, 2)))
