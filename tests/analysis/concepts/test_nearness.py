"""Nearness: the threshold errs least among examples, and a plain search finds the same."""

import numpy as np
import pytest

from trends.analysis.concepts.nearness import nearness
from trends.errors import DataError


def planted(n=600, share=0.2, seed=0):
    rng = np.random.default_rng(seed)
    held = rng.random(n) < share
    direction = rng.standard_normal(20)
    vectors = rng.standard_normal((n, 20)) + 1.5 * held[:, None] * direction
    return vectors, held, rng


def test_documents_that_hold_it_are_found_and_their_share_is_right():
    vectors, held, rng = planted()
    examples = np.flatnonzero(held)[::5]
    word = np.flatnonzero(held & (rng.random(600) < 0.5))
    outside = ~held
    near = nearness(vectors, examples, [word], outside=outside, prevalence=0.2, rng=1)
    weights = near.weights() > 0
    assert weights[held].mean() > 0.9 and weights[~held].mean() < 0.05
    assert weights.mean() == pytest.approx(held.mean(), abs=0.03)
    assert near.lower <= near.threshold <= near.upper
    assert near.recall > 0.85 and near.false_alarm < 0.05
    again = nearness(vectors, examples, [word], outside=outside, prevalence=0.2, rng=1)
    assert again.upper == near.upper


def test_the_threshold_errs_no_more_than_any_other():
    vectors, held, _ = planted(seed=3, share=0.3)
    examples = np.flatnonzero(held)[:40]
    near = nearness(vectors, examples, [], outside=~held, prevalence=0.3, rng=1)
    unit = vectors - vectors.mean(0)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    own = []
    for i in examples:
        others = [j for j in examples if j != i]
        mean = unit[others].mean(0)
        own.append(unit[i] @ mean / np.linalg.norm(mean))
    far = near.score[~held]

    def error(t):
        return 0.3 * (np.array(own) < t).mean() + 0.7 * (far >= t).mean()

    best = min(error(t) for t in np.concatenate([own, far]))
    assert error(near.threshold) <= best + 0.01


def test_few_examples_are_not_enough():
    vectors, held, _ = planted()
    with pytest.raises(DataError, match="4 are there, 5 are needed"):
        nearness(vectors, np.arange(4), [], outside=~held, prevalence=0.2, rng=1)
