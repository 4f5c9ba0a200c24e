"""The fitted curve: against plain matrices, against simulated truth, and against the change."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from scripts import script

from trends.analysis.prevalence.estimate import estimate
from trends.analysis.trend.fit import fit_trends
from trends.analysis.trend.jumps import SIZE, jumps_of
from trends.analysis.trend.mean import smooth, terms_of, working
from trends.analysis.trend.model import fit_model
from trends.analysis.trend.shocks import FINE, PAIRS

plain = script("tests/analysis/trend/plain_model.py")


def drawn(seed, topics=12, periods=24, sd=0.3, memory=0.5):
    """True shares that bend, and counts of periods with lasting shocks about them."""
    rng = np.random.default_rng(seed)
    place = np.linspace(-1, 1, periods)
    mean = rng.uniform(-4, -1.5, (topics, 1)) + rng.normal(0, 0.5, (topics, 1)) * place
    mean = mean + rng.normal(0, 0.5, (topics, 1)) * place**2
    shock = rng.standard_normal((topics, periods))
    for t in range(1, periods):
        shock[:, t] = memory * shock[:, t - 1] + np.sqrt(1 - memory**2) * shock[:, t]
    n = np.clip(np.rint(rng.lognormal(5, 0.7, periods)), 5, None).astype(int)
    y = rng.binomial(n, expit(mean + sd * shock)).astype(float)
    y[:, 0] += y.sum(1) == 0
    return expit(mean), y, n


@pytest.mark.parametrize(("periods", "level"), [(6, 0.95), (15, 0.8)])
def test_the_curve_and_its_band_are_those_of_plain_matrices(periods, level):
    _, y, n = drawn(periods, topics=2, periods=periods)
    n = np.broadcast_to(n, y.shape).astype(float)
    steps = np.arange(periods)
    curve = fit_trends((y, n, steps), level=level).curves()
    assert list(curve.columns) == ["topic", "label", "period", "fitted", "lower", "upper"]
    terms = terms_of(np.linspace(-1, 1, periods))
    z, noise = working(y, n, smooth(y, n, terms))
    weight = fit_model(y, n, steps).change.weight
    bends = FINE.curvatures if terms.shape[1] > 2 else FINE.curvatures[:1]
    means = [(terms, bend) for bend in bends]
    for place in jumps_of(np.eye(periods), FINE.places).places:
        jumping = np.column_stack([terms, steps >= place])
        means.append((jumping, np.array([bends[0], bends[0], SIZE])))
    grid = [(s, r, design, bend) for s, r in PAIRS for design, bend in means]
    for topic in range(2):
        parts = [
            plain.restricted_likelihood(
                z[topic], noise[topic], steps, design, 2, bend, s, r, design
            )
            for s, r, design, bend in grid
        ]
        value, error = (np.array([part[i] for part in parts]) for i in (1, 2))
        here = curve[curve["topic"] == topic].reset_index(drop=True)
        for t in (0, periods // 3, periods - 1):
            mean = weight[topic] @ value[:, t]
            # With two topics errors are an eighth wider.
            _, low, high = plain.p_and_interval(
                weight[topic], value[:, t], 1.125 * error[:, t], level
            )
            assert logit(here["fitted"][t]) == pytest.approx(mean, abs=1e-6)
            near = pytest.approx([low, high], abs=1e-4 * (high - low))
            assert logit([here["lower"][t], here["upper"][t]]) == near


@pytest.mark.slow
def test_the_band_holds_the_true_curve_as_often_as_it_says():
    inside = []
    for seed in range(6):
        truth, y, n = drawn([seed, 7])
        curve = fit_trends((y, n, np.arange(24))).curves()
        inside.append((curve["lower"] <= truth.ravel()) & (truth.ravel() <= curve["upper"]))
    inside = np.array(inside).reshape(6, 12, 24)
    assert inside.mean() >= 0.93
    assert inside.mean(axis=(0, 1)).min() >= 0.85


def test_the_curve_differs_between_the_spans_by_the_change_that_is_tested():
    _, y, n = drawn(3)
    spans = ((2, 5), (15, 20))
    found = fit_trends((y, n, np.arange(24)), spans=spans)
    log_odds = logit(found.curves()["fitted"].to_numpy()).reshape(12, 24)
    low, high = np.zeros(24), np.zeros(24)
    low[2:6], high[15:21] = 1 / 4, 1 / 6
    change = fit_model(y, np.broadcast_to(n, y.shape).astype(float), np.arange(24), (low, high))
    assert np.allclose(log_odds @ (high - low), change.change.mean, atol=1e-9)
    points = 100 * (expit(log_odds @ high) - expit(log_odds @ low))
    # The change is a median, the curve a mean: apart by little of what is not known anyway.
    width = found.table["change_upper"] - found.table["change_lower"]
    assert (np.abs(points - found.table["change"]) < 0.05 * width).all()


def test_the_curve_runs_over_periods_without_documents_and_untested_topics_have_none(dated_theta):
    theta, periods = dated_theta
    shares = estimate(theta, periods)
    found = fit_trends(shares)
    curve = found.curves()
    tested = found.table.loc[found.table["p"].notna(), "topic"]
    assert sorted(curve["topic"].unique()) == sorted(tested)
    assert curve["period"].tolist() == list(pd.DatetimeIndex(shares.periods)) * len(tested)
    y, n, x = [[3, 4, 0, 6, 8], [0, 0, 0, 0, 0]], [20, 20, 0, 20, 20], np.arange(5)
    holes = fit_trends((y, n, x)).curves()
    assert holes["topic"].unique().tolist() == [0]
    assert holes["period"].tolist() == [0, 1, 3, 4] and holes["fitted"].is_monotonic_increasing
    assert fit_trends(([[5]], [100], [2020.0])).curves().empty
