import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, polygamma
from trends.analysis.trend.dispersion import fit_pooled
from trends.analysis.trend.logistic import fit, profile_intercept
from trends.analysis.trend.squeeze import inverse_trigamma, squeeze

from trends.analysis.simulation.counts import simulate_counts
from trends.analysis.trend.units import points_a_year


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(4, 12))
def test_the_fit_is_that_of_a_general_linear_model(seed, periods):
    rng = np.random.default_rng(seed)
    t = np.sort(rng.uniform(-0.5, 0.5, periods)) + np.linspace(-0.01, 0.01, periods)
    n = rng.integers(20, 400, (6, periods)).astype(float)
    y = rng.binomial(n.astype(int), rng.uniform(0.05, 0.6, (6, 1))).astype(float)
    y[:, 0] += (y[:, 0] == 0) * 1.0
    y[:, -1] += (y[:, -1] == 0) * 1.0
    weight = rng.uniform(0.2, 1, (6, periods))
    found = fit(y, n, t, weight)
    for k in range(6):
        glm = sm.GLM(
            y[k] / n[k],
            sm.add_constant(t),
            family=sm.families.Binomial(),
            var_weights=n[k] * weight[k],
        ).fit(scale=1.0, tol=1e-12)
        assert found.slope[k] == pytest.approx(glm.params[1], abs=1e-6)
        assert found.variance[k] == pytest.approx(glm.cov_params()[1, 1], rel=1e-5)


@settings(max_examples=25)
@given(st.lists(st.floats(-20, 20), min_size=2, max_size=2, unique=True), st.integers(0, 2**32 - 1))
def test_points_grow_with_the_slope_and_the_total_is_kept(slopes, seed):
    rng = np.random.default_rng(seed)
    n, t = rng.uniform(5, 100, (1, 7)), np.linspace(-0.5, 0.5, 7)
    y, weight = n * rng.uniform(0.01, 0.9, (1, 7)), rng.uniform(0.1, 1, (1, 7))
    low, high = (np.array([b]) for b in sorted(slopes))
    points = [points_a_year(b, y, n, t, weight, 3.0)[0] for b in (low, high)]
    assert points[0] <= points[1] and points_a_year(np.zeros(1), y, n, t, weight, 3.0)[
        0
    ] == pytest.approx(0, abs=1e-9)
    a = profile_intercept(high, y, n, t, weight)
    assert (weight * n * expit(a[:, None] + high[:, None] * t)).sum() == pytest.approx(
        (weight * y).sum(), rel=1e-6
    )


def test_the_variance_between_periods_is_found():
    for sd in (0.0, 0.3, 0.8):
        made = simulate_counts(
            corpora=20,
            topics=30,
            periods=20,
            noise="logit",
            size=sd,
            median=400,
            base=(0.05, 0.3),
            rng=3,
        )
        found = np.sqrt(fit_pooled(made.y, made.n, made.t).variance)
        assert found.mean() == pytest.approx(sd, abs=0.06)


def test_corpora_are_fitted_as_if_alone():
    made = simulate_counts(corpora=3, topics=8, periods=6, rng=5)
    together = fit_pooled(made.y, made.n, made.t)
    for i in range(3):
        alone = fit_pooled(made.y[i : i + 1], made.n[i : i + 1], made.t)
        assert np.allclose(alone.statistic, together.of(i).statistic, atol=1e-6, equal_nan=True)


@given(st.floats(1e-6, 1e6))
def test_trigamma_is_inverted(x):
    assert float(inverse_trigamma(polygamma(1, np.array([x])))[0]) == pytest.approx(x, rel=1e-6)


def test_the_squeeze_finds_what_topics_have_in_common():
    rng = np.random.default_rng(0)
    use = np.ones((1, 4000), dtype=bool)
    equal = 2.5 * rng.chisquare(6, (1, 4000)) / 6
    out, weight, prior = squeeze(equal, 6, use)
    assert weight[0] == 10.0 and prior[0] == pytest.approx(2.5, rel=0.05)
    assert out.var() < 0.3 * equal.var()
    different = 2.5 * (4 / rng.chisquare(4, (1, 4000))) * rng.chisquare(6, (1, 4000)) / 6
    _, weight, _ = squeeze(different, 6, use)
    assert weight[0] == pytest.approx(4, rel=0.25)
    few, weight, _ = squeeze(np.array([[0.2, 3.0, 9.0]]), 4, np.array([[True, True, False]]))
    assert weight[0] == 0 and few[0, :2].tolist() == [1.0, 3.0] and np.isnan(few[0, 2])
