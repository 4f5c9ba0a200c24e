"""Groups: the model against plain matrices and simulated truth, and what users are told."""

import numpy as np
import pandas as pd
import pytest
from scripts import script

import trends as tr
from trends.analysis.groups.division import column_of, groups_of
from trends.analysis.groups.model import _generalised_least_squares, fit_groups
from trends.analysis.trend.shocks import PAIRS
from trends.errors import DataError, UsageError

plain = script("tests/analysis/groups/plain_groups.py")


def test_the_model_is_that_of_plain_matrices():
    rng = np.random.default_rng(2)
    steps = np.array([0, 1, 2, 4, 5, 6, 7])
    z, noise = rng.standard_normal((3, 7)), rng.uniform(0.02, 0.3, (3, 7))
    x = np.stack([np.ones(7), (steps - steps.mean()) / 5], axis=1)
    rest = np.linalg.svd(x)[0][:, 2:]
    lag = np.abs(np.subtract.outer(steps, steps)).astype(float)
    some = PAIRS[[0, 12, 40, 77]]
    shock = np.stack([s**2 * r**lag if s else 0 * lag for s, r in some])
    found = _generalised_least_squares(z, noise, shock, x, rest)
    slow = [plain.generalised_least_squares(z, noise, steps, s, r, x) for s, r in some]
    # Likelihoods differ by what does not depend on the point of the grid.
    likelihood = np.array([p[0] for p in slow])
    np.testing.assert_allclose(
        found[0] - found[0][0], likelihood - likelihood[0], rtol=1e-8, atol=1e-8
    )
    centre = np.eye(3) - 1 / 3
    np.testing.assert_allclose(found[1] @ centre, [p[1] for p in slow], atol=1e-8)
    np.testing.assert_allclose(centre @ found[2] @ centre, [p[2] for p in slow], atol=1e-8)


def drawn(seed, move=0.0, common=1.0, groups=3, periods=16):
    """Counts of five topics; all move alike by ``common``, one group of the first by ``move``."""
    rng = np.random.default_rng(seed)
    n = np.geomspace(600, 60, groups).round()[:, None].repeat(periods, axis=1)
    x = np.linspace(-0.5, 0.5, periods)
    score = np.linspace(-2.5, -1, 5)[:, None, None] + common * x
    score = score + 0.3 * rng.standard_normal((5, 1, periods))
    score = score + 0.15 * rng.standard_normal((5, groups, periods))
    score[0, 1] += move * x
    return rng.binomial(n.astype(int), 1 / (1 + np.exp(-score))).astype(float), n


@pytest.mark.slow
def test_a_trend_and_shocks_that_all_groups_share_are_no_difference():
    p = np.concatenate([fit_groups(*drawn(seed), np.arange(16)).p for seed in range(20)])
    assert (p < 0.05).mean() <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / len(p))


def test_a_group_that_moves_alone_is_found_and_its_size_is_known():
    fits = [fit_groups(*drawn(seed, move=2.0), np.arange(16)) for seed in range(5)]
    assert sum(fit.p[0] < 0.05 for fit in fits) >= 4
    own = np.mean([fit.change.mean[0] for fit in fits], axis=0)
    # The first and last thirds lie 11 of 15 steps apart.
    assert own[1] - own[0] == pytest.approx(2.0 * 11 / 15, abs=0.4)
    pooled = np.mean([np.abs(fit.pooled[1:]).mean() for fit in fits])
    raw = np.mean([np.abs(fit.change.mean[1:]).mean() for fit in fits])
    assert pooled < raw


def test_groups_are_values_ranges_and_what_is_left():
    age = pd.Series(np.arange(200.0), name="age")
    found = groups_of(age, ranges=4)
    assert found.names == ("0–49", "50–99", "100–149", "150–199")
    np.testing.assert_array_equal(np.bincount(found.codes), 50)
    with pytest.raises(DataError, match=r"'venue' there is one group"):
        groups_of(pd.Series(["a"] * 99 + [None], name="venue"))
    with pytest.raises(UsageError, match="at most 60"):
        groups_of(pd.Series([f"g{i}" for i in range(80)] * 2, name="v"), smallest=1)


@pytest.fixture(scope="module")
def made():
    """Solar rises in venue B alone."""
    rng = np.random.default_rng(3)
    n = 3000
    year, venue = rng.integers(2012, 2024, n), rng.choice(["A", "B", "C"], n, p=[0.5, 0.3, 0.2])
    score = np.zeros((n, 3))
    score[venue == "B", 0] = 3 * (year[venue == "B"] - 2017.5) / 12
    p = np.exp(score) / np.exp(score).sum(1, keepdims=True)
    topic = [["solar", "coal", "wind"][rng.choice(3, p=row)] for row in p]
    return pd.DataFrame({"topic": topic, "date": year.astype(str), "venue": venue})


def test_what_differs_is_said_with_the_change_of_every_group(made):
    corpus, topics = tr.from_theta(made[["topic"]], made[["date", "venue"]], by_row=True)
    found = tr.compare_groups(topics, corpus, by="venue")
    said = dict(zip(topics.provenance["labels"], found.sentences(), strict=True))
    assert said["solar"].startswith("solar: groups differ (adjusted p")
    assert "B: rising" in said["solar"] and "A: no change detected" in said["solar"]
    rows = found.pairs[(found.pairs["label"] == "solar") & found.pairs["differs"]]
    assert set(zip(rows["group_a"], rows["group_b"], strict=True)) == {("A", "B"), ("B", "C")}
    assert (found.groups["p_adjusted"] >= found.groups["p"] - 1e-12).all()
    drawn = tr.plot("groups", found.over_time(), noun="venue")
    assert "in 1 of them the groups differ" in drawn.alt or "in 3 of them" in drawn.alt
    with pytest.raises(UsageError, match="by is 'party', but the corpus has no such column"):
        tr.compare_groups(topics, corpus, by="party")


def test_the_length_of_documents_is_a_number_like_any_other():
    table = pd.DataFrame({"text": [" ".join(["word"] * (5 + i)) + f" {i}" for i in range(200)]})
    corpus = tr.read_corpus(table.assign(day="2020-01-01"), text="text", date="day")
    lengths = column_of(corpus, "length")
    assert sorted(lengths) == list(range(6, 206)) and lengths.name == "length"
    assert len(groups_of(lengths).names) == 4
    own = corpus.documents.assign(length=["a", "b"] * 100)
    assert set(column_of(tr.Corpus(own, name="own"), "length")) == {"a", "b"}
