"""Curves with simultaneous bands: against plain matrices and counting, and on simulated truth."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scripts import script

import trends as tr
from trends.analysis.shapes.bands import fit_curves
from trends.analysis.shapes.frames import COLUMNS
from trends.analysis.shapes.smooth.basis import family_of
from trends.analysis.shapes.smooth.envelope import envelope
from trends.analysis.shapes.smooth.sampling import draw_terms
from trends.analysis.shapes.smooth.stretches import stretches
from trends.analysis.trend.shocks import PAIRS

ROOT = Path(__file__).parents[3]
plain = script("tests/analysis/trend/plain_model.py")
experiment = script("experiments/shapes/bands.py")


def test_draws_have_mean_and_variance_of_plain_matrices():
    rng = np.random.default_rng(4)
    steps = np.array([0, 1, 2, 4, 5, 6, 7, 8, 9, 12, 13, 14])
    family = family_of(np.arange(15), steps)
    design, (z, noise) = family.terms[steps].copy(), rng.uniform(0.1, 0.9, (2, 1, len(steps)))
    pair, kind, place = 40, 3, 6
    count = 20_000
    terms, _ = draw_terms(
        z,
        noise,
        np.diff(steps, prepend=0).astype(float),
        design,
        family.precision,
        PAIRS,
        np.full((1, count), pair * len(family.precision) + kind),
        np.full((1, count), int(np.searchsorted(steps, place))),
        rng.standard_normal((1, count, design.shape[1] + 1)),
    )
    design[:, -1] = steps >= place
    drawn = terms[0] @ design.T
    _, mean, error = plain.restricted_likelihood(
        z[0], noise[0], steps, design, 2, family.precision[kind, 2:] ** -0.5, *PAIRS[pair], design
    )
    np.testing.assert_allclose(drawn.mean(0), mean, atol=5 * error.max() / count**0.5)
    np.testing.assert_allclose(drawn.std(0), error, rtol=0.03)


def test_an_envelope_holds_its_part_of_the_draws_and_no_narrower_one_does():
    rng = np.random.default_rng(8)
    draws = rng.standard_normal((999, 12)).cumsum(1) + 1.0
    found = envelope(draws, 0.9)
    ordered = np.sort(draws, axis=0)
    parts = [
        ((draws >= ordered[k]) & (draws <= ordered[len(draws) - 1 - k])).all(1).mean()
        for k in range(60)
    ]
    widest = max(k for k, part in enumerate(parts) if part >= 0.9)
    np.testing.assert_array_equal(found.low, ordered[widest])
    np.testing.assert_array_equal(found.high, ordered[len(draws) - 1 - widest])
    # The p of a place is the level up to which the band leaves 0 out there.
    for level in (0.5, 0.9, 0.99):
        band = envelope(draws, level)
        out = (band.low > 0) | (band.high < 0)
        np.testing.assert_array_equal(found.p <= 1 - level, out)


@pytest.mark.slow
def test_a_rise_is_dated_and_the_same_seed_gives_the_same():
    rng = np.random.default_rng(6)
    at = np.arange(48)
    mean = np.full((8, 48), -2.5)
    mean[0] += 2 * expit((at - 24) / 2)
    mean[1] -= 1.2 * (at >= 30)
    y = rng.binomial(300, expit(mean + 0.15 * rng.standard_normal(mean.shape)))
    data = (y, np.full(48, 300), 2019 + at / 12)
    found = tr.fit_curves(data, rng=3)
    claims = found.frame()
    assert tuple(claims.columns) == COLUMNS
    rows = claims[claims["found"]].set_index("topic")
    assert sorted(rows.index) == [0, 1]
    assert rows["kind"].tolist() == ["rising", "falling"]
    assert 2020 <= rows.loc[0, "start"] < 2021 <= rows.loc[0, "stop"] <= 2022.1
    assert rows.loc[1, "start"] <= 2019 + 30 / 12 <= rows.loc[1, "stop"]
    first, last = (round(12 * (rows.loc[0, end] - 2019)) for end in ("start", "stop"))
    true = 100 * (expit(mean[0, last]) - expit(mean[0, first]))
    assert rows.loc[0, "low"] <= true <= rows.loc[0, "high"]
    pd.testing.assert_frame_equal(claims, tr.fit_curves(data, rng=3).frame())
    bands = fit_curves(data, rng=3, claims=False)
    assert bands.frame().empty
    pd.testing.assert_frame_equal(bands.curves(), found.curves())
    assert found.settings["seed"] == 3


def test_few_periods_and_missing_ones():
    counts = [[3, 4, 9, 12, 15], [9, 8, 8, 9, 8]]
    found = fit_curves((counts, [100, 90, 110, 100, 100], [2020, 2021, 2022, 2024, 2025]))
    assert found.settings["method"].startswith("a line")
    assert found.curves()["period"].tolist() == [2020, 2021, 2022, 2024, 2025] * 2
    two = fit_curves(([[3, 9]], [100, 100], [2020, 2021]))
    assert two.frame().empty
    assert "needs three" in two.settings["notes"][0]
    with pytest.raises(tr.errors.UsageError, match="level"):
        fit_curves((counts, [100] * 5, range(5)), level=95)


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["linear", "logistic", "step", "wave"])
def test_bands_hold_curves_and_rates(shape):
    rows = [experiment.measured(shape, 36, 0.0, seed) for seed in range(500, 503)]
    table = pd.DataFrame(rows).mean()
    # 60 curves, whose expected part is .95: fewer than .85 would be a rare event.
    assert table["curve_held"] >= 0.85
    assert table["rate_held"] >= 0.85
    assert table["claims_of_wrong_sign"] <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize("correlation", [0.0, 0.5])
def test_flat_topics_are_not_said_to_move(correlation):
    rows = [experiment.measured("flat", 36, correlation, seed) for seed in range(600, 603)]
    assert pd.DataFrame(rows)["topics_found"].mean() <= 0.04


def test_stretches_are_those_of_windows_that_leave_out_zero():
    """By hand: a curve that falls slowly, then jumps up, drawn with a little noise."""
    rng = np.random.default_rng(1)
    at = np.arange(24)
    curve = -0.2 * np.minimum(at, 14) + 8.0 * (at >= 18)
    draws = curve + rng.normal(0, 0.4, (2000, 1)) + rng.normal(0, 0.25, (2000, 24))
    found, p = stretches(draws, 0.95)
    assert [np.sign(one.change) for one in found] == [-1, 1]
    fall, rise = found
    # The jump shows in windows of two places, the slow fall in those of six or more alone.
    assert (rise.start, rise.stop) == (16, 19)
    assert fall.stop - fall.start >= 6
    assert fall.stop <= rise.start
    assert fall.low <= curve[fall.stop] - curve[fall.start] <= fall.high
    lengths = (2, 6, 12)
    windows = np.hstack([draws[:, k:] - draws[:, :-k] for k in lengths])
    assert p == envelope(windows, 0.95).p.min()
    still, p = stretches(rng.normal(0, 1, (2000, 24)), 0.95)
    assert still == []
    assert p > 0.05


def test_windows_of_long_series_are_thinned():
    rng = np.random.default_rng(1)
    curve = 10.0 * (np.arange(1000) >= 600)
    found, _ = stretches(curve + rng.normal(0, 0.3, (400, 1000)), 0.95)
    (rise,) = found
    assert rise.start < 600 <= rise.stop
    assert rise.stop - rise.start <= 2 * 1000 // 12
