import numpy as np
import pytest

from trends.analysis.prevalence.estimate import estimate
from trends.analysis.robustness.power_simulation import _crossing, planted_power
from trends.analysis.trend.fit import fit_trends
from trends.errors import UsageError


@pytest.mark.slow
def test_power_grows_with_the_slope_and_agrees_with_the_analytic_one(dated_theta):
    shares = estimate(*dated_theta)
    table = planted_power(shares, slopes=(0.5, 1.0, 1.5, 2.0, 3.0), draws=60, rng=1)
    assert len(table) == 60 and (table["power"] <= table["power_unadjusted"]).all()
    wide = table.pivot_table(index="topic", columns="log_odds", values="power")
    assert (wide[3.0] >= wide[0.5]).all() and wide[3.0].mean() > 0.8
    smallest = table.groupby("topic")["smallest"].first()
    # Adjusted for many topics more is needed than for one, though not many times as much.
    ratio = (smallest / fit_trends(shares).table["power"]).dropna()
    assert len(ratio) >= 8 and 1.2 < ratio.median() < 2.2
    again = planted_power(shares, slopes=(0.5, 1.0, 1.5, 2.0, 3.0), draws=60, rng=1)
    assert again.equals(table)


def test_the_crossing_is_interpolated():
    assert _crossing([1.0, 2.0, 4.0], [0.4, 0.6, 1.0], 0.8) == pytest.approx(3.0)
    assert np.isnan(_crossing([1.0], [0.5], 0.8))


def test_slopes_are_checked(dated_theta):
    with pytest.raises(UsageError, match="increase from above 0"):
        planted_power(estimate(*dated_theta), slopes=(1.0, 0.5), rng=1)
