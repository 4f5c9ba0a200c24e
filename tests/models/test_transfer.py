"""Frozen fits on documents that they have not seen."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from trends.core import TermCounts, Topics
from trends.errors import DataError, UsageError
from trends.models.inference import likelihood, neighbours
from trends.models.inference import transfer as transferring
from trends.models.inference.neighbours import find, voters_of
from trends.models.inference.phi import term_distribution
from trends.models.inference.transfer import CHUNK, fold_in, prior, transfer


def plain_fold_in(phi: np.ndarray, tokens: list[int], alpha: np.ndarray) -> np.ndarray:
    """Collapsed variational inference of order zero, token by token as the paper writes it."""
    r = [phi[:, w] * alpha / (phi[:, w] * alpha).sum() for w in tokens]
    for _ in range(600):
        new = []
        for i, w in enumerate(tokens):
            weight = phi[:, w] * (
                alpha + sum((r[j] for j in range(len(tokens)) if j != i), np.zeros(len(alpha)))
            )
            new.append(weight / weight.sum())
        r = new
    theta = alpha + sum(r, np.zeros(len(alpha)))
    return theta / theta.sum()


def exact(phi: np.ndarray, tokens: list[int], alpha: np.ndarray) -> np.ndarray:
    """Posterior mean of θ by going through every assignment of tokens to topics."""
    from scipy.special import gammaln

    total, mean = 0.0, np.zeros(len(alpha))
    for z in itertools.product(range(len(alpha)), repeat=len(tokens)):
        n = np.bincount(z, minlength=len(alpha))
        weight = np.exp(gammaln(alpha + n).sum()) * np.prod(
            [phi[k, w] for k, w in zip(z, tokens, strict=True)]
        )
        total += weight
        mean += weight * (alpha + n) / (alpha + n).sum()
    return mean / total


def row(tokens: list[int], n_terms: int) -> sparse.csr_matrix:
    return sparse.csr_matrix(np.bincount(tokens, minlength=n_terms)[None])


def made_fit(
    p: Any, rows: np.ndarray, family: str = "counts", unassigned: np.ndarray | None = None
) -> Topics:
    """A fit that knows the labels of some documents."""
    some = p.counts.take_documents(rows)
    theta = np.eye(p.labels.max() + 1)[p.labels[rows]]
    none = np.zeros(len(rows)) if unassigned is None else unassigned.astype(float)
    theta[none > 0] = 0
    # A little of the whole vocabulary in each topic, as every LDA has it.
    phi = 0.99 * term_distribution(theta, some) + 0.01 / some.n_terms
    return Topics(
        theta, none, phi, some.vocabulary, some.doc_ids, {"backend": "made", "family": family}
    )


@pytest.fixture(scope="module")
def halves(corpus: Any) -> tuple[np.ndarray, np.ndarray]:
    order = np.random.default_rng(3).permutation(len(corpus.labels))
    half = len(order) // 2
    return np.sort(order[:half]), np.sort(order[half:])


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 10_000), st.integers(2, 4), st.lists(st.integers(0, 5), min_size=1, max_size=8)
)
def test_fold_in_is_that_of_the_plain_reference(seed: int, k: int, tokens: list[int]) -> None:
    g = np.random.default_rng(seed)
    phi, alpha = g.dirichlet(np.full(6, 0.7), k), g.uniform(0.2, 1.5, k)
    theta, _, left = fold_in(phi, row(tokens, 6), alpha)
    assert left == 0
    assert theta[0] == pytest.approx(plain_fold_in(phi, tokens, alpha), abs=1e-3)


@pytest.mark.slow
def test_fold_in_is_near_the_exact_posterior_mean() -> None:
    g = np.random.default_rng(1)
    worst = []
    for _ in range(30):
        phi, alpha = g.dirichlet(np.full(8, 0.5), 3), np.full(3, 1 / 3)
        tokens = g.choice(8, size=7, p=g.dirichlet(np.full(3, 0.5)) @ phi).tolist()
        theta, _, _ = fold_in(phi, row(tokens, 8), alpha)
        worst.append(np.abs(theta[0] - exact(phi, tokens, alpha)).max())
    assert np.mean(worst) < 0.05


def test_chunks_change_nothing(corpus: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fit = made_fit(corpus, np.arange(60))
    whole = transfer(fit, corpus.counts)
    assert corpus.counts.matrix.nnz * fit.n_topics < CHUNK
    monkeypatch.setattr("trends.models.inference.transfer.CHUNK", 700)
    assert np.array_equal(transfer(fit, corpus.counts).theta, whole.theta)


@pytest.mark.parametrize("family", ["counts", "embedding"])
def test_planted_topics_are_recovered_on_documents_held_out(
    corpus: Any, halves: tuple, family: str
) -> None:
    a, b = halves
    fit = made_fit(corpus, a, family)
    found = transfer(
        fit,
        corpus.counts.take_documents(b),
        train_vectors=corpus.vectors[a],
        vectors=corpus.vectors[b],
    )
    assert (found.hard == corpus.labels[b]).mean() >= 0.9
    assert found.doc_ids == tuple(corpus.counts.doc_ids[i] for i in b)
    assert np.array_equal(found.phi, fit.phi)
    assert found.provenance["transfer"]["learnt_on"] == len(a)
    again = transfer(
        fit,
        corpus.counts.take_documents(b),
        train_vectors=corpus.vectors[a],
        vectors=corpus.vectors[b],
    )
    assert again.fingerprint == found.fingerprint


def test_a_document_does_not_depend_on_the_others(corpus: Any, halves: tuple) -> None:
    a, b = halves
    for family in ("counts", "embedding"):
        fit = made_fit(corpus, a, family)
        some = {"train_vectors": corpus.vectors[a]}
        whole = transfer(fit, corpus.counts.take_documents(b), vectors=corpus.vectors[b], **some)
        three = transfer(
            fit, corpus.counts.take_documents(b[4:7]), vectors=corpus.vectors[b[4:7]], **some
        )
        assert three.theta == pytest.approx(whole.theta[4:7], abs=1e-12)


def test_theta_of_mixtures_is_unbiased() -> None:
    """Documents drawn from a known θ: means of the estimate are those of the truth."""
    g = np.random.default_rng(5)
    phi = g.dirichlet(np.full(60, 0.1), 4)
    truth = g.dirichlet(np.full(4, 0.25), 600)
    matrix = sparse.csr_matrix(np.stack([g.multinomial(60, t @ phi) for t in truth]))
    theta, _, left = fold_in(phi, matrix, np.full(4, 0.25))
    assert left == 0
    assert theta.mean(0) == pytest.approx(truth.mean(0), abs=0.01)
    assert np.abs(theta - truth).mean() < 0.06


@pytest.mark.parametrize("rate", [0.0, 0.15, 0.3])
def test_as_many_are_unassigned_as_in_the_fit(
    rate: float, planted_corpus: Callable[..., Any]
) -> None:
    p = planted_corpus(per_topic=60, rng=2)
    g = np.random.default_rng(0)
    # Off-topic documents: vectors that belong to no centre.
    off = g.random(len(p.labels)) < rate
    vectors = np.where(
        off[:, None], 1.5 * g.normal(size=p.vectors.shape) + p.vectors.mean(0), p.vectors
    )
    a, b = np.arange(0, len(off), 2), np.arange(1, len(off), 2)
    fit = made_fit(p, a, "embedding", unassigned=off[a])
    found = transfer(fit, p.counts.take_documents(b), train_vectors=vectors[a], vectors=vectors[b])
    assert abs((found.hard < 0).mean() - off[a].mean()) < 0.07
    if rate:
        assert (found.hard[off[b]] < 0).mean() > 0.8
    else:
        assert not found.unassigned.any()
    assert (found.hard[~off[b]] == p.labels[b][~off[b]]).mean() >= 0.9


def test_topics_of_one_document_or_of_none(planted_corpus: Callable[..., Any]) -> None:
    p = planted_corpus(n_topics=4, rng=4)
    few = np.concatenate([np.flatnonzero(p.labels < 2), np.flatnonzero(p.labels == 2)[:1]])
    fit = made_fit(p, few, "embedding")
    near = find(p.vectors[few], p.vectors)
    rule = voters_of(fit, near)
    found = rule.labels(near.new, near.cosine)
    assert 3 not in found
    assert 0.9 < rule.agreement < 1
    assert (found[p.labels < 2] == p.labels[p.labels < 2]).mean() > 0.9


def test_votes_are_those_of_a_plain_count(corpus: Any) -> None:
    rows = np.arange(90)
    fit = made_fit(corpus, rows, "embedding", unassigned=rows % 7 == 0)
    x = np.asarray(corpus.vectors, dtype=float)
    near = find(x[rows], x[90:])
    rule = voters_of(fit, near)
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    centred = unit - unit[rows].mean(0)
    expected = []
    for v in centred[90:]:
        cosine = [float(v @ c / np.linalg.norm(v) / np.linalg.norm(c)) for c in centred[rows]]
        votes = dict.fromkeys(range(5), 0.0)
        for i in sorted(range(90), key=lambda i: -cosine[i])[:5]:
            if fit.hard[i] >= 0:
                votes[int(fit.hard[i])] += cosine[i]
        best = max(votes, key=lambda k: votes[k])
        expected.append(best if votes[best] >= rule.limit else -1)
    assert rule.labels(near.new, near.cosine).tolist() == expected


def test_documents_without_a_known_term(corpus: Any) -> None:
    m = corpus.counts.matrix.tolil()
    m[0] = 0
    m[1] = 0
    counts = TermCounts(sparse.csr_matrix(m), corpus.counts.vocabulary, corpus.counts.doc_ids)
    for family in ("counts", "embedding"):
        fit = made_fit(corpus, np.arange(2, 80), family)
        found = transfer(fit, counts, train_vectors=corpus.vectors[2:80], vectors=corpus.vectors)
        assert found.unassigned[:2].tolist() == [1.0, 1.0]
        assert any("2 of" in w for w in found.provenance["warnings"])
    # A term that no topic has is not known either.
    phi = fit.phi.copy()
    phi[:, -20:] = 0
    only = sparse.csr_matrix((np.array([5]), ([0], [phi.shape[1] - 1])), shape=(1, phi.shape[1]))
    lda = replace(fit, phi=phi / phi.sum(1, keepdims=True), provenance={})
    assert transfer(lda, TermCounts(only, fit.vocabulary, ("x",))).unassigned[0] == 1.0


def test_alpha_is_that_of_the_fit(corpus: Any) -> None:
    fit = made_fit(corpus, np.arange(100))
    assert prior(fit) == pytest.approx(np.full(5, 0.2))
    assert prior(replace(fit, provenance={"chosen": {"alpha": [0.4] * 5}})) == pytest.approx(
        np.full(5, 0.4)
    )
    learned = prior(replace(fit, provenance={"chosen": {"alpha": [0.1, 0.5, 0.2, 0.1, 0.1]}}))
    assert learned.sum() == pytest.approx(1.0)
    assert learned == pytest.approx(fit.share / fit.share.sum())


def test_weighted_terms_and_poor_centroids_are_said(corpus: Any) -> None:
    weighted = replace(
        made_fit(corpus, np.arange(60)), provenance={"settings": {"term_weight": "idf"}}
    )
    assert any(
        "shares of tokens" in w for w in transfer(weighted, corpus.counts).provenance["warnings"]
    )
    noise = np.random.default_rng(0).normal(size=corpus.vectors.shape)
    found = transfer(
        made_fit(corpus, np.arange(60), "embedding"),
        corpus.counts,
        train_vectors=noise[:60],
        vectors=noise,
    )
    assert any("come back to their own topic" in w for w in found.provenance["warnings"])


def test_what_cannot_be_transferred_is_refused(corpus: Any) -> None:
    rows = np.arange(60)
    lda, clusters = made_fit(corpus, rows), made_fit(corpus, rows, "embedding")
    other = corpus.counts.keep_terms(np.arange(corpus.counts.n_terms) > 3)
    with pytest.raises(DataError, match="count them over the vocabulary of the fit"):
        transfer(lda, other)
    with pytest.raises(UsageError, match="pass train_vectors="):
        transfer(clusters, corpus.counts, vectors=corpus.vectors)
    with pytest.raises(DataError, match="one row for each of 60 documents"):
        transfer(clusters, corpus.counts, train_vectors=corpus.vectors, vectors=corpus.vectors)
    with pytest.raises(DataError, match="come from one embedding"):
        transfer(
            clusters, corpus.counts, train_vectors=corpus.vectors[rows, :5], vectors=corpus.vectors
        )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gibbs-lda", "lda"])
def test_a_real_fit_recovers_documents_held_out(
    corpus: Any, halves: tuple, name: str, agreement: Callable[..., float]
) -> None:
    from trends.models import BACKENDS

    fast = {"gibbs-lda": {"iterations": 200, "burn_in": 100}, "lda": {"max_passes": 40}}[name]
    a, b = halves
    fit = BACKENDS.load(name)(corpus.counts.take_documents(a), n_topics=5, seed=1, settings=fast)
    found = transfer(fit, corpus.counts.take_documents(b))
    # A fit of 90 documents may miss a topic; held-out documents fare as well as its own.
    assert agreement(found.hard, corpus.labels[b]) >= agreement(fit.hard, corpus.labels[a]) - 0.03
    if name == "gibbs-lda":
        assert agreement(found.hard, corpus.labels[b]) >= 0.9
    # On its own documents the frozen fit says what it said when it was made.
    back = transfer(fit, corpus.counts.take_documents(a))
    assert (back.hard == fit.hard).mean() >= 0.95


@pytest.mark.parametrize("large", [1_000_000, 0])
def test_compiled_loops_give_what_the_reference_gives(
    large: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mixed lengths, an empty document, one term alone, terms that no topic has, terms that a topic
    never has, counts above one.
    """
    g = np.random.default_rng(8)
    phi = g.dirichlet(np.full(80, 0.1), 7)
    phi[:, :3] = 0
    phi[2, 10:40] = 0
    matrix = g.poisson(g.choice([0.02, 0.3, 1.5], size=300)[:, None], (300, 80))
    matrix[5], matrix[6] = 0, np.eye(80, dtype=int)[50]
    m, alpha = sparse.csr_matrix(matrix), g.uniform(0.02, 1.0, 7)
    known = phi.sum(0) > 0
    bare = sparse.csr_matrix(m[:, known], dtype=float)
    monkeypatch.setattr("trends.models.parallel.BATCH", 70)
    monkeypatch.setattr(transferring, "LARGE", large)
    monkeypatch.setattr(likelihood, "LARGE", large)
    wanted, steps, left = transferring.fold_in_reference(phi[:, known].T, bare, alpha)
    theta, *rest = fold_in(phi, m, alpha)
    assert theta == pytest.approx(wanted, abs=1e-9)
    assert rest == [steps, left]
    wanted, steps, left = likelihood.climb_reference(phi[:, known].T, bare)
    theta, *rest = likelihood.maximum_likelihood(phi, m)
    assert theta == pytest.approx(wanted, abs=1e-9)
    assert rest == [steps, left]


