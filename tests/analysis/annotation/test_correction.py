"""Shares that predictions get wrong are put right by a sample that people coded."""

import numpy as np
import pandas as pd
import pytest
from scripts import script

from trends.analysis.annotation.accuracy import accuracy_by_period
from trends.analysis.annotation.calibration import calibrate
from trends.analysis.annotation.correction import correct_share
from trends.analysis.annotation.design import draw_sample
from trends.analysis.annotation.prevalence import corrected_prevalence
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.trend.fit import fit_trends
from trends.errors import DataError

plain = script("tests/analysis/annotation/plain_correction.py")


def population(rng, periods=6, documents=200, share=0.3, worst=0.6):
    """Truth, predictions whose recall falls from .9, and periods."""
    period = np.repeat(np.arange(periods), documents)
    truth = (rng.random(len(period)) < share).astype(float)
    recall = np.linspace(0.9, worst, periods)[period]
    said = np.where(truth == 1, rng.random(len(period)) < recall, rng.random(len(period)) < 0.05)
    return truth, said.astype(float), period


def coded(truth, design):
    gold = np.full(len(truth), np.nan)
    gold[design.rows] = truth[design.rows]
    return gold


@pytest.mark.parametrize("method", ["dsl", "ppi"])
def test_shares_are_the_mean_of_pseudo_outcomes(method):
    rng = np.random.default_rng(3)
    truth, said, period = population(rng, periods=3, documents=60)
    said = np.clip(said + rng.uniform(-0.3, 0.3, len(said)), 0, 1)
    design = draw_sample(period, said >= 0.5, 60, floor=4, rng=rng)
    gold = coded(truth, design)
    found = correct_share(gold, said, period, design.stratum, method=method)
    if method == "ppi":
        f = found.weight * said
    else:
        has = np.isfinite(gold)
        fold = np.full(len(gold), -1)
        fold[has] = np.arange(has.sum()) % 5
        _, crossed = calibrate(np.nan_to_num(gold), has, said, period - 1.0, fold)
        f = np.empty(len(gold))
        for i in range(len(gold)):
            mates = fold[has & (design.stratum == design.stratum[i])]
            f[i] = crossed[fold[i], i] if has[i] else np.mean([crossed[j, i] for j in mates])
    for t in range(3):
        at = period == t
        mean = plain.pseudo_outcome_mean(gold[at], f[at], design.stratum[at])
        assert found.share[t] == pytest.approx(mean, abs=1e-12)


def test_prediction_powered_inference_is_that_of_the_paper():
    rng = np.random.default_rng(4)
    truth = (rng.random(400) < 0.4).astype(float)
    said = np.clip(0.8 * truth + rng.normal(0.1, 0.4, 400), 0, 1)
    gold = np.where(np.arange(400) < 80, truth, np.nan)
    one = np.zeros(400, dtype=int)
    found = correct_share(gold, said, one, one, method="ppi")
    assert 0 < found.weight < 1
    assert found.share[0] == pytest.approx(plain.ppi_plus_plus(truth[:80], said[:80], said[80:]))


@pytest.mark.slow
@pytest.mark.parametrize("method", ["dsl", "ppi"])
def test_many_draws_have_the_true_share_as_their_mean_and_the_stated_variance(method):
    rng = np.random.default_rng(5)
    truth, said, period = population(rng)
    shares, variance = [], []
    for _ in range(300):
        design = draw_sample(period, np.zeros_like(period), 120, rng=rng)
        found = correct_share(coded(truth, design), said, period, design.stratum, method=method)
        shares.append(found.share)
        variance.append(found.variance)
    true = np.array([truth[period == t].mean() for t in range(6)])
    error = np.std(shares, axis=0) / np.sqrt(len(shares))
    assert (np.abs(np.mean(shares, axis=0) - true) < 4 * error).all()
    # Documents as a sample of what might have been written are in the variance, not in these draws.
    drawn = np.mean(variance, axis=0) - 0.3 * 0.7 / 200
    assert np.mean(drawn / np.var(shares, axis=0)) == pytest.approx(1, abs=0.25)
    assert np.abs(said[period == 5].mean() - true[5]) > 0.05


def test_all_documents_coded_leaves_nothing_to_correct():
    truth, said, period = population(np.random.default_rng(6), periods=2)
    found = correct_share(truth, said, period, period)
    assert found.share == pytest.approx([truth[period == t].mean() for t in (0, 1)])
    assert found.n_eff == pytest.approx([200, 200])


def test_a_period_without_labels_has_no_share_and_a_bare_stratum_is_joined():
    truth, said, period = population(np.random.default_rng(7), periods=3)
    gold = np.where((period < 2) & (np.arange(len(truth)) % 4 == 0), truth, np.nan)
    stratum = 2 * period + said.astype(int)
    gold[(period == 1) & (said == 1)] = np.nan
    found = correct_share(gold, said, period, stratum)
    assert np.isnan(found.share[2]) and found.n_eff[2] == 0 and np.isfinite(found.share[:2]).all()


