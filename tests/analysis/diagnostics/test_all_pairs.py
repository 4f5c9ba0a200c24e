"""Pairs of documents with nearly the same counts: all of them, found without comparing all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from trends.analysis.diagnostics.all_pairs import similar_counts


def slowly(counts, same):
    """Every pair."""
    unit = counts / np.linalg.norm(counts, axis=1, keepdims=True)
    near = unit @ unit.T >= same - 1e-9
    return [(i, j) for i in range(len(counts)) for j in range(i + 1, len(counts)) if near[i, j]]


def corpus(n, terms, seed, copies=0.3):
    """Documents by Zipf's law, some of them earlier ones with a few counts changed."""
    rng = np.random.default_rng(seed)
    rate = 3.0 / np.arange(1, terms + 1)
    out = rng.poisson(rate, (n, terms))
    for i in range(1, n):
        if rng.random() < copies:
            out[i] = out[rng.integers(i)] * rng.integers(1, 3)
            hit = rng.integers(terms, size=rng.integers(0, 4))
            out[i, hit] = np.maximum(out[i, hit] + rng.integers(-1, 2, len(hit)), 0)
    out[out.sum(1) == 0, 0] = 1
    return out


@pytest.mark.slow
@given(
    st.integers(0, 2**20),
    st.sampled_from([0.3, 0.5, 0.8, 0.95, 1.0]),
    st.integers(2, 40),
    st.integers(1, 80),
)
@settings(max_examples=120, deadline=None)
def test_they_are_those_of_all_pairs(seed, same, n, terms):
    counts = corpus(n, terms, seed)
    left, right = similar_counts(sparse.csr_matrix(counts, dtype=float), same)
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == slowly(counts, same)


@pytest.mark.parametrize("same", [0.8, 0.95])
def test_several_blocks_of_documents_make_no_difference(same, monkeypatch):
    from trends.analysis.diagnostics import all_pairs as module

    counts = corpus(300, 200, 5)
    whole = similar_counts(sparse.csr_matrix(counts, dtype=float), same)
    monkeypatch.setattr(module, "BLOCK", 7)
    monkeypatch.setattr(module, "PAIRS", 11)
    parts = similar_counts(sparse.csr_matrix(counts, dtype=float), same)
    assert len(whole[0]) > 20
    np.testing.assert_array_equal(whole, parts)
    assert list(zip(*(x.tolist() for x in whole), strict=True)) == slowly(counts, same)
