"""Bursts, change points and emergence: planted ones are found, and what users are told."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from scripts import script

import trends as tr
from trends.analysis.shapes.bursts import burst_states
from trends.analysis.shapes.emergence import Scale
from trends.errors import DataError, UsageError

plain = script("tests/analysis/shapes/plain_scan.py")


def planted(seed, shape, topics=8, periods=40, documents=300):
    """Counts with lasting shocks; ``shape`` is added to the log-odds of topic 2."""
    rng = np.random.default_rng(seed)
    shock = rng.standard_normal((topics, periods))
    for t in range(1, periods):
        shock[:, t] = 0.5 * shock[:, t - 1] + np.sqrt(0.75) * shock[:, t]
    score = logit(rng.uniform(0.05, 0.12, (topics, 1))) + 0.15 * shock
    score[2] += shape
    times = np.arange(2001, 2001 + periods)
    return rng.binomial(documents, expit(score)), [documents] * periods, times


def raised(*windows, periods=40):
    out = np.zeros(periods)
    for first, behind, by in windows:
        out[first:behind] += by
    return out


def test_the_automaton_finds_the_cheapest_of_all_courses():
    rng = np.random.default_rng(4)
    for _ in range(12):
        n = rng.integers(20, 60, 9)
        share = np.where(rng.random(9) < 0.3, 0.4, 0.12)
        y = rng.binomial(n, share)
        y[0] += y.sum() == 0
        gamma, scaling = rng.uniform(0.2, 1.5), rng.uniform(1.5, 3)
        cost, course = plain.states(y.tolist(), n.tolist(), scaling, gamma)
        assert burst_states(y, n, scaling=scaling, gamma=gamma)[0].tolist() == list(course), cost


@pytest.mark.slow
def test_two_bursts_of_one_topic_are_found_one_after_the_other():
    data = planted(1, raised((8, 13, 1.8), (27, 30, 1.8)), topics=16, documents=1000)
    found = tr.bursts(data, draws=99, rng=1)
    mine = found[found["found"]]
    assert mine["topic"].tolist() == [2, 2] and set(mine["kind"]) == {"burst"}
    assert abs(mine["start"] - [2009, 2028]).max() <= 1
    assert abs(mine["stop"] - [2013, 2030]).max() <= 1
    assert (mine["low"] < np.exp(1.8)).all() and (mine["high"] > np.exp(1.8)).all()
    assert (mine["adjusted_p"] >= mine["p"]).all()
    # One row of every topic, found or not.
    assert found["topic"].value_counts().sort_index().tolist() == [1, 1, 2, *[1] * 13]


@pytest.mark.slow
def test_a_lasting_change_is_a_change_point_and_no_burst():
    data = planted(2, raised((24, 40, 1.2)))
    window = tr.bursts(data, draws=99, rng=1).loc[2]
    assert not window["found"]
    found = tr.change_points(data, draws=99, rng=1)
    mine = found[found["found"]]
    assert mine["topic"].tolist() == [2]
    row = mine.iloc[0]
    assert row["hold_from"] <= row["start"] <= 2025 <= row["stop"] <= row["hold_to"]
    assert row["low"] < np.exp(1.2) < row["high"]


def test_two_changes_have_a_date_each():
    data = planted(3, raised((12, 27, 1.6)), documents=600)
    found = tr.change_points(data, draws=99, rng=1)
    mine = found[found["found"] & (found["topic"] == 2)]
    assert len(mine) == 2
    for row, date in zip(mine.itertuples(), (2013, 2028), strict=True):
        assert row.hold_from <= date <= row.hold_to
    assert mine["estimate"].iloc[0] > 2 > 0.6 > mine["estimate"].iloc[1]


@pytest.mark.parametrize(
    "function", [pytest.param(tr.bursts, marks=pytest.mark.slow), tr.change_points]
)
def test_shares_with_periods_without_documents_and_topics_that_are_missing(function):
    y, n, _ = planted(4, raised((10, 14, 1.2)))
    y[5] = 0
    months = pd.date_range("2020-01-01", periods=40, freq="MS")
    keep = np.arange(40) != 20
    times = 2020 + np.arange(40)[keep] / 12
    found = function((y[:, keep], np.array(n)[keep], times), draws=39, rng=2)
    assert found.loc[found["topic"] == 5, "note"].tolist() == [
        "occurs in no period: nothing to test"
    ]
    share = np.vstack([y / 300, 1 - y.sum(0, keepdims=True) / 300])
    frame = pd.DataFrame(
        {
            "topic": np.repeat([*range(8), -1], 40),
            "label": np.repeat([*(f"topic {k}" for k in range(8)), "unassigned"], 40),
            "period": np.tile(months, 9),
            "n_docs": 300,
            **dict.fromkeys(("share", "lower", "upper"), share.ravel()),
            "complete": True,
        }
    )
    shares = tr.Prevalence.from_frame(frame)
    dated = function(shares, draws=39, rng=2)
    assert dated["start"].dtype.kind == "M" and dated["label"].iloc[0] == "topic 0"


@pytest.mark.parametrize(
    ("function", "periods", "words"),
    [(tr.bursts, 7, "from 8 on"), (tr.change_points, 19, "from 20 on")],
)
def test_too_few_periods_are_said(function, periods, words):
    y, n, times = planted(5, raised())
    found = function((y[:, :periods], n[:periods], times[:periods]), rng=1)
    assert len(found) == 8 and not found["found"].any()
    assert found["note"].str.contains(words).all()


@pytest.mark.parametrize("function", [tr.bursts, tr.change_points])
def test_what_cannot_be_used_is_refused_in_words(function):
    data = planted(6, raised())
    with pytest.raises(UsageError, match="at least 39"):
        function(data, draws=10, rng=1)
    with pytest.raises(UsageError, match="between 0 and 1"):
        function(data, level=95, rng=1)
    with pytest.raises(UsageError, match="rng is a whole number"):
        function(data, rng=None)
    with pytest.raises(UsageError):
        function([[1, 2], [3, 4]], rng=1)


@pytest.mark.slow
def test_seasons_are_taken_out_before_the_scan():
    """What comes back every December is no burst, and hides none in another month."""
    december = raised(*((t, t + 1, 1.2) for t in range(11, 48, 12)), periods=48)
    times, options = 2020 + np.arange(48) / 12, {"draws": 59, "rng": 1, "season": "adjust"}
    y, n, _ = planted(8, december + raised((22, 25, 1.5), periods=48), periods=48)
    found = tr.bursts((y, n, times), **options)
    mine = found[found["found"]]
    assert mine["topic"].tolist() == [2]
    assert (12 * (mine[["start", "stop"]].to_numpy() - 2020)).round().tolist() == [[22, 24]]
    y, n, _ = planted(8, december, periods=48)
    assert not tr.change_points((y, n, times), **options)["found"].any()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_table_and_is_kept():
    data = planted(7, raised())
    one, two = (tr.bursts(data, draws=39, rng=np.random.default_rng(5)) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    again = tr.bursts(data, draws=39, rng=one.attrs["seed"])
    pd.testing.assert_frame_equal(one, again)


def emerging(seed, documents=300, above=0.06, topics=8):
    """Counts of topics; topic 2 is nearly absent up to 2032, and then has a share ``above``."""
    y, n, times = planted(seed, raised(), topics=topics, documents=documents)
    rng = np.random.default_rng(seed)
    y[2] = rng.binomial(documents, np.where(times < 2033, 0.0005, above))
    return y, n, times


def test_a_topic_that_emerges_is_found_and_only_that_one():
    found = tr.emergence(emerging(1), share=0.01, draws=199, rng=1)
    row = found[found["found"]].iloc[0]
    assert found["found"].sum() == 1 and row["topic"] == 2 and row["kind"] == "emerged"
    assert 2033 <= row["start"] <= 2035 and row["stop"] == 2040
    assert 0.01 < row["low"] < 0.06 < row["high"] and row["estimate"] == pytest.approx(
        0.06, abs=0.02
    )
    assert found.attrs["found_a_year"] == pytest.approx(1 / 39)
    assert 0 <= found.attrs["false_a_year"] < 0.01


def test_a_topic_that_was_always_there_or_never_comes_has_not_emerged():
    y, n, times = emerging(2, above=0.0005)
    found = tr.emergence((y, n, times), share=0.01, draws=199, rng=1)
    assert not found["found"].any() and found["adjusted_p"].min() > 0.05


def test_what_earlier_topics_know_is_not_new():
    none, match = (
        tr.Alignment(np.array(pairs).reshape(-1, 2), [0.9] * len(pairs), [0.01] * len(pairs), 8, 5)
        for pairs in ([], [[2, 4]])
    )
    data = emerging(1)
    assert tr.emergence(data, earlier=none, draws=199, rng=1)["found"].tolist()[2]
    row = tr.emergence(data, earlier=match, draws=199, rng=1).loc[2]
    assert not row["found"] and "earlier documents know it" in row["note"]
    with pytest.raises(DataError, match="8"):
        tr.emergence(tuple(part[:4] for part in data[:1]) + data[1:], earlier=none, rng=1)


@pytest.mark.parametrize("share", [0, 5, -0.1])
def test_a_share_is_a_fraction(share):
    with pytest.raises(UsageError, match="fraction"):
        tr.emergence(emerging(1), share=share, rng=1)


def test_the_scale_of_counts_with_shocks_has_variance_1_and_leads_back():
    rng = np.random.default_rng(3)
    for share, spread in ((0.05, 0.0), (0.05, 0.3), (0.02, 0.15)):
        scale = Scale(np.full((1, 1), 400.0), np.full((1, 1), np.expm1(spread**2)))
        shock = np.exp(rng.normal(-(spread**2) / 2, spread, 20_000))
        value = scale.of(rng.poisson(400 * share * shock).astype(float))
        assert value.std() == pytest.approx(1, abs=0.06)
        assert scale.back(scale.of(np.full((1, 1), 400 * share)))[0, 0] == pytest.approx(share)


@pytest.mark.slow
@pytest.mark.parametrize("function", [tr.bursts, tr.change_points, tr.emergence])
def test_corpora_in_which_nothing_happens_have_no_claim(function):
    """Ten corpora at a level of .05: chance gives four with a claim once in a thousand times."""
    false = 0
    for seed in range(10):
        y, n, times = planted(100 + seed, raised(), topics=6, documents=150)
        part = (y[:, :24], n[:24], times[:24])
        more = {"share": 0.08} if function is tr.emergence else {}
        false += bool(function(part, draws=59, rng=seed, **more)["found"].any())
    assert false <= 3
