"""Crossed labels: every document of both fits once, matched by id."""

from __future__ import annotations

import numpy as np

from trends.analysis.alignment.crosstab import crossed
from trends.core import Topics


def fit(ids: list[str], labels: list[int], k: int) -> Topics:
    theta = np.array([[1.0 * (j == label) for j in range(k)] for label in labels])
    return Topics(
        theta=theta,
        phi=np.full((k, 2), 0.5),
        unassigned=1 - theta.sum(1),
        vocabulary=("x", "y"),
        doc_ids=tuple(ids),
        provenance={"backend": "b", "seed": 1},
    )


def test_documents_are_matched_by_id_and_counted_once():
    left = fit(["a", "b", "c", "d"], [0, 0, 1, -1], 2)
    right = fit(["d", "c", "b", "e"], [2, 0, 1, 1], 3)
    out = crossed(left, right)
    assert out.to_numpy().tolist() == [[-1, 2, 1], [0, 1, 1], [1, 0, 1]]


def test_fits_without_a_document_in_common_cross_nowhere():
    assert crossed(fit(["a"], [0], 1), fit(["b"], [0], 1)).empty
