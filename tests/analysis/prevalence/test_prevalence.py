import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends.analysis.prevalence.estimate import document_shares, estimate, estimate_each
from trends.analysis.prevalence.periods import make_periods
from trends.core import Topics
from trends.errors import DataError, UsageError


def slow_shares(theta, index, n_periods):
    """Shares by plain loops."""
    out = np.full((n_periods, theta.shape[1]), np.nan)
    for b in range(n_periods):
        rows = [theta[d] for d in range(len(theta)) if index[d] == b]
        if rows:
            out[b] = sum(rows) / len(rows)
    return out


@settings(max_examples=40)
@given(
    st.integers(0, 2**32 - 1), st.sampled_from(["hard", "mean"]), st.sampled_from(["month", "year"])
)
def test_shares_are_means_over_all_documents(seed, kind, period):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 60))
    whole = rng.dirichlet(np.ones(5), n)
    theta = whole[:, :4]
    periods = make_periods(np.datetime64("2020-01-01") + rng.integers(0, 900, n), period=period)
    found = estimate(theta, periods, theta=kind)
    used = theta if kind == "mean" else np.eye(5)[whole.argmax(1)][:, :4]
    # A document belongs to its largest topic unless what is left is larger.
    assert np.allclose(found.share, slow_shares(used, periods.index, len(periods)), equal_nan=True)
    full = found.n_docs > 0
    assert np.allclose(found.share[full].sum(1) + found.unassigned[full], 1)
    assert (found.lower[full] <= found.share[full]).all() and (
        found.share[full] <= found.upper[full]
    ).all()
    assert (found.lower[full] >= 0).all() and (found.upper[full] <= 1).all()
    assert found.n_docs.sum() == n


def test_the_interval_narrows_with_documents_and_widens_with_level(dated_theta):
    theta, periods = dated_theta
    narrow, wide = estimate(theta, periods, level=0.5), estimate(theta, periods, level=0.99)
    assert (wide.upper - wide.lower > narrow.upper - narrow.lower).all()
    # Mean theta varies less between documents than labels do: more effective documents.
    soft = estimate(theta, periods, theta="mean")
    assert (soft.n_eff > soft.n_docs[:, None]).all()


def test_unassigned_documents_count_in_the_denominator():
    theta = np.array([[0.2, 0.1], [0.9, 0.1], [0.0, 0.0], [0.1, 0.6]])
    fit = Topics(
        theta, 1 - theta.sum(1), np.full((2, 3), 1 / 3), ("a", "b", "c"), ("1", "2", "3", "4")
    )
    found = estimate(fit, make_periods([dt.date(2020, 1, 1)] * 4, period="year"), labels=["x", "y"])
    assert found.share.tolist() == [[0.25, 0.25]] and found.unassigned.tolist() == [0.5]


def test_several_fits_widen_the_interval_and_absent_topics_are_counted(dated_theta):
    theta, periods = dated_theta
    rng = np.random.default_rng(3)
    fits = [0.5 * theta + 0.5 * rng.dirichlet(np.full(12, 0.3), len(theta)) for _ in range(5)]
    fits[1][:, 4] = np.nan
    one, many = estimate(fits[0], periods), estimate(fits, periods)
    assert many.settings["matched"] == [5, 5, 5, 5, 4, *[5] * 7]
    assert (many.upper - many.lower).mean() > 1.2 * (one.upper - one.lower).mean()
    same = estimate([theta] * 4, periods)
    alone = estimate(theta, periods)
    # Fits that agree add nothing: their pooled share is that of one.
    assert np.allclose(same.share, alone.share) and np.allclose(same.n_eff, alone.n_eff)
    assert np.allclose(same.lower, alone.lower)


def test_pooled_shares_never_exceed_the_whole():
    periods = make_periods([dt.date(2020, 1, 1)] * 4, period="year")
    first = np.array([[1.0, 0.0]] * 2 + [[0.0, 1.0]] * 2)
    second = np.column_stack([np.ones(4), np.full(4, np.nan)])
    found = estimate([first, second], periods)
    assert found.settings["rescaled_periods"] == 1
    assert np.allclose(found.share.sum(), 1) and found.unassigned[0] == 0


def test_one_prevalence_for_each_fit(dated_theta):
    theta, periods = dated_theta
    gone = theta.copy()
    gone[:, 2] = np.nan
    first, second = estimate_each([theta, gone], periods)
    assert np.allclose(first.share, estimate(theta, periods).share)
    assert second.settings["absent"] == [2] and (second.share[:, 2] == 0).all()


def test_bootstrap_agrees_with_wilson_for_common_topics(dated_theta):
    theta, periods = dated_theta
    few = np.column_stack([theta[:, :6].sum(1), theta[:, 6:].sum(1)])
    a = estimate(few, periods)
    b = estimate(few, periods, interval="bootstrap", rng=4)
    assert np.abs(a.lower - b.lower).max() < 0.05 and np.abs(a.upper - b.upper).max() < 0.05
    again = estimate(few, periods, interval="bootstrap", rng=4)
    assert np.array_equal(b.lower, again.lower)


def test_choices_are_checked(dated_theta):
    theta, periods = dated_theta
    with pytest.raises(UsageError, match="give rng"):
        estimate(theta, periods, interval="bootstrap")
    with pytest.raises(UsageError, match="'hard' or 'mean'"):
        estimate(theta, periods, theta="soft")
    with pytest.raises(UsageError, match="level"):
        estimate(theta, periods, level=95)
    with pytest.raises(DataError, match="Fit 0 has shape"):
        estimate(theta[:-1], periods)
    with pytest.raises(DataError, match="3 labels"):
        estimate(theta, periods, labels=["a", "b", "c"])
    with pytest.raises(DataError, match="occurs in none"):
        estimate([np.column_stack([theta, np.full(len(theta), np.nan)])], periods)
    with pytest.raises(DataError, match="NaN throughout"):
        document_shares(np.array([[0.5, np.nan], [0.5, 0.5]]), "mean")
    with pytest.raises(DataError, match="not add to more than one"):
        document_shares(np.array([[0.9, 0.9]]), "mean")
