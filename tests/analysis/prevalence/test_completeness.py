"""Holes, empty periods, cut ends and whole ones are told apart by the documents."""

import datetime as dt

import numpy as np
import pytest

from trends.analysis.audit.coverage import coverage
from trends.analysis.prevalence.completeness import holes
from trends.analysis.prevalence.periods import MOST_PERIODS, make_periods
from trends.errors import UsageError
from trends.runs.tasks.analysis_parts.tables import period_warnings

YEARS = range(2001, 2011)


def daily(years=YEARS, n=300, until=None):
    rng = np.random.default_rng(1)
    starts = np.repeat([np.datetime64(f"{year}-01-01") for year in years], n)
    days = starts + rng.integers(0, 365, len(starts))
    return days[days <= np.datetime64(until)] if until else days


def test_ends_are_whole_if_their_documents_reach_as_far_as_elsewhere():
    assert make_periods(daily(), period="year").complete.all()
    cut = make_periods(daily(until="2010-08-20"), period="year")
    assert cut.complete.tolist() == [True] * 9 + [False]
    late = daily()
    late = late[late >= np.datetime64("2001-04-01")]
    assert make_periods(late, period="year").complete.tolist() == [False] + [True] * 9
    said = make_periods(
        daily(until="2010-08-20"), period="year", observed=(None, dt.date(2010, 12, 31))
    )
    assert said.complete.all()


def test_yearly_sources_and_yearly_events_are_whole():
    years = np.repeat([np.datetime64(f"{year}-01-01") for year in YEARS], 40)
    assert make_periods(years, ["year"] * len(years), period="year").complete.all()
    rng = np.random.default_rng(2)
    december = years + 340 + rng.integers(0, 5, len(years))
    assert make_periods(december, period="year").complete.all()
    few = np.concatenate([years, [np.datetime64("2011-01-01")] * 9])
    assert not make_periods(few, ["year"] * len(few), period="year").complete[-1]


def test_a_hole_is_told_from_an_empty_period_and_from_a_rhythm():
    days = daily(n=800)
    year = days.astype("datetime64[Y]").astype(int) + 1970
    keep = (year != 2007) & ((year != 2004) | (np.arange(len(days)) % 17 == 0))
    periods = make_periods(days[keep], period="year")
    assert [
        name for name, whole in zip(periods.names, periods.complete, strict=True) if not whole
    ] == ["2004"]
    said = " ".join(period_warnings(periods))
    assert "2004 holds 4" in said and "a hole in the source" in said
    assert "no document in 2007" in said and "observed" not in said and "fewer than 10" not in said
    part = coverage(np.ones(keep.sum(), bool), np.ones(keep.sum(), bool), periods)
    assert part.measures["holes"] == ["2004"] and part.measures["empty"] == ["2007"]
    assert part.measures["incomplete"] == []
    assert not holes(np.array([800, 50, 800, 50, 800, 50, 800, 50, 800.0])).any()
    assert holes(np.array([12, 3, 14, 15, 13.0])).sum() == 0


def test_ends_that_are_not_known_name_what_helps():
    periods = make_periods([dt.date(2020, 5, 1), dt.date(2021, 5, 1)], period="year")
    (said, _) = period_warnings(periods)
    assert "2020 and 2021" in said and "--observed-from" in said and "observed_until" in said


def test_more_periods_than_can_be_read_are_refused():
    ends = [dt.date(1990, 1, 1), dt.date(2020, 1, 1)]
    with pytest.raises(UsageError, match=rf"10,958 periods.*at most {MOST_PERIODS:,}.*'month'"):
        make_periods(ends, period="day")
    assert len(make_periods(ends, period="week")) < MOST_PERIODS


def test_a_gap_that_chance_makes_is_no_cut():
    rng = np.random.default_rng(3)
    wrong = 0
    for _ in range(200):
        starts = np.repeat([np.datetime64(f"{year}-01-01") for year in YEARS], 50)
        days = starts + rng.integers(0, 365, len(starts))
        wrong += not make_periods(days, period="year").complete.all()
    assert wrong <= 8
