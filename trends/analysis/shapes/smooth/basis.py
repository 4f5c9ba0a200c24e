"""What a mean may look like: a line, bends of several kinds and strengths, and one jump."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: From so many periods on the mean may bend and jump; with fewer it is a line.
BENDS = 8

#: Most terms of a mean that bend it, and periods for each of them.
MOST_TERMS, PERIODS_A_TERM = 12, 3

#: Root mean square of a term over the periods: that of the second Legendre polynomial.
UNIT = 5**-0.5

#: Standard deviations (log-odds) of the slowest bends, and the number of a term from which on bends
#: weigh less and less: the larger, the more a mean oscillates.
STRENGTHS = (0.5, 1.2)
REACHES = (1.0, 2.0, 3.5, 6.0)

#: Standard deviation (log-odds) of a jump.
JUMP = 1.5

#: Parts of the topics with a jump, and parts without a bend, that are thought possible.
JUMPING = (0.0, 0.1, 0.4, 0.8)
STRAIGHT = (0.9, 0.5, 0.1)

#: Most places of a jump that are tried.
PLACES = 60


class Family(NamedTuple):
    """Kinds of means, and candidates for how often each is found among topics.

    Parameters
    ----------
    terms : ndarray, shape (course, terms)
        Terms of the mean at all periods; the first two are a line, the last is the jump's (zero).
    precision : ndarray, shape (kinds, terms)
        Prior precisions; those of the line are 0.
    places : ndarray of int
        Numbers of periods at which a jump is tried, the first beyond the last period: none.
    shares : ndarray, shape (candidates, places * kinds)
        Each sums to 1.
    """

    terms: Array
    precision: Array
    places: NDArray[np.int64]
    shares: Array


def family_of(course: Array, seen: NDArray[np.int64]) -> Family:
    """The family of means over a course of periods.

    Parameters
    ----------
    course : ndarray, shape (course,)
        Numbers of all periods, increasing.
    seen : ndarray of int
        Which of them have documents.

    Returns
    -------
    Family

    Notes
    -----
    The terms are the eigenvectors of the prior of a cubic smoothing spline without its line
    (Demmler and Reinsch 1975), scaled to one size. Their strengths fall as those of a stationary
    process of one length (Matérn's, of smoothness 3/2): with the longest it is nearly the spline,
    with shorter ones waves and S-curves are no surprise. Steps need the jump: no smooth mean
    follows them.

    References
    ----------
    Demmler and Reinsch (1975), Numerische Mathematik 24, 375–382; Ruppert, Wand and Carroll (2003),
    Semiparametric Regression, chapter 4; Rasmussen and Williams (2006), Gaussian Processes for
    Machine Learning, section 4.2.
    """
    periods = len(course)
    at = (np.asarray(course, dtype=float) - course[0]) / max(course[-1] - course[0], 1.0)
    line = np.column_stack([np.ones(periods), 2 * at - 1])
    bends = len(seen) >= BENDS
    rank = min(MOST_TERMS, len(seen) // PERIODS_A_TERM) if bends else 0
    early, late = np.minimum.outer(at, at), np.maximum.outer(at, at)
    orthogonal, _ = np.linalg.qr(line)
    apart = np.eye(periods) - orthogonal @ orthogonal.T
    _, vectors = np.linalg.eigh(apart @ (early**2 * (3 * late - early) / 6) @ apart)
    vectors = vectors[:, ::-1][:, :rank]
    # The sign of an eigenvector is arbitrary: its largest entry is made positive.
    vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(0), np.arange(rank)])
    terms = np.column_stack([line, vectors * np.sqrt(periods) * UNIT, np.zeros(periods)])
    strengths = [np.full(rank, 1e-3)]
    if bends:
        number = np.arange(1, rank + 1)
        strengths += [s / np.sqrt(1 + (number / r) ** 4) for r in REACHES for s in STRENGTHS]
    kinds = len(strengths)
    precision = np.zeros((kinds, rank + 3))
    precision[:, 2:-1] = np.array(strengths) ** -2.0
    precision[:, -1] = JUMP**-2.0
    places = [int(course[-1]) + 1]
    if bends:
        inside = seen[2:-1]
        some = np.unique(np.linspace(0, len(inside) - 1, min(PLACES, len(inside))).round())
        places += [int(course[inside[int(i)]]) for i in some]
    shares = [np.eye(kinds)[0]]
    for straight in STRAIGHT if kinds > 1 else ():
        for kind in range(1, kinds):
            row = np.full(kinds, (1 - straight) * 0.3 / (kinds - 1))
            row[kind] += (1 - straight) * 0.7
            row[0] = straight
            shares.append(row / row.sum())
    jumps = len(places) - 1
    jumping = [
        np.array([1.0 - q, *[q / max(jumps, 1)] * jumps]) for q in JUMPING[: 4 if jumps else 1]
    ]
    table = [np.outer(j, s).ravel() for j in jumping for s in shares]
    return Family(terms, precision, np.array(places), np.array(table))
