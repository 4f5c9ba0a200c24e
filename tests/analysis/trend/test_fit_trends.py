import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import xlog1py, xlogy
from statsmodels.stats import proportion
from trends.analysis.trend.change import score_interval, score_statistic
from trends.analysis.trend.dispersion import fit_pooled

from trends.analysis.prevalence.estimate import estimate, estimate_each
from trends.analysis.simulation.counts import NOISES, simulate_counts
from trends.analysis.trend import autocorrelation, dispersion
from trends.analysis.trend.fit import fit_trends
from trends.core import Prevalence
from trends.errors import DataError, UsageError


def load(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


slow_trends = load(Path(__file__).with_name("slow_trend.py")).slow_trends


def series(noise, periods, seed, topics=10, slope=0.5):
    size = 0.005 if noise == "beta-binomial" else 0.3
    made = simulate_counts(
        corpora=1,
        topics=topics,
        periods=periods,
        noise=noise,
        size=size,
        slope=slope,
        rng=np.random.default_rng(seed),
    )
    return made.y[0], made.n[0, 0], np.arange(periods) * 0.5 + 2000


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("periods", [3, 6, 15])
def test_agrees_with_the_slow_reference(noise, periods):
    y, n, x = series(noise, periods, [periods, 7])
    slow, fast = slow_trends(y, n, x), fit_trends((y, n, x))
    use = slow["use"]
    span = x[-1] - x[0]
    assert fast.settings["logit_variance"] == pytest.approx(slow["variance"], abs=2e-4)
    assert fast.settings["prior_df"] == pytest.approx(slow["prior_df"], abs=1e-2)
    assert np.allclose(fast.table["log_odds"][use] * span, slow["slope"][use], atol=1e-4)
    assert np.allclose(fast.table["p"][use], slow["p"][use], atol=2e-4)


@pytest.mark.slow
def test_agrees_with_the_shared_reference(shared):
    reference = load(shared / "reference" / "trend_reference.py")
    for seed, (noise, periods) in enumerate([("logit", 5), ("mixed", 12), ("none", 4)]):
        y, n, x = series(noise, periods, [seed, 3], topics=20)
        there, here = reference.trends(y, n, x), fit_trends((y, n, x))
        span = x[-1] - x[0]
        known = np.isfinite(there["p"])
        assert np.array_equal(known, here.table["p"].notna())
        assert np.allclose(here.table["p"][known], there["p"][known], atol=2e-4)
        assert np.allclose(here.table["p_adjusted"][known], there["q"][known], atol=1e-3)
        free = known & ~there["separated"]
        assert np.allclose(here.table["log_odds_lower"][free] * span, there["lo"][free], atol=1e-3)


@settings(max_examples=30)
@given(
    st.integers(0, 2**32 - 1), st.integers(3, 9), st.integers(1, 12), st.sampled_from([0.8, 0.95])
)
def test_the_interval_excludes_zero_exactly_if_the_test_rejects(seed, periods, topics, level):
    rng = np.random.default_rng(seed)
    n = rng.integers(5, 200, periods)
    y = rng.binomial(n, rng.uniform(0, 0.6, (topics, periods)))
    table = fit_trends(
        (y, n, np.sort(rng.uniform(0, 10, periods)) + np.arange(periods)), level=level
    ).table
    known = table["slope"].notna()
    excludes = (table["lower"] > 0) | (table["upper"] < 0)
    assert (excludes == (table["p"] < 1 - level))[known].all()
    assert ((table["lower"] <= table["slope"]) & (table["slope"] <= table["upper"]))[known].all()
    assert (np.sign(table["slope"]) == np.sign(table["log_odds"]))[known].all()
    assert (table.loc[~known, "note"] != "").all()
    assert len(table) == topics


def test_percentage_points_are_the_fitted_change_between_the_ends():
    x = np.arange(6.0)
    share = 1 / (1 + np.exp(-(-2 + 0.4 * x)))
    n = np.full(6, 1e7)
    y = np.vstack([share * n, (1 - share) * n])
    table = fit_trends((y, n, x)).table
    assert table["slope"][0] == pytest.approx(100 * (share[-1] - share[0]) / 5, rel=1e-4)
    assert table["log_odds"].to_numpy() == pytest.approx([0.4, -0.4], rel=1e-4)


def test_the_result_does_not_depend_on_the_unit_of_time_or_the_order_of_topics():
    y, n, x = series("logit", 8, 2)
    base, years = fit_trends((y, n, x)).table, fit_trends((y, n, 10 * x)).table
    assert np.allclose(base["p"], years["p"]) and np.allclose(base["slope"], 10 * years["slope"])
    order = np.random.default_rng(0).permutation(10)
    assert np.allclose(fit_trends((y[order], n, x)).table["p"], base["p"][order], atol=1e-9)
    # Exchanging the ends of time turns the sign and nothing else.
    back = fit_trends((y[:, ::-1], n[::-1], x)).table
    assert np.allclose(back["p"], base["p"], atol=1e-6) and np.allclose(
        back["slope"], -base["slope"], atol=1e-6
    )


def test_topics_that_cannot_be_tested_say_so():
    y, n, x = series("logit", 6, 5, topics=9)
    y = np.vstack([y, np.zeros(6), n, [0, 0, 0, 0, 0, 30]])
    table = fit_trends((y, n, x)).table
    assert table["note"][9].startswith("occurs in no period") and table["note"][10].startswith(
        "is all there is"
    )
    assert table["p"][[9, 10]].isna().all() and table["p_adjusted"][[9, 10]].isna().all()
    assert "rising" in table["note"][11] and np.isnan(table["slope"][11]) and 0 < table["p"][11] < 1
    # What cannot be tested does not change what can.
    rest = fit_trends((y[:9], n, x)).table
    assert np.allclose(table["p"][:9], rest["p"])


def test_empty_periods_are_left_out_and_times_kept():
    y, n, x = series("logit", 8, 9)
    gone = n.copy()
    gone[3] = 0
    kept = np.arange(8) != 3
    holes = fit_trends((np.where(kept, y, 0), gone, x)).table
    assert np.allclose(holes["p"], fit_trends((y[:, kept], n[kept], x[kept])).table["p"])


def test_two_periods_are_a_change_and_one_is_nothing():
    made = fit_trends(([[5, 30], [0, 0]], [100, 120], [2020.0, 2022.0]))
    row = made.table.iloc[0]
    assert (
        row["kind"] == "change"
        and row["slope"] == pytest.approx(100 * (0.25 - 0.05) / 2)
        and "change" in row["note"]
    )
    assert made.table["note"][1] and np.isnan(made.table["p"][1])
    alone = fit_trends(([[5]], [100], [2020.0])).table
    assert np.isnan(alone["slope"][0]) and "two" in alone["note"][0]


def slow_score(y1, n1, y2, n2, difference):
    """The statistic with the constrained estimate found by trying a fine grid, then a finer one."""

    def likelihood(p):
        q = p + difference
        with np.errstate(divide="ignore", invalid="ignore"):
            return xlogy(y1, p) + xlog1py(n1 - y1, -p) + xlogy(y2, q) + xlog1py(n2 - y2, -q)

    low, high = max(0, -difference), min(1, 1 - difference)
    for _ in range(6):
        grid = np.linspace(low, high, 2001)
        best = int(np.nanargmax(likelihood(grid)))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, 2000)]
    p, q = grid[best], grid[best] + difference
    variance = (p * (1 - p) / n1 + q * (1 - q) / n2) * (n1 + n2) / (n1 + n2 - 1)
    return (y2 / n2 - y1 / n1 - difference) / np.sqrt(variance)


