"""Verdicts on concepts: the word that drives a trend is named, random words are no claim."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from trends.analysis.concepts.multiverse import Variant, examine_choices
from trends.analysis.concepts.placebo import against_random
from trends.analysis.concepts.reference import random_concepts
from trends.analysis.concepts.shares import series_of_held, shares_of, together
from trends.analysis.concepts.verdict import hanging, verdict_of
from trends.analysis.concepts.words import contributions, partners
from trends.analysis.prevalence.estimate import estimate
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.robustness.specification import block_orders
from trends.analysis.trend.fit import fit_trends
from trends.core import TermCounts
from trends.errors import DataError

YEARS, EACH = 12, 150


@pytest.fixture(scope="module")
def periods():
    years = np.repeat(np.arange(2008, 2008 + YEARS), EACH)
    return make_periods(np.array([f"{y}-07-01" for y in years], dtype="datetime64[D]"))


@pytest.fixture(scope="module")
def yearly(periods):
    years = np.repeat(np.arange(2008, 2008 + YEARS), EACH)
    days = np.array([f"{y}-07-01" for y in years], dtype="datetime64[D]")
    return {unit: make_periods(days, period=unit) for unit in ("year", "2-years")}


def words(rng, rates):
    """Documents × words: 1 where a document has a word; rates run from first to last year."""
    x = np.repeat(np.linspace(0, 1, YEARS), EACH)
    return np.stack([rng.random(len(x)) < a + (b - a) * x for a, b in rates], axis=1)


def first(rows):
    """The run's own row, as a table of trends has it."""
    return pd.concat([rows.iloc[0], pd.Series({"power": np.nan})])


def examined(has, yearly, seed=1):
    total = has.sum(1)
    variants = [Variant("all", "all words", (total > 0).astype(float))]
    for j in range(has.shape[1]):
        rest = total - has[:, j]
        variants.append(Variant("word", f"word{j}", (rest > 0).astype(float)))
    noise = np.random.default_rng(seed).random((len(has), 40)) < 0.1
    n = len(has)
    return examine_choices(
        variants,
        yearly,
        random=sparse.csr_matrix(noise.astype(int)),
        orders=block_orders(n, EACH, 99, 3),
        places=np.arange(n),
    )


def test_the_word_that_drives_a_trend_is_named(yearly):
    named = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        rows, joint = examined(words(rng, [(0.02, 0.25)] + [(0.04, 0.04)] * 3), yearly)
        main = rows.iloc[0]
        assert main["finding"] == "rising" and joint <= 0.2
        named.append(hanging(rows, "rising")[0])
        said = verdict_of(first(rows), rows, joint, 0.01)
        assert "hangs on “word0”" in said.words and said.stability == "depends on choices"
    assert named == ["word0"] * 4


def test_a_trend_of_all_words_hangs_on_none(yearly):
    rows, joint = examined(words(np.random.default_rng(5), [(0.02, 0.12)] * 4), yearly)
    assert hanging(rows, "rising") == []
    said = verdict_of(first(rows), rows, joint, 0.01)
    assert said.words == "rising, stable" and said.agreement == 1 and said.specifications == 10
    assert verdict_of(first(rows), rows, joint, 0.2).words == (
        "rising, no farther than random words"
    )
    assert set(rows["period_length"]) == {"year", "2-years"}


def test_what_is_not_found_is_not_examined(yearly):
    rows, _ = examined(words(np.random.default_rng(6), [(0.05, 0.05)] * 3), yearly)
    said = verdict_of(first(rows), rows, 0.5, 0.5)
    assert said.words == "no change detected" and said.stability == "not examined"
    assert hanging(rows, "no change detected") == []


def test_the_first_row_is_the_test_of_the_whole_package(yearly):
    has = words(np.random.default_rng(7), [(0.02, 0.12)] * 2)
    rows, _ = examined(has, yearly)
    one = shares_of((has.sum(1) > 0).astype(float), yearly["year"], "a")
    noise = np.random.default_rng(1).random((len(has), 40)) < 0.1
    beside = series_of_held(sparse.csr_matrix(noise.astype(int)), yearly["year"], together([one]))
    alone = fit_trends(together([one]), beside=beside).table.iloc[0]
    # The variants are tested together, so that what moves periods is learnt from them too.
    assert rows.iloc[0]["change"] == pytest.approx(alone["change"], rel=0.15)
    assert np.sign(rows.iloc[0]["z"]) == 1


