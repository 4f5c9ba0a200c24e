import numpy as np
import pytest
from trends.analysis.trend.autocorrelation import companion, enough, generalised_least_squares
from trends.analysis.trend.dispersion import fit_pooled

from trends.analysis.simulation.counts import simulate_counts


def test_the_filter_is_generalised_least_squares():
    rng = np.random.default_rng(0)
    periods, variance, memory = 15, 0.3, 0.6
    t = np.linspace(-0.5, 0.5, periods)
    z, noise = rng.standard_normal((4, periods)), rng.uniform(0.05, 0.5, (4, periods))
    slope, se, rest, likelihood = generalised_least_squares(z, noise, t, variance, memory)
    x = np.column_stack([np.ones(periods), t])
    total = 0.0
    for k in range(4):
        v = variance * memory ** np.abs(
            np.subtract.outer(np.arange(periods), np.arange(periods))
        ) + np.diag(noise[k])
        inverse = np.linalg.inv(v)
        cov = np.linalg.inv(x.T @ inverse @ x)
        beta = cov @ x.T @ inverse @ z[k]
        e = z[k] - x @ beta
        assert slope[k] == pytest.approx(beta[1]) and se[k] == pytest.approx(np.sqrt(cov[1, 1]))
        assert rest[k] == pytest.approx(e @ inverse @ e)
        total -= 0.5 * (np.linalg.slogdet(v)[1] - np.linalg.slogdet(cov)[1] + rest[k])
    assert likelihood == pytest.approx(total)


@pytest.mark.parametrize("memory", [0.0, 0.6])
def test_memory_is_found_and_allowed_for(memory):
    made = simulate_counts(
        corpora=40,
        topics=20,
        periods=24,
        noise="logit",
        size=0.3,
        autocorrelation=memory,
        rng=np.random.default_rng([4, int(10 * memory)]),
    )
    fit = fit_pooled(made.y, made.n, made.t)
    found = [companion(made.y[i], made.n[i], made.t, fit.of(i)) for i in range(40)]
    assert np.mean([f.autocorrelation for f in found]) == pytest.approx(memory, abs=0.1)
    flagged = np.mean([f.p_independent < 0.05 for f in found])
    assert flagged > 0.9 if memory else flagged < 0.2
    # 800 series: .05 has a standard error of about .012 here.
    assert np.nanmean([f.p < 0.05 for f in found]) < 0.095


def test_it_is_offered_where_it_can_be_known():
    assert enough(20, 1) and enough(12, 8) and not enough(12, 7) and not enough(11, 100)
