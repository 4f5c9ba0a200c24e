"""All shapes in one view: what is put together, what is left out and why, and the words for it."""

import numpy as np
import pandas as pd
import pytest

import trends as tr
from trends.analysis.prevalence.estimate import estimate
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.shapes.frames import COLUMNS
from trends.analysis.shapes.view import COURSES, Material, find_shapes
from trends.core import TermCounts, Topics
from trends.core.shown.shapes import phrase, spoken
from trends.errors import UsageError

PERIODS, TOPICS = 36, 9


@pytest.fixture(scope="module")
def made():
    """Nine topics of 36 months; the first rises sharply, the others share what is left."""
    rng = np.random.default_rng(1)
    month = np.repeat(np.arange(PERIODS), 150)
    first = 0.05 + 0.4 * (month > 18)
    topic = np.where(rng.random(len(month)) < first, 0, rng.integers(1, TOPICS, len(month)))
    theta = np.eye(TOPICS)[topic]
    words = tuple(f"w{v:02d}" for v in range(30))
    phi = rng.dirichlet(np.ones(30), TOPICS)
    counts = rng.poisson(40 * theta @ phi)
    ids = tuple(f"d{i}" for i in range(len(month)))
    topics = Topics(theta, np.zeros(len(month)), phi, words, ids)
    days = (np.datetime64("2018-01") + month).astype("datetime64[D]") + 9
    return Material(topics, TermCounts(counts, words, ids), make_periods(days, period="month"))


@pytest.mark.slow
def test_all_kinds_are_put_together_and_said(made):
    shares = estimate(made.topics, made.periods, labels=[f"topic {k}" for k in range(TOPICS)])
    told = []
    found = find_shapes(shares, made, ahead=2, rng=3, progress=lambda *step: told.append(step))
    table = found.frame()
    assert list(table.columns) == list(COLUMNS)
    kinds = {"season", "rising", "burst", "change point", "emerged", "forecast", "term"}
    assert kinds <= set(table["kind"])
    changed = table[(table["kind"] == "change point") & table["found"]]
    assert changed["topic"].tolist() == [0]
    assert pd.Timestamp("2019-08-01") in pd.date_range(*changed[["start", "stop"]].iloc[0])
    assert (table.groupby("topic")["label"].nunique() == 1).all()
    rising = table[(table["kind"] == "rising") & table["found"]]
    assert rising["topic"].tolist() == [0]
    assert pd.Timestamp(rising["start"].item()).year in (2018, 2019)
    sentences = found.sentences()
    assert len(sentences) == TOPICS and sentences[0].startswith("topic 0: rising ")
    assert found.settings["left_out"] == {} and "error rate of its own" in found.settings["reading"]
    assert list(found.over_time().columns) == list(COURSES)
    assert found.over_time().attrs["period"] == "month"
    assert len(found.seasons) == 12 * TOPICS
    assert [step[1] for step in told] == list(range(1, told[-1][2] + 1))
    again = find_shapes(shares, made, ahead=2, rng=3)
    pd.testing.assert_frame_equal(again.frame(), table)
    assert "topic 0: rising" in found._repr_html_()
    drawn = tr.plot("shapes", found.over_time(), claims=table, seasons=found.seasons, topic=0)
    assert "topic 0" in drawn.caption and "rising" in drawn.alt


def test_what_cannot_be_looked_for_is_left_out_and_says_why():
    rng = np.random.default_rng(2)
    year = np.repeat(np.arange(9), 100)
    days = np.datetime64("2010-07-01") + (365.2425 * year).astype(int)
    shares = estimate(
        [np.eye(3)[rng.integers(0, 3, len(year))]],
        make_periods(days, period="year"),
        labels=["a", "b", "c"],
    )
    found = tr.shapes(shares)
    left = found.settings["left_out"]
    assert "months or quarters" in left["season"] and "periods" in left["forecast"]
    assert "periods" in left["change point"]
    assert found.terms is None and len(found.sentences()) == 3
    with pytest.raises(UsageError, match="both topics and corpus"):
        tr.shapes(shares, corpus=tr.read_corpus("pretraining"))


def test_a_phrase_for_every_kind():
    day = pd.Timestamp
    rows = [
        ("season", "Mar", "Aug", "highest in Mar, lowest in Aug of every year"),
        ("rising", day("2015-01-01"), day("2018-01-01"), ""),
        ("burst", day("2016-01-01"), day("2016-01-01"), ""),
        ("change point", day("2012-01-01"), day("2014-01-01"), ""),
        ("emerged", "2017-01-01", "2024-01-01", ""),
        *[("term", day("2017-01-01"), pd.NaT, f"“word {i}” entered") for i in range(8)],
        ("forecast", day("2018-01-01"), day("2019-01-01"), "2019: 3%"),
        ("forecast", day("2018-01-01"), day("2020-01-01"), "2020: 4%"),
    ]
    table = pd.DataFrame(rows, columns=["kind", "start", "stop", "note"]).assign(
        adjusted_p=np.linspace(0, 0.05, len(rows))
    )
    said = [phrase(row, "year") for row in spoken(table)]
    assert said == [
        "season: highest in Mar, lowest in Aug of every year",
        "rising 2015 to 2018",
        "burst in 2016",
        "changed for good between 2012 and 2014",
        "emerged in 2017",
        *[f"“word {i}” entered" for i in range(5)],
        "forecast for 2020: 4%",
    ]
