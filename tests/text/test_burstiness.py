"""Residual idf against its definition and on simulated truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import sparse

from trends.core import TermCounts
from trends.text.vocabulary.burstiness import residual_idf


def counts_of(table: np.ndarray) -> TermCounts:
    vocabulary = tuple(f"t{j:04}" for j in range(table.shape[1]))
    return TermCounts(
        sparse.csr_matrix(table), vocabulary, tuple(f"d{i}" for i in range(table.shape[0]))
    )


def reference(table: np.ndarray) -> list[float]:
    lengths, out = table.sum(1), []
    for j in range(table.shape[1]):
        total, df = table[:, j].sum(), (table[:, j] > 0).sum()
        expected = sum(1 - math.exp(-total * n / lengths.sum()) for n in lengths if n > 0)
        out.append(math.log2(expected / df) if df else 0.0)
    return out


def test_fast_code_equals_the_definition() -> None:
    table = np.random.default_rng(1).poisson(0.3, (30, 25))
    table[4] = 0
    table[:, 7] = 0
    assert residual_idf(counts_of(table)) == pytest.approx(reference(table))


def test_random_terms_are_near_zero_also_when_lengths_differ_and_bursty_terms_are_not() -> None:
    rng = np.random.default_rng(2)
    rate = rng.choice([0.2, 2.0], 2000)
    random = rng.poisson(0.3 * rate[:, None], (2000, 40))
    bursty = rng.poisson(3.0 * rate[:, None] * (rng.random((2000, 40)) < 0.1))
    found = residual_idf(counts_of(np.hstack([random, bursty])))
    assert np.abs(found[:40]).max() < 0.1
    assert found[40:].min() > 0.6


def test_empty_counts() -> None:
    assert residual_idf(counts_of(np.zeros((3, 2), dtype=int))).tolist() == [0.0, 0.0]
