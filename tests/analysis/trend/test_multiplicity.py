import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.stats.multitest import multipletests

from trends.analysis.prevalence.estimate import estimate
from trends.analysis.trend.multiplicity import adjust, sidak_level, simes, simultaneous_bounds
from trends.errors import UsageError


@given(arrays(float, st.integers(1, 40), elements=st.floats(0, 1)), st.sampled_from(["bh", "by"]))
def test_agrees_with_another_library(p, method):
    assert np.allclose(adjust(p, method), multipletests(p, method=f"fdr_{method}")[1])


@given(arrays(float, st.integers(1, 40), elements=st.floats(0, 1)))
def test_what_was_not_tested_does_not_count(p):
    with_gaps = np.insert(p, [0, len(p)], np.nan)
    found = adjust(with_gaps)
    assert np.isnan(found[[0, -1]]).all() and np.allclose(found[1:-1], adjust(p))
    assert (found[1:-1] >= p).all()
    # Simes rejects everything at once exactly if the smallest adjusted p does.
    assert simes(with_gaps) == pytest.approx(found[1:-1].min())


def test_nothing_tested():
    assert np.isnan(adjust([np.nan, np.nan])).all() and np.isnan(simes([np.nan]))
    with pytest.raises(UsageError, match="bonferroni"):
        adjust([0.1], "bonferroni")


def test_simultaneous_bounds_hold_for_all_topics_at_once():
    assert sidak_level(0.95, 10) ** 10 == pytest.approx(0.95)
    rng = np.random.default_rng(1)
    truth = rng.dirichlet(np.full(10, 2.0))
    from trends.analysis.prevalence.periods import make_periods

    periods = make_periods(np.repeat(np.datetime64("2020-01-01"), 300), period="year")
    hits = single = 0
    for _ in range(300):
        shares = estimate(np.eye(10)[rng.choice(10, 300, p=truth)], periods)
        lower, upper = simultaneous_bounds(shares)
        hits += ((lower <= truth) & (truth <= upper)).all()
        single += ((shares.lower <= truth) & (truth <= shares.upper)).all()
    assert hits / 300 > 0.92 and single / 300 < 0.8
