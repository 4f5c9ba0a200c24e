import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from scipy.special import expit
from statsmodels.stats.proportion import proportion_confint

from trends.analysis.prevalence.intervals import (
    BORROWED,
    pool_fits,
    pooled_dispersion,
    wilson,
)


@given(st.integers(1, 3000), st.floats(0, 1), st.sampled_from([0.8, 0.95, 0.99]))
def test_wilson_is_that_of_the_textbook(n, part, level):
    y = round(n * part)
    lower, upper = wilson(y / n, n, level)
    expected = proportion_confint(y, n, alpha=1 - level, method="wilson")
    assert np.allclose([lower, upper], expected, atol=1e-12)
    assert lower <= y / n <= upper


def test_exact_coverage_of_wilson_is_near_its_level_on_average():
    rates = []
    for p in np.linspace(0.02, 0.5, 25):
        y = np.arange(51)
        lower, upper = wilson(y / 50, 50)
        from scipy.stats import binom

        rates.append(binom.pmf(y, 50, p)[(lower <= p) & (p <= upper)].sum())
    assert 0.94 < np.mean(rates) < 0.96


def slow_dispersion(theta, bins):
    """The definition, by loops."""
    n_bins, (n, k) = bins.max() + 1, theta.shape
    out = np.empty(k)
    for j in range(k):
        top = bottom = 0.0
        for b in range(n_bins):
            x = theta[bins == b, j]
            top += ((x - x.mean()) ** 2).sum()
            bottom += len(x) * x.mean() * (1 - x.mean())
        out[j] = top / (bottom * (n - n_bins) / n)
    return out


def test_pooled_dispersion_follows_its_definition():
    rng = np.random.default_rng(0)
    bins = np.sort(np.concatenate([np.arange(5), rng.integers(0, 5, 95)]))
    theta = rng.dirichlet(np.full(4, 0.5), 100)
    weights = sparse.csr_matrix((np.ones(100), (np.arange(100), bins)), shape=(100, 5))
    assert np.allclose(pooled_dispersion(theta, weights), slow_dispersion(theta, bins))
    hard = np.eye(4)[theta.argmax(1)]
    assert np.allclose(pooled_dispersion(hard, weights), 100 / 95)
    # The dispersion of a Dirichlet with total A is 1 / (A + 1).
    many = rng.dirichlet(np.full(4, 0.5), 20000)
    flat = sparse.csr_matrix(np.ones((20000, 1)))
    assert pooled_dispersion(many, flat) == pytest.approx(np.full(4, 1 / 3), rel=0.05)


def test_fits_add_the_variance_between_them():
    share = np.array([0.20, 0.24, 0.16])[:, None, None]
    mean, n_eff, df = pool_fits(share, np.full((1, 1), 100.0))
    inside = (0.2 * 100 + 2) / 104
    within, between = inside * (1 - inside) / 100, 0.0016
    assert mean[0, 0] == pytest.approx(0.2)
    assert n_eff[0, 0] == pytest.approx(inside * (1 - inside) / (within + 4 / 3 * between))
    assert df[0, 0] == pytest.approx((2 + BORROWED) * (1 + within / (4 / 3 * between)) ** 2)
    alone = pool_fits(share[:1], np.full((1, 1), 100.0))
    assert alone[1][0, 0] == pytest.approx(100) and np.isinf(alone[2][0, 0])


@pytest.mark.parametrize("fits", [2, 3, 5])
def test_bands_of_few_fits_cover_and_are_usable(fits):
    """Fits disagree about how large a topic is, more in some topics, in all periods alike."""
    rng = np.random.default_rng(fits)
    covered, width, ideal = [], [], []
    for _ in range(100):
        level = rng.normal(-2.5, 0.8, (1, 1, 12)) + rng.normal(0, 0.3, (1, 10, 12))
        apart = 0.2 * rng.gamma(4, 1 / 4, (1, 1, 12)) ** 0.5
        odds = level + apart * (
            rng.normal(size=(fits, 1, 12)) + 0.3 * rng.normal(size=(fits, 10, 12))
        )
        truth, size = expit(level[0]), 200
        # The same documents in every fit: one draw of the sampling error.
        share = expit(odds + np.log(rng.binomial(size, truth) / size / truth + 1e-9))
        mean, n_eff, df = pool_fits(share, np.full((10, 12), float(size)))
        lower, upper = wilson(mean, n_eff, 0.95, df)
        covered.append(((lower <= truth) & (truth <= upper)).mean())
        width.append((upper - lower).mean())
        sd = np.sqrt(
            truth * (1 - truth) / size + (1 + 1 / fits) * (apart[0] * truth * (1 - truth)) ** 2
        )
        ideal.append(3.92 * sd.mean())
    assert np.mean(covered) >= 0.93
    assert np.mean(width) < 1.35 * np.mean(ideal)
