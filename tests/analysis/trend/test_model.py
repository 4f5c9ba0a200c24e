"""The fast model against plain matrices, and against truths that would break it."""

import numpy as np
import pytest
from scripts import script

from trends.analysis.trend import shocks
from trends.analysis.trend.jumps import SIZE, jumps_of
from trends.analysis.trend.kernel import generalised_least_squares
from trends.analysis.trend.mean import BENDS, smooth, terms_of, thirds, working
from trends.analysis.trend.model import fit_model, normal_score, scores
from trends.analysis.trend.seasons import Season
from trends.analysis.trend.turning import turning

plain = script("tests/analysis/trend/plain_model.py")


def counts(seed, topics=4, periods=14, slope=0.0, memory=0.0, sd=0.3):
    rng = np.random.default_rng(seed)
    n = np.clip(np.rint(rng.lognormal(5, 1, periods)), 5, None)
    shock = rng.standard_normal((topics, periods))
    for t in range(1, periods):
        shock[:, t] = memory * shock[:, t - 1] + np.sqrt(1 - memory**2) * shock[:, t]
    place = np.linspace(-0.5, 0.5, periods)
    odds = -2 + slope * place + sd * shock
    y = rng.binomial(n.astype(int), 1 / (1 + np.exp(-odds))).astype(float)
    return y, np.broadcast_to(n, y.shape).copy(), np.arange(periods)


@pytest.mark.parametrize("periods", [5, 14])
def test_the_compiled_kernel_is_the_matrix_formula(periods):
    y, n, steps = counts(periods, topics=2, periods=periods)
    steps = steps + (steps > 2)  # a period without documents is a longer way
    terms = terms_of(np.linspace(-1, 1, periods))
    z, noise = working(y, n, smooth(y, n, terms))
    contrasts = np.stack([terms[-1] - terms[0], terms[0]])
    bends = np.array([0.3, 2.0]) if periods >= BENDS else np.array([1.0])
    precision = np.repeat(bends[:, None] ** -2.0, terms.shape[1], axis=1)
    pairs = np.array([(0.0, 0.0), (0.2, 0.5), (1.1, 0.97)])
    gaps = np.diff(steps, prepend=0).astype(float)
    fast = generalised_least_squares(z, noise, gaps, terms, 2, precision, pairs, contrasts)
    for k in range(2):
        for g, (sd, memory) in enumerate(pairs):
            for level, bend in enumerate(bends):
                slow = plain.restricted_likelihood(
                    z[k], noise[k], steps, terms, 2, bend, sd, memory, contrasts
                )
                assert fast[0][k, g, level] == pytest.approx(slow[0], abs=1e-8)
                assert fast[1][k, g, level] == pytest.approx(slow[1], abs=1e-9)
                assert np.sqrt(fast[2][k, g, level]) == pytest.approx(slow[2], abs=1e-9)


def test_a_jump_in_the_kernel_is_a_further_column_of_plain_matrices():
    y, n, steps = counts(8, topics=2, periods=14)
    steps = steps + (steps > 2)
    terms = terms_of(np.linspace(-1, 1, 14))
    z, noise = working(y, n, smooth(y, n, terms))
    weights = np.stack([thirds(14)[1] - thirds(14)[0], thirds(14)[0]])
    jumps = jumps_of(weights, 5)
    assert jumps.places[0] == 2 and jumps.places[-1] == 12 and len(jumps.places) == 5
    bends = np.array([0.3, 2.0])
    precision = np.repeat(bends[:, None] ** -2.0, 4, axis=1)
    pairs = np.array([(0.0, 0.0), (0.2, 0.5), (1.1, 0.97)])
    gaps = np.diff(steps, prepend=0).astype(float)
    given = (z, noise, gaps, terms, 2, precision, pairs, weights @ terms)
    plainly, fast = generalised_least_squares(*given), generalised_least_squares(*given, jumps)
    assert all(np.array_equal(a, b[:, :, :2]) for a, b in zip(plainly, fast, strict=True))
    assert fast[0].shape == (2, 3, 2 + 5)
    for k in range(2):
        for g, (sd, memory) in enumerate(pairs):
            for j in range(5):
                column = (np.arange(14) >= jumps.places[j]).astype(float)[:, None]
                design = np.hstack([terms, column])
                spread = np.array([bends[0], bends[0], SIZE])
                slow = plain.restricted_likelihood(
                    z[k], noise[k], steps, design, 2, spread, sd, memory, weights @ design
                )
                assert fast[0][k, g, 2 + j] == pytest.approx(slow[0], abs=1e-8)
                assert fast[1][k, g, 2 + j] == pytest.approx(slow[1], abs=1e-9)
                assert np.sqrt(fast[2][k, g, 2 + j]) == pytest.approx(slow[2], abs=1e-9)