@pytest.mark.parametrize(
    ("y1", "n1", "y2", "n2"),
    [(5, 100, 30, 120), (0, 40, 3, 50), (7, 20, 7, 20), (0, 30, 0, 30), (19, 20, 2, 25)],
)
def test_the_change_is_tested_by_score(y1, n1, y2, n2):
    for difference in (-0.6, -0.2, -0.01, 0.05, 0.3, 0.7):
        assert score_statistic(y1, n1, y2, n2, difference) == pytest.approx(
            slow_score(y1, n1, y2, n2, difference), abs=1e-3
        )
    lower, upper = score_interval(y1, n1, y2, n2, 0.95)
    assert lower < y2 / n2 - y1 / n1 < upper
    for bound in (lower, upper):
        assert abs(score_statistic(y1, n1, y2, n2, bound)) == pytest.approx(1.959964, abs=1e-4)


def test_the_change_is_that_of_another_library():
    z, p = proportion.test_proportions_2indep(
        30, 120, 5, 100, compare="diff", method="score", return_results=False
    )
    assert score_statistic(5, 100, 30, 120, 0.0) == pytest.approx(z, abs=1e-6)
    row = fit_trends(([[5, 30]], [100, 120], [2020.0, 2021.0])).table.iloc[0]
    assert row["p"] == pytest.approx(p, abs=1e-9)
    bounds = proportion.confint_proportions_2indep(30, 120, 5, 100, compare="diff", method="score")
    # Its bounds are rougher: at them, the exact statistic is not quite the quantile.
    assert np.allclose([row["lower"], row["upper"]], 100 * np.array(bounds), atol=0.3)


