from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from trends.analysis.diagnostics import vocabulary_drift as module
from trends.analysis.diagnostics.vocabulary_drift import vocabulary_drift
from trends.analysis.prevalence.estimate import estimate
from trends.analysis.shapes.words.drift import drift_of, words_of
from trends.analysis.simulation.simulate import Design, Words, oracle, simulate
from trends.analysis.trend.fit import fit_trends
from trends.core import Topics


def simulated(seed, replaced=0.0, movers=()):
    design = Design(
        topics=8, documents=50, spread=0.1, periods=24, first_year=1960, movers=movers, shock=0.1
    )
    return simulate(design, Words(terms=600, replaced=replaced), rng=seed)


def found(made, fit=None, **options):
    fit = fit or oracle(made)
    trend = fit_trends(estimate(fit, made.truth.periods))
    return vocabulary_drift(fit, made.counts, made.truth.periods, trend, rng=1, **options)


@pytest.mark.parametrize("replaced", [0.5, pytest.param(1.0, marks=pytest.mark.slow)])
def test_a_topic_whose_words_are_replaced_is_flagged(replaced):
    made = simulated(1, replaced)
    finding = found(made)
    assert finding.flagged and finding.measures["changed"] == [7]
    # Early documents hold a sixth of the new words, late ones five sixths.
    like = 10 / 26
    assert finding.measures["replaced"]["7"] == pytest.approx(
        1 - replaced + replaced * like, abs=0.12
    )
    assert finding.measures["typical"] > 0.97 and "The words of “7” are repl" in finding.sentence
    assert found(made).measures == finding.measures


@pytest.mark.slow
def test_one_topic_under_old_and_new_words_is_a_pair_and_movers_are_none():
    made = simulated(2, 1.0)
    best, when = oracle(made), made.truth.true_period / 23
    theta = np.column_stack([best.theta, best.theta[:, 7] * when])
    theta[:, 7] *= 1 - when
    phi = theta.T @ made.counts.matrix
    split = Topics(
        theta, best.unassigned, phi / phi.sum(1, keepdims=True), best.vocabulary, best.doc_ids
    )
    finding = found(made, split)
    assert [pair[:2] for pair in finding.measures["pairs"]] == [[7, 8]]
    assert {7, 8} <= set(finding.measures["changed"]) and "trade places" in finding.sentence
    moving = simulated(3, movers=("linear", "logistic"))
    trend = fit_trends(estimate(oracle(moving), moving.truth.periods))
    assert module._mirrored(trend, 8)  # they trade places, but not in the same documents
    assert not found(moving).flagged


@pytest.mark.slow
def test_nothing_is_flagged_where_nothing_is_replaced():
    p = []
    for seed in range(5):
        made = simulated(10 + seed)
        assert not found(made, draws=199).flagged
        fit = oracle(made)
        words = words_of(fit, made.counts, made.truth.periods)
        p += [
            drift_of(fit, words, k, draws=199, rng=np.random.default_rng(seed)).p for k in range(8)
        ]
    assert np.mean(np.array(p) <= 0.1) <= 0.25 and 0.35 < np.mean(p) < 0.65


def test_what_is_kept_is_the_cosine_of_thirds():
    made = simulated(4)
    fit = oracle(made)
    words = words_of(fit, made.counts, made.truth.periods)
    kept, _ = drift_of(fit, words, 2, draws=9, rng=np.random.default_rng(1))
    # By loops, from the definition: thirds of the topic's mass, every other document of a stretch.
    counts = made.counts.matrix.toarray()
    total = counts.sum(0)
    share = total / total.sum()
    rows = [d for d in words.order if fit.theta[d, 2] >= 0.1]
    mass = np.array([fit.theta[d, 2] ** 2 * counts[d].sum() for d in rows])
    block = (12 * (np.cumsum(mass) - mass / 2) / mass.sum()).astype(int)
    cells = {}
    for i, (d, b) in enumerate(zip(rows, block, strict=True)):
        others = sum(fit.theta[d, j] * fit.phi[j] for j in range(8) if j != 2)
        own = fit.theta[d, 2] * (counts[d] - counts[d].sum() * others) - mass[i] * share
        own = (own / np.sqrt(np.maximum(share, 1e-12)))[total >= 10]
        cells[b, i % 2] = cells.get((b, i % 2), 0) + own

    def product(some, others):
        out = 0.0
        for b in some:
            for c in others:
                if b == c:
                    out += 4 * cells[b, 0] @ cells[b, 1]
                else:
                    out += (cells[b, 0] + cells[b, 1]) @ (cells[c, 0] + cells[c, 1])
        return out

    first, last = range(4), range(8, 12)
    length = np.sqrt(product(first, first) * product(last, last))
    assert kept == pytest.approx(product(first, last) / length, rel=1e-9)


@pytest.mark.slow
def test_few_documents_and_other_vocabularies_are_no_error():
    made = simulated(5, 1.0)
    some = np.arange(0, len(made.corpus), 30)
    best = oracle(made)
    fit = replace(
        best,
        theta=best.theta[some],
        unassigned=best.unassigned[some],
        doc_ids=tuple(best.doc_ids[i] for i in some),
    )
    periods = replace(
        made.truth.periods,
        index=made.truth.periods.index[some],
        weights=made.truth.periods.weights[some],
    )
    trend = fit_trends(estimate(fit, periods))
    few = vocabulary_drift(fit, made.counts.take_documents(some), periods, trend, rng=1)
    assert not few.flagged and few.measures["untested"] >= 6
    keep = np.random.default_rng(1).random(made.counts.n_terms) < 0.8
    trend = fit_trends(estimate(best, made.truth.periods))
    other = vocabulary_drift(best, made.counts.keep_terms(keep), made.truth.periods, trend, rng=1)
    assert other.measures["changed"] == [7]


def test_the_committed_rates_are_what_was_promised(root):
    table = pd.read_csv(root / "experiments" / "calibration" / "results" / "drift.csv")
    rates = table.groupby("scenario")["flagged"].agg(["mean", "size"])
    assert (rates["size"] >= 30).all()
    assert rates.loc["all words replaced", "mean"] >= 0.8
    assert rates.loc["half of the words replaced", "mean"] >= 0.8
    assert (rates.loc[["flat", "movers"], "mean"] <= 0.05).all()
