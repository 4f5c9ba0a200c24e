"""Soft membership in clusters of vectors: a Gaussian mixture with a class for outliers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy  # its parts are imported on first use; to plan a run needs none
from numpy.typing import NDArray

from trends.models.clustering.centres import unit

Array = NDArray[np.float64]

#: Principal components in which the mixture lives: at most so many, and at least so many documents
#: for each. Measured on planted corpora: with 40 to 100 components shares are as good, with 20 they
#: are worse.
COMPONENTS, DOCUMENTS_PER_COMPONENT = 50, 8
#: Part of every document that is first in no topic, so that a clustering without outliers can still
#: turn out to have some.
FLOOR = 0.02
#: Steps of expectation and maximisation, and the mean change of a share at which they end.
MOST_STEPS, TOLERANCE = 30, 1e-5
#: Share of the total variance that is added to the variance within topics: equal vectors have none.
RIDGE = 1e-6


@dataclass(frozen=True)
class Membership:
    """Shares of the documents.

    Parameters
    ----------
    theta : ndarray, shape (documents, topics)
    unassigned : ndarray, shape (documents,)
        ``theta.sum(1) + unassigned == 1``.
    chosen : dict
        What was decided on the way, for the provenance.
    """

    theta: Array
    unassigned: Array
    chosen: dict[str, Any] = field(default_factory=dict)


def soft_membership(
    labels: NDArray[np.int64], vectors: Array, n_topics: int, *, max_unassigned: float = 1.0
) -> Membership:
    """Probability that each document belongs to each cluster, or to none.

    Parameters
    ----------
    labels : ndarray of int, shape (documents,)
        Clusters from 0; -1 is unassigned.
    vectors : ndarray, shape (documents, dimensions)
        Any length; each is scaled to one.
    n_topics : int
        Number of clusters.
    max_unassigned : float
        Most mass that may lie outside all topics, unless the labels have more: steps that pass it
        are not taken.

    Returns
    -------
    Membership
        ``chosen`` has the number of principal ``components`` and of the ``steps`` taken.

    Notes
    -----
    Expectation–maximisation [1]_ for normal classes with one covariance [2]_, in at most 50
    principal components, from the labels. Documents of no topic are a class of their own with the
    same covariance, whose mean stays where the mean of all documents is: what is about nothing in
    particular [3]_. A document is compared with the mean of its topic without itself, because in
    many
    dimensions a small topic's mean lies close to each of its own documents. Later steps are left
    out where a topic falls below one document.

    References
    ----------
    .. [1] Dempster, A. P., Laird, N. M. and Rubin, D. B. (1977). Maximum likelihood from incomplete
           data via the EM algorithm. JRSS B 39.
    .. [2] McLachlan, G. and Peel, D. (2000). Finite Mixture Models. Wiley.
    .. [3] Banfield, J. D. and Raftery, A. E. (1993). Model-based Gaussian and non-Gaussian
           clustering. Biometrics 49 (a class for noise).
    """
    hard = np.zeros((len(labels), n_topics + 1))
    hard[np.arange(len(labels)), np.where(labels < 0, n_topics, labels)] = 1.0
    points = _principal_components(vectors)
    kept = hard
    if not points.any():
        return Membership(kept[:, :-1], kept[:, -1], {"components": 0, "steps": 0})
    limit = max(max_unassigned, float((labels < 0).mean()))
    shares = (1 - FLOOR) * hard
    shares[:, -1] += FLOOR
    steps = 0
    for step in range(1, MOST_STEPS + 1):
        new = _posterior(points, *_maximise(points, shares), own=shares)
        moved, shares = float(np.abs(new - shares).mean()), new
        if shares[:, -1].mean() <= limit and shares[:, :-1].sum(axis=0).min() >= 1.0:
            kept, steps = shares, step
        if moved < TOLERANCE:
            break
    chosen = {"components": points.shape[1], "steps": steps}
    return Membership(kept[:, :-1], kept[:, -1], chosen)


def _principal_components(vectors: Array) -> Array:
    """Principal components of the unit vectors, shape (documents, components)."""
    x = unit(np.asarray(vectors, dtype=np.float64))
    centred = x - x.mean(axis=0)
    most = max(1, min(COMPONENTS, len(x) // DOCUMENTS_PER_COMPONENT, x.shape[1]))
    largest = [x.shape[1] - most, x.shape[1] - 1]
    _, axes = scipy.linalg.eigh(centred.T @ centred, subset_by_index=largest)
    points = centred @ axes
    # What is left of equal vectors is rounding.
    return np.where(np.abs(points) > 1e-12, points, 0.0)


def _maximise(points: Array, shares: Array) -> tuple[Array, Array, Array]:
    """Means, root of the covariance and weights of the classes; the last mean stays zero."""
    n = shares.sum(axis=0)
    means = (shares.T @ points) / np.maximum(n, 1e-300)[:, None]
    means[-1] = 0.0
    within = points.T @ points - (means * n[:, None]).T @ means
    spread = max(float((points**2).sum()) / points.shape[1], 1e-300)
    root = np.linalg.cholesky((within + RIDGE * spread * np.eye(points.shape[1])) / len(points))
    return means, root, n / len(points)


def _posterior(points: Array, means: Array, root: Array, weight: Array, own: Array) -> Array:
    """Probabilities of the classes, shape (documents, topics + 1).

    The documents' ``own`` parts in the means are taken out.
    """
    x = scipy.linalg.solve_triangular(root, points.T, lower=True).T
    m = scipy.linalg.solve_triangular(root, means.T, lower=True).T
    square = np.maximum((x**2).sum(axis=1)[:, None] - 2 * x @ m.T + (m**2).sum(axis=1), 0.0)
    n = own.sum(axis=0)
    # x minus the mean of the others is (x minus the mean of all) times n / (n - own part); the
    # class
    # of no topic has a fixed mean.
    factor = n / np.maximum(n - own, 1.0)
    factor[:, -1] = 1.0
    square *= np.maximum(factor, 1.0) ** 2
    with np.errstate(divide="ignore"):
        return np.asarray(scipy.special.softmax(np.log(weight) - 0.5 * square, axis=1))
