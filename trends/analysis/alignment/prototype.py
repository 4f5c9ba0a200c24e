"""The fit that is most like the others, and its topics' names for what the others found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trends.analysis.alignment.hungarian import MINIMUM, align
from trends.core.alignment import Alignment
from trends.core.checks import read_only
from trends.core.computing.rng import Rng, generator_from
from trends.core.topics import Topics
from trends.errors import DataError, UsageError


@dataclass(frozen=True)
class PrototypeResult:
    """One of several fits chosen to stand for all.

    Parameters
    ----------
    index : int
        Which fit is the prototype.
    similarity : ndarray of float, shape (fits, fits)
        Mean similarity of the topics of two fits, a topic without a partner counting 0; 1 on the
        diagonal.
    stability : ndarray of float, shape (topics of the prototype,)
        Mean over the other fits of the similarity to the topic's partner, 0 where it has none; NaN
        if there is one fit only.
    recurrence : ndarray of float, shape (topics of the prototype,)
        Share of the other fits in which the topic has a partner; NaN if there is one fit only.
    alignments : tuple of Alignment or None, one per fit
        Prototype (left) to each fit (right); None at the prototype itself.
    """

    index: int
    similarity: NDArray[np.float64]
    stability: NDArray[np.float64]
    recurrence: NDArray[np.float64]
    alignments: tuple[Alignment | None, ...]

    @property
    def mean_similarity(self) -> NDArray[np.float64]:
        """Mean similarity of each fit to the others, shape (fits,).

        NaN if there is one fit only.
        """
        n = len(self.similarity)
        return np.full(1, np.nan) if n == 1 else (self.similarity.sum(1) - 1) / (n - 1)


@dataclass(frozen=True)
class Reordered:
    """A fit's document–topic shares under the prototype's topics.

    ``theta.sum(1) + unmatched + unassigned == 1`` in every row.

    Parameters
    ----------
    theta : ndarray of float, shape (documents, topics of the prototype)
        Zero in the columns of topics that this fit did not find.
    unmatched : ndarray of float, shape (documents,)
        Mass of this fit's topics that the prototype lacks.
    unassigned : ndarray of float, shape (documents,)
        As in the fit.
    present : ndarray of bool, shape (topics of the prototype,)
        Which of the prototype's topics this fit found. A topic that is absent has no share here:
        leave it out of a mean over fits, do not count it as zero.
    n_unmatched : int
        Number of this fit's topics that the prototype lacks.
    """

    theta: NDArray[np.float64]
    unmatched: NDArray[np.float64]
    unassigned: NDArray[np.float64]
    present: NDArray[np.bool_]
    n_unmatched: int


def choose(
    fits: Sequence[Topics],
    *,
    n_null: int = 199,
    level: float = 0.05,
    minimum: float = MINIMUM,
    rng: Rng,
) -> PrototypeResult:
    """Choose the fit with the largest mean similarity to the others [1]_; the first one of equals.

    Parameters
    ----------
    fits : sequence of Topics
        Fits of one backend with different seeds, usually; numbers of topics may differ.
    n_null, level, minimum
        As in :func:`trends.analysis.alignment.hungarian.align`, which compares each two fits by
        their documents.
    rng : int or numpy.random.Generator
        Source of the permutations; each pair of fits gets its own stream.

    Raises
    ------
    UsageError
        If there are no fits.

    Notes
    -----
    The paper compares topics by their words and clusters all topics of two runs. Here the documents
    are compared and the topics assigned one to one, as everywhere in this package.

    References
    ----------
    .. [1] Rieger, J., Rahnenführer, J. and Jentsch, C. (2020). Improving Latent Dirichlet
           Allocation: On Reliability of
       the Novel Method LDAPrototype. NLDB 2020.
    """
    if not fits:
        message = "A prototype is chosen among fits; none was given."
        raise UsageError(message)
    n = len(fits)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    streams = generator_from(rng).spawn(len(pairs))
    found = {
        (i, j): align(fits[i], fits[j], n_null=n_null, level=level, minimum=minimum, rng=stream)
        for (i, j), stream in zip(pairs, streams, strict=True)
    }
    similarity = np.eye(n)
    for (i, j), alignment in found.items():
        larger = max(fits[i].n_topics, fits[j].n_topics)
        similarity[i, j] = similarity[j, i] = alignment.similarity.sum() / larger
    # Rounding keeps equals equal, so that the first of them is taken on every machine.
    index = int(np.argmax(np.round(similarity.sum(1), 12)))
    alignments = tuple(None if i == index else _from(found, index, i) for i in range(n))
    stability, recurrence = _stability(
        [a for a in alignments if a is not None], fits[index].n_topics
    )
    return PrototypeResult(
        index, read_only(similarity), read_only(stability), read_only(recurrence), alignments
    )


def reorder(fit: Topics, alignment: Alignment) -> Reordered:
    """Bring a fit's theta into the topic order of the prototype.

    Parameters
    ----------
    fit : Topics
        The fit.
    alignment : Alignment
        Prototype (left) to fit (right), as in :attr:`PrototypeResult.alignments`.

    Raises
    ------
    DataError
        If the alignment is about a fit with another number of topics.
    """
    if alignment.n_right != fit.n_topics:
        message = (
            f"The alignment is about a fit of {alignment.n_right} topics, this one has "
            f"{fit.n_topics}."
        )
        raise DataError(message)
    theta = np.zeros((fit.n_documents, alignment.n_left))
    theta[:, alignment.pairs[:, 0]] = fit.theta[:, alignment.pairs[:, 1]]
    present = np.zeros(alignment.n_left, dtype=bool)
    present[alignment.pairs[:, 0]] = True
    lost = alignment.unmatched_right
    return Reordered(
        read_only(theta),
        read_only(fit.theta[:, lost].sum(1)),
        fit.unassigned,
        read_only(present),
        len(lost),
    )


def _from(found: dict[tuple[int, int], Alignment], prototype: int, other: int) -> Alignment:
    return found[prototype, other] if prototype < other else reverse(found[other, prototype])


def reverse(alignment: Alignment) -> Alignment:
    """The same alignment seen from the other fit."""
    settings = dict(alignment.settings)
    if "empty_left" in settings and "empty_right" in settings:
        settings["empty_left"], settings["empty_right"] = (
            settings["empty_right"],
            settings["empty_left"],
        )
    return Alignment(
        alignment.pairs[:, ::-1],
        alignment.similarity,
        alignment.null_p,
        alignment.n_right,
        alignment.n_left,
        settings=settings,
    )


def _stability(
    alignments: Sequence[Alignment], n_topics: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if not alignments:
        return np.full(n_topics, np.nan), np.full(n_topics, np.nan)
    similarity = np.zeros((len(alignments), n_topics))
    matched = np.zeros((len(alignments), n_topics))
    for row, alignment in enumerate(alignments):
        similarity[row, alignment.pairs[:, 0]] = alignment.similarity
        matched[row, alignment.pairs[:, 0]] = 1
    return similarity.mean(0), matched.mean(0)
