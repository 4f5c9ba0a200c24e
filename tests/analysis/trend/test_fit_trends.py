from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends.analysis.prevalence.estimate import estimate, estimate_each
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.trend.fit import fit_trends
from trends.errors import DataError, UsageError


def series(periods, seed, topics=10, slope=0.5):
    rng = np.random.default_rng(seed)
    n = np.clip(np.rint(rng.lognormal(5, 0.7, periods)), 10, None)
    odds = rng.uniform(-4, -1.5, (topics, 1)) + slope * np.linspace(-0.5, 0.5, periods)
    y = rng.binomial(
        n.astype(int), 1 / (1 + np.exp(-odds - 0.2 * rng.standard_normal((topics, periods))))
    )
    return y.astype(float), n, np.arange(periods) * 0.5 + 2000


@settings(max_examples=10, deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.integers(2, 14), st.integers(1, 6), st.sampled_from([0.8, 0.95])
)
def test_intervals_exclude_no_change_exactly_if_the_test_rejects(seed, periods, topics, level):
    rng = np.random.default_rng(seed)
    n = rng.integers(5, 200, periods)
    y = rng.binomial(n, rng.uniform(0, 0.6, (topics, periods)))
    table = fit_trends((y, n, np.arange(periods)), level=level).table
    known = table["slope"].notna()
    rejects = (table["p"] < 1 - level)[known]
    for low, high, none in (
        ("change_lower", "change_upper", 0),
        ("ratio_lower", "ratio_upper", 1),
        ("lower", "upper", 0),
        ("log_odds_lower", "log_odds_upper", 0),
    ):
        assert (((table[low] > none) | (table[high] < none))[known] == rejects).all()
    assert (
        (table["change_lower"] <= table["change"]) & (table["change"] <= table["change_upper"])
    )[known].all()
    assert (table.loc[~known, "note"] != "").all() and len(table) == topics
    assert set(table["finding"]) <= {
        "rising",
        "falling",
        "turned",
        "no change detected",
        "not tested",
    }


def test_a_note_says_what_plain_means_differ_by_where_few_periods_stand_out():
    rng = np.random.default_rng(3)
    usual = 0.05 * np.exp(0.2 * rng.standard_normal((15, 24)))
    burst = np.full(24, 0.005)
    burst[-2:] = 0.2, 0.4
    y = rng.binomial(1000, np.vstack([burst, usual]))
    table = fit_trends((y, np.full(24, 1000), np.arange(24) + 2000.0)).table
    means = 100 * (y[0, -8:].mean() - y[0, :8].mean()) / 1000
    assert table["change_upper"].iloc[0] < means
    assert f"plain means of both spans differ by +{means:.2f} points" in table["note"].iloc[0]
    assert not table["note"].iloc[1:].str.contains("plain means").any()


def test_a_turn_is_told_in_calendar_years():
    days = np.repeat(np.arange("1990", "2010", dtype="datetime64[Y]"), 400)
    up = np.abs(np.arange(20) - 9.5)
    share = np.repeat(0.05 + 0.5 * (1 - up / up.max()), 400)
    held = np.random.default_rng(1).random(len(days)) < share
    theta = np.stack([held, ~held], axis=1).astype(float)
    row = fit_trends(estimate(theta, make_periods(days, period="year"))).table.iloc[0]
    assert row["finding"] == "turned" and 1996 <= row["turn_at"] <= 2003


def test_the_change_is_that_between_the_spans():
    n = np.full(9, 1e6)
    share = np.array([0.1, 0.1, 0.1, 0.12, 0.15, 0.18, 0.2, 0.2, 0.2])
    y = np.vstack([share * n, (1 - share) * n, np.full(9, 0.3) * n])
    trend = fit_trends((y, n, 2015.0 + np.arange(9)))
    row = trend.table.iloc[0]
    assert row["change"] == pytest.approx(10, abs=1) and row["ratio"] == pytest.approx(2, abs=0.1)
    assert row["slope"] == pytest.approx(row["change"] / 6)
    assert row["share_first"] == pytest.approx(0.1, abs=0.02)
    assert trend.settings["spans"] == ["2015 to 2017", "2021 to 2023"]
    assert trend.table["finding"].tolist() == ["rising", "falling", "no change detected"]
    near = fit_trends((y, n, 2015.0 + np.arange(9)), spans=((2015, 2016), (2018, 2019)))
    assert near.settings["spans"] == ["2015 to 2016", "2018 to 2019"]
    assert 0 < near.table["change"][0] < row["change"]


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        (((2000, 2001),), "two pairs"),
        (((1990, 1991), (2002, 2003)), "No period with documents"),
        (((2002, 2003), (2000, 2001)), "must end before"),
        ((("spring", "2001"), ("2002", "2003")), "years, months or days"),
    ],
)
def test_spans_that_cannot_be_are_refused(spans, words):
    with pytest.raises(UsageError, match=words):
        fit_trends(series(8, 1), spans=spans)


def test_spans_of_a_prevalence_are_calendar_dates(dated_theta):
    shares = estimate(*dated_theta)
    trend = fit_trends(shares, spans=(("2019", "2020"), ("2024-07", "2025")))
    assert trend.settings["spans"] == ["2019 H1 to 2020 H2", "2024 H2 to 2025 H2"]


