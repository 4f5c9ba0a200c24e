"""What is particular to the backend ``bertopic``."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import CountVectorizer

from trends.core import TermCounts
from trends.errors import UsageError
from trends.models import BACKENDS
from trends.models.backends import bertopic
from trends.models.backends.bertopic import BertopicSettings
from trends.models.clustering import clusters
from trends.models.imports import load, load_bertopic
from trends.models.inference.phi import term_distribution
from trends.models.umap import fuzzy_graph as steps


@pytest.fixture(scope="module")
def clustered(corpus):
    """A fit whose θ is the clusters themselves."""
    return BACKENDS.load("bertopic")(
        corpus.counts,
        n_topics=5,
        seed=3,
        embeddings=corpus.vectors,
        settings={"membership": "hard"},
    )


def test_hard_topics_are_the_clusters_and_outliers_are_unassigned_mass(clustered):
    topics = clustered
    assert set(np.unique(topics.theta)) <= {0.0, 1.0}
    assert set(np.unique(topics.unassigned)) <= {0.0, 1.0}
    assert topics.provenance["chosen"]["unassigned"] == pytest.approx(
        topics.unassigned.mean(), abs=1e-6
    )


def test_phi_comes_from_the_counts_of_the_documents_of_a_topic(corpus, fits):
    topics = fits("bertopic")
    np.testing.assert_allclose(
        topics.phi, term_distribution(topics.theta, corpus.counts), atol=1e-12
    )


@pytest.mark.parametrize("counting", ["documents", "tokens"])
def test_relevance_is_the_c_tf_idf_of_the_shared_counts(corpus, counting):
    settings = {"membership": "hard", "counting": counting}
    topics = BACKENDS.load("bertopic")(
        corpus.counts, n_topics=5, seed=3, embeddings=corpus.vectors, settings=settings
    )
    labels = topics.hard
    rows = [k for k in range(-1, 5) if (labels == k).any()]
    matrix = corpus.counts.matrix > 0 if counting == "documents" else corpus.counts.matrix
    grouped = np.stack([np.asarray(matrix[labels == k].sum(0)).ravel() for k in rows]).astype(float)
    # Grootendorst (2022), equation 3: tf * log(1 + A / f), with A the mean number of tokens of a
    # class (whole tokens in the package).
    idf = np.log(1 + int(grouped.sum(1).mean()) / grouped.sum(0))
    expected = grouped / grouped.sum(1, keepdims=True) * idf
    np.testing.assert_allclose(topics.relevance, expected[rows.index(0) :], atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("counting", ["documents", "tokens"])
@pytest.mark.parametrize("clusters", ["search", "library"])
def test_the_package_finds_the_same_topics_in_the_same_clusters(corpus, clusters, counting):
    """BERTopic itself, with the clusters of our fit in place of its own two steps."""
    settings = {"clusters": clusters, "membership": "hard", "counting": counting}
    ours = BACKENDS.load("bertopic")(
        corpus.counts, n_topics=5, seed=3, embeddings=corpus.vectors, settings=settings
    )

    class Given(BaseEstimator):
        labels_ = ours.hard

        def fit(self, x, y=None):
            return self

        def transform(self, x):
            return x

        def predict(self, x):
            return self.labels_

    matrix = corpus.counts.matrix.toarray()
    matrix = matrix > 0 if counting == "documents" else matrix
    texts = [" ".join(np.repeat(corpus.counts.vocabulary, row.astype(int))) for row in matrix]
    package = load_bertopic().BERTopic(
        umap_model=Given(), hdbscan_model=Given(), vectorizer_model=CountVectorizer(), verbose=False
    )
    labels, _ = package.fit_transform(texts, embeddings=np.asarray(corpus.vectors, dtype=float))
    # The package numbers topics by size.
    names = np.array([labels[list(ours.hard).index(k)] for k in range(5)])
    np.testing.assert_array_equal(np.append(names, -1)[ours.hard], labels)
    theirs = package.c_tf_idf_[int(min(labels) < 0) :].toarray()
    np.testing.assert_allclose(ours.relevance, theirs[names], atol=1e-12)


def test_topics_keep_their_counts_where_documents_are_unassigned(corpus):
    g = np.random.default_rng(2)
    noisy = corpus.vectors + 1.1 * g.normal(size=corpus.vectors.shape)
    topics = BACKENDS.load("bertopic")(
        corpus.counts, n_topics=6, seed=1, embeddings=noisy, settings={"membership": "hard"}
    )
    assert 0 < topics.unassigned.mean() <= 0.3
    assert ((topics.hard == -1) == (topics.unassigned == 1)).all()
    # The class of unassigned documents has its part in c-TF-IDF and no row of its own.
    assert topics.relevance.shape == topics.phi.shape == (6, corpus.counts.n_terms)
    for k in range(6):
        used = np.asarray(corpus.counts.matrix[topics.hard == k].sum(0)).ravel() > 0
        np.testing.assert_array_equal(topics.relevance[k] > 0, used)


def test_limits_that_cannot_be_kept_are_a_warning(corpus):
    topics = BACKENDS.load("bertopic")(
        corpus.counts,
        n_topics=3,
        seed=1,
        embeddings=corpus.vectors,
        settings={"max_share": 0.05, "max_unassigned": 0.0},
    )
    # With three topics no limit can lie below two thirds, so only the unassigned share may be
    # warned about.
    assert all("have no topic" in w for w in topics.provenance["warnings"])
    assert topics.share.max() <= 2 / 3
    assert bool(topics.provenance["warnings"]) == bool(topics.unassigned.any())


def test_the_smallest_corpus(corpus):
    small = corpus.counts.take_documents(np.arange(4))
    topics = BACKENDS.load("bertopic")(
        TermCounts(small.matrix, small.vocabulary, small.doc_ids),
        n_topics=2,
        seed=1,
        embeddings=corpus.vectors[[0, 0, 1, 1]],
    )
    assert topics.n_topics == 2


def test_names_hidden_while_bertopic_is_imported_are_there_again():
    load("bertopic")
    import sys

    assert all(
        sys.modules.get(name, ...) is not None
        for name in ("plotly", "sentence_transformers", "transformers")
    )


def test_the_search_of_large_corpora_finds_planted_topics(corpus, agreement, monkeypatch):
    monkeypatch.setattr(bertopic, "LARGE", 100)
    monkeypatch.setattr(clusters, "LARGE", 100)
    topics = BACKENDS.load("bertopic")(corpus.counts, n_topics=5, seed=3, embeddings=corpus.vectors)
    assert topics.provenance["chosen"]["min_samples"] in bertopic.FEW_SAMPLES
    assert agreement(topics.hard, corpus.labels) >= 0.9


def test_the_search_of_large_corpora_tries_everything_before_it_gives_up(corpus, monkeypatch):
    def tried(large):
        seen = []
        monkeypatch.setattr(bertopic, "LARGE", large)
        real = clusters._hdbscan
        monkeypatch.setattr(
            clusters,
            "_hdbscan",
            lambda points, s, z, at: seen.append((tuple(s), tuple(z))) or real(points, s, z, at),
        )
        with pytest.raises(UsageError, match="150 clusters were asked for"):
            BACKENDS.load("bertopic")(
                corpus.counts, n_topics=150, seed=3, embeddings=corpus.vectors
            )
        monkeypatch.setattr(clusters, "_hdbscan", real)
        return seen

    whole = tried(5_000)
    assert len(whole) == 1
    assert tried(100)[1:] == whole


@pytest.fixture(scope="module")
def as_library(corpus):
    """A fit by BERTopic's own steps."""
    return BACKENDS.load("bertopic")(
        corpus.counts,
        n_topics=5,
        seed=3,
        embeddings=corpus.vectors,
        settings={"clusters": "library"},
    )


