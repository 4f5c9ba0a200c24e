"""How alike the topics of two fits are, and how alike they would be by chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import scipy  # its parts are imported on first use; to plan a run needs none
from numpy.typing import NDArray

from trends.analysis.alignment.tail_bounds import Spread, moments, spread
from trends.core.computing.limits import PLAIN
from trends.core.topics import Topics
from trends.errors import DataError, UsageError

Kind = Literal["documents", "words", "embeddings"]
Matrix = NDArray[np.float64]

#: Strata of terms of like frequency, within which the null of ``words`` permutes.
TERM_STRATA = 20
#: With more documents than this a permutation takes long, and is drawn only where it could tell
#: something.
MANY = PLAIN


@dataclass(frozen=True)
class Comparison:
    """Two fits made comparable.

    Parameters
    ----------
    left, right : ndarray of float
        What ``kernel`` compares; the columns or rows of a topic lie where the kernel expects them.
    kernel : callable
        ``kernel(left, right)`` gives similarities, shape (topics of the left fit, topics of the
        right fit), at most 1.
    shuffle : callable
        ``shuffle(rng)`` gives ``right`` with whatever links it to ``left`` permuted.
    compared : int
        Documents (or terms, for ``words``) that both fits know and that entered the comparison.
    shared_mass : tuple of ndarray, optional
        For ``documents``: mean of the product of two shares, the same if they were independent, and
        the product of their standard deviations, which turns a difference of the first two into a
        correlation; shapes (topics of the left fit, topics of the right fit).
    skewness : ndarray, optional
        For ``documents``: skewness of each similarity over all permutations, shape (topics of the
        left fit, topics of the right fit).
    spread : Spread, optional
        For ``documents``, if there are more than :data:`MANY`: what bounds the similarities over
        all permutations.
    """

    left: Matrix
    right: Matrix
    kernel: Callable[[Matrix, Matrix], Matrix]
    shuffle: Callable[[np.random.Generator], Matrix]
    compared: int
    shared_mass: tuple[Matrix, Matrix, Matrix] | None = None
    skewness: Matrix | None = None
    spread: Spread | None = None

    def observed(self) -> Matrix:
        """Similarities of the two fits, shape (topics of the left fit, topics of the right fit)."""
        return self.kernel(self.left, self.right)

    def permuted(self, n: int, rng: np.random.Generator) -> Matrix:
        """Similarities after each of ``n`` permutations.

        Shape (n, topics of the left fit, topics of the right fit).
        """
        return np.stack([self.kernel(self.left, self.shuffle(rng)) for _ in range(n)])


def compare(left: Topics, right: Topics, kind: Kind, embeddings: Any = None) -> Comparison:
    """Make two fits comparable by documents, words or embeddings.

    Parameters
    ----------
    left, right : Topics
        The fits. Documents and terms are matched by name, so neither their order nor their number
        need agree.
    kind : {"documents", "words", "embeddings"}
        See :func:`by_documents`, :func:`by_words`, :func:`by_embeddings`.
    embeddings : ndarray or pair of ndarray, optional
        Needed for ``"embeddings"``: rows are the documents of both fits, or one array for each fit.

    Raises
    ------
    UsageError
        If ``kind`` is unknown, or embeddings are missing.
    DataError
        If the fits share no document (or no term).
    """
    if kind == "documents":
        return (
            by_documents(left, right)
            if min(left.n_documents, right.n_documents) <= MANY
            else by_many_documents(left, right)
        )
    if kind == "words":
        return by_words(left, right)
    if kind == "embeddings":
        if embeddings is None:
            message = (
                "Similarity by embeddings needs embeddings=, one row per document of the fits."
            )
            raise UsageError(message)
        return by_embeddings(left, right, embeddings)
    message = f"Unknown similarity {kind!r}. Allowed: documents, words, embeddings."
    raise UsageError(message)


def by_documents(left: Topics, right: Topics) -> Comparison:
    r"""Overlap of documents beyond chance: the correlation of two columns of theta.

    For hard labels this is the :math:`\varphi` coefficient of the two-by-two table of memberships.
    It is 0 in expectation for unrelated topics whatever their size, where the cosine grows with
    size and with the flat mass that LDA spreads over every topic; and it is 1 for equal topics.
    Outliers are no topic and match nothing. Documents that both fits leave unassigned
    (``hard == -1``) say nothing about which topics are the same and are left out; those that only
    one fit leaves unassigned stay, as they show that a topic of the other fit is not found here.
    The null permutes the documents of one fit.
    """
    rows, partner = _shared(left, right)
    of_left, of_right = left.theta[rows], right.theta[partner]
    a, b = _standardize(of_left), _standardize(of_right)
    n = max(len(a), 1)
    mass = (
        of_left.T @ of_right / n,
        np.outer(of_left.sum(0), of_right.sum(0)) / n**2,
        np.outer(_spread(of_left), _spread(of_right)),
    )
    return Comparison(
        a, b, _products, lambda rng: b[rng.permutation(len(b))], len(rows), mass, _skewness(a, b)
    )


def by_many_documents(left: Topics, right: Topics) -> Comparison:
    """The same as :func:`by_documents`, from sums over blocks of documents.

    No standardized copies of the shares are made: ``left`` and ``right`` of the result are the
    shares themselves.
    """
    rows, partner = _shared(left, right)
    whole = [
        len(at) == fit.n_documents and bool((np.diff(at) == 1).all())
        for at, fit in ((rows, left), (partner, right))
    ]
    a = left.theta if whole[0] else left.theta[rows]
    b = right.theta if whole[1] else right.theta[partner]
    n = len(a)
    if n < 3:
        return by_documents(left, right)
    x, y = moments(a), moments(b)
    mass = a.T @ b / n, np.outer(x.mean, y.mean), np.outer(x.deviation, y.deviation)
    skewness = np.outer(x.skewness, y.skewness) * np.sqrt(n - 1) / (n - 2)
    return _of_shares(a, b, mass, skewness, spread(x, y, n))


def only_topics(
    comparison: Comparison, left: NDArray[np.int64], right: NDArray[np.int64]
) -> Comparison:
    """A comparison by many documents with some of the topics of either fit."""
    at = np.ix_(left, right)
    assert comparison.shared_mass is not None
    assert comparison.skewness is not None
    assert comparison.spread is not None
    mass, size = tuple(m[at] for m in comparison.shared_mass), comparison.spread
    part = Spread(size.scale[at], size.variance[at], size.largest[at])
    return _of_shares(
        comparison.left[:, left], comparison.right[:, right], mass, comparison.skewness[at], part
    )


def _of_shares(
    a: Matrix, b: Matrix, mass: tuple[Matrix, ...], skewness: Matrix, size: Spread
) -> Comparison:
    shared, independent, scale = mass
    n = len(a)

    def kernel(u: Matrix, v: Matrix) -> Matrix:
        return np.where(
            scale > 0, (u.T @ v / n - independent) / np.where(scale > 0, scale, 1.0), 0.0
        )

    return Comparison(
        a,
        b,
        kernel,
        lambda rng: b[rng.permutation(n)],
        n,
        (shared, independent, scale),
        skewness,
        size,
    )


def _shared(left: Topics, right: Topics) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of either fit with the documents that both know and not both leave unassigned."""
    if left.doc_ids == right.doc_ids:
        rows = partner = np.arange(left.n_documents)
    else:
        index = {doc: i for i, doc in enumerate(right.doc_ids)}
        rows = np.array([i for i, doc in enumerate(left.doc_ids) if doc in index], dtype=np.int64)
        partner = np.array([index[left.doc_ids[i]] for i in rows], dtype=np.int64)
    if not len(rows):
        message = (
            "The two fits share no document, so they cannot be compared by documents. Fits of "
            "other corpora or periods are compared by "
            "similarity='words', or by similarity='embeddings' with the vectors of each fit's "
            "documents."
        )
        raise DataError(message)
    assigned = (left.hard[rows] >= 0) | (right.hard[partner] >= 0)
    return rows[assigned], partner[assigned]


