import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.stats.multitest import multipletests

from trends.analysis.trend.multiplicity import adjust
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


def test_nothing_tested():
    assert np.isnan(adjust([np.nan, np.nan])).all()
    with pytest.raises(UsageError, match="bonferroni"):
        adjust([0.1], "bonferroni")
