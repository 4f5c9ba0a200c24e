"""Scans against plain matrices, and what is drawn from the null against what was put in."""

import numpy as np
import pytest
from scipy.special import expit, logit
from scripts import script

from trends.analysis.shapes.change_points import narrowest, steps_within
from trends.analysis.shapes.null import fit_null, terms_at
from trends.analysis.shapes.scanning.scan import (
    SPREAD,
    Data,
    Family,
    chances,
    evidence,
    largest_of_draws,
    prepare,
)
from trends.analysis.shapes.unseasonal import unseasonal
from trends.analysis.trend.model import fit_model
from trends.analysis.trend.seasons import Season
from trends.analysis.trend.shocks import COARSE

plain = script("tests/analysis/shapes/plain_scan.py")


def lasting(rng, shape, memory=0.5):
    """Shocks of standard deviation 1."""
    shock = rng.standard_normal(shape)
    for t in range(1, shape[-1]):
        shock[..., t] = memory * shock[..., t - 1] + np.sqrt(1 - memory**2) * shock[..., t]
    return shock


def corpus(seed, topics=6, periods=24, documents=200, sd=0.2):
    """Counts of topics with lasting shocks, nothing else."""
    rng = np.random.default_rng(seed)
    score = logit(rng.uniform(0.05, 0.2, (topics, 1))) + sd * lasting(rng, (topics, periods))
    n = np.full((topics, periods), float(documents))
    return rng.binomial(documents, expit(score)).astype(float), n


@pytest.mark.parametrize("upward", [True, False])
@pytest.mark.parametrize("known", [False, True])
def test_the_evidence_is_that_of_plain_matrices(upward, known):
    rng = np.random.default_rng(5)
    steps = np.array([0, 1, 2, 4, 5, 6, 7, 9, 10, 11])
    y, n = corpus(5, periods=10)
    y[1, 4:6] *= 2
    data = prepare(y[None], n, steps)
    family = Family(0, 10, np.array([0, 4, 3, 7]), np.array([3, 6, 10, 8]))
    beside = rng.standard_normal((1, 10)) if known else None
    found = evidence(data, steps, family, upward=upward, beside=beside)
    terms = terms_at(steps)
    if known:
        terms = np.column_stack([terms, beside[0]])
    grid = [(s, r, bend) for s, r in COARSE.pairs for bend in COARSE.curvatures]
    for topic, w in ((0, 0), (1, 1), (1, 2), (2, 3)):
        slow = plain.evidence(
            *(data.z[topic], data.noise[topic], steps, terms, known, grid),
            *(data.learnt[topic].ravel(), (family.starts[w], family.stops[w]), SPREAD, upward),
        )
        assert found[topic, w] == pytest.approx(slow, abs=2e-3)


@pytest.mark.parametrize(
    ("size", "level"),
    [
        pytest.param(0.7, 0.95, marks=pytest.mark.slow),
        pytest.param(0.7, 0.6, marks=pytest.mark.slow),
        (2.5, 0.95),
    ],
)
def test_dates_are_those_of_plain_matrices_also_where_a_step_is_beyond_doubt(size, level):
    """Without the step, small shocks are impossible; with it, they are all there is."""
    steps = np.arange(24)
    y, n = corpus(12, documents=2000, sd=0.02)
    y[0] = np.where(steps >= 15, np.rint(n[0] * expit(logit(y[0] / n[0]) + size)), y[0])
    data, family = prepare(y[None], n, steps).of(0), steps_within(0, 24)
    value = evidence(data, steps, family, upward=False)[0]
    chance, ends = plain.dates(
        family.starts,
        level,
        z=data.z[0],
        noise=data.noise[0],
        steps=steps,
        terms=terms_at(steps),
        known=False,
        grid=[(s, r, bend) for s, r in COARSE.pairs for bend in COARSE.curvatures],
        learnt=data.learnt[0].ravel(),
        spread=SPREAD,
    )
    found = np.exp(value - value.max())
    np.testing.assert_allclose(found / found.sum(), chance, atol=2e-3)
    first, last = narrowest(found, level)
    assert (family.starts[first], family.starts[last]) == ends
    assert family.starts[first] <= 15 <= family.starts[last]