def by_words(left: Topics, right: Topics) -> Comparison:
    """One minus the Jensen–Shannon distance (base 2) of two topics' word distributions.

    The distributions are rows of phi, on the terms that both fits know.

    The null permutes terms within strata of like frequency (mean of phi over the topics of both
    fits): permuting all terms would also destroy the background that any two topics of a corpus
    share, and everything would look related.
    """
    index = {term: j for j, term in enumerate(right.vocabulary)}
    columns = np.array(
        [j for j, term in enumerate(left.vocabulary) if term in index], dtype=np.int64
    )
    if not len(columns):
        message = (
            "The two fits share no term of their vocabularies, so their words cannot be compared."
        )
        raise DataError(message)
    partner = np.array([index[left.vocabulary[j]] for j in columns], dtype=np.int64)
    a, b = _normalise(left.phi[:, columns]), _normalise(right.phi[:, partner])
    order = np.argsort(a.mean(0) + b.mean(0), kind="stable")
    strata = np.array_split(order, min(TERM_STRATA, len(order)))

    def shuffle(rng: np.random.Generator) -> Matrix:
        place = np.empty(len(order), dtype=np.int64)
        for stratum in strata:
            place[stratum] = rng.permutation(stratum)
        return b[:, place]

    return Comparison(a, b, jensen_shannon_similarity, shuffle, len(columns))


