"""Initialization of models of counts: factorisations of tf-idf weights into more topics, merged.

A likelihood of counts has many maxima, and from a random initialization its topics are often two
true ones in one. Least squares on tf-idf weights is quick and convex in each of its factors, and
keeps
topics apart; with more topics than are wanted it has room for small ones beside the parts of large
ones, and parts of one topic occur in the same documents, by which they are known and merged.
Measured in ``experiments/planted/``.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.core import TermCounts
from trends.models.imports import load

Array = NDArray[np.float64]

#: Share of what is found that gives way to the whole corpus, so that nothing is zero: steps that
#: are products would leave it so.
SMOOTH = 0.01
#: Steps on the counts before initializations are compared.
TRIAL = 20
#: The loss whose minimum is the likelihood of the counts.
LOSS: dict[str, Any] = {"beta_loss": "kullback-leibler", "solver": "mu"}


def initialize_topics(
    counts: TermCounts,
    n_topics: int,
    seed: int,
    *,
    overclustering: float,
    n_init: int,
    max_iter: int = 400,
    tolerance: float = 1e-4,
) -> tuple[Array, Array]:
    """Shares of documents and term distributions from which a model of counts starts.

    Of several initializations, the one under which the counts are likeliest after a few steps of
    the factorisation of counts is taken. The first is a factorisation into as many topics as are
    wanted, the last into ``overclustering`` times as many, merged.

    Parameters
    ----------
    counts : TermCounts
        No empty document.
    n_topics : int
        Topics that are returned.
    seed : int
        Of the factorisations.
    overclustering : float
        Topics of the finest factorisation, in multiples of ``n_topics``.
    n_init : int
        How many initializations are tried.
    max_iter, tolerance : int, float
        Of a factorisation.

    Returns
    -------
    share : ndarray, shape (documents, topics)
        Rows sum to one, nothing is zero.
    phi : ndarray, shape (topics, terms)
        Rows sum to one, no term of the corpus has zero.
    """
    seeds = np.random.SeedSequence(seed).generate_state(n_init)
    weights = load("sklearn.feature_extraction.text").TfidfTransformer()
    matrix = counts.matrix.astype(np.float64)
    weighted = weights.fit_transform(matrix)
    best: tuple[float, Array, Array] | None = None
    for factor, number in zip(np.linspace(1, overclustering, n_init), seeds, strict=True):
        # No more topics than documents or terms can tell apart.
        k = max(n_topics, min(round(float(factor) * n_topics), min(matrix.shape) - 1))
        shares, model = factorise(weighted, k, int(number), max_iter=max_iter, tolerance=tolerance)
        # The weights of terms are taken off again: these are shares of tokens.
        share, phi = merge_by_documents(
            *_shares(shares, model.components_ / weights.idf_, counts), n_topics
        )
        share, phi, error = factorise_counts(
            counts, share, phi, int(number), max_iter=TRIAL, tolerance=0.0
        )[:3]
        if best is None or error < best[0]:
            best = (error, share, phi)
    assert best is not None
    return best[1], best[2]


def factorise_counts(
    counts: TermCounts, share: Array, phi: Array, seed: int, *, max_iter: int, tolerance: float
) -> tuple[Array, Array, float, int]:
    """Factorisation of the counts under Kullback–Leibler loss: shares, terms, error, steps."""
    k, tokens = len(phi), corpus_terms(counts)
    W = ((1 - SMOOTH) * share + SMOOTH / k) * counts.tokens[:, None]
    H = (1 - SMOOTH) * phi + SMOOTH * tokens
    matrix = counts.matrix.astype(np.float64)
    shares, model = factorise(
        matrix, k, seed, W=W, H=H, init="custom", max_iter=max_iter, tolerance=tolerance, **LOSS
    )
    return (
        *_shares(shares, model.components_, counts),
        float(model.reconstruction_err_),
        int(model.n_iter_),
    )


def _shares(shares: Array, terms: Array, counts: TermCounts) -> tuple[Array, Array]:
    """Both factors as distributions.

    A document in which nothing was found has equal shares, a topic without terms those of the
    corpus.
    """
    k = len(terms)
    theta = normalized(shares * terms.sum(axis=1), np.full(k, 1 / k))
    return theta, normalized(terms, corpus_terms(counts))


def factorise(
    matrix: Any,
    k: int,
    seed: int,
    *,
    max_iter: int,
    tolerance: float,
    W: Array | None = None,
    H: Array | None = None,
    **how: Any,
) -> tuple[Array, Any]:
    """One factorisation by scikit-learn: the factor of the documents and the model."""
    model = load("sklearn.decomposition").NMF(
        k, max_iter=max_iter, tol=tolerance, random_state=seed, **{"init": "random", **how}
    )
    with warnings.catch_warnings():
        # Said by the backend in its own words, and only of the factorisation that is kept.
        warnings.filterwarnings("ignore", message="Maximum number of iterations")
        return np.asarray(model.fit_transform(matrix, W=W, H=H), dtype=np.float64), model


def merge_by_documents(share: Array, phi: Array, n_topics: int) -> tuple[Array, Array]:
    """Merge the two topics whose shares correlate most over the documents until few are left."""
    share, phi = share.copy(), phi.copy()
    mass = share.sum(axis=0)
    while len(phi) > n_topics:
        spread = share - share.mean(axis=0)
        length = np.maximum(np.sqrt((spread**2).sum(axis=0)), 1e-12)
        # Rounded: the last bits of a sum differ between machines, the pair must not.
        alike = np.round(spread.T @ spread / np.outer(length, length), 9)
        alike[np.tril_indices(len(phi))] = -np.inf
        a, b = np.unravel_index(int(alike.argmax()), alike.shape)
        total = max(mass[a] + mass[b], 1e-300)
        phi[a] = (mass[a] * phi[a] + mass[b] * phi[b]) / total
        share[:, a] += share[:, b]
        mass[a] = mass[a] + mass[b]
        share, phi, mass = (
            np.delete(share, b, axis=1),
            np.delete(phi, b, axis=0),
            np.delete(mass, b),
        )
    return share, normalized(phi, phi.mean(axis=0))


def corpus_terms(counts: TermCounts) -> Array:
    """p(term) of the whole corpus, shape (terms,)."""
    tokens = np.asarray(counts.matrix.sum(axis=0), dtype=np.float64).ravel()
    return np.asarray(tokens / tokens.sum())


def normalized(table: Array, instead: Array) -> Array:
    """Rows scaled to sum to one; ``instead`` for a row of zeros."""
    total = table.sum(axis=1, keepdims=True)
    return np.where(total > 0, table / np.where(total > 0, total, 1.0), instead)
