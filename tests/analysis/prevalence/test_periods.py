import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from trends.analysis.prevalence.periods import PERIODS, _heaviest, make_periods
from trends.errors import DataError, UsageError

DAYS = st.dates(min_value=dt.date(1890, 1, 1), max_value=dt.date(2110, 12, 31))
NAMES = st.sampled_from([*PERIODS, "2-years", "5-years"])
PRECISION = st.sampled_from(["day", "month", "year"])


def near(day: dt.date) -> st.SearchStrategy[list[dt.date]]:
    """Dates within three years: there are at most 2,000 periods."""
    return st.lists(
        st.integers(0, 1100).map(lambda n: day + dt.timedelta(days=n)), min_size=1, max_size=25
    )


@pytest.mark.slow
@given(DAYS.flatmap(near), NAMES)
def test_every_day_lies_in_exactly_its_period(days, period):
    p = make_periods(days, period=period)
    stamps = np.array(days, dtype="datetime64[D]")
    assert (p.starts[p.index] <= stamps).all() and (stamps <= p.ends[p.index]).all()
    assert (p.starts[1:] == p.ends[:-1] + 1).all()
    assert (p.starts <= p.ends).all()
    assert np.allclose(p.weights.sum(1), 1) and p.n_docs.sum() == len(days)
    assert p.index.min() == 0 and p.index.max() == len(p) - 1


@pytest.mark.slow
@given(DAYS, NAMES)
def test_a_period_does_not_depend_on_the_other_documents(day, period):
    alone = make_periods([day], period=period)
    among = make_periods([day, day + dt.timedelta(days=400)], period=period)
    assert alone.starts[0] == among.starts[0] and alone.ends[0] == among.ends[0]


@pytest.mark.slow
@given(DAYS.flatmap(near), NAMES, st.data())
def test_spread_documents_count_once_in_all(days, period, data):
    precision = data.draw(st.lists(PRECISION, min_size=len(days), max_size=len(days)))
    spread = make_periods(days, precision, period=period, imprecise="spread")
    assert np.allclose(spread.weights.sum(1), 1)
    assert (spread.index >= 0).all()
    try:
        dropped = make_periods(days, precision, period=period, imprecise="drop")
    except DataError:
        return
    assert dropped.dropped["imprecise"] == (dropped.index < 0).sum() == spread.dropped["spread"]
    assert set(np.unique(np.asarray(dropped.weights.sum(1)).round(9))) <= {0.0, 1.0}


@pytest.mark.parametrize(
    ("period", "day", "start", "end", "name"),
    [
        ("week", "2021-01-03", "2020-12-28", "2021-01-03", "2020-W53"),
        ("month", "2024-02-11", "2024-02-01", "2024-02-29", "2024-02"),
        ("quarter", "2023-12-31", "2023-10-01", "2023-12-31", "2023 Q4"),
        ("half-year", "2023-06-30", "2023-01-01", "2023-06-30", "2023 H1"),
        ("half-year", "2023-07-01", "2023-07-01", "2023-12-31", "2023 H2"),
        ("year", "1969-12-31", "1969-01-01", "1969-12-31", "1969"),
        ("5-years", "2021-05-01", "2020-01-01", "2024-12-31", "2020–2024"),
        ("day", "2021-05-14", "2021-05-14", "2021-05-14", "2021-05-14"),
    ],
)
def test_calendar(period, day, start, end, name):
    p = make_periods([np.datetime64(day)], period=period)
    assert (str(p.starts[0]), str(p.ends[0]), p.names) == (start, end, [name])


def test_a_year_counts_in_its_months_by_their_days():
    p = make_periods([dt.date(2024, 7, 1)], ["year"], period="month", imprecise="spread")
    assert len(p) == 12
    assert np.allclose(p.n_docs[:3], np.array([31, 29, 31]) / 366)


def test_dates_coarser_than_the_period_are_refused_with_counts():
    days = pd.to_datetime(["2021-01-01", "2021-03-01", "2021-02-01", None])
    with pytest.raises(
        DataError,
        match=r"2 documents are dated to the month only and 1 documents are dated to the year only",
    ):
        make_periods(days, ["year", "month", "month", None], period="week")
    assert (
        make_periods(days, ["month", "month", "month", None], period="quarter").dropped["undated"]
        == 1
    )