def by_embeddings(left: Topics, right: Topics, embeddings: Any) -> Comparison:
    """Cosine similarity of the topics' centred centroids.

    A centroid is the theta-weighted mean of the vectors of a topic's documents, less the mean of
    all documents.

    Subtracting the common mean matters: sentence embeddings of one field point in much the same
    direction, so that raw centroids of unrelated topics have cosines of 0.8 and more. The null
    permutes the documents of one fit.
    """
    pair = embeddings if isinstance(embeddings, tuple) else (embeddings, embeddings)
    if len(pair) != 2:
        message = "embeddings= is one array for both fits, or a pair of arrays."
        raise UsageError(message)
    vectors = [np.asarray(v, dtype=np.float64) for v in pair]
    for v, fit, side in zip(vectors, (left, right), ("first", "second"), strict=True):
        if v.ndim != 2 or len(v) != fit.n_documents:
            message = (
                f"Embeddings of the {side} fit have shape {v.shape}; expected {fit.n_documents} "
                "rows, one per document."
            )
            raise DataError(message)
    if vectors[0].shape[1] != vectors[1].shape[1]:
        message = (
            f"The embeddings have {vectors[0].shape[1]} and {vectors[1].shape[1]} dimensions; one "
            "model must make both."
        )
        raise DataError(message)
    mean = vectors[0].mean(0) if vectors[0] is vectors[1] else np.concatenate(vectors).mean(0)
    x, y = (v - mean for v in vectors)
    a, b = _unit_rows(left.theta.T @ x), right.theta

    def shuffle(rng: np.random.Generator) -> Matrix:
        return _unit_rows(b[rng.permutation(len(b))].T @ y)

    return Comparison(a, _unit_rows(b.T @ y), lambda u, v: u @ v.T, shuffle, left.n_documents)


def jensen_shannon_similarity(p: Matrix, q: Matrix) -> Matrix:
    """One minus the Jensen–Shannon distance (base 2) between the rows of two matrices.

    Each row is a probability distribution.
    """
    h_p, h_q = -scipy.special.xlogy(p, p).sum(1), -scipy.special.xlogy(q, q).sum(1)
    out = np.empty((len(p), len(q)))
    for i, row in enumerate(p):
        middle = (row + q) / 2
        divergence = -scipy.special.xlogy(middle, middle).sum(1) - (h_p[i] + h_q) / 2
        out[i] = 1 - np.sqrt(np.clip(divergence / np.log(2), 0, 1))
    return out


def _products(a: Matrix, b: Matrix) -> Matrix:
    return a.T @ b


def _standardize(theta: Matrix) -> Matrix:
    """Columns with mean 0 and length 1.

    A constant column becomes zero and so correlates with nothing.
    """
    if not len(theta):
        return theta
    centred = theta - theta.mean(0)
    length = np.sqrt((centred**2).sum(0))
    # Rounding leaves a constant column a length of about 1e-16 per entry, which must not be blown
    # up to one.
    constant = length <= 1e-9 * np.sqrt(len(theta))
    return np.where(constant, 0.0, centred / np.where(constant, 1.0, length))


def _skewness(a: Matrix, b: Matrix) -> Matrix:
    """Exact skewness of the products of two sets of standardized columns under permutation.

    All permutations of the rows of one of the two count.
    """
    n = len(a)
    if n < 3:
        return np.zeros((a.shape[1], b.shape[1]))
    return np.outer((a**3).sum(0), (b**3).sum(0)) * n * np.sqrt(n - 1) / (n - 2)


def _spread(theta: Matrix) -> Matrix:
    return theta.std(0) if len(theta) else np.zeros(theta.shape[1])


def _unit_rows(rows: Matrix) -> Matrix:
    length = np.sqrt((rows**2).sum(1, keepdims=True))
    return np.where(length > 0, rows / np.where(length > 0, length, 1.0), 0.0)


def _normalise(phi: Matrix) -> Matrix:
    """Rows that sum to one over the terms that are left; a row without mass there stays zero."""
    total = phi.sum(1, keepdims=True)
    return np.where(total > 0, phi / np.where(total > 0, total, 1.0), 0.0)
