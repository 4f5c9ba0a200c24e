import numpy as np
import pytest

from trends.analysis.composition.table import composition, without_largest_mover
from trends.analysis.prevalence.estimate import estimate
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.trend.fit import fit_trends


@pytest.fixture(scope="module")
def one_riser():
    """Topic 0 grows ninefold in documents, all others stay as they are.

    Their shares fall, their volume does not.
    """
    rng = np.random.default_rng(5)
    days, topics = [], []
    for year in range(10):
        rates = np.full(10, 60.0)
        rates[0] = 60 * 9 ** (year / 9)
        for k, count in enumerate(rng.poisson(rates)):
            days += [
                np.datetime64(f"{2010 + year}-01-01") + int(d) for d in rng.integers(0, 365, count)
            ]
            topics += [k] * count
    import datetime as dt

    periods = make_periods(
        days, period="year", observed=(dt.date(2010, 1, 1), dt.date(2019, 12, 31))
    )
    return estimate(np.eye(10)[topics], periods)


def test_a_share_falls_because_another_rose(one_riser):
    shares = fit_trends(one_riser).table
    assert (shares["slope"][1:] < 0).all() and (shares["p_adjusted"] < 0.05).sum() > 5
    # The companions say that the other topics did not change.
    table = composition(one_riser, fit_trends(one_riser))
    assert (table["ratio_p_adjusted"][1:] > 0.05).sum() >= 8 and table["ratio_p_adjusted"][
        0
    ] < 0.001
    rest, mover = without_largest_mover(one_riser)
    assert mover == 0 and "left out" in rest.table["note"][0]
    assert (rest.table["p_adjusted"][1:] > 0.05).sum() >= 8


def test_two_periods_are_too_few_for_a_mover():
    few = estimate(
        np.eye(2)[[0, 1, 1, 0]],
        make_periods(
            np.array(["2020-01-01", "2020-01-01", "2021-01-01", "2021-01-01"], "M8[D]"),
            period="year",
        ),
    )
    assert without_largest_mover(few)[1] in (-1, 0, 1)