def test_the_result_does_not_depend_on_the_order_of_topics_or_the_direction_of_time():
    y, n, x = series(8, 2)
    base = fit_trends((y, n, x)).table
    order = np.random.default_rng(0).permutation(10)
    assert np.allclose(fit_trends((y[order], n, x)).table["p"], base["p"][order], atol=1e-9)
    back = fit_trends((y[:, ::-1], n[::-1], x)).table
    assert np.allclose(back["p"], base["p"], rtol=1e-6)
    assert np.allclose(back["log_odds"], -base["log_odds"], atol=1e-6)


def test_topics_that_cannot_be_tested_say_so_and_change_nothing():
    y, n, x = series(6, 5, topics=9)
    table = fit_trends((np.vstack([y, np.zeros(6), n]), n, x)).table
    assert table["note"][9].startswith("occurs in no period")
    assert table["note"][10].startswith("is all there is")
    assert table["p"][[9, 10]].isna().all() and (table["finding"][[9, 10]] == "not tested").all()
    assert np.allclose(table["p"][:9], fit_trends((y, n, x)).table["p"])


def test_empty_periods_are_left_out_and_the_way_over_them_is_longer():
    y, n, x = series(9, 9)
    gone = n.copy()
    gone[3:5] = 0
    kept = gone > 0
    holes = fit_trends((np.where(kept, y, 0), gone, x)).table
    there = fit_trends((y[:, kept], n[kept], x[kept])).table
    assert np.allclose(holes["p"], there["p"])
    closed = fit_trends((y[:, kept], n[kept], x[:7])).table
    assert not np.allclose(holes["p"], closed["p"])


def test_one_period_is_nothing():
    alone = fit_trends(([[5]], [100], [2020.0])).table
    assert np.isnan(alone["slope"][0]) and "a change needs two" in alone["note"][0]


def test_few_topics_and_few_periods_are_noted():
    notes = " ".join(fit_trends(series(3, 1, topics=3)).settings["notes"])
    assert "3 topics only" in notes and "With 3 periods" in notes


def test_incomplete_periods_can_be_left_out(dated_theta):
    shares = estimate(*dated_theta)
    ends = np.r_[False, np.ones(len(shares.periods) - 2, dtype=bool), False]
    shares = replace(shares, complete=ends)
    everything, whole = fit_trends(shares), fit_trends(shares, complete_only=True)
    assert everything.settings["periods"] - whole.settings["periods"] == 2
    assert everything.table["label"].tolist() == list(shares.labels)


def test_several_fits_are_averaged_and_their_spread_stands_beside(dated_theta):
    theta, periods = dated_theta
    rng = np.random.default_rng(2)
    fits = [0.6 * theta + 0.4 * rng.dirichlet(np.full(12, 0.3), len(theta)) for _ in range(4)]
    fits[2][:, 5] = np.nan
    table = fit_trends(estimate_each(fits, periods)).table
    assert table["fits"].tolist() == [4] * 5 + [3] + [4] * 6 and "3 of 4" in table["note"][5]
    assert (table["fits_lower"] < table["fits_upper"]).all()
    same = fit_trends(estimate_each([theta] * 3, periods)).table
    alone = fit_trends(estimate(theta, periods)).table
    assert np.allclose(same["p"], alone["p"], atol=1e-9)
    assert np.allclose(same["fits_lower"], same["fits_upper"])


def test_a_wave_that_cannot_be_told_from_a_trend_is_named():
    rng = np.random.default_rng(0)
    walk = np.cumsum(0.15 * rng.standard_normal((12, 60)), axis=1)
    n = np.full(60, 3000)
    y = rng.binomial(n, 1 / (1 + np.exp(2.5 - walk)))
    table = fit_trends((y, n, np.arange(60))).table
    waves = table["autocorrelation"] > 0.9
    assert waves.any() and table["note"][waves].str.contains("cannot be told apart").all()


def test_prevalence_its_frame_and_counts_give_the_same_test(dated_theta):
    shares = estimate(*dated_theta)
    p = fit_trends(shares).table["p"]
    direct = fit_trends((shares.counts.T, shares.n_docs, shares.years))
    assert np.allclose(direct.table["p"], p)
    assert np.allclose(fit_trends(shares.frame()).table["p"], p)


def test_bad_input_is_refused():
    with pytest.raises(UsageError, match="level"):
        fit_trends(([[1, 2, 3]], [5, 5, 5], [1, 2, 3]), level=1.5)
    with pytest.raises(DataError, match="not larger than their denominator"):
        fit_trends(([[1, 2, 9]], [5, 5, 5], [1, 2, 3]))
    with pytest.raises(DataError, match="must increase"):
        fit_trends(([[1, 2, 3]], [5, 5, 5], [1, 3, 2]))
    with pytest.raises(DataError, match="topics × periods"):
        fit_trends(([[1, 2, 3]], [5, 5, 5], [1, 2]))
    with pytest.raises(DataError, match="labels"):
        fit_trends(([[1, 2, 3]], [5, 5, 5], [1, 2, 3]), labels=["a", "b"])
