"""What is particular to the two backends of latent Dirichlet allocation."""

import numpy as np
import pytest

from trends.errors import UsageError
from trends.models import BACKENDS
from trends.models.backends.gibbs_lda import FEWEST_SWEEPS, SMALL, GibbsSettings, by_size


@pytest.mark.parametrize("name", ["lda", "gibbs-lda"])
def test_small_shares_are_kept(name, fits):
    # gensim's listing leaves out shares below 0.01; a posterior mean has none that are exactly
    # zero.
    assert (fits(name).theta > 0).all()
    assert (fits(name).theta < 0.01).any() or name == "gibbs-lda"
    assert (fits(name).unassigned == 0).all()


def test_lda_makes_at_least_twenty_passes_by_default(corpus):
    topics = BACKENDS.load("lda")(corpus.counts, n_topics=5, seed=3)
    chosen = topics.provenance["chosen"]
    assert chosen["passes"] >= 20
    assert chosen["change_per_pass"] < topics.provenance["settings"]["tolerance"]
    assert topics.provenance["warnings"] == []


def test_lda_says_when_it_has_not_converged(corpus):
    topics = BACKENDS.load("lda")(
        corpus.counts,
        n_topics=5,
        seed=3,
        settings={"min_passes": 5, "max_passes": 5, "tolerance": 0},
    )
    assert "bound still moved" in topics.provenance["warnings"][0]


@pytest.mark.slow
def test_more_passes_raise_the_bound(corpus):
    fit = BACKENDS.load("lda")
    few, many = (
        fit(
            corpus.counts, n_topics=5, seed=3, settings={"min_passes": n, "max_passes": n}
        ).provenance["chosen"]
        for n in (5, 30)
    )
    assert many["bound_per_token"] > few["bound_per_token"]


def test_gibbs_keeps_the_states_that_the_settings_ask_for(corpus):
    topics = BACKENDS.load("gibbs-lda")(
        corpus.counts, n_topics=5, seed=3, settings={"iterations": 120, "burn_in": 60, "thin": 20}
    )
    assert topics.provenance["chosen"]["states"] == 3


def test_gibbs_phi_is_unweighted_and_weights_only_rank(corpus, agreement):
    settings = {"iterations": 200, "burn_in": 100, "term_weight": "idf"}
    topics = BACKENDS.load("gibbs-lda")(corpus.counts, n_topics=5, seed=3, settings=settings)
    assert agreement(topics.hard, corpus.labels) >= 0.9
    # Terms shared by all topics keep their 30 % of the tokens in phi and lose it in the ranking.
    shared = slice(-20, None)
    assert topics.phi[:, shared].sum(1).mean() == pytest.approx(0.3, abs=0.05)
    assert topics.relevance[:, shared].sum(1).mean() < 0.25
    assert all(
        not t.endswith(tuple(f"{j:03d}" for j in range(60, 80)))
        for terms in topics.top_terms(5)
        for t in terms
    )


@pytest.mark.parametrize(
    ("name", "settings", "says"),
    [
        ("lda", {"max_pases": 30}, "Did you mean 'max_passes'"),
        ("lda", {"max_passes": 3}, "min_passes must not exceed max_passes"),
        ("lda", {"alpha": "other"}, "alpha must be"),
        ("lda", {"alpha": 0.1}, "must be text"),
        ("gibbs-lda", {"starts": 3}, "It is now named 'n_chains'"),
        ("nmf", {"starts": 3}, "It is now named 'n_init'"),
        ("kmeans", {"finest": 3.0}, "It is now named 'overclustering'"),
        ("gibbs-lda", {"iterations": 10.5}, "must be a whole number"),
        ("gibbs-lda", {"iterations": True}, "must be a whole number"),
        ("gibbs-lda", {"burn_in": 1000}, "burn_in must be less"),
        ("gibbs-lda", {"iterations": -1}, "iterations must be at least 1, or 0"),
        ("gibbs-lda", {"burn_in": -2}, "burn_in must be at least 0, or -1 for half"),
        ("gibbs-lda", {"n_chains": -1}, "n_chains must be at least 1, or 0"),
        ("gibbs-lda", {"thin": -1}, "thin must be at least 1, or 0"),
        ("gibbs-lda", {"term_weight": "tfidf"}, "term_weight must be one of one, idf, pmi"),
        ("gibbs-lda", {"eta": float("nan")}, "must be a number"),
        ("bertopic", {"n_neighbours": 5}, "Did you mean 'n_neighbors'"),
        ("bertopic", {"max_share": 0}, "max_share must lie"),
        ("bertopic", {"reduce_frequent_words": 1}, "true or false"),
    ],
)
def test_settings_are_checked(name, settings, says):
    with pytest.raises(UsageError, match=says):
        BACKENDS.load(name).read_settings(settings)


def test_whole_numbers_do_for_numbers():
    assert BACKENDS.load("gibbs-lda").read_settings({"alpha_sum": 3}).alpha_sum == 3.0
    assert np.isclose(BACKENDS.load("lda").read_settings({"offset": 2}).offset, 2.0)


def test_up_to_five_thousand_documents_settings_by_size_are_the_long_ones():
    for n in (10, SMALL):
        found = by_size(GibbsSettings(), n)
        assert (found.iterations, found.burn_in, found.n_chains, found.init_sweeps, found.thin) == (
            1000,
            500,
            4,
            100,
            25,
        )


def test_more_documents_get_fewer_sweeps_down_to_a_floor():
    sizes = [SMALL, 7_000, 10_000, 15_000, 20_000, 52_000, 1_000_000]
    found = [by_size(GibbsSettings(), n) for n in sizes]
    for name in ("iterations", "burn_in", "n_chains", "thin"):
        values = [getattr(s, name) for s in found]
        assert values == sorted(values, reverse=True), name
    assert {s.iterations for s in found[-3:]} == {FEWEST_SWEEPS}
    assert all(s.burn_in == s.iterations // 2 and s.n_chains >= 1 for s in found)


def test_what_is_set_is_kept_at_every_size():
    given = GibbsSettings(iterations=2000, burn_in=0, n_chains=3, thin=7)
    assert by_size(given, 1_000_000) == given
    assert by_size(GibbsSettings(iterations=2000), 100).burn_in == 500
    assert by_size(GibbsSettings(iterations=300), 100).burn_in == 150
    with pytest.raises(UsageError, match="which are 100 for 52000 documents"):
        by_size(GibbsSettings(burn_in=400), 52_000)


def test_the_numbers_by_size_are_in_the_provenance(fits):
    chosen = fits("gibbs-lda").provenance["chosen"]
    assert {name: chosen[name] for name in ("iterations", "burn_in", "n_chains", "thin")} == {
        "iterations": 200,
        "burn_in": 100,
        "n_chains": 4,
        "thin": 25,
    }