@pytest.mark.parametrize("places", [0, 3])
def test_the_hierarchy_is_the_plain_sum_over_candidates(monkeypatch, places):
    rng = np.random.default_rng(3)
    family = shocks.candidates(shocks.FINE, 5, places > 0)
    few = shocks.Candidates(
        family.sizes[::5],
        family.autocorrelations[::7],
        family.curvatures[1::6],
        family.prior[::5, ::7, 1::6],
    )
    monkeypatch.setattr(shocks, "candidates", lambda grid, levels, jumping: few)
    likelihood = rng.normal(0, 2, (1, 3, len(shocks.PAIRS), 5 + places))
    fast, learnt = shocks.weigh(likelihood, places=places)
    # Each place has its part of what a candidate gives to jumps.
    jumping = [np.tile(row[5:] / max(places, 1), places) for row in few.curvatures]
    slow = plain.posterior(
        likelihood[0],
        few.sizes,
        few.autocorrelations,
        np.hstack([few.curvatures[:, :5], np.array(jumping)]),
        few.prior,
        shocks.said_by(3),
    )
    assert np.allclose(fast[0].reshape(3, -1), slow, atol=1e-12)
    assert learnt.sum() == pytest.approx(1)


def test_p_and_interval_come_from_one_mixture():
    y, n, steps = counts(1, slope=1.0)
    change = fit_model(y, n, steps).change
    low, high = change.interval(0.9)
    for k in range(len(y)):
        p, a, b = plain.p_and_interval(change.weight[k], change.value[k], change.error[k], 0.9)
        assert change.p[k] == pytest.approx(p, rel=1e-9)
        assert (low[k], high[k]) == pytest.approx((a, b), abs=1e-8)
        assert (p < 0.1) == (a > 0 or b < 0)


def test_many_corpora_at_once_are_the_same_as_one_by_one():
    made = [counts(seed, topics=3) for seed in range(3)]
    n = np.stack([made[0][1]] * 3)
    y = np.minimum(np.stack([m[0] for m in made]), n)
    change, p = scores(y, n, made[0][2])
    for i in range(3):
        one = fit_model(y[i], n[i], made[0][2])
        assert np.allclose(change[i], one.change.mean) and np.allclose(p[i], one.change.p)
    assert np.allclose(np.sign(normal_score(change, p)), np.sign(change))


def test_a_topic_that_is_absent_for_half_of_the_time_and_then_common_is_found():
    y, n, steps = counts(2, topics=8, periods=20)
    y[0] = np.where(steps < 10, 0, np.rint(0.05 * n[0]))
    fit = fit_model(y, n, steps)
    low, high = fit.change.interval(0.95)
    assert fit.change.p[0] < 0.01 and np.isfinite(high[0]) and low[0] > 1


def test_a_step_is_not_taken_for_shocks_and_few_periods_have_none():
    steps, n = np.arange(12), np.full((8, 12), 1000.0)
    y = np.rint(n / (1 + np.exp(2.5 - 1.2 * (steps >= 6))))
    with_jumps = fit_model(y, n, steps).change
    assert with_jumps.weight.shape[1] > len(shocks.PAIRS) * len(shocks.FINE.curvatures)
    assert (with_jumps.p < 0.01).all() and with_jumps.mean == pytest.approx(1.2, abs=0.1)
    few = fit_model(y[:, :9], n[:, :9], steps[:9]).change
    assert few.weight.shape[1] == len(shocks.PAIRS) * len(shocks.FINE.curvatures)


def test_a_share_that_explodes_from_a_low_curve_is_not_misread():
    # The smooth mean cannot follow such a course; linearised about it alone, the sign was wrong.
    n = np.full((1, 30), 2000.0)
    share = np.r_[
        np.zeros(15),
        [0.003, 0, 0.09, 0.02, 0.03, 0.1, 0.3, 0.35, 0.32, 0.24, 0.2, 0.15],
        [0.12, 0.11, 0.1],
    ]
    fit = fit_model(np.rint(share * n), n, np.arange(30))
    assert 2 < fit.change.mean[0] < 20 and fit.change.p[0] < 0.05


