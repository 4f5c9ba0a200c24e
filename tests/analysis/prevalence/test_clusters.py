import numpy as np
import pandas as pd
import pytest

from trends.analysis.composition.standardization import standardize
from trends.analysis.prevalence import clusters
from trends.analysis.prevalence.clusters import (
    about_clusters,
    cluster_codes,
    design_effect,
    without_cluster,
)
from trends.analysis.prevalence.estimate import document_shares, estimate, estimate_each
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.robustness.specification import counts
from trends.analysis.simulation.simulate import Design, simulate
from trends.analysis.trend.fit import fit_trends
from trends.errors import DataError, UsageError
from trends.runs.tasks.analysis_parts.periods import clusters_of

SHARES = np.array([0.05, 0.1, 0.2, 0.3])


def clustered(rng, size, same=1.0, periods=12, n=150):
    """Documents in clusters, each with the topic of its cluster or, now and then, its own."""
    count = periods * n
    cluster = np.arange(count) // size
    odds = np.append(SHARES, 1 - SHARES.sum())
    drawn = rng.choice(len(odds), p=odds, size=(2, count))
    topic = np.where(rng.random(count) < same, drawn[0][cluster], drawn[1])
    dates = [f"{2000 + i}-06-01" for i in np.arange(count) // n]
    when = make_periods(np.array(dates, dtype="datetime64[D]"), period="year")
    return np.eye(len(odds))[topic][:, :-1], when, [f"thread {c}" for c in cluster]


def slow_effect(theta, weights, cluster, k):
    """The definition, by loops over pairs, for large periods."""
    dense = weights.toarray()
    products = alike = 0.0
    for b in range(dense.shape[1]):
        rows = np.flatnonzero(dense[:, b])
        own = theta[rows, k] - theta[rows, k].mean()
        for i, d in enumerate(rows):
            for j, e in enumerate(rows):
                if i != j and cluster[d] == cluster[e]:
                    products += own[i] * own[j]
                    alike += own.var()
    return products / alike


def test_the_correlation_is_that_of_pairs(monkeypatch):
    monkeypatch.setattr(clusters, "PRIOR_DOCUMENTS", 0.0)
    rng = np.random.default_rng(1)
    theta, when, names = clustered(rng, 3, same=0.8, periods=2, n=240)
    codes, _ = cluster_codes(names, len(theta))
    soft = 0.7 * theta + 0.3 * rng.dirichlet(np.full(4, 0.5), len(theta))
    found = design_effect(soft, when.weights, codes)
    for k in range(4):
        # Beside it there is only the lean of residuals on the mean of their period.
        assert (found[:, k] - 1) / 2 == pytest.approx(
            slow_effect(soft, when.weights, codes, k), abs=0.01
        )


def test_equal_documents_count_once_and_lonely_ones_each():
    theta, when, names = clustered(np.random.default_rng(2), 5)
    found = estimate(theta, when, clusters=pd.Series(names, name="thread"))
    assert np.allclose(found.n_eff, 30)
    assert found.settings["cluster"] == {"column": "thread", "clusters": 360, "alone": 0}
    assert "one thread are not taken" in about_clusters(found)[0]
    assert np.allclose(estimate_each([theta], when, clusters=names)[0].n_eff, 30)
    nobody = estimate(theta, when, clusters=["", None, np.nan, *[" "] * (len(theta) - 3)])
    plain = estimate(theta, when)
    assert np.array_equal(nobody.lower, plain.lower) and about_clusters(plain) == []
    assert nobody.settings["cluster"]["alone"] == len(theta)
    some = pd.Series(["a", None, "a"], name="author")
    assert without_cluster(some)[0].startswith("1 document of 3 has no author")
    assert without_cluster(some.dropna()) == [] and without_cluster(None) == []
    whole = design_effect(theta, when.weights, when.index)
    assert np.allclose(whole, 150)  # a period that is one cluster says no more than one document
    drawn = [estimate(theta, when, interval="bootstrap", clusters=c, rng=1) for c in (None, names)]
    wider = (drawn[1].upper - drawn[1].lower).mean() / (drawn[0].upper - drawn[0].lower).mean()
    assert 1.9 < wider < 2.5
    with pytest.raises(DataError, match="2 clusters were given for 1800"):
        estimate(theta, when, clusters=["a", "b"])


@pytest.mark.slow
def test_intervals_cover_and_tests_hold_their_level_with_clusters():
    rng = np.random.default_rng(3)
    cover, rejected = np.zeros(2), np.zeros(2)
    draws = 25
    for _ in range(draws):
        theta, when, names = clustered(rng, 5, same=0.95)
        for i, c in enumerate((None, names)):
            found = estimate(theta, when, clusters=c)
            cover[i] += ((found.lower <= SHARES) & (found.upper >= SHARES)).mean() / draws
            rejected[i] += (fit_trends(found).table["p"] < 0.05).mean() / draws
    assert cover[0] < 0.75 and 0.93 <= cover[1] <= 0.98
    assert rejected[1] <= 0.08


def test_specifications_and_standardized_shares_count_documents_alike():
    rng = np.random.default_rng(4)
    theta, when, names = clustered(rng, 5)
    soft = 0.7 * theta + 0.3 * rng.dirichlet(np.full(4, 0.5), len(theta))
    codes, _ = cluster_codes(names, len(theta))
    strata = np.arange(len(theta)) // 5 % 2  # whole clusters
    for kind in ("hard", "mean"):
        shares = estimate(soft, when, theta=kind, clusters=names)
        alone = shares.n_docs[:, None] / np.array(shares.settings["dispersion"])
        documents = document_shares(soft, kind)
        _, n = counts(documents, np.ones(len(theta)), when.weights, kind, codes)
        assert np.allclose(n, alone.T)
        held = standardize(soft, when, strata.astype(str), theta=kind, clusters=names)
        assert held is not None
        assert np.allclose(held.plain.n, alone.T) and np.allclose(held.series.n, alone.T, rtol=0.1)


def test_a_column_is_looked_up_and_one_that_is_missing_is_named():
    corpus = simulate(Design(periods=4, documents=30.0), rng=1).corpus
    assert clusters_of(corpus, "") is None
    found = clusters_of(corpus, "title")
    assert found is not None and found.tolist() == corpus.documents["title"].tolist()
    with pytest.raises(UsageError, match="all documents have one source"):
        clusters_of(corpus, "source")
    with pytest.raises(UsageError, match=r"prevalence.cluster is 'author'.*it has id, title"):
        clusters_of(corpus, "author")


def test_the_committed_coverage_is_what_was_promised(root):
    table = pd.read_csv(root / "experiments" / "calibration" / "results" / "clusters.csv")
    told = table[table["cluster"] == "set"]
    assert (told["coverage"] >= 0.93).all() and (told["size_of_test"] <= 0.06).all()
    assert set(told["size"]) == {1, 2, 5} and (told["corpora"] >= 30).all()
