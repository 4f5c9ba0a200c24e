"""The quick tier of the error rates.

The full one is a committed result of experiments/calibration.
"""

import importlib
import sys

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def error_rates(root, monkeypatch):
    monkeypatch.syspath_prepend(str(root / "experiments" / "calibration"))
    monkeypatch.delitem(sys.modules, "error_rates", raising=False)
    return importlib.import_module("error_rates")


def within(frame, errors=3.0):
    """Whether every rate meets its demand, up to some standard errors.

    A quick tier has few corpora.
    """
    lower = frame["demand"].str.extract(r"^(?:>= )?(0?\.\d+)(?:–|$)")[0].astype(float).fillna(0)
    upper = frame["demand"].str.extract(r"(?:–|<= )(0?\.\d+)")[0].astype(float).fillna(1)
    slack = errors * frame["se"] + 1e-9
    return (frame["value"] >= lower - slack) & (frame["value"] <= upper + slack)


def test_intervals_of_shares_cover(error_rates):
    found = error_rates.share_intervals(8, 5)
    assert within(found).all() and (found["demand"] == "0.93–0.97").all()


@pytest.mark.slow
def test_slope_intervals_cover_and_flat_series_are_seldom_called_trends(error_rates):
    found = error_rates.slope_intervals(60, 6)
    assert set(found["row"]) == {"A2", "A3"} and len(found) == 72
    assert within(found, 3.5).all()
    # 28,800 flat series together: the rate has a standard error of about .002.
    assert found.loc[found["row"] == "A3", "value"].mean() < 0.05


@pytest.mark.slow
def test_false_discoveries_stay_below_their_level(error_rates):
    found = error_rates.discoveries(60, 7, cells=[(20, 3, 0), (20, 12, 0), (20, 8, 4)])
    assert within(found).all() and found["value"].mean() < 0.05
    assert (found["value_by"] <= found["value"] + 1e-9).all()
    assert found.loc[found["movers"] == 4, "true_positive_rate"].min() > 0.15


def test_discoveries_have_the_right_sign(error_rates):
    found = error_rates.sign_errors(6, 8)
    assert found["value"].max() <= 0.01 and found["discoveries"].min() > 50


@pytest.mark.slow
def test_power_is_that_of_the_table(error_rates):
    found = error_rates.power_curves(15, 9)
    assert len(found) == 84
    assert (found["value"] - found["table"]).abs().mean() < 0.04
    assert np.corrcoef(found["value"], found["table"])[0, 1] > 0.99


@pytest.mark.slow
def test_memory_breaks_the_main_test_and_not_its_companion(error_rates):
    found = error_rates.autocorrelated(12, 10)
    flat = found[found["slope"] == 0].pivot_table(
        index="autocorrelation", columns="test", values="value"
    )
    assert (
        flat.loc[0.5, "main test"] > 0.08
        and flat.loc[0.5, "prewhitened"] < flat.loc[0.5, "main test"] - 0.03
    )
    assert flat.loc[0.8, "flagged"] > 0.9 and flat.loc[0.0, "main test"] < 0.09


def test_the_committed_result_meets_the_demands(root):
    table = pd.read_csv(root / "experiments" / "calibration" / "results" / "full.csv")
    rows = table[table["row"].isin(["A1", "A2", "A3", "A4", "A5"])]
    assert set(rows["row"]) == {"A1", "A2", "A3", "A4", "A5"} and rows["met"].astype(bool).all()
    assert (
        table[table["row"] == "A4"]["corpora"].min() >= 600
        and table[table["row"] == "A2"]["series"].min() >= 3000
    )