@pytest.mark.parametrize("answer", [0.0, 1.0])
def test_codes_all_alike_and_predictions_all_alike_give_an_interval(answer):
    period = np.repeat([0, 1], 50)
    gold = np.where(np.arange(100) % 5 == 0, answer, np.nan)
    found = correct_share(gold, np.zeros(100), period, period)
    assert (found.upper - found.lower > 0.05).all() and (np.abs(found.share - answer) < 1e-12).all()


def test_corrected_shares_go_through_the_one_test():
    rng = np.random.default_rng(8)
    truth, said, period = population(rng, periods=10, documents=800)
    days = np.array([f"{2001 + t}-06-01" for t in period], dtype="datetime64[D]")
    periods = make_periods(days, period="year")
    design = draw_sample(period, said, 300, rng=rng)
    found = correct_share(coded(truth, design), said, period, design.stratum)
    shares = corrected_prevalence({"migration": found}, periods)
    assert shares.n_eff[:, 0] == pytest.approx(found.n_eff)
    corrected = fit_trends(shares).frame().iloc[0]
    said_n = [said[period == t].sum() for t in range(10)]
    naive = fit_trends((np.array([said_n]), [800.0] * 10, np.arange(2001, 2011.0))).frame().iloc[0]
    assert naive["p"] < 0.1 < corrected["p"] and naive["change"] < -5


def test_topics_beside_lend_their_shocks_but_are_not_tested():
    rng = np.random.default_rng(9)
    year = np.arange(2001, 2011.0)
    own = rng.binomial(60, 0.3, (1, 10)).astype(float)
    period = np.repeat(np.arange(10), 500)
    days = np.array([f"{2001 + t}-06-01" for t in period], dtype="datetime64[D]")
    periods = make_periods(days, period="year")
    flat = {
        f"t{k}": correct_share(
            (rng.random(5000) < 0.1).astype(float), np.zeros(5000), period, period
        )
        for k in range(8)
    }
    others = corrected_prevalence(flat, periods)
    alone = fit_trends((own, [60.0] * 10, year))
    both = fit_trends((own, [60.0] * 10, year), beside=others)
    assert len(both.table) == 1 and both.table["shock"][0] < alone.table["shock"][0]
    width = [t.table["change_upper"][0] - t.table["change_lower"][0] for t in (both, alone)]
    assert width[0] < width[1]


def test_precision_and_recall_are_those_of_the_population():
    rng = np.random.default_rng(10)
    truth, said, period = population(rng, periods=2, documents=4000)
    design = draw_sample(period, said, 2000, rng=rng)
    table = accuracy_by_period(coded(truth, design), said, period, design.stratum)
    for row in table.itertuples():
        at = (period == row.period) if row.period >= 0 else np.ones(len(period), bool)
        precision, recall = truth[at & (said == 1)].mean(), said[at & (truth == 1)].mean()
        assert row.precision_lower <= precision <= row.precision_upper
        assert row.recall_lower <= recall <= row.recall_upper
    assert table["recall"][0] > table["recall"][1]


def test_predicted_flat_but_corrected_not(shared):
    frame = pd.read_csv(shared / "data/claims/dsl/data_time.csv.gz")
    year = (frame["year"] - 2001).to_numpy()
    gold, said = frame["Y"].to_numpy(dtype=float), frame["pred_Y"].to_numpy(dtype=float)
    coded = frame.groupby("year")["Y"].mean().to_numpy()
    taken = correct_share(gold, said, year, year, method="ppi", weight=1.0)
    assert taken.predicted.min() > 0.64 and taken.predicted.max() < 0.76
    assert taken.share.min() == pytest.approx(0.328, abs=5e-4)
    assert taken.share.max() == pytest.approx(0.690, abs=5e-4)
    for method in ("dsl", "ppi"):
        found = correct_share(gold, said, year, year, method=method)
        assert ((found.lower < coded) & (coded < found.upper)).all()
        # These predictions say nothing about the codes, and are given no weight.
        assert found.share == pytest.approx(coded, abs=0.005)
        assert (found.upper - found.lower < taken.upper - taken.lower).all()


def test_labels_that_never_met_a_prediction_still_correct():
    truth, said, period = population(np.random.default_rng(11), periods=3)
    gold = np.where((said == 0) & (np.arange(len(truth)) % 9 == 0), truth, np.nan)
    found = correct_share(gold, said, period, period)
    assert np.isfinite(found.share).all() and (found.upper > found.lower).all()
    with pytest.raises(DataError, match="nothing to correct"):
        correct_share(np.full(len(truth), np.nan), said, period, period)
