"""Centres of topics that are clusters of vectors, and which centre a document is nearest to."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def unit(rows: Array) -> Array:
    """Rows scaled to length one; a row of rounding errors alone has no direction: zero."""
    length = np.sqrt((rows**2).sum(axis=-1, keepdims=True))
    return np.where(length > 1e-9, rows / np.where(length > 1e-9, length, 1.0), 0.0)


def centres(theta: Array, vectors: Array) -> NDArray[np.float32]:
    """Mean vector of each topic, weighted by the documents' shares.

    Parameters
    ----------
    theta : ndarray, shape (documents, topics)
        Shares.
    vectors : ndarray, shape (documents, dimensions)
        Vectors of length one.

    Returns
    -------
    ndarray of float32, shape (topics, dimensions)
        Not scaled: where its length is far below one, the topic's documents point in many
        directions. A topic without documents has the mean of all.
    """
    weight = theta.sum(axis=0)
    mean = (theta.T @ vectors) / np.maximum(weight, 1e-300)[:, None]
    mean[weight <= 0] = vectors.mean(axis=0)
    return mean.astype(np.float32)


def nearest(vectors: Array, means: NDArray[np.float32]) -> tuple[NDArray[np.int64], Array]:
    """The centre at the smallest Euclidean distance, and its support: one minus its square.

    Parameters
    ----------
    vectors : ndarray, shape (documents, dimensions)
        Vectors of length one.
    means : ndarray of float32, shape (topics, dimensions)
        Centres.

    Returns
    -------
    label : ndarray of int, shape (documents,)
    support : ndarray, shape (documents,)
        Rounded, because the last bits of a sum differ between machines and a topic must not.
    """
    middle = means.astype(np.float64)
    support = np.round(2 * vectors @ middle.T - (middle**2).sum(axis=1), 9)
    label = support.argmax(axis=1)
    return label, support[np.arange(len(label)), label]


def describe(
    means: NDArray[np.float32], vectors: Array, theta: Array, unassigned: Array
) -> dict[str, Any]:
    """How the nearest centre classifies the documents of a fit, as if they were new.

    Returns
    -------
    dict
        ``agreement``, the share of the documents that keep their topic or stay unassigned; and,
        where the fit leaves documents unassigned, ``limit``, the support below which a document is:
        as many of them are as the fit left unassigned.
    """
    hard = np.where(unassigned > theta.max(axis=1), -1, theta.argmax(axis=1))
    label, support = nearest(vectors, means)
    out: dict[str, Any] = {}
    if (hard < 0).any():
        out["limit"] = float(np.quantile(support, (hard < 0).mean()))
        label = np.where(support >= out["limit"], label, -1)
    return {**out, "agreement": round(float((label == hard).mean()), 6)}