def test_settings_that_are_not_given_follow_clusters(corpus):
    search, library = BertopicSettings(), BertopicSettings(clusters="library")
    assert (search.n_neighbors, search.n_components, search.membership) == (10, 10, "soft")
    assert (library.n_neighbors, library.n_components, library.membership) == (15, 5, "hard")
    mixed = BertopicSettings(clusters="library", n_neighbors=7, membership="windows")
    assert (mixed.n_neighbors, mixed.n_components, mixed.membership) == (7, 5, "windows")
    with pytest.raises(UsageError, match=r"clusters must be one of search, library; got 'plain'\."):
        BertopicSettings(clusters="plain")
    with pytest.raises(UsageError, match="min_topic_size must be at least 2"):
        BertopicSettings(min_topic_size=1)


@pytest.mark.parametrize(
    "n_topics", [2, *(pytest.param(n, marks=pytest.mark.slow) for n in (3, 5))]
)
def test_library_clusters_keeps_the_contract(corpus, n_topics):
    topics = BACKENDS.load("bertopic")(
        corpus.counts,
        n_topics=n_topics,
        seed=3,
        embeddings=corpus.vectors,
        settings={"clusters": "library"},
    )
    assert topics.n_topics == n_topics
    assert topics.relevance.shape == topics.phi.shape == (n_topics, corpus.counts.n_terms)
    np.testing.assert_allclose(topics.theta.sum(1) + topics.unassigned, 1.0, atol=1e-12)
    np.testing.assert_allclose(
        topics.phi, term_distribution(topics.theta, corpus.counts), atol=1e-12
    )
    assert (topics.share > 0).all()
    assert (np.diff(topics.share) <= 1e-12).all()
    assert set(np.unique(topics.theta)) <= {0.0, 1.0}