def test_counts_of_held_are_those_of_shares(periods):
    has = words(np.random.default_rng(8), [(0.1, 0.2)] * 3)
    series = together([shares_of(h.astype(float), periods, str(j)) for j, h in enumerate(has.T)])
    fast = series_of_held(sparse.csr_matrix(has.astype(int)), periods, series)
    np.testing.assert_allclose(fast.y, series.y)
    np.testing.assert_allclose(fast.n, series.n)
    authors = np.arange(len(has)) // 5
    slow = series_of_held(sparse.csr_matrix(has.astype(int)), periods, series, authors)
    plain = [
        estimate(h[:, None].astype(float), periods, labels=["a"], clusters=authors) for h in has.T
    ]
    np.testing.assert_allclose(slow.y, together(plain).y)


def test_concepts_over_other_periods_are_not_tested_together(yearly):
    h = np.ones(YEARS * EACH)
    h[::2] = 0
    with pytest.raises(DataError, match="same periods"):
        together([shares_of(h, one, "a") for one in yearly.values()])


def counted(rng, df, n=2000):
    columns = [rng.random(n) < d / n for d in df]
    names = tuple(f"t{j:03d}" for j in range(len(df)))
    matrix = sparse.csr_matrix(np.stack(columns, axis=1).astype(int))
    return TermCounts(matrix, names, tuple(str(i) for i in range(n)))


def test_random_concepts_are_as_frequent_and_avoid_the_words():
    rng = np.random.default_rng(2)
    counts = counted(rng, np.geomspace(5, 800, 300))
    avoid = np.zeros(300, dtype=bool)
    avoid[::3] = True
    wanted = np.array([400, 60, 0, 12])
    held, drawn = random_concepts(counts, wanted, number=80, avoid=avoid, rng=3)
    assert drawn.shape == (80, 3) and not avoid[drawn].any()
    assert all(len(set(row)) == 3 for row in drawn.tolist())
    df = counts.document_frequency[drawn]
    np.testing.assert_allclose(np.exp(np.log(df).mean(0)), [400, 60, 12], rtol=0.25)
    some = counts.matrix.toarray()[:, drawn[7]].sum(1) > 0
    np.testing.assert_array_equal(held.toarray()[:, 7], some)
    again, _ = random_concepts(counts, wanted, number=80, avoid=avoid, rng=3)
    assert (again != held).nnz == 0
    twice, _ = random_concepts(counts, wanted, number=80, avoid=avoid, at_least=2, rng=3)
    assert twice.nnz < held.nnz


def test_the_rank_among_random_concepts():
    random = pd.DataFrame(
        {
            "change": np.linspace(-2, 2, 99),
            "log_odds": np.linspace(-1, 1, 99),
            "p_turn": np.linspace(0.01, 1, 99),
            "finding": ["rising"] * 20 + ["no change detected"] * 79,
        }
    )

    def of(finding, log_odds, p_turn=1.0):
        row = pd.Series({"finding": finding, "log_odds": log_odds, "p_turn": p_turn})
        return against_random(row, random)

    assert of("rising", 2.0)["placebo_p"] == pytest.approx(4 / 100)
    assert of("falling", -2.0)["placebo_p"] == pytest.approx(4 / 100)
    assert of("rising", 0.0)["placebo_p"] == 1
    assert of("turned", 0.0, 0.001)["placebo_p"] == pytest.approx(2 / 100)
    assert of("turned", 0.0, 0.5)["placebo_p"] > 0.4
    row = pd.Series({"finding": "rising", "log_odds": 2.0, "p_turn": 1.0, "periods": 6})
    assert against_random(row, random)["placebo_p"] == pytest.approx(2 / 100)
    assert of("rising", 1.5)["placebo_found"] == pytest.approx(20 / 99)
    assert np.isnan(of("not tested", np.nan)["placebo_p"])
    assert np.isnan(against_random(pd.Series({"finding": "rising"}), random[:0])["placebo_p"])


def test_partners_and_contributions_are_those_of_a_plain_count():
    rng = np.random.default_rng(4)
    counts = counted(rng, [300] * 6, n=1500)
    matrix = counts.matrix.toarray()
    word = (matrix[:, 2] > 0) & (rng.random(1500) < 0.8) | (rng.random(1500) < 0.02)
    other = rng.random(1500) < 0.1
    held = np.stack([word, other], axis=1).astype(int)
    avoid = np.array([False] * 5 + [True])
    found = partners(counts, sparse.csr_matrix(held), avoid, n=2)
    assert found[0][0] == "t002" and "t005" not in found[0]
    p = np.array([(word & (matrix[:, j] > 0)).mean() for j in range(6)])
    npmi = np.log(p / (word.mean() * (matrix > 0).mean(0))) / -np.log(p)
    expected = [f"t{j:03d}" for j in np.argsort(-npmi[:5])[:2] if npmi[j] > 0]
    assert found[0] == expected
    table = contributions(sparse.csr_matrix(held * np.array([2, 1])), 2)
    assert table["documents"].tolist() == held.sum(0).tolist()
    assert table["only_by_it"].tolist() == [word.sum(), 0]
