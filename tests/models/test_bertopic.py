"""What is particular to the backend ``bertopic``."""

import numpy as np
import pytest

from trends.core import TermCounts
from trends.errors import UsageError
from trends.models import BACKENDS, bertopic, clusters
from trends.models.bertopic import CountedText
from trends.models.imports import load
from trends.models.phi import term_distribution


@pytest.fixture(scope="module")
def clustered(corpus):
    """A fit whose θ is the clusters themselves."""
    return BACKENDS.load("bertopic")(
        corpus.counts, n_topics=5, seed=3, embeddings=corpus.vectors, settings={"membership": "hard"}
    )


def test_hard_topics_are_the_clusters_and_outliers_are_unassigned_mass(clustered):
    topics = clustered
    assert set(np.unique(topics.theta)) <= {0.0, 1.0}
    assert set(np.unique(topics.unassigned)) <= {0.0, 1.0}
    assert topics.provenance["chosen"]["unassigned"] == pytest.approx(topics.unassigned.mean(), abs=1e-6)


def test_phi_comes_from_the_counts_of_the_documents_of_a_topic(corpus, fits):
    topics = fits("bertopic")
    np.testing.assert_allclose(topics.phi, term_distribution(topics.theta, corpus.counts), atol=1e-12)


@pytest.mark.parametrize("counting", ["documents", "tokens"])
def test_relevance_is_the_c_tf_idf_of_the_shared_counts(corpus, counting):
    settings = {"membership": "hard", "counting": counting}
    topics = BACKENDS.load("bertopic")(corpus.counts, n_topics=5, seed=3, embeddings=corpus.vectors, settings=settings)
    labels = topics.hard
    rows = [k for k in range(-1, 5) if (labels == k).any()]
    matrix = corpus.counts.matrix > 0 if counting == "documents" else corpus.counts.matrix
    grouped = np.stack([np.asarray(matrix[labels == k].sum(0)).ravel() for k in rows]).astype(float)
    # Grootendorst (2022), equation 3: tf * log(1 + A / f), with A the mean number of tokens of a class (whole tokens in the package).
    idf = np.log(1 + int(grouped.sum(1).mean()) / grouped.sum(0))
    expected = grouped / grouped.sum(1, keepdims=True) * idf
    np.testing.assert_allclose(topics.relevance, expected[rows.index(0) :], atol=1e-12)


def test_a_text_of_row_numbers_counts_as_the_sum_of_the_rows(corpus):
    counted = CountedText(corpus.counts).fit_transform(["0 3 3", "", "7"])
    dense = corpus.counts.matrix.toarray()
    np.testing.assert_array_equal(counted.toarray(), np.stack([dense[0] + 2 * dense[3], 0 * dense[0], dense[7]]))


def test_topics_keep_their_counts_where_documents_are_unassigned(corpus):
    g = np.random.default_rng(2)
    noisy = corpus.vectors + 1.1 * g.normal(size=corpus.vectors.shape)
    topics = BACKENDS.load("bertopic")(corpus.counts, n_topics=6, seed=1, embeddings=noisy, settings={"membership": "hard"})
    assert 0 < topics.unassigned.mean() <= 0.3
    assert ((topics.hard == -1) == (topics.unassigned == 1)).all()
    # The class of unassigned documents has its part in c-TF-IDF and no row of its own.
    assert topics.relevance.shape == topics.phi.shape == (6, corpus.counts.n_terms)
    for k in range(6):
        used = np.asarray(corpus.counts.matrix[topics.hard == k].sum(0)).ravel() > 0
        np.testing.assert_array_equal(topics.relevance[k] > 0, used)


def test_limits_that_cannot_be_kept_are_a_warning(corpus):
    topics = BACKENDS.load("bertopic")(
        corpus.counts, n_topics=3, seed=1, embeddings=corpus.vectors, settings={"max_share": 0.05, "max_unassigned": 0.0}
    )
    # With three topics no limit can lie below two thirds, so only the unassigned share may be warned about.
    assert all("have no topic" in w for w in topics.provenance["warnings"])
    assert topics.share.max() <= 2 / 3
    assert bool(topics.provenance["warnings"]) == bool(topics.unassigned.any())


def test_the_smallest_corpus(corpus):
    small = corpus.counts.take_documents(np.arange(4))
    topics = BACKENDS.load("bertopic")(
        TermCounts(small.matrix, small.vocabulary, small.doc_ids), n_topics=2, seed=1, embeddings=corpus.vectors[[0, 0, 1, 1]]
    )
    assert topics.n_topics == 2


def test_names_hidden_while_bertopic_is_imported_are_there_again():
    load("bertopic")
    import sys

    assert all(sys.modules.get(name, ...) is not None for name in ("plotly", "sentence_transformers", "transformers"))


def test_the_way_of_large_corpora_finds_planted_topics(corpus, agreement, monkeypatch):
    monkeypatch.setattr(bertopic, "LARGE", 100)
    monkeypatch.setattr(clusters, "LARGE", 100)
    topics = BACKENDS.load("bertopic")(corpus.counts, n_topics=5, seed=3, embeddings=corpus.vectors)
    assert topics.provenance["chosen"]["min_samples"] in bertopic.FEW_SAMPLES
    assert agreement(topics.hard, corpus.labels) >= 0.9


def test_the_way_of_large_corpora_tries_everything_before_it_gives_up(corpus, monkeypatch):
    def tried(large):
        seen = []
        monkeypatch.setattr(bertopic, "LARGE", large)
        real = clusters._hdbscan
        monkeypatch.setattr(clusters, "_hdbscan", lambda points, s, z: seen.append((tuple(s), tuple(z))) or real(points, s, z))
        with pytest.raises(UsageError, match="150 clusters were asked for"):
            BACKENDS.load("bertopic")(corpus.counts, n_topics=150, seed=3, embeddings=corpus.vectors)
        monkeypatch.setattr(clusters, "_hdbscan", real)
        return seen

    whole = tried(5_000)
    assert len(whole) == 1
    assert tried(100)[1:] == whole
