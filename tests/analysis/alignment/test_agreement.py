"""How far two fits agree about the same documents."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from trends.analysis.alignment.agreement import agreement, frame, hard_labels
from trends.analysis.alignment.hungarian import align
from trends.core import Alignment, Topics
from trends.errors import DataError


def make(labels, k, backend="a", ids=None):
    labels = np.asarray(labels)
    theta = np.where((labels >= 0)[:, None], np.eye(k)[labels], 0.0)
    ids = tuple(f"d{i}" for i in range(len(labels))) if ids is None else ids
    return Topics(
        theta,
        (labels < 0).astype(float),
        np.full((k, 2), 0.5),
        ("a", "b"),
        ids,
        provenance={"backend": backend},
    )


def test_the_figures_are_those_counted_by_hand():
    a = make([0, 0, 0, 0, 1, 1, 1, 1, -1, -1], 2)
    b = make([1, 1, 1, 0, 0, 0, 0, -1, -1, 0], 2)
    alignment = Alignment(
        np.array([[0, 1], [1, 0]]), np.array([0.8, 0.7]), np.array([0.01, 0.01]), 2, 2
    )
    found = agreement(a, b, alignment)
    assert found.n_documents == 7
    assert found.n_unassigned == 3
    assert found.same == pytest.approx(6 / 7)
    assert found.ari == pytest.approx(
        adjusted_rand_score([0, 0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0, 0])
    )


def test_agreement_is_the_same_from_either_side():
    rng = np.random.default_rng(1)
    a, b = make(rng.integers(-1, 4, 90), 4), make(rng.integers(-1, 3, 90), 3)
    alignment = Alignment(np.array([[2, 0]]), np.array([0.5]), np.array([0.01]), 4, 3)
    back = Alignment(np.array([[0, 2]]), np.array([0.5]), np.array([0.01]), 3, 4)
    one, two = agreement(a, b, alignment).summary(), agreement(b, a, back).summary()
    assert one == pytest.approx(two)


def test_documents_are_found_by_name():
    a = make([0, 1, 0], 2, ids=("x", "y", "z"))
    b = make([1, 1, 0], 2, ids=("z", "other", "x"))
    left, right, lost = hard_labels(a, b)
    assert left.tolist() == [0, 0]
    assert right.tolist() == [0, 1]
    assert lost == 0


def test_fits_without_a_common_document_agree_on_nothing_and_say_so():
    a, b = make([0, 1], 2, ids=("x", "y")), make([0, 1], 2, ids=("u", "v"))
    found = agreement(a, b, Alignment(np.empty((0, 2)), np.empty(0), np.empty(0), 2, 2))
    assert found.n_documents == 0
    assert np.isnan([found.ari, found.nmi, found.ami, found.same]).all()


def test_the_table_has_every_topic_of_both_sides_once():
    labels = np.arange(120) % 3
    a, b = make(labels, 3, "lda"), make(np.where(labels == 2, -1, labels), 3, "bertopic")
    table = frame(a, b, align(a, b, rng=0))
    assert table.columns.tolist() == [
        "backend_a",
        "topic_a",
        "backend_b",
        "topic_b",
        "similarity",
        "null_p",
    ]
    assert set(table["backend_a"]) == {"lda"}
    assert set(table["backend_b"]) == {"bertopic"}
    assert sorted(k for k in table["topic_a"] if k >= 0) == [0, 1, 2]
    assert sorted(k for k in table["topic_b"] if k >= 0) == [0, 1, 2]
    lonely = table[(table["topic_a"] < 0) | (table["topic_b"] < 0)]
    assert len(lonely) == 2
    assert lonely[["similarity", "null_p"]].isna().all(axis=None)


def test_an_alignment_of_other_fits_is_refused():
    a = make([0, 1], 2)
    with pytest.raises(DataError, match="fits of 3 and 2 topics"):
        agreement(a, a, Alignment(np.empty((0, 2)), np.empty(0), np.empty(0), 3, 2))
