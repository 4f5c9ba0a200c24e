"""A small corpus whose topics are known: counts and vectors from the same labels."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from trends.core import TermCounts

#: Fewer sweeps and passes than the defaults: planted topics are easy, and tests are run often.
FAST = {
    "gibbs-lda": {"iterations": 200, "burn_in": 100},
    "lda": {"min_passes": 5, "max_passes": 20, "tolerance": 1.0},
    "hdp": {"burn_in": 100, "states": 4},
}


@dataclass(frozen=True)
class Planted:
    """Counts, vectors and the topic of each document."""

    counts: TermCounts
    vectors: np.ndarray
    labels: np.ndarray


def planted(
    n_topics: int = 5, per_topic: int = 24, rng: int = 7, terms_per_topic: int = 12
) -> Planted:
    """Documents of one topic each.

    70 % of 40 tokens from its own terms, the rest from terms that every topic uses in its own way.
    """
    g = np.random.default_rng(rng)
    n_terms = n_topics * terms_per_topic + 20
    phi = np.full((n_topics, n_terms), 0.0)
    phi[:, -20:] = 0.3 * g.dirichlet(np.full(20, 1.0), n_topics)
    for k in range(n_topics):
        phi[k, k * terms_per_topic : (k + 1) * terms_per_topic] = 0.7 * g.dirichlet(
            np.full(terms_per_topic, 5.0)
        )
    # Topics of different size, rows in mixed order.
    sizes = [per_topic + 6 * k for k in range(n_topics)]
    labels = g.permutation(np.repeat(np.arange(n_topics), sizes))
    matrix = np.stack([g.multinomial(40, phi[k] / phi[k].sum()) for k in labels])
    centres = g.normal(size=(n_topics, 48))
    vectors = centres[labels] + 0.45 * g.normal(size=(len(labels), 48)) + 0.7 * g.normal(size=48)
    counts = TermCounts(
        sparse.csr_matrix(matrix),
        tuple(f"term{j:03d}" for j in range(n_terms)),
        tuple(f"doc{i:04d}" for i in range(len(labels))),
    )
    return Planted(counts, vectors.astype(np.float32), labels)


def agreement(hard: np.ndarray, labels: np.ndarray) -> float:
    """Share of documents whose topic is the planted one under the best match of topics."""
    k = max(int(hard.max()), int(labels.max())) + 1
    table = np.zeros((k, k))
    for found, true in zip(hard, labels, strict=True):
        if found >= 0:
            table[found, true] += 1
    return float(table[linear_sum_assignment(-table)].sum() / len(labels))


@pytest.fixture(scope="session")
def corpus() -> Planted:
    """Five planted topics of 24 to 48 documents."""
    return planted()


@pytest.fixture(scope="session")
def fits(corpus):
    """Fits of the planted corpus by backend and seed, each made once."""
    from trends.models import BACKENDS

    def fit(backend: str, seed: int = 3, n_topics: int = 5):
        vectors = corpus.vectors if BACKENDS.load(backend).needs_embeddings else None
        return BACKENDS.load(backend)(
            corpus.counts,
            n_topics=n_topics,
            seed=seed,
            embeddings=vectors,
            settings=FAST.get(backend),
        )

    return functools.cache(fit)


@pytest.fixture(scope="session")
def fast():
    """Settings by backend with which a planted corpus is fitted."""
    return FAST


@pytest.fixture(scope="session")
def planted_corpus():
    """The maker of planted corpora."""
    return planted


@pytest.fixture(scope="session", name="agreement")
def agreement_fixture():
    """Share of documents whose topic is the planted one."""
    return agreement
