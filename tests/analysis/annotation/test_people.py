"""How far coders agree, and whether they find what does not belong."""

import krippendorff
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from trends.analysis.annotation.agreement import agreement
from trends.analysis.annotation.intrusion import intrusion_items, intrusion_scores
from trends.errors import UsageError


def test_alpha_is_that_of_the_package_krippendorff():
    rng = np.random.default_rng(1)
    for coders, codes in ((2, 2), (3, 4), (5, 3)):
        truth = rng.integers(codes, size=(60, 1))
        said = np.where(
            rng.random((60, coders)) < 0.7, truth, rng.integers(codes, size=(60, coders))
        )
        given = np.where(rng.random(said.shape) < 0.2, np.nan, said)
        found = agreement(pd.DataFrame(given))
        plain = krippendorff.alpha(given.T, level_of_measurement="nominal")
        assert found["alpha"] == pytest.approx(plain, abs=1e-12)
        assert found["documents"] == (np.isfinite(given).sum(1) > 1).sum()


def test_nothing_to_compare_has_no_alpha():
    found = agreement(pd.DataFrame({"a": [1, 1, None], "b": [1, 1, 0]}))
    assert np.isnan(found["alpha"]) and found["documents"] == 2 and found["same"] == 1


def test_intruders_belong_elsewhere_and_places_tell_nothing():
    rng = np.random.default_rng(1)
    weights = rng.dirichlet(np.full(200, 0.05), 40)
    items = intrusion_items(weights, rng=2)
    assert sorted(items["topic"]) == list(range(40))
    for row in items.itertuples():
        intruder = row.options[row.intruder - 1]
        own = set(np.argsort(-weights[row.topic])[:5])
        assert set(row.options) - {intruder} == own and len(row.options) == 6
        assert weights[row.topic, intruder] <= np.median(weights[row.topic])
        others = np.delete(weights, row.topic, axis=0)
        assert (np.argsort(-others, axis=1)[:, :50] == intruder).any()
    assert items["intruder"].nunique() == 6
    with pytest.raises(UsageError, match="two topics"):
        intrusion_items(weights[:1], rng=1)


def test_scores_are_tested_exactly():
    table = intrusion_scores([1, 1, 1, 1, 0, 0, 0, 0], [3, 3, 3, 3, 5, 5, 5, 5])
    assert table["p"].tolist() == pytest.approx([6.0**-4, 1.0])
    assert table["lower"][0] == pytest.approx(0.025**0.25) and table["upper"][0] == 1


@pytest.mark.slow
def test_published_intrusion_scores_from_raw_answers(shared):
    folder = shared / "data/claims/hoyle2021_human"
    answers = pd.read_csv(folder / "human_all.csv.gz").query("task == 'intrusion'")
    sampled = pd.read_csv(folder / "human_sampled.csv.gz").query("task == 'intrusion'")
    found = {}
    for name, here in answers.groupby(["dataset", "model"]):
        table = intrusion_scores(here["answer_code"] == 6, here["topic"])
        found[name] = round((table["score"] * table["answers"]).sum() / table["answers"].sum(), 3)
        assert len(table) == 50
        published = sampled.query("dataset == @name[0] and model == @name[1]")
        own = intrusion_scores(published["score"] == 1, published["topic"])
        # What was published per topic is the mean of 26 of these answers, drawn at random.
        gap = (own["score"] - table["score"]).abs()
        assert np.corrcoef(own["score"], table["score"])[0, 1] > 0.95 and gap.mean() < 0.05
        assert (own["score"] == published.groupby("topic")["score"].mean().to_numpy()).all()
    assert found == {
        ("nytimes", "dvae"): 0.764,
        ("nytimes", "etm"): 0.632,
        ("nytimes", "mallet"): 0.710,
        ("wikitext", "dvae"): 0.756,
        ("wikitext", "etm"): 0.699,
        ("wikitext", "mallet"): 0.731,
    }
    assert stats.spearmanr(own["score"], table["score"]).statistic > 0.9
