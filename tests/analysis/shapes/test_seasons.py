"""Seasons: against plain matrices, on simulated truth, and where they are refused."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scripts import script

import trends as tr
from trends.analysis.shapes.frames import COLUMNS
from trends.analysis.shapes.seasons import seasons
from trends.analysis.trend import seasons as terms
from trends.analysis.trend.seasons import Season
from trends.errors import DataError, UsageError

ROOT = Path(__file__).parents[3]
experiment = script("experiments/shapes/seasons.py")


def drawn(seed, *, periods=36, length=12, season="wave", move=0.0):
    rng = np.random.default_rng(seed)
    y = experiment.corpus(periods, length, season, move, 0.0, rng)
    return y, np.full(periods, experiment.DOCUMENTS), 2020 + np.arange(periods) / length


@pytest.mark.parametrize("length", [4, 12])
def test_no_season_is_thought_likelier_to_stand_out(length):
    covariance = terms.harmonics(length) @ terms.harmonics(length).T
    expected = np.eye(length) * length / (length - 1) - 1 / (length - 1)
    np.testing.assert_allclose(covariance, expected, atol=1e-12)


def test_the_p_of_a_season_is_that_of_plain_least_squares():
    rng = np.random.default_rng(2)
    steps, noise = np.array([0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11]), rng.uniform(0.1, 0.5, (1, 11))
    season, line = Season(4, steps % 4), np.column_stack([np.ones(11), steps / 10])
    z = rng.standard_normal((1, 11)) + 0.8 * season.terms[:, 0]
    p = terms.test(
        z, noise, steps, line, np.array([1e-3]), season, np.array([[0.4, 0.6]]), np.ones((1, 1, 1))
    )
    cover = 0.16 * 0.6 ** np.abs(np.subtract.outer(steps, steps)) + np.diag(noise[0])
    inverse, x = np.linalg.inv(cover), np.hstack([line, season.terms])
    ready = np.linalg.inv(x.T @ inverse @ x)
    beta = ready @ x.T @ inverse @ z[0]
    wald = beta[2:] @ np.linalg.solve(ready[2:, 2:], beta[2:])
    np.testing.assert_allclose(p, stats.chi2.sf(wald, 3))


@pytest.mark.slow
def test_movers_are_found_below_seasons_and_seasons_are_found_too():
    data = drawn(1, periods=30, move=1.5)
    plain, adjusted = (tr.fit_trends(data, season=s) for s in ("none", "auto"))
    found = [(t.frame()["p_adjusted"] <= 0.05).mean() for t in (plain, adjusted)]
    assert found[1] >= 0.9 > found[0]
    assert adjusted.settings["season"] == "fitted, taken out of the change"
    assert any("taken out of changes" in note for note in adjusted.settings["notes"])
    table = adjusted.seasons()
    assert len(table) == 20 * 12
    assert table["name"].iloc[:2].tolist() == ["Jan", "Feb"]
    np.testing.assert_allclose(table.groupby("topic")["effect"].sum(), 0, atol=1e-9)
    assert (table["p_adjusted"] <= 0.05).mean() >= 0.7
    assert plain.seasons().empty


def test_a_season_may_be_kept_in_the_change():
    # The last span holds no winter: with its seasons the share is lower, without them it is not.
    place = np.arange(30) % 12
    y = np.where(place < 3, 60, 20)[None] * np.ones((8, 1))
    data = (y, np.full(30, 200), 2020 + np.arange(30) / 12)
    spans = (("2020-01", "2020-03"), ("2022-04", "2022-06"))
    out, kept = (
        tr.fit_trends(data, season=s, spans=spans).frame()["change"] for s in ("adjust", "keep")
    )
    assert (out.abs() < 3).all()
    assert (kept < -15).all()


def test_where_seasons_cannot_be_told():
    y, n, x = drawn(3, periods=23)
    with pytest.raises(DataError, match="2 years of documents, 24 months; there are 23"):
        seasons((y, n, x))
    short = tr.fit_trends((y, n, x), season="auto")
    assert short.settings["season"] == "none"
    assert any("No season was fitted" in note for note in short.settings["notes"])
    with pytest.raises(DataError, match="months or quarters"):
        tr.fit_trends((y, n, 2000 + np.arange(23)), season="keep")
    with pytest.raises(UsageError, match="none, auto, adjust, keep"):
        tr.fit_trends((y, n, x), season="winter")


def test_claims_name_the_months():
    found = seasons(drawn(5, season="one month"))
    assert tuple(found.columns) == COLUMNS
    assert found["found"].sum() >= 5
    clear = found[found["found"]].iloc[0]
    assert clear["kind"] == "season"
    assert clear["note"].startswith("highest in ")


@pytest.mark.slow
def test_quarters_of_a_corpus():
    rng = np.random.default_rng(9)
    day = pd.Timestamp("2018-01-01") + pd.to_timedelta(rng.integers(0, 4 * 365, 1200), unit="D")
    autumn = (day.month >= 10).astype(int)
    sets = [[f"{stem}{k}{k}" for k in "abcdefghijklmnopqrstuvwxyz"] for stem in ("model", "storm")]
    words = [" ".join(rng.choice(sets[int(rng.random() < 0.2 + 0.5 * a)], 4)) for a in autumn]
    frame = pd.DataFrame({"id": range(1200), "text": words, "date": day.strftime("%Y-%m-%d")})
    corpus = tr.read_corpus(frame, text="text", date="date", id="id")
    topics = tr.fit(corpus, "nmf", n_topics=2, rng=1)
    shares = tr.prevalence(topics, corpus, period="quarter")
    found = tr.fit_trends(shares, season="adjust").seasons()
    first = found[found["topic"] == 0]
    assert set(first["name"]) == {"Q1", "Q2", "Q3", "Q4"}
    assert first.loc[first["effect"].abs().idxmax(), "name"] == "Q4"


@pytest.mark.slow
@pytest.mark.parametrize("season", ["none", "wave"])
def test_flat_topics_with_seasons_keep_the_level(season):
    rows = pd.DataFrame([experiment.measured(30, 12, season, 0.0, 0.0, k) for k in range(5)])
    assert rows["rejected_with_term"].mean() <= 0.09
    assert rows["turned_with_term"].mean() <= 0.04
    if season == "none":
        assert rows["season_rejected"].mean() <= 0.09
