"""Forecasts: against the exact predictive distribution, coverage on simulated truth, refusals."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit
from scipy.stats import binom

import trends as tr
from trends.analysis.shapes.forecast import EARLIER, forecast
from trends.analysis.shapes.frames import COLUMNS
from trends.analysis.shapes.predictive import AHEAD, draw_shares, summary
from trends.analysis.trend.mean import smooth, working
from trends.analysis.trend.shocks import candidates
from trends.errors import DataError, UsageError


def drawn(seed, *, topics=12, periods=26, memory=0.7, slope=0.6):
    rng = np.random.default_rng(seed)
    at = np.linspace(-1, 1, periods)
    mean = rng.uniform(-3.5, -1.5, (topics, 1)) + slope * rng.standard_normal((topics, 1)) * at
    shock = 0.25 * rng.standard_normal((topics, periods))
    for t in range(1, periods):
        shock[:, t] = memory * shock[:, t - 1] + np.sqrt(1 - memory**2) * shock[:, t]
    share = 1 / (1 + np.exp(-mean - shock))
    return rng.binomial(400, share), np.full(periods, 400), 1990 + np.arange(periods)


def test_draws_follow_the_exact_predictive_distribution():
    """One topic: every point of the grid in plain matrices, weighed by hand."""
    y, n, _ = drawn(3, topics=1, periods=12)
    y, n = y.astype(float), np.broadcast_to(n, y.shape).astype(float)
    steps, ahead = np.arange(12), np.array([1, 4])
    got = logit(draw_shares(y, n, steps, ahead, np.random.default_rng(0))[0])
    at = (steps - 11) / 5.5
    design = np.column_stack([np.ones(12), at])
    (z,), (noise,) = working(y, n, smooth(y, n, design))
    family = candidates(AHEAD, len(AHEAD.curvatures))
    density, mean, square = [], [], []
    for sd, rho in AHEAD.pairs:
        for slope in AHEAD.curvatures:
            apart = np.abs(np.subtract.outer(np.r_[steps, 11 + ahead], np.r_[steps, 11 + ahead]))
            shock = sd**2 * rho**apart
            inverse = np.linalg.inv(shock[:12, :12] + np.diag(noise))
            ready = np.linalg.inv(design.T @ inverse @ design + np.diag([0, slope**-2.0]))
            beta = ready @ design.T @ inverse @ z
            far = np.column_stack([np.ones(2), ahead / 5.5])
            gain = shock[12:, :12] @ inverse
            mean.append(far @ beta + gain @ (z - design @ beta))
            rest = far - gain @ design
            spread = shock[12:, 12:] - gain @ shock[:12, 12:] + rest @ ready @ rest.T
            square.append(np.diag(spread) + mean[-1] ** 2)
            residual = z - design @ beta
            density.append(
                0.5 * np.linalg.slogdet(inverse)[1]
                + 0.5 * np.linalg.slogdet(ready)[1]
                - np.log(slope)
                - 0.5 * (residual @ inverse @ residual + beta[1] ** 2 / slope**2)
            )
    density = np.exp(np.array(density) - max(density)).reshape(len(AHEAD.pairs), -1)
    # A single topic learns by the power of a corpus with one topic; see the model of trends.
    posterior = np.zeros_like(density)
    for i, sizes in enumerate(family.sizes):
        for j, lasting in enumerate(family.autocorrelations):
            pairs = np.r_[sizes[0], np.outer(sizes[1:], lasting).ravel()]
            for k, bends in enumerate(family.curvatures):
                own = density * np.outer(pairs, bends)
                evidence = own.sum()
                posterior += family.prior[i, j, k] * evidence ** (0.7 / 8 - 1) * own
    weight = (posterior / posterior.sum()).ravel()
    expected = weight @ np.array(mean)
    deviation = np.sqrt(weight @ np.array(square) - expected**2)
    np.testing.assert_allclose(got.mean(0), expected, atol=0.05)
    np.testing.assert_allclose(got.std(0), deviation, rtol=0.08)


def test_a_forecast_says_what_it_is_worth():
    found = tr.forecast(drawn(5), ahead=2, origins=6, rng=4)
    claims, worth, earlier = found.frame(), found.accuracy(), found.hindcasts()
    assert tuple(claims.columns) == COLUMNS
    assert tuple(earlier.columns) == EARLIER
    assert len(earlier) == 12 * 6 * 2
    assert claims["stop"].tolist()[:2] == [2016.0, 2017.0]
    error = 100 * (earlier["share"] - earlier["forecast"]).abs().groupby(earlier["ahead"]).mean()
    np.testing.assert_allclose(worth["error"], error)
    simple = worth[["error_last", "error_mean"]].min(axis=1)
    np.testing.assert_allclose(worth["skill"], 1 - worth["error"] / simple)
    assert found.settings["seed"] == 4
    assert "learnt from all documents" in found.settings["notes"][0]
    pd.testing.assert_frame_equal(claims, tr.forecast(drawn(5), ahead=2, origins=6, rng=4).frame())


def test_a_forecast_that_the_last_share_beats_is_refused_in_words():
    rng = np.random.default_rng(8)
    # Levels that jump to and fro and then stay: where it stands is all there is to know.
    level = np.repeat(rng.choice([40, 120], (6, 4)), 5, axis=1)
    found = forecast((level, np.full(20, 400), np.arange(20)), ahead=1, rng=1)
    worth = found.accuracy().iloc[0]
    assert worth["skill"] <= 0
    row = found.frame().iloc[0]
    assert not row["found"]
    assert np.isnan(row["estimate"])
    assert "was as good a guess" in row["note"]


def test_where_nothing_can_be_forecast():
    y, n, x = drawn(2, periods=14)
    with pytest.raises(DataError, match="need 15 periods with documents; there are 14"):
        forecast((y, n, x))
    with pytest.raises(UsageError, match="at least 5; got 3"):
        forecast((y, n, x), origins=3)
    with pytest.raises(UsageError, match="ahead"):
        forecast((y, n, x), ahead=0)
    with pytest.raises(UsageError, match="at least 5"):
        tr.rolling_origins(tr.read_corpus("pretraining"), origins=2)
    with pytest.raises(DataError, match="complete periods"):
        tr.rolling_origins(tr.read_corpus("pretraining"), period="year")


@pytest.mark.slow
def test_topics_of_an_origin_know_nothing_later():
    rng = np.random.default_rng(6)
    year = np.repeat(np.arange(2004, 2020), 30)
    # The third theme begins in 2016, after the first origin.
    words = [[f"{stem}{k}{k}" for k in "abcdefghijklmnop"] for stem in ("model", "graph", "storm")]
    theme = np.where((year >= 2016) & (rng.random(len(year)) < 0.6), 2, np.arange(len(year)) % 2)
    texts = [" ".join(rng.choice(words[t], 5)) for t in theme]
    frame = pd.DataFrame({"id": range(len(year)), "text": texts, "date": year.astype(str)})
    corpus = tr.read_corpus(frame, text="text", date="date", id="id")
    frozen = tr.rolling_origins(corpus, n_topics=3, ahead=2, rng=3)
    assert [day for _, day in frozen] == [f"{y}-01-01" for y in range(2014, 2019)]
    early, late = frozen[0][0], frozen[-1][0]
    assert not any("storm" in label for label in early.labels)
    assert any("storm" in label for label in late.labels)
    found = tr.forecast(late, ahead=2, origins=frozen)
    assert found.settings["frozen"]
    assert found.settings["notes"] == []
    assert sorted(found.hindcasts()["origin"].unique()) == [str(y) for y in range(2013, 2018)]


@pytest.mark.slow
@pytest.mark.parametrize("memory", [0.0, 0.7])
def test_intervals_hold_what_comes(memory):
    held = [
        forecast(drawn(seed, memory=memory), ahead=3, rng=seed).accuracy()["held"]
        for seed in range(40, 46)
    ]
    assert 0.9 <= np.mean(held) <= 0.985


def test_intervals_of_counts_hold_the_level_on_average():
    """Counts at a bound are inside: plain quantiles hold more than they say."""
    n, draws = 250, 20_000
    share = np.linspace(0.02, 0.2, 60)
    shares = np.broadcast_to(share[:, None], (60, draws))
    rng = np.random.default_rng(1)
    middle, low, high = summary(shares, np.full(60, float(n)), 0.95, rng)
    counts = np.rint(n * np.array([middle, low, high]))
    held = binom.cdf(counts[2], n, share) - binom.cdf(counts[1] - 1, n, share)
    plain = np.quantile(rng.binomial(n, shares), [0.025, 0.975], axis=1)
    loose = binom.cdf(plain[1], n, share) - binom.cdf(plain[0] - 1, n, share)
    assert held.mean() == pytest.approx(0.95, abs=0.004)
    assert loose.mean() > 0.96
    assert (low <= middle).all() and (middle <= high).all()