def test_few_topics_and_few_periods_are_noted():
    y, n, x = series("logit", 6, 1, topics=3)
    notes = " ".join(fit_trends((y, n, x)).settings["notes"])
    assert "3 topics only" in notes and "independent from period to period" in notes
    y, n, x = series("logit", 24, 1)
    made = fit_trends((y, n, x))
    assert made.table["autocorrelation"].notna().all() and made.table["p_prewhitened"].notna().all()


def test_incomplete_periods_can_be_left_out(dated_theta):
    shares = estimate(*dated_theta)
    everything, whole = fit_trends(shares), fit_trends(shares, complete_only=True)
    assert everything.settings["periods"] - whole.settings["periods"] == 2
    assert everything.table["label"].tolist() == list(shares.labels)


def test_mean_theta_is_tested_with_its_effective_size(dated_theta):
    theta, periods = dated_theta
    soft, hard = (
        fit_trends(estimate(theta, periods, theta="mean")),
        fit_trends(estimate(theta, periods)),
    )
    assert (soft.table["power"] < hard.table["power"]).all()


def test_several_fits_are_pooled_over_slopes(dated_theta):
    theta, periods = dated_theta
    rng = np.random.default_rng(2)
    fits = [0.6 * theta + 0.4 * rng.dirichlet(np.full(12, 0.3), len(theta)) for _ in range(4)]
    fits[2][:, 5] = np.nan
    each = estimate_each(fits, periods)
    pooled = fit_trends(each).table
    singles = np.stack([fit_trends(one).table["log_odds"].to_numpy() for one in each])
    assert np.allclose(pooled["log_odds"], np.nanmean(singles, axis=0))
    assert pooled["fits"].tolist() == [4] * 5 + [3] + [4] * 6 and "1 of 4" in pooled["note"][5]
    assert ((pooled["lower"] > 0) | (pooled["upper"] < 0)).eq(pooled["p"] < 0.05).all()
    same = fit_trends(estimate_each([theta] * 3, periods)).table
    assert np.allclose(same["p"], fit_trends(estimate(theta, periods)).table["p"], atol=1e-9)


def test_power_is_what_it_says():
    rng = np.random.default_rng(8)
    y, n, x = series("logit", 8, 4, topics=20, slope=0.0)
    table = fit_trends((y, n, x)).table
    k = int(np.argmin(np.abs(y.sum(1) - np.median(y.sum(1)))))
    span, share = 3.5, y[k].sum() / n.sum()
    # The slope in log-odds with that change in points, found on the curve itself.
    grid = np.linspace(0, 6, 601)
    t = np.linspace(-0.5, 0.5, 8)
    base = np.log(share / (1 - share))
    points = (
        100 / span * (1 / (1 + np.exp(-(base + grid / 2))) - 1 / (1 + np.exp(-(base - grid / 2))))
    )
    slope = grid[np.searchsorted(points, table["power"][k])]
    sd = np.sqrt(fit_trends((y, n, x)).settings["logit_variance"])
    many = np.repeat(y[None], 400, axis=0)
    path = base + slope * t + sd * rng.standard_normal((400, 8))
    many[:, k] = rng.binomial(n.astype(int), 1 / (1 + np.exp(-path)))
    fit = fit_pooled(many, np.broadcast_to(n, many.shape).copy(), t)
    found = 2 * stats.t.sf(np.abs(fit.statistic[:, k]), fit.df) < 0.05
    assert 0.7 < found.mean() < 0.92


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


def test_a_thousand_topics_take_as_many_fits_as_twenty(monkeypatch):
    calls = []

    def count(module, name):
        own = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, **k: calls.append(1) or own(*a, **k))

    count(dispersion, "fit")
    count(autocorrelation, "generalised_least_squares")

    def fits(topics):
        calls.clear()
        made = simulate_counts(corpora=1, topics=topics, periods=12, rng=1)
        fit_trends((made.y[0], made.n[0], np.arange(12)))
        return len(calls)

    # All topics are fitted at once: how often depends on how soon the common variances are found.
    assert fits(20) > 100 and fits(1000) < 2 * fits(20)


def test_prevalence_and_counts_give_the_same_test(dated_theta):
    shares = estimate(*dated_theta)
    assert isinstance(shares, Prevalence)
    keep = shares.n_docs > 0
    direct = fit_trends((shares.counts[keep].T, shares.n_docs[keep], shares.years[keep]))
    assert np.allclose(direct.table["p"], fit_trends(shares).table["p"])
