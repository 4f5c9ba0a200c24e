from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from trends.core import TermCounts
from trends.errors import UsageError
from trends.text.matched_length import matched_length


def made(rows: list[list[int]]) -> TermCounts:
    m = np.array(rows)
    return TermCounts(sparse.csr_matrix(m), tuple(f"t{i}" for i in range(m.shape[1])), tuple(f"d{i}" for i in range(len(m))))


def test_every_document_keeps_the_same_number_of_its_own_tokens():
    counts = made([[5, 5, 0], [40, 0, 3], [1, 1, 1], [0, 0, 0]])
    cut = matched_length(counts, length=6, rng=1)
    assert cut.tokens.tolist() == [6, 6, 3, 0]
    assert (cut.matrix.toarray() <= counts.matrix.toarray()).all()
    assert cut.settings["matched_length"] == {"length": 6, "shorter": 1}
    assert cut.fingerprint == matched_length(counts, length=6, rng=1).fingerprint


def test_tokens_are_drawn_in_proportion():
    counts = made([[300, 100]] * 400)
    cut = matched_length(counts, length=20, rng=3).matrix.toarray()
    assert cut[:, 0].mean() == pytest.approx(15, abs=4 * np.sqrt(20 * 0.75 * 0.25 / 400))


def test_the_default_is_what_nine_tenths_reach():
    counts = made([[n, 0] for n in range(1, 101)])
    cut = matched_length(counts, rng=0)
    assert cut.settings["matched_length"] == {"length": 10, "shorter": 9}


def test_a_length_below_one_is_refused():
    with pytest.raises(UsageError, match="1 or more"):
        matched_length(made([[1]]), length=0, rng=0)
