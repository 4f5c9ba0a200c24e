"""A document whose topic has no partner belongs to none, whatever its other shares add up to."""

from __future__ import annotations

import numpy as np

from trends.analysis.prevalence.estimate import document_shares
from trends.core import Alignment, Topics
from trends.runs.tasks.analysis_parts.aligned import aligned


def fit_of(theta: np.ndarray) -> Topics:
    phi = np.eye(theta.shape[1])
    ids = tuple(f"d{i}" for i in range(len(theta)))
    return Topics(
        theta, np.maximum(1 - theta.sum(1), 0), phi, tuple("abcde"[: theta.shape[1]]), ids
    )


def test_unmatched_topics_do_not_outvote_a_label() -> None:
    fit = fit_of(np.array([[0.4, 0.3, 0.3], [0.2, 0.7, 0.1], [0.1, 0.1, 0.2]]))
    # Only topic 0 of the fit has a partner: topic 1 of two.
    to = Alignment(np.array([[1, 0]]), np.array([0.9]), np.array([0.01]), 2, 3)
    hard = aligned(fit, to, "hard")
    assert np.isnan(hard[:, 0]).all()
    # Its label counts although the two unmatched topics hold .6; the second document's topic has no
    # partner, the third has none.
    assert hard[:, 1].tolist() == [1.0, 0.0, 0.0]
    assert document_shares(hard, "hard")[:, 1].tolist() == [1.0, 0.0, 0.0]
    assert aligned(fit, to, "mean")[:, 1].tolist() == [0.4, 0.2, 0.1]


def test_the_prototype_stays_as_it_is() -> None:
    fit = fit_of(np.array([[0.4, 0.6], [0.9, 0.1], [0.1, 0.2]]))
    assert aligned(fit, None, "hard").tolist() == [[0, 1], [1, 0], [0, 0]]
    assert (aligned(fit, None, "mean") == fit.theta).all()
