"""Nearness to examples and words in a space of vectors, with a threshold learnt from examples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trends.core.computing.rng import Rng, generator_from
from trends.errors import DataError

Array = NDArray[np.float64]

#: Fewer examples say nothing of a threshold.
LEAST_EXAMPLES = 5
#: Draws of the examples, and the middle part of their thresholds that is the interval.
DRAWS, MIDDLE = 200, 0.8
#: Thresholds that are tried.
GRID = 400


@dataclass(frozen=True)
class Nearness:
    """How near documents are to a concept, and from where on they hold it.

    Parameters
    ----------
    score : ndarray, shape (documents,)
        Cosine of each document with the concept, both from the mean of all documents.
    threshold, lower, upper : float
        What a document that holds it reaches, with its interval.
    recall, false_alarm : float
        Share of the examples, each as though it had not been one, and of the documents that hold
        none of its words, that reach the threshold.
    """

    score: Array
    threshold: float
    lower: float
    upper: float
    recall: float
    false_alarm: float

    def weights(self, threshold: float | None = None) -> Array:
        """1 for each document that reaches the threshold, else 0."""
        return (self.score >= (self.threshold if threshold is None else threshold)).astype(float)


def nearness(
    vectors: Array,
    examples: NDArray[np.int64],
    words: list[NDArray[np.int64]],
    *,
    outside: NDArray[np.bool_],
    prevalence: float,
    rng: Rng,
) -> Nearness:
    r"""Score all documents by their nearness to a concept, and learn a threshold.

    The concept is the mean of two directions: of its examples, and of its words, each of which is
    the mean of the documents that hold it. All vectors are taken from the mean of the corpus and
    have length one. An example is scored by the concept without it.

    Of all thresholds the one is taken that errs least,
    :math:`\pi (1 - r(t)) + (1 - \pi) f(t)`, with recall r among the examples, f among documents
    that hold no word, and the share :math:`\pi` that the words have. The interval is that of
    thresholds of examples that are drawn again with replacement.

    Parameters
    ----------
    vectors : ndarray, shape (documents, dimensions)
        Examples that are no documents of the corpus may stand at the end.
    examples : ndarray of int
        Rows that are about the concept.
    words : list of ndarray of int
        For each word the rows that hold it.
    outside : ndarray of bool, shape (documents,)
        Rows that hold no word and are no examples.
    prevalence : float
        Share of the documents that hold a word.
    rng : int or numpy.random.Generator
        Source of the draws.

    Raises
    ------
    DataError
        If there are too few examples, or no documents outside.
    """
    if len(examples) < LEAST_EXAMPLES or not outside.any():
        message = (
            f"Nearness learns its threshold from examples: {len(examples)} are there, "
            f"{LEAST_EXAMPLES} are needed, beside documents that hold no word. Give more examples "
            "(examples, texts), or words that more documents hold."
        )
        raise DataError(message)
    centred = vectors - vectors.mean(0)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    centred = centred / np.where(length > 0, length, 1.0)
    of_words = _unit(sum((_unit(centred[rows].mean(0)) for rows in words if len(rows)), 0.0))
    total = centred[examples].sum(0)
    concept = _unit(_unit(total) + of_words)
    score = centred @ concept
    # Each example by the mean of the others.
    rest = total - centred[examples]
    rest /= np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-12)
    rest = rest + of_words
    rest /= np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-12)
    own = (centred[examples] * rest).sum(1)
    far = np.sort(score[outside])
    prior = float(np.clip(prevalence, 1e-3, 0.5))
    half = far[-max(len(far) // 2, 1) :]
    grid = np.quantile(np.concatenate([own, half]), np.linspace(0, 1, GRID))
    alarm = 1 - np.searchsorted(far, grid, side="left") / len(far)
    threshold = _least(own, grid, alarm, prior)
    generator = generator_from(rng)
    drawn = [
        _least(own[generator.integers(len(own), size=len(own))], grid, alarm, prior)
        for _ in range(DRAWS)
    ]
    low, high = np.quantile(drawn, ((1 - MIDDLE) / 2, (1 + MIDDLE) / 2))
    return Nearness(
        score,
        threshold,
        float(min(low, threshold)),
        float(max(high, threshold)),
        float((own >= threshold).mean()),
        float((far >= threshold).mean()),
    )


def _least(own: Array, grid: Array, alarm: Array, prior: float) -> float:
    """The threshold that errs least; of equals the middle one."""
    recall = 1 - np.searchsorted(np.sort(own), grid, side="left") / len(own)
    error = prior * (1 - recall) + (1 - prior) * alarm
    best = np.flatnonzero(error <= error.min() + 1e-12)
    return float(grid[best[len(best) // 2]])


def _unit(vector: Array | float) -> Array:
    """The vector with length one; nothing stays nothing."""
    array = np.asarray(vector, dtype=float)
    size = np.linalg.norm(array)
    return np.asarray(array / size if size > 0 else array)
