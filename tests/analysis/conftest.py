"""Small corpora of documents in time, for tests of the analysis."""

from __future__ import annotations

import numpy as np
import pytest

from trends.analysis.prevalence.periods import Periods, make_periods


@pytest.fixture
def dated_theta() -> tuple[np.ndarray, Periods]:
    """Twelve topics over 14 half-years of uneven size, nothing moving; documents mixed."""
    rng = np.random.default_rng(11)
    days = np.sort(np.datetime64("2019-01-01") + rng.integers(0, 2557, 900))
    return rng.dirichlet(np.full(12, 0.3), 900), make_periods(days, period="half-year")
