import datetime as dt

import numpy as np
import pandas as pd
import pytest

from trends import store
from trends.analysis.prevalence.periods import make_periods
from trends.core.calendar_days import calendar_days


@pytest.mark.parametrize(
    "values",
    [
        ["1470-01-01", None, "2020-05-03"],
        [dt.date(1470, 1, 1), None, dt.date(2020, 5, 3)],
        np.array(["1470-01-01", "NaT", "2020-05-03"], dtype="datetime64[D]"),
        [pd.Timestamp("1470-01-01"), pd.NaT, pd.Timestamp("2020-05-03")],
    ],
)
def test_days_of_far_years(values):
    days = calendar_days(values).to_numpy("datetime64[D]")
    expected = np.array(["1470-01-01", "NaT", "2020-05-03"], dtype="datetime64[D]")
    np.testing.assert_array_equal(days, expected)
    assert len(make_periods(values, period="year")) == 551


def test_tables_with_periods_of_far_years_are_read(tmp_path):
    (tmp_path / "a.csv").write_text("period,n_docs\n1470-01-01,3\n,2\n", encoding="utf-8")
    table = store.read_csv(tmp_path / "a.csv")
    assert table["period"].dt.year.tolist()[0] == 1470 and table["period"].isna().tolist()[1]
    (tmp_path / "b.csv").write_text("period\n1470-13-01\n", encoding="utf-8")
    with pytest.raises(ValueError, match="1470-13-01"):
        store.read_csv(tmp_path / "b.csv")
