"""Direct standardization against its definition computed slowly, and against corpora in which only
the mix changes.
"""

import numpy as np
import pytest

from trends.analysis.composition.standardization import common_block, standardize
from trends.analysis.diagnostics.source_mix import source_mix
from trends.analysis.prevalence.estimate import estimate
from trends.analysis.prevalence.intervals import wilson
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.trend.fit import fit_trends
from trends.errors import DataError, UsageError


def years(place):
    return make_periods(
        (np.datetime64("2010", "Y") + np.asarray(place)).astype("M8[D]"), period="year"
    )


def corpus(rng, periods=10, size=60, topics=8, first=0.9, last=0.1, spread=1.0):
    """Two sources that differ in their topics and never change them.

    The first one's share goes from ``first`` to ``last``.
    """
    place = np.repeat(np.arange(periods), size)
    share = np.linspace(first, last, periods)[place]
    source = (rng.random(len(place)) >= share).astype(int)
    profiles = rng.dirichlet(np.full(topics, spread), size=2)
    label = np.array([rng.choice(topics, p=profiles[s]) for s in source])
    return place, source, np.eye(topics)[label]


def slow(theta, place, source, weights):
    """Share and effective number of documents of every period and topic, straight from the
    definition.
    """
    share = np.zeros((place.max() + 1, theta.shape[1]))
    size = np.zeros_like(share)
    for t in range(place.max() + 1):
        for k in range(theta.shape[1]):
            variance = pooled = 0.0
            for s, w in weights.items():
                here = [theta[d, k] for d in range(len(place)) if place[d] == t and source[d] == s]
                ever = [theta[d, k] for d in range(len(place)) if source[d] == s]
                share[t, k] += w * sum(here) / len(here)
                p = (sum(ever) + 0.5) / (len(ever) + 1)
                variance += w**2 * p * (1 - p) / len(here)
                pooled += w * p
            size[t, k] = pooled * (1 - pooled) / variance
    return share, size


def test_shares_sizes_and_intervals_are_those_of_the_definition():
    place, source, theta = corpus(np.random.default_rng(3), periods=4, size=25, topics=3)
    weights = {s: float(np.mean(source == s)) for s in (0, 1)}
    share, size = slow(theta, place, source, weights)
    found = standardize(theta, years(place), source.astype(str), level=0.9)
    np.testing.assert_allclose(found.shares.share, share)
    np.testing.assert_allclose(found.shares.n_eff, size)
    np.testing.assert_allclose(
        np.stack([found.shares.lower, found.shares.upper]), np.stack(wilson(share, size, 0.9))
    )
    np.testing.assert_allclose(found.series.y / found.series.n, share.T)
    np.testing.assert_allclose(found.plain.y / found.plain.n, estimate(theta, years(place)).share.T)
    given = standardize(theta, years(place), source.astype(str), weights={"0": 3, "1": 1})
    np.testing.assert_allclose(
        given.shares.share, slow(theta, place, source, {0: 0.75, 1: 0.25})[0]
    )
    assert given.weights == {"0": 0.75, "1": 0.25}


def test_without_differences_between_the_strata_the_size_is_that_of_kish():
    rng = np.random.default_rng(5)
    place = np.repeat(np.arange(3), 4000)
    source = rng.random(12000) < np.array([0.2, 0.5, 0.8])[place]
    found = standardize(
        np.eye(2)[(rng.random(12000) < 0.3).astype(int)], years(place), source.astype(str)
    )
    counts = np.array(
        [[np.sum((place == t) & (source == s)) for t in range(3)] for s in (False, True)]
    )
    mix = counts.sum(1) / counts.sum()
    kish = 1 / (mix[:, None] ** 2 / counts).sum(0)
    np.testing.assert_allclose(found.shares.n_eff, np.repeat(kish[:, None], 2, axis=1), rtol=0.02)


def test_a_mix_that_never_changes_changes_nothing():
    rng = np.random.default_rng(1)
    place, source = np.repeat(np.arange(6), 40), np.tile([0, 0, 0, 1], 60)
    theta = np.eye(4)[rng.integers(0, 4, 240)]
    found = standardize(theta, years(place), source.astype(str))
    np.testing.assert_allclose(found.shares.share, estimate(theta, years(place)).share)


