"""A frame of prevalence holds all that its test needs, and a wrong noun is answered with the right
call.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trends.analysis.prevalence.estimate import estimate
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.trend.fit import fit_trends
from trends.core import Prevalence
from trends.errors import DataError, UsageError


def shares(period: str, theta: str = "hard") -> Prevalence:
    rng = np.random.default_rng(3)
    years = (
        45 if period.endswith("years") else 12 if "year" in period else 2 if period == "week" else 4
    )
    days = np.datetime64("1980-01-01") + rng.integers(0, 365 * years, 1500)
    mixed = rng.dirichlet(np.ones(5), len(days))
    return estimate(mixed, make_periods(days, period=period), theta=theta)


PERIODS = ("week", "month", "quarter", "half-year", "year", "2-years", "10-years")


@pytest.mark.parametrize(
    "period",
    # The shorter the periods, the more of them.
    [
        pytest.param(p, marks=pytest.mark.slow if p in ("week", "month", "half-year") else ())
        for p in PERIODS
    ],
)
@pytest.mark.parametrize("theta", ["hard", pytest.param("mean", marks=pytest.mark.slow)])
def test_a_frame_is_tested_as_its_prevalence(period, theta):
    whole = shares(period, theta)
    back = Prevalence.from_frame(whole.frame())
    for name in ("periods", "ends", "share", "lower", "upper", "unassigned", "n_docs", "complete"):
        np.testing.assert_array_equal(getattr(back, name), getattr(whole, name), name)
    assert back.settings["period"] == period and back.labels == whole.labels
    pd.testing.assert_frame_equal(fit_trends(whole.frame()).table, fit_trends(whole).table)


def test_a_frame_read_from_a_file_has_the_period_of_its_first_days(tmp_path):
    whole = shares("quarter")
    whole.frame().to_csv(tmp_path / "prevalence.csv", index=False)
    back = Prevalence.from_frame(pd.read_csv(tmp_path / "prevalence.csv"))
    assert back.settings == {"period": "quarter"} and (back.ends == whole.ends).all()


def test_what_is_no_frame_of_one_prevalence_is_refused():
    frame = shares("year").frame()
    with pytest.raises(DataError, match="n_docs missing"):
        fit_trends(frame.drop(columns="n_docs"))
    with pytest.raises(DataError, match="each topic and period once"):
        fit_trends(pd.concat([frame, frame]))


@pytest.mark.parametrize("wrong", [None, "shares", np.ones((3, 4)), [], ([1], [2])])
def test_a_wrong_noun_is_answered_with_the_right_call(wrong):
    with pytest.raises(
        UsageError, match=r"must be Prevalence or DataFrame, .*make it with tr\.prev"
    ):
        fit_trends(wrong)