def test_serial_correlation_is_seen_and_makes_intervals_wider():
    lasting, free = (fit_model(*counts(5, 20, 40, memory=m)) for m in (0.85, 0.0))
    assert lasting.autocorrelation.mean() > 0.6 > 0.3 > free.autocorrelation.mean()
    assert np.median(lasting.change.sd) > 1.5 * np.median(free.change.sd)


def test_flat_series_are_seldom_found_also_when_shocks_last_or_periods_are_thin():
    found = []
    for seed in range(12):
        y, n, steps = counts([seed, 1], 20, 24, memory=0.5)
        n[:, :6] = [1, 1, 2, 3, 5, 10]
        y[:, :6] = np.random.default_rng(seed).binomial(n[:, :6].astype(int), 0.12)
        found.append(fit_model(y, n, steps).change.p < 0.05)
    # 240 series, the rate .05 at most: three standard errors above it.
    assert np.mean(found) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 240)


def test_a_hump_is_turned_and_a_line_is_not():
    y, n, steps = counts(4, 10, 24, sd=0.15)
    hump = -2 + 2 * (0.5 - np.linspace(-1, 1, 24) ** 2)
    y[0] = np.rint(n[0] / (1 + np.exp(-hump)))
    y[1] = np.rint(n[1] / (1 + np.exp(2 - 2 * np.linspace(-0.5, 0.5, 24))))
    turn = turning(fit_model(y, n, steps), steps)
    assert turn.p[0] < 0.01 and turn.sign[0] == 1 and turn.knot[0] == 0.5
    assert (
        turn.p[1] > 0.05
        and (turning(fit_model(y[:, :6], n[:, :6], steps[:6]), steps[:6]).p == 1).all()
    )


def test_thirds_do_not_overlap():
    for periods in range(2, 12):
        first, last = thirds(periods)
        assert first.sum() == pytest.approx(1) and last.sum() == pytest.approx(1)
        assert (first * last == 0).all()


@pytest.mark.slow
def test_close_to_the_shared_reference_where_it_holds(shared):
    path = shared / "reference" / "ar_trend_reference.py"
    reference = script(path)
    y, n, steps = counts(6, 12, 24, slope=1.0, memory=0.5)
    design, contrast = reference.thirds_about_a_cubic(24)
    z, noise = working(y, n, smooth(y, n, terms_of(np.linspace(-1, 1, 24))))
    there = np.array(reference.estimate(z, noise, design, contrast))
    here = fit_model(y, n, steps).change
    assert np.allclose(here.mean, there[:, 0], atol=0.35)
    # A penalty on bends and finer learning make the intervals narrower, not wider.
    assert np.median(here.sd) <= 1.05 * np.median((there[:, 2] - there[:, 1]) / 3.92)


@pytest.mark.slow
def test_topics_of_another_kind_do_not_lend_their_calm():
    """Flat topics with lasting shocks, each beside many calm ones."""
    n, steps, rng = np.full((41, 16), 300.0), np.arange(16), np.random.default_rng(12)
    rejected = []
    for _ in range(60):
        shock = rng.standard_normal((41, 16))
        for t in range(1, 16):
            shock[0, t] = 0.5 * shock[0, t - 1] + np.sqrt(0.75) * shock[0, t]
        odds = -2 + np.where(np.arange(41) == 0, 0.3, 0.05)[:, None] * shock
        y = rng.binomial(300, 1 / (1 + np.exp(-odds))).astype(float)
        found = [fit_model(y, n, steps, own=own).change.p[0] <= 0.05 for own in (None, 1)]
        rejected.append(found)
    pooled, apart = np.mean(rejected, axis=0)
    assert apart <= 0.12 < pooled


def test_topics_beside_lend_their_shocks_where_months_differ_too():
    y, n, steps = counts(5, topics=12, periods=36)
    season = Season(12, steps % 12)
    all_alike = fit_model(y, n, steps, season=season)
    apart = fit_model(y, n, steps, season=season, own=2, curve=True)
    assert apart.change.p == pytest.approx(all_alike.change.p[:2], abs=0.2)
    assert len(apart.curve.weight) == len(apart.seasonal.weight) == 2
    assert apart.p_season == pytest.approx(all_alike.p_season[:2], abs=0.2)