def test_strata_that_miss_a_period_are_left_out_and_counted_never_guessed():
    # 100 documents of a and of b in each of six years; c comes late with few, and d alone fills the
    # year before all others.
    place = np.concatenate(
        [np.repeat(np.arange(1, 7), 200), np.repeat([5, 6], 10), np.zeros(5, dtype=int)]
    )
    source = np.concatenate([np.tile(["a", "b"], 600), ["c"] * 20, ["d"] * 5])
    theta = np.eye(3)[np.random.default_rng(0).integers(0, 3, len(place))]
    found = standardize(theta, years(place), source)
    assert found.weights == {"a": 0.5, "b": 0.5} and found.left_out == {"c": 20, "d": 5}
    assert found.used.tolist() == [False] + [True] * 6 and found.covered == pytest.approx(
        1200 / 1225
    )
    assert np.isnan(found.shares.share[0]).all() and found.shares.n_docs.tolist() == [0] + [200] * 6
    whole = standardize(theta, years(place), source, keep_periods=True)
    assert whole is None, "no stratum is there in every year"
    assert standardize(theta, years(place), np.where(place < 3, "old", "new")) is not None, (
        "one stratum alone is a block too"
    )


def test_blocks_meet_and_prefer_documents():
    count = np.array([[9.0, 9, 9, 9], [8, 8, 8, 0], [0, 0, 0, 1]])
    rows, columns = common_block(count)
    assert (count[np.ix_(rows, columns)] > 0).all()
    assert rows.tolist() == [0, 1] and columns.tolist() == [0, 1, 2]
    assert [a.tolist() for a in common_block(count, keep_periods=True)] == [[0], [0, 1, 2, 3]]
    assert all(len(a) == 0 for a in common_block(np.zeros((2, 3))))


def test_several_fits_are_pooled_and_soft_documents_count_for_more():
    rng = np.random.default_rng(2)
    place, source, theta = corpus(rng, periods=5, size=80, topics=4)
    other = np.eye(4)[rng.permutation(theta.argmax(1))]
    both = standardize([theta, other], years(place), source.astype(str))
    one = [
        standardize(each, years(place), source.astype(str)).shares.share for each in (theta, other)
    ]
    np.testing.assert_allclose(both.shares.share, np.mean(one, axis=0))
    assert (both.shares.n_eff < both.series.n.T + 1e-9).all(), (
        "what fits disagree about widens the interval"
    )
    soft = 0.5 * theta + 0.125
    assert (
        standardize(soft, years(place), source.astype(str), theta="mean").shares.n_eff
        > both.series.n.T
    ).all()


def test_what_cannot_be_meant_is_refused():
    place, source, theta = corpus(np.random.default_rng(2), periods=4, size=10, topics=2)
    with pytest.raises(DataError, match="3 strata were given for 40 documents"):
        standardize(theta, years(place), ["a", "b", "c"])
    with pytest.raises(UsageError, match="weights of a mix"):
        standardize(theta, years(place), source.astype(str), weights={"0": -1.0})
    with pytest.raises(UsageError, match="weights of a mix"):
        standardize(theta, years(place), source.astype(str), weights={"elsewhere": 1.0})


def test_the_diagnostic_of_sources_corrects_by_the_same_shares():
    place, source, theta = corpus(np.random.default_rng(7), periods=8, size=200, topics=6)
    diagnostic = source_mix(theta, years(place), source.astype(str))
    mine = standardize(theta, years(place), source.astype(str)).trends()
    np.testing.assert_allclose(diagnostic.corrected.table["slope"], mine.table["slope"])


def rejections(rng, corpora, **settings):
    """How often a topic that no source changes is found to have a trend, raw and standardized."""
    raw, fixed = [], []
    for _ in range(corpora):
        place, source, theta = corpus(rng, **settings)
        raw.append(fit_trends(estimate(theta, years(place))).table["p"].to_numpy() <= 0.05)
        fixed.append(
            standardize(theta, years(place), source.astype(str)).trends().table["p"].to_numpy()
            <= 0.05
        )
    return np.concatenate(raw), np.concatenate(fixed)


@pytest.mark.slow
def test_level_under_a_changing_mix():
    raw, fixed = rejections(np.random.default_rng(11), 150)
    # Topics of one corpus share its documents: the error is that of corpora, not of topics.
    rates = fixed.reshape(150, -1).mean(1)
    assert rates.mean() <= 0.05 + 2 * rates.std(ddof=1) / np.sqrt(150)
    assert raw.mean() > 0.3, "without standardization the change of sources is taken for trends"


def test_a_real_trend_within_sources_is_still_found():
    rng = np.random.default_rng(4)
    place, source, theta = corpus(rng, periods=10, size=200, topics=6)
    grow = rng.random(len(place)) < 0.04 * place
    theta[grow] = np.eye(6)[0]
    found = standardize(theta, years(place), source.astype(str)).trends().table
    assert found.loc[0, "slope"] > 0 and found.loc[0, "p_adjusted"] < 0.01
