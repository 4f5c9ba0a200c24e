import numpy as np
import pandas as pd
import pytest

from trends.core import wording
from trends.errors import UsageError


@pytest.mark.parametrize(
    ("period", "first", "name"),
    [
        ("day", "2024-03-04", "2024-03-04"),
        ("week", "2024-03-04", "week of 2024-03-04"),
        ("month", "2024-03-01", "Mar 2024"),
        ("quarter", "2024-07-01", "2024 Q3"),
        ("half-year", "2024-07-01", "2024 H2"),
        ("year", "2024-01-01", "2024"),
        ("1-year", "2024-01-01", "2024"),
        ("10-years", "2020-01-01", "2020–2029"),
    ],
)
def test_a_period_is_named_and_recognized(period, first, name):
    assert wording.period_name(np.datetime64(first), period) == name
    steps = pd.date_range(first, periods=3, freq=pd.Timedelta(days=365.25) * 10)
    if period == "10-years":
        assert wording.guess_period(list(steps)) == period
        assert wording.span(list(steps), period).startswith("3 10-year periods from 2020–2029")


def test_what_is_missing_has_a_word_or_a_dash():
    assert wording.period_name(pd.NaT, "week") == "undated"
    assert (
        wording.percent(float("nan")) == wording.signed(np.inf) == wording.probability(None) == "–"
    )


def test_an_unknown_period_is_answered_with_those_allowed():
    with pytest.raises(UsageError, match=r"Unknown period 'decade'.*half-year.*2-years"):
        wording.period_years("decade")
    with pytest.raises(UsageError):
        wording.period_years("100-years")


def test_numbers_and_lists_as_a_sentence_needs_them():
    assert wording.plural(1, "category") == "1 category"
    assert wording.plural(3400, "value of organization") == "3,400 values of organization"
    assert wording.listed(["a", "b", "c"], most=2) == "a, b and 1 more"
    assert wording.listed(["a", "b"], word="or") == "a or b"
    assert wording.signed(-0.001) == "0.00"
    assert wording.signed(-1.5) == "−1.50"
    assert wording.probability(0.0002, "p") == "p < 0.001"
    assert wording.probability(0.0123, "p") == "p = 0.012"