def test_neighbours_in_single_precision_are_those_in_double(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    g = np.random.default_rng(4)
    x = g.normal(size=(700, 24)).astype(np.float32)
    # Copies of documents have equal cosines: the first of them comes first.
    x[100:105] = x[3]
    wanted = find(x[:500], x[500:])
    monkeypatch.setattr(neighbours, "LARGE", 100)
    monkeypatch.setattr(neighbours, "CHUNK", 30_000)
    found = find(x[:500], x[500:])
    for name in ("new", "cosine", "own", "own_cosine"):
        assert np.array_equal(getattr(found, name), getattr(wanted, name)), name


def test_documents_of_the_fit_are_judged_by_others(corpus: Any) -> None:
    rows = np.arange(20, 110)
    near = find(corpus.vectors[rows], corpus.vectors, among=rows)
    assert np.array_equal(near.new[rows], near.own)
    assert not (near.own == np.arange(len(rows))[:, None]).any()
    others = np.setdiff1d(np.arange(len(corpus.vectors)), rows)
    assert np.array_equal(near.new[others], find(corpus.vectors[rows], corpus.vectors[others]).new)
    fit = made_fit(corpus, rows, "embedding")
    found = transfer(fit, corpus.counts, near=near)
    assert (found.hard[rows] == fit.hard).mean() == pytest.approx(
        found.provenance["transfer"]["agreement"]
    )