def test_library_clusters_finds_planted_topics_and_says_what_it_used(corpus, as_library, agreement):
    assert agreement(as_library.hard, corpus.labels) >= 0.9
    p = as_library.provenance
    assert p["settings"]["clusters"] == "library"
    assert (
        p["settings"]["n_neighbors"],
        p["chosen"]["n_neighbors"],
        p["chosen"]["n_components"],
    ) == (15, 15, 5)
    assert p["chosen"]["min_cluster_size"] == p["settings"]["min_topic_size"] == 10
    again = BACKENDS.load("bertopic")(
        corpus.counts,
        n_topics=5,
        seed=3,
        embeddings=corpus.vectors,
        settings={"clusters": "library"},
    )
    assert (again.fingerprint, again.relevance.tobytes()) == (
        as_library.fingerprint,
        as_library.relevance.tobytes(),
    )


def test_library_clusters_leaves_out_documents_without_terms(corpus):
    matrix = corpus.counts.matrix.tolil()
    matrix[[0, 5]] = 0
    counts = TermCounts(matrix.tocsr(), corpus.counts.vocabulary, corpus.counts.doc_ids)
    topics = BACKENDS.load("bertopic")(
        counts, n_topics=4, seed=1, embeddings=corpus.vectors, settings={"clusters": "library"}
    )
    assert topics.unassigned[[0, 5]].tolist() == [1.0, 1.0]


def test_library_clusters_refuses_more_topics_than_it_finds(corpus):
    with pytest.raises(
        UsageError,
        match=r"40 clusters were asked for.*it reaches \d+ in one attempt.*Set n_topics to",
    ):
        BACKENDS.load("bertopic")(
            corpus.counts,
            n_topics=40,
            seed=3,
            embeddings=corpus.vectors,
            settings={"clusters": "library"},
        )


def test_library_clusters_warns_beyond_the_limits_that_it_does_not_keep(corpus):
    g = np.random.default_rng(2)
    noisy = corpus.vectors + 2.5 * g.normal(size=corpus.vectors.shape)
    topics = BACKENDS.load("bertopic")(
        corpus.counts,
        n_topics=3,
        seed=1,
        embeddings=noisy,
        settings={"clusters": "library", "max_unassigned": 0.1},
    )
    assert topics.unassigned.mean() > 0.1
    assert any(
        "have no topic, more than max_unassigned = 10%" in w for w in topics.provenance["warnings"]
    )


def test_library_clusters_for_large_corpora_finds_planted_topics(corpus, agreement, monkeypatch):
    monkeypatch.setattr(steps, "LIBRARY", 100)
    monkeypatch.setattr(clusters, "LARGE", 100)
    topics = BACKENDS.load("bertopic")(
        corpus.counts,
        n_topics=5,
        seed=3,
        embeddings=corpus.vectors,
        settings={"clusters": "library"},
    )
    assert agreement(topics.hard, corpus.labels) >= 0.9
