"""One specification: the same numbers as the public functions, and shuffles that keep what they
should.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends.analysis.prevalence import estimate as prevalence
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.robustness.specification import (
    block_orders,
    estimate,
    local_orders,
)
from trends.analysis.trend.fit import fit_trends
from trends.analysis.trend.model import normal_score
from trends.core import Topics
from trends.errors import DataError, UsageError


@pytest.fixture
def fit() -> Topics:
    rng = np.random.default_rng(1)
    theta = rng.dirichlet(np.full(9, 0.3), 240)
    theta[::9] = 0
    rest = np.where(np.arange(240) % 9 == 0, 1.0, 0.1)
    theta *= (1 - rest)[:, None]
    return Topics(
        theta,
        1 - theta.sum(1),
        np.full((9, 3), 1 / 3),
        ("a", "b", "c"),
        tuple(f"d{i:03d}" for i in range(240)),
    )


@pytest.fixture
def periods():
    days = pd.date_range("2019-01-05", periods=240, freq="9D")
    return make_periods(days, period="half-year")


@pytest.mark.parametrize("theta", ["hard", "mean"])
def test_with_the_real_dates_it_is_the_trend_test_of_the_prevalence(fit, periods, theta):
    orders = block_orders(240, 5, 3, rng=0)
    found = estimate(fit, periods, np.arange(240), orders, theta=theta, denominator="all")
    expected = fit_trends(prevalence.estimate(fit, periods, theta=theta)).frame()
    for name in ("change", "slope", "lower", "upper", "p", "p_adjusted", "log_odds"):
        assert np.allclose(found.table[name], expected[name]), name
    assert found.n_docs == 240


@pytest.mark.parametrize("theta", ["hard", "mean"])
@pytest.mark.parametrize("denominator", ["all", "assigned"])
def test_a_shuffle_is_the_same_as_shuffled_documents(fit, periods, theta, denominator):
    orders = block_orders(240, 4, 6, rng=2)
    found = estimate(fit, periods, np.arange(240), orders, theta=theta, denominator=denominator)
    for b, order in enumerate(orders):
        ids = tuple(f"d{i:03d}" for i in range(240))
        moved = Topics(fit.theta[order], fit.unassigned[order], fit.phi, fit.vocabulary, ids)
        again = estimate(
            moved, periods, np.arange(240), orders[:1], theta=theta, denominator=denominator
        )
        assert np.allclose(found.z[1 + b], again.z[0], atol=1e-6)


def test_scores_of_shuffles_and_of_the_real_dates_are_nearly_those_of_the_whole_test(fit, periods):
    orders = block_orders(240, 4, 30, rng=2)
    found = estimate(fit, periods, np.arange(240), orders, theta="hard", denominator="all")
    table = found.table
    z = normal_score(table["log_odds"].to_numpy(), table["p"].to_numpy())
    assert np.allclose(found.z[0], z, atol=0.25)
    assert found.z.shape == (31, 9) and np.isfinite(found.z).all()


def test_the_assigned_are_the_denominator_when_asked(fit, periods):
    orders = block_orders(240, 1, 1, rng=0)
    found = estimate(fit, periods, np.arange(240), orders, theta="hard", denominator="assigned")
    assigned = fit.hard >= 0
    part = Topics(
        fit.theta[assigned] / fit.theta[assigned].sum(1, keepdims=True),
        np.zeros(assigned.sum()),
        fit.phi,
        fit.vocabulary,
        tuple(np.array(fit.doc_ids)[assigned]),
    )
    days = pd.date_range("2019-01-05", periods=240, freq="9D")[assigned]
    expected = fit_trends(prevalence.estimate(part, make_periods(days, period="half-year"))).frame()
    assert np.allclose(found.table["slope"], expected["slope"])
    assert found.n_docs == assigned.sum()


def test_too_few_periods_and_unknown_choices_are_refused(fit, periods):
    orders = block_orders(240, 1, 1, rng=0)
    coarse = make_periods(pd.date_range("2020-01-01", periods=240, freq="D"), period="year")
    with pytest.raises(DataError, match="at least three"):
        estimate(fit, coarse, np.arange(240), orders, theta="hard", denominator="all")
    with pytest.raises(UsageError, match="assigned"):
        estimate(fit, periods, np.arange(240), orders, theta="hard", denominator="some")


@settings(max_examples=50, deadline=None)
@given(n=st.integers(1, 60), block=st.integers(1, 80), seed=st.integers(0, 2**32 - 1))
def test_block_orders_are_permutations_that_keep_neighbours(n, block, seed):
    orders = block_orders(n, block, 3, rng=seed)
    assert (np.sort(orders, axis=1) == np.arange(n)).all()
    broken = (np.diff(orders, axis=1) != 1).sum(1)
    assert (broken <= n // block + 1).all()
    assert (block_orders(n, block, 3, rng=seed) == orders).all()


@settings(max_examples=50, deadline=None)
@given(data=st.data(), n=st.integers(1, 40))
def test_local_orders_keep_the_relative_order(data, n):
    places = np.array(sorted(data.draw(st.sets(st.integers(0, n - 1), min_size=1))))
    orders = block_orders(n, 3, 4, rng=0)
    for whole, local in zip(orders, local_orders(orders, places), strict=True):
        assert [p for p in whole if p in set(places)] == places[local].tolist()
