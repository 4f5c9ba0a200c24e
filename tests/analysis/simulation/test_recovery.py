import numpy as np
import pytest

from trends.analysis.alignment.prototype import choose
from trends.analysis.prevalence import estimate as prevalence
from trends.analysis.simulation import recovery
from trends.analysis.simulation.simulate import Design, Words, oracle, simulate
from trends.analysis.trend.fit import fit_trends
from trends.core import Topics


@pytest.fixture(scope="module")
def made():
    return simulate(Design(documents=200, spread=0.2, shock=0.05), Words(terms=50, length=5), rng=4)


def split(fit, topic):
    """The fit with one topic removed: its documents are unassigned."""
    theta = np.array(fit.theta)
    rest = fit.unassigned + theta[:, topic]
    keep = np.arange(fit.n_topics) != topic
    return Topics(theta[:, keep], rest, fit.phi[keep], fit.vocabulary, fit.doc_ids)


def test_the_truth_recovers_itself(made):
    best = oracle(made)
    match = recovery.align_to_truth(made, best, rng=1)
    trend = fit_trends(prevalence.estimate(best, made.truth.periods))
    found = recovery.recovered(made.truth, trend, match)
    assert list(found["partner"]) == list(range(12))
    assert list(found["changed"]) == [True] * 4 + [False] * 8
    assert found["right_found"].sum() == 4 and (found["right"] == found["changed"]).all()
    assert not (found["false"] & found["changed"]).any()
    assert recovery.discoveries(trend) == found["found"].sum()


def test_a_topic_without_a_partner_is_neither_right_nor_found(made):
    less = split(oracle(made), 0)
    match = recovery.align_to_truth(made, less, rng=1)
    trend = fit_trends(prevalence.estimate(less, made.truth.periods))
    found = recovery.recovered(made.truth, trend, match)
    assert found.loc[0, "partner"] == -1 and np.isnan(found.loc[0, "estimate"])
    assert not found.loc[0, ["right", "found", "right_found", "false"]].any()
    assert list(found.loc[1:, "partner"]) == list(range(11)) and found.loc[1:, "right"].sum() == 3


def test_a_wrong_direction_and_a_false_discovery_are_seen(made):
    best = oracle(made)
    order = [1, 0, 4, 3, 2, *range(5, 12)]
    theta = np.array(best.theta)[:, order]
    mixed = Topics(theta, best.unassigned, best.phi[order], best.vocabulary, best.doc_ids)
    trend = fit_trends(prevalence.estimate(mixed, made.truth.periods))
    # Judged by place instead of by documents, the riser is taken for its partner and a mover for a
    # flat topic.
    found = recovery.recovered(made.truth, trend, recovery.align_to_truth(made, best, rng=1))
    assert not found.loc[[0, 1], "right"].any() and found.loc[[0, 1], "found"].all()
    assert found.loc[4, "false"] and not found.loc[2, "found"]


def test_intervals_are_held_against_the_true_shares(made):
    best = oracle(made)
    match = recovery.align_to_truth(made, best, rng=1)
    inside = recovery.covered(made.truth, prevalence.estimate(best, made.truth.periods), match)
    assert inside.shape == (12, 12) and 0.88 <= inside.mean() <= 1
    narrow = recovery.covered(
        made.truth, prevalence.estimate(best, made.truth.periods, level=0.5), match
    )
    assert 0.3 < narrow.mean() < 0.7


def test_several_fits_come_in_one_order(made):
    best = oracle(made)
    order = np.roll(np.arange(12), 3)
    turned = Topics(
        np.array(best.theta)[:, order],
        best.unassigned,
        best.phi[order],
        best.vocabulary,
        best.doc_ids,
    )
    fits = [best, turned, split(best, 5)]
    found = choose(fits, rng=2)
    assert found.index == 0
    one, two, three = recovery.in_order_of(found, fits)
    assert np.allclose(one, two) and np.isnan(three[:, 5]).all()
    assert np.allclose(np.delete(three, 5, 1), np.delete(one, 5, 1))
