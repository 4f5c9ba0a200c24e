"""Topics that words lead: the words end in their topic, wrong ones elsewhere."""

import numpy as np
import pytest
from scipy import sparse

from trends.core import TermCounts
from trends.errors import UsageError
from trends.models import seeded
from trends.models.seeded import ended_in, fit_seeded


@pytest.fixture(scope="module")
def counts():
    """Three themes of 20 words each, ten tokens a document."""
    rng = np.random.default_rng(1)
    theme = np.arange(300) % 3
    matrix = np.zeros((300, 60), dtype=int)
    for row, k in enumerate(theme):
        np.add.at(matrix[row], 20 * k + rng.integers(0, 20, 12), 1)
    matrix[7] = 0
    names = tuple(f"{'abc'[j // 20]}{j % 20:02d}" for j in range(60))
    return TermCounts(sparse.csr_matrix(matrix), names, tuple(f"d{i:03d}" for i in range(300)))


def test_words_lead_their_topic_and_a_wrong_one_ends_elsewhere(counts):
    fit = fit_seeded(counts, [np.array([0, 1, 25]), np.array([40])], background=2, seed=3)
    theme = np.arange(300) % 3
    share = np.array([[fit.theta[theme == k, c].mean() for c in range(2)] for k in range(3)])
    assert share[0, 0] > 0.7 > 0.3 > share[1, 0] and share[2, 1] > 0.7
    assert [ended_in(fit, np.array([j])) for j in (0, 1, 40)] == [0, 0, 1]
    assert ended_in(fit, np.array([25])) not in (0, 1) and ended_in(fit, np.array([], int)) == -1
    assert fit.unassigned[7] == 1 and fit.theta.shape == (300, 4)
    again = fit_seeded(counts, [np.array([0, 1, 25]), np.array([40])], background=2, seed=3)
    assert again.fingerprint == fit.fingerprint


def test_many_documents_are_learnt_on_some_and_measured_by_one_rule(counts, monkeypatch):
    monkeypatch.setattr(seeded, "LEARN", 150)
    fit = fit_seeded(counts, [np.array([0, 1])], background=2, seed=3)
    assert fit.provenance["learnt_on"] == 150
    theme = np.arange(300) % 3
    assert fit.theta[theme == 0, 0].mean() > 0.7 > fit.theta[theme == 1, 0].mean()


def test_without_a_word_nothing_is_led(counts):
    with pytest.raises(UsageError, match="0 terms and background=2"):
        fit_seeded(counts, [np.array([], dtype=int)], background=2, seed=1)