def test_ends_are_incomplete_unless_known_to_be_covered():
    days = [dt.date(2020, 1, 1), dt.date(2022, 12, 31)]
    assert make_periods(days, period="year").complete.tolist() == [False, True, False]
    known = make_periods(days, period="year", observed=(dt.date(2020, 1, 1), dt.date(2022, 12, 31)))
    assert known.complete.all()
    late = make_periods(days, period="year", observed=(dt.date(2020, 1, 2), dt.date(2021, 12, 30)))
    assert late.complete.tolist() == [False, False, False]


def test_empty_periods_stay():
    p = make_periods([dt.date(2020, 1, 1), dt.date(2023, 1, 1)], period="year")
    assert p.n_docs.tolist() == [1, 0, 0, 1]


def test_bad_input_is_refused():
    with pytest.raises(UsageError, match="fortnight"):
        make_periods([dt.date(2020, 1, 1)], period="fortnight")
    with pytest.raises(UsageError, match="imprecise"):
        make_periods([dt.date(2020, 1, 1)], imprecise="guess")
    with pytest.raises(DataError, match="No document has a date"):
        make_periods([None, None])
    with pytest.raises(DataError, match="each date needs one"):
        make_periods([dt.date(2020, 1, 1)], ["day", "day"])
    with pytest.raises(DataError, match="decade"):
        make_periods([dt.date(2020, 1, 1)], ["decade"])
    with pytest.raises(DataError, match="choose a longer period"):
        make_periods([dt.date(2020, 1, 1)], ["year"], period="month", imprecise="drop")


def test_a_range_that_lies_in_one_period_counts_there():
    first, last = (
        [dt.date(2019, 4, 1), dt.date(2019, 6, 12), dt.date(2019, 5, 1)],
        [dt.date(2019, 6, 30), dt.date(2019, 6, 14), None],
    )
    levels = ["range", "range", "month"]
    quarters = make_periods(first, levels, last, period="quarter")
    assert quarters.names == ["2019 Q2"] and quarters.n_docs.tolist() == [3]
    with pytest.raises(
        DataError,
        match=r"1 documents are dated to the month only and 1 documents are dated to a range",
    ):
        make_periods(first, levels, last, period="week")
    months = make_periods(first, levels, last, period="month", imprecise="spread")
    assert (
        np.allclose(months.n_docs, np.array([30 / 91, 31 / 91 + 1, 30 / 91 + 1]))
        and months.dropped["spread"] == 1
    )
    assert (
        make_periods(first, levels, last, period="month", imprecise="drop").dropped["imprecise"]
        == 1
    )


def test_a_range_needs_its_last_day():
    with pytest.raises(DataError, match="needs a last day"):
        make_periods([dt.date(2019, 4, 1)], ["range"], period="year")
    with pytest.raises(DataError, match="needs a last day"):
        make_periods([dt.date(2019, 4, 1)], ["range"], [dt.date(2019, 3, 1)], period="year")


@pytest.mark.slow
@given(DAYS.flatmap(near), st.integers(0, 800), NAMES)
def test_ranges_count_once_in_all(days, length, period):
    last = [day + dt.timedelta(days=length) for day in days]
    p = make_periods(days, ["range"] * len(days), last, period=period, imprecise="spread")
    assert np.allclose(p.weights.sum(1), 1)
    assert p.starts[0] <= np.datetime64(min(days)) and np.datetime64(max(last)) <= p.ends[-1]


@pytest.mark.parametrize(
    ("begin", "complete"),
    [("2019-01-01", [True, True]), ("2019-01-02", [False, True]), (None, [False, True])],
)
def test_the_first_period_is_complete_only_if_it_was_observed_from_its_first_day(begin, complete):
    start = begin and dt.date.fromisoformat(begin)
    days = [dt.date(2019, 5, 1), dt.date(2020, 5, 1)]
    p = make_periods(days, period="year", observed=(start, dt.date(2020, 12, 31)))
    assert p.complete.tolist() == complete


def test_the_heaviest_period_is_that_of_a_plain_search():
    rng = np.random.default_rng(0)
    for _ in range(50):
        shape = (rng.integers(1, 40), rng.integers(1, 6))
        table = sparse.random_array(shape, density=rng.random(), rng=rng, format="csr")
        table.data = np.round(3 * table.data)  # equal ones, and zeros that are stored
        weights = sparse.csr_matrix(table)
        assert (_heaviest(weights) == np.asarray(weights.todense()).argmax(axis=1)).all()