def test_a_stretch_is_judged_by_its_own_periods():
    y, n = corpus(6, periods=20)
    steps = np.arange(20)
    data = prepare(y[None], n, steps)
    family = Family(6, 16, np.array([8, 10]), np.array([16, 12]))
    other = Data(data.z.copy(), data.noise, data.learnt)
    other.z[:, :6] += 3
    other.z[:, 16:] -= 2
    a, b = (evidence(d, steps, family, upward=False) for d in (data, other))
    np.testing.assert_array_equal(a, b)


def test_where_the_largest_is_enough_it_is_the_largest():
    y, n = corpus(7)
    steps = np.arange(24)
    data = prepare(y[None], n, steps)
    starts = np.array([a for size in (1, 2, 5) for a in range(25 - size)])
    stops = np.array([a + size for size in (1, 2, 5) for a in range(25 - size)])
    family = Family(0, 24, starts, stops)
    for upward in (True, False):
        all_, best = (
            evidence(data, steps, family, upward=upward, every=every) for every in (True, False)
        )
        np.testing.assert_allclose(best.max(1), all_.max(1), rtol=1e-12)
        assert (best.argmax(1) == all_.argmax(1)).all() and (best >= all_ - 1e-9).all()


def test_the_null_is_drawn_with_the_shocks_that_were_put_in():
    y, n = corpus(8, topics=20, periods=60, documents=2000, sd=0.3)
    null = fit_null(y, n, np.arange(60))
    drawn = null.draw(40, np.random.default_rng(1))
    assert drawn.shape == (40, 20, 60)
    score = logit((drawn + 0.5) / (n + 1))
    score -= score.mean(-1, keepdims=True)
    spread = score.std(-1).mean()
    memory = (score[..., 1:] * score[..., :-1]).sum() / (score**2).sum()
    assert spread == pytest.approx(0.3, abs=0.04)
    assert memory == pytest.approx(0.45, abs=0.1)
    np.testing.assert_allclose((drawn / n).mean((0, 2)), (y / n).mean(1), rtol=0.1)


def test_draws_are_counted_over_topics_and_corpora():
    drawn = np.array([[1.0, 2.0], [0.0, 5.0], [3.0, 0.5]])
    p, adjusted = chances(np.array([2.5, 6.0, -1.0]), drawn)
    np.testing.assert_allclose(p, [3 / 7, 1 / 7, 1])
    np.testing.assert_allclose(adjusted, [3 / 4, 1 / 4, 1])


def test_the_same_seed_gives_the_same_draws_whatever_is_told_of_them():
    y, n = corpus(9)
    steps = np.arange(24)
    family = Family(0, 24, np.arange(22), np.arange(22) + 2)
    null = fit_null(y, n, steps)
    told = []
    one, two = (
        largest_of_draws(
            null,
            steps,
            family,
            upward=True,
            draws=45,
            rng=np.random.default_rng(3),
            progress=progress,
        )
        for progress in (None, lambda *a: told.append(a))
    )
    np.testing.assert_array_equal(one, two)
    assert told == [(20, 45), (40, 45), (45, 45)]


def test_seasons_that_are_taken_out_are_those_of_the_model():
    y, n = corpus(11, periods=60, documents=400)
    steps, season = np.arange(60), Season(12, np.arange(60) % 12)
    y = np.minimum(y * np.where(season.place == 3, 2.0, 1.0), n)
    fit = fit_model(y, n, steps, season=season)
    there = fit.seasonal.mean[:, season.place]
    found = unseasonal(y, n, steps, season)
    np.testing.assert_allclose(found.effects(fit.z + there), there, atol=0.01)
    assert there[0, 3] > 0.3
    # Draws have the seasons, and lose them.
    null = fit_null(y, n, steps, found)
    drawn = null.draw(30, np.random.default_rng(1))
    april = (drawn / n)[..., 3::12].mean((0, 2))
    assert (april > 1.25 * (drawn / n)[..., 4::12].mean((0, 2))).all()
    data = prepare(drawn, n, steps, season=found)
    assert abs(data.z[:, 3::12].mean() - data.z[:, 4::12].mean()) < 0.1
