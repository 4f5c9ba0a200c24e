import numpy as np
import pytest

from trends.analysis.prevalence.estimate import estimate
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.robustness.placebo import placebo
from trends.analysis.robustness.specification import block_orders
from trends.analysis.simulation.simulate import Design, Words, oracle, simulate
from trends.analysis.trend.fit import fit_trends
from trends.errors import DataError, UsageError


@pytest.mark.parametrize("theta", ["hard", "mean"])
def test_real_dates_are_tested_as_always(dated_theta, theta):
    values, periods = dated_theta
    made = placebo(values, periods, theta=theta, shuffles=20, rng=1)
    real = fit_trends(estimate(values, periods, theta=theta)).table
    assert made.observed == int((real["p_adjusted"] <= 0.05).sum())
    assert made.observed_p == pytest.approx(real["p"].min(), rel=1e-6)


@pytest.mark.slow
def test_shuffles_of_a_flat_corpus_find_nothing_and_planted_trends_stand_out():
    made = simulate(
        Design(movers=("linear", "linear"), shock=0.0, documents=200, spread=0.3),
        Words(length=5),
        rng=2,
    )
    found = placebo(oracle(made), made.truth.periods, shuffles=150, rng=3)
    assert found.any_discovery <= 0.05 + 2 * 0.0178 and found.observed >= 2 and found.joint_p < 0.01
    assert (found.topic_p[1:4] < 0.05).all() and "150 times" in found.sentence()
    again = placebo(oracle(made), made.truth.periods, shuffles=150, rng=3)
    assert np.array_equal(found.smallest_p, again.smallest_p)
    assert len(found.frame()) == 150


def test_whole_periods_may_change_places(dated_theta):
    values, periods = dated_theta
    made = placebo(values, periods, shuffles=40, block="period", rng=4)
    blocks = placebo(values, periods, shuffles=40, block=5, rng=4)
    assert made.observed_p == blocks.observed_p and len(made.discoveries) == 40
    assert made.settings["block"] == "period" and len(set(made.smallest_p)) > 30
    again = placebo(values, periods, shuffles=40, block="period", rng=4)
    assert np.array_equal(made.smallest_p, again.smallest_p)


@pytest.mark.parametrize("block", [1, 7, 50])
def test_blocks_keep_every_document_and_its_neighbours(block):
    order = block_orders(200, block, 1, 0)[0]
    assert sorted(order) == list(range(200))
    together = (np.diff(order) == 1).mean()
    assert together < 0.1 if block == 1 else together > 0.8 * (1 - 1 / block)


def test_bad_input_is_refused(dated_theta):
    values, periods = dated_theta
    with pytest.raises(UsageError, match="positive"):
        placebo(values, periods, shuffles=0, rng=1)
    with pytest.raises(DataError, match="899"):
        placebo(values[1:], periods, rng=1)
    with pytest.raises(DataError, match="at least three"):
        placebo(
            np.eye(2),
            make_periods(np.array(["2020-01-01", "2021-01-01"], "M8[D]"), period="year"),
            rng=1,
        )
