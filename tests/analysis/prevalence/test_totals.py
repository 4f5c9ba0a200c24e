"""Shares from sums are those from documents."""

import numpy as np
import pandas as pd
import pytest

from trends.analysis.prevalence.estimate import estimate, estimate_each
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.prevalence.totals import (
    DRAWS,
    UNIT,
    Totals,
    drawn_sums,
    estimate_totals,
    estimate_totals_each,
    sums_of,
    times_drawn,
)
from trends.core import Alignment
from trends.errors import DataError, UsageError

N, TOPICS = 900, 4
LABELS = [f"topic {k}" for k in range(TOPICS)]


@pytest.fixture(scope="module")
def documents():
    """Shares of documents over five years, some of them dated to the year only."""
    rng = np.random.default_rng(3)
    theta = rng.dirichlet(np.full(TOPICS, 0.4), N)
    theta[rng.random(N) < 0.05] = 0.0
    days = np.datetime64("2015-01-01") + rng.integers(0, 5 * 365, N)
    precision = np.where(rng.random(N) < 0.2, "year", "day").astype(object)
    return theta, pd.Series(days), precision


def periods_of(documents, imprecise="drop"):
    _, days, precision = documents
    return make_periods(days, precision, period="quarter", imprecise=imprecise)


def hard_of(theta):
    rest = 1 - theta.sum(axis=1)
    return np.where(rest > theta.max(axis=1), -1, theta.argmax(axis=1))


def totals_of(theta, periods, keys=None, which="hard"):
    """Sums as a worker makes them, in two parts that lie in another order."""
    place = periods.weights.tocoo()
    hard, cells = hard_of(theta), len(periods)
    order = np.random.default_rng(0).permutation(place.nnz)
    parts = []
    for some in (order[:200], order[200:]):
        where = (place.row[some], place.col[some], place.data[some], cells)
        found = list(sums_of(theta, hard, *where))
        if keys is not None:
            counted = hard if which == "hard" else None
            found.append(drawn_sums(keys, theta, counted, *where))
        parts.append(found)
    whole = [(a + b) / UNIT for a, b in zip(*parts, strict=True)]
    size = whole[0].sum(axis=1)
    drawn = size_drawn = None
    if keys is not None:
        draws = np.moveaxis(whole[3], 2, 0)
        drawn, size_drawn = draws[:, :, :-1], draws.sum(axis=2)
    return Totals(*(a[:, :-1] for a in whole[:3]), size, drawn, size_drawn)


@pytest.mark.parametrize("theta", ["hard", "mean"])
@pytest.mark.parametrize("imprecise", ["drop", "spread"])
def test_one_fit_has_the_same_shares_and_intervals(documents, theta, imprecise):
    periods = periods_of(documents, imprecise)
    shares = documents[0]
    want = estimate(shares, periods, labels=LABELS, theta=theta)
    got = estimate_totals([totals_of(shares, periods)], periods, labels=LABELS, theta=theta)
    for name in ("share", "lower", "upper", "unassigned", "n_eff"):
        np.testing.assert_allclose(getattr(got, name), getattr(want, name), rtol=1e-5, atol=1e-6)
    assert got.n_docs.tolist() == want.n_docs.tolist()
    assert {**got.settings, "dispersion": 0} == {**want.settings, "dispersion": 0}
    np.testing.assert_allclose(got.settings["dispersion"], want.settings["dispersion"], rtol=1e-5)


@pytest.mark.parametrize("theta", ["hard", "mean"])
def test_fits_are_pooled_in_the_topics_of_the_prototype(documents, theta):
    periods, first = periods_of(documents), documents[0]
    other = first[:, [2, 0, 3, 1]]
    # Topic 1 of the prototype has no partner, nor has column 2 of the other fit.
    match = Alignment(np.array([[0, 1], [2, 0], [3, 3]]), np.ones(3), np.zeros(3), 4, 4)
    moved = np.full((N, TOPICS), np.nan)
    hard = hard_of(other)
    for left, right in match.pairs:
        moved[:, left] = (hard == right) if theta == "hard" else other[:, right]
    want = estimate([first, moved], periods, labels=LABELS, theta=theta)
    sums = [totals_of(first, periods), totals_of(other, periods).aligned(match)]
    got = estimate_totals(sums, periods, labels=LABELS, theta=theta)
    for name in ("share", "lower", "upper", "unassigned", "n_eff"):
        np.testing.assert_allclose(getattr(got, name), getattr(want, name), rtol=1e-5, atol=1e-6)
    each = estimate_totals_each(sums, periods, labels=LABELS, theta=theta)
    for one, two in zip(
        each, estimate_each([first, moved], periods, labels=LABELS, theta=theta), strict=True
    ):
        np.testing.assert_allclose(one.share, two.share, rtol=1e-5, atol=1e-6)
        assert one.settings["absent"] == two.settings["absent"]


def test_sums_do_not_depend_on_the_order_of_documents(documents):
    periods, theta = periods_of(documents), documents[0]
    place = periods.weights.tocoo()
    keys = np.arange(N) * 7919

    def made(order):
        where = (place.row[order], place.col[order], place.data[order], len(periods))
        drawn = drawn_sums(keys, theta, None, *where)
        return [*sums_of(theta, hard_of(theta), *where), drawn]

    forward = np.arange(place.nnz)
    for a, b in zip(made(forward), made(forward[::-1]), strict=True):
        assert a.dtype == np.int64
        assert (a == b).all()


def test_documents_are_drawn_as_often_as_a_poisson_number():
    times = times_drawn(np.arange(20_000) * 104_729)
    assert times.shape == (20_000, DRAWS)
    assert times.mean() == pytest.approx(1, abs=0.002)
    assert times.var() == pytest.approx(1, abs=0.005)
    # Neither draws nor neighbouring keys go together.
    of_draws = np.corrcoef(times[:, :20].T.astype(float))
    assert np.abs(of_draws - np.eye(20)).max() < 0.04


@pytest.mark.parametrize("theta", ["hard", "mean"])
def test_the_bootstrap_has_the_width_of_that_of_documents(documents, theta):
    periods, shares = periods_of(documents), documents[0]
    keys = np.random.default_rng(5).integers(-(2**63), 2**63 - 1, N)
    options = {"labels": LABELS, "theta": theta, "interval": "bootstrap", "rng": 1}
    want = estimate(shares, periods, **options)
    got = estimate_totals([totals_of(shares, periods, keys, theta)], periods, **options)
    width = (got.upper - got.lower) / (want.upper - want.lower)
    assert np.nanmedian(width) == pytest.approx(1, abs=0.06)
    assert got.settings["interval"] == "bootstrap"


def test_clusters_count_for_fewer_documents():
    rng = np.random.default_rng(8)
    author = np.repeat(np.arange(300), 6)
    topic = np.repeat(rng.integers(0, TOPICS, 300), 6)
    alone = rng.random(len(author)) < 0.3
    topic = np.where(alone, rng.integers(0, TOPICS, len(author)), topic)
    theta = np.eye(TOPICS)[topic]
    days = np.repeat(np.datetime64("2018-01-15") + 90 * rng.integers(0, 12, 300), 6)
    periods = make_periods(pd.Series(days), period="half-year")
    want = estimate(theta, periods, labels=LABELS, clusters=author)
    keys = rng.integers(-(2**63), 2**63 - 1, 300)[author]
    about = want.settings["cluster"]
    sums = [totals_of(theta, periods, keys)]
    got = estimate_totals(sums, periods, labels=LABELS, cluster=about)
    want_effect, got_effect = (np.array(s.settings["dispersion"]) for s in (want, got))
    assert want_effect.mean() > 2
    assert (got_effect / want_effect).mean() == pytest.approx(1, abs=0.1)


def test_what_cannot_be_is_refused(documents):
    periods = periods_of(documents)
    sums = totals_of(documents[0], periods)
    with pytest.raises(DataError, match="4 topics"):
        estimate_totals([sums], periods, labels=["a", "b"])
    with pytest.raises(UsageError, match="drawn again"):
        estimate_totals([sums], periods, labels=LABELS, interval="bootstrap", rng=1)
