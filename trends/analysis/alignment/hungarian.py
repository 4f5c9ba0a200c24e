"""Which topics of two fits are the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy  # its parts are imported on first use; to plan a run needs none
from numpy.typing import NDArray

from trends.analysis.alignment.permutation_null import beyond_chance, minus_log_p, tail_scale
from trends.analysis.alignment.scatter import scatter
from trends.analysis.alignment.similarity import Comparison, Kind, compare, only_topics
from trends.analysis.alignment.tail_bounds import least_out_of_reach
from trends.core.alignment import Alignment
from trends.core.computing.rng import Rng, generator_from
from trends.core.topics import Topics
from trends.errors import UsageError

#: Smallest similarity beyond chance and scatter of two topics that are called the same; see
#: :func:`align`.
MINIMUM = 0.25
#: The same for each kind of similarity. Distances of words are square roots, so that what sampling
#: leaves of a similarity is small; cosines of centroids are large, since noise averages out.
FLOORS: dict[Kind, float] = {"documents": MINIMUM, "words": 0.15, "embeddings": 0.5}
#: Smallest such similarity relative to the median of the matched pairs of the same two fits.
RELATIVE = 0.5


def align(
    left: Topics,
    right: Topics,
    *,
    similarity: Kind = "documents",
    embeddings: Any = None,
    n_null: int = 199,
    level: float = 0.05,
    minimum: float | None = None,
    rng: Rng,
) -> Alignment:
    r"""Match the topics of two fits one to one, or leave them without a partner.

    A pair may be matched if its similarity is (a) more than chance and (b) more than what two
    topics without a partner share. Among the pairs that may be matched, the assignment with the
    largest sum of sizes is taken (Hungarian method [1]_); the rest is unmatched.

    (a) ``n_null`` times the link between the fits is permuted (see
    :mod:`trends.analysis.alignment.similarity`), each similarity is put on the scale of its own
    null (see :mod:`trends.analysis.alignment.permutation_null`), and the *largest* of all pairs is
    kept. A pair's ``null_p`` is
    :math:`(1 + \#\{\text{maxima} \geq t\}) / (1 + n)`. The maximum statistic [2]_ is needed because
    the assignment picks the best among
    all pairs: with p-values of single pairs, a topic without a partner has a dozen chances to find
    one. It is taken step-down: once topics are matched, the others are compared with the maximum
    over the pairs that are left (not for ``embeddings``). The chance that *any* two unrelated
    topics are matched is at most ``level``.

    (b) With many documents a trifling overlap is beyond chance too: where a fit lacks a topic, its
    documents scatter over the others and give each a small true correlation with it, larger the
    fewer topics there are. What is beyond chance,
    :math:`(s - s_0)/(1 - s_0)` with :math:`s_0` the pair's mean under permutation (0 for
    ``documents``), less what scatter explains
    (see :mod:`trends.analysis.alignment.scatter`), must be at least ``minimum`` and at least half
    the median of the matched pairs.

    Parameters
    ----------
    left, right : Topics
        The fits. The numbers of topics may differ; documents and terms are matched by name.
    similarity : {"documents", "words", "embeddings"}
        Documents are the cost that every family of models shares, and the default.
    embeddings : ndarray or pair of ndarray, optional
        Vectors of the documents, for ``similarity="embeddings"``.
    n_null : int
        Number of permutations; the smallest p that can be reached is 1 / (1 + n_null).
    level : float
        Pairs with a larger ``null_p`` are not matched.
    minimum : float, optional
        Pairs with less similarity beyond chance and scatter are not matched; by default 0.25 for
        documents, 0.15 for words and 0.5 for embeddings.
    rng : int or numpy.random.Generator
        Source of the permutations.

    Returns
    -------
    Alignment
        Pairs with similarity and ``null_p``. ``settings`` holds the arguments, the number of
        documents or terms compared, and the empty topics of either side.

    Raises
    ------
    UsageError
        If a setting cannot mean anything.
    DataError
        If the fits share no documents (or terms), or embeddings do not fit them.

    Notes
    -----
    A topic that is the largest of no document is empty and never matches: what theta it has is
    prior mass, which is a function of document length and would match the empty topics of any two
    LDA fits perfectly.

    With more than 5,000 documents (:data:`trends.analysis.alignment.similarity.MANY`), pairs that
    none of ``n_null`` permutations reaches, but for a chance of one in a million, are known by a
    bound (see :mod:`trends.analysis.alignment.tail_bounds`): they are matched first, with the
    smallest p that there is, and permutations are drawn only of the topics that are left. That is a
    step-down procedure too. The mean of a correlation under permutation is then not estimated: it
    is 0.

    References
    ----------
    .. [1] Kuhn, H. W. (1955). The Hungarian method for the assignment problem. Naval Research
           Logistics Quarterly 2.
    .. [2] Westfall, P. H. and Young, S. S. (1993). Resampling-Based Multiple Testing. Wiley.
    """
    minimum = FLOORS.get(similarity, MINIMUM) if minimum is None else minimum
    _check(n_null, level, minimum)
    generator = generator_from(rng)
    comparison = compare(left, right, similarity, embeddings)
    alive = np.outer(_occupied(left), _occupied(right))
    observed = np.where(alive, comparison.observed(), 0.0)
    many = comparison.spread is not None
    null = comparison.permuted(n_null, generator) if not many else np.zeros((0, *observed.shape))
    # Over all permutations correlations are 0 on average.
    beyond = beyond_chance(observed, null) if not many else observed
    likely = assign(np.where(alive & (beyond > 0), beyond, 0.0))
    size = beyond - scatter(comparison, beyond, likely, alive)
    allowed = alive & (size >= minimum) & (observed > 0)
    # Centred centroids add up to nothing: once the others are matched, the last two are alike for
    # that reason alone. So no second step.
    steps = 1 if similarity == "embeddings" else left.n_topics
    if many:
        pairs, p = _match_many(comparison, observed, size, alive, allowed, level, n_null, generator)
    else:
        pairs, p = _step_down(
            *tail_scale(comparison, observed, null), size, alive, allowed, level, steps
        )
    if len(pairs):
        matched = size[pairs[:, 0], pairs[:, 1]]
        kept = matched >= RELATIVE * np.median(matched)
        pairs, p = pairs[kept], p[kept]
    a, b = pairs[:, 0], pairs[:, 1]
    return Alignment(
        pairs=pairs,
        similarity=np.clip(observed[a, b], 0.0, 1.0),
        null_p=p,
        n_left=left.n_topics,
        n_right=right.n_topics,
        settings={
            "similarity": similarity,
            "n_null": n_null,
            "level": level,
            "minimum": minimum,
            "relative": RELATIVE,
            "compared": comparison.compared,
            "empty_left": np.flatnonzero(~_occupied(left)).tolist(),
            "empty_right": np.flatnonzero(~_occupied(right)).tolist(),
        },
    )


def assign(weight: NDArray[np.float64]) -> NDArray[np.int64]:
    """Pairs (row, column) of positive weight with the largest sum, one to one, shape (pairs, 2)."""
    rows, columns = scipy.optimize.linear_sum_assignment(weight, maximize=True)
    positive = weight[rows, columns] > 0
    return np.column_stack([rows[positive], columns[positive]]).astype(np.int64)


def p_values(statistic: NDArray[np.float64], maxima: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of permutations whose maximum is at least as large as each statistic.

    The data count as one of the permutations.
    """
    # Permutations that reproduce the data differ from them by rounding only, and must count as at
    # least as large.
    larger = len(maxima) - np.searchsorted(np.sort(maxima), statistic - 1e-9, side="left")
    return (1 + larger) / (1 + len(maxima))


def _step_down(
    statistic: NDArray[np.float64],
    null: NDArray[np.float64],
    size: NDArray[np.float64],
    alive: NDArray[np.bool_],
    allowed: NDArray[np.bool_],
    level: float,
    steps: int,
    reached: float = 0.0,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Matched pairs and their p-values, by a step-down procedure.

    Match the pairs beyond the largest statistic of the permutations, remove their topics, and
    repeat with the rest.
    """
    left = alive.copy()
    pairs, p = np.zeros((0, 2), dtype=np.int64), np.zeros(0)
    for _ in range(steps):
        if not left.any():
            break
        adjusted = np.maximum(
            p_values(statistic, np.where(left, null, -np.inf).max((1, 2))), reached
        )
        found = assign(np.where(left & allowed & (adjusted <= level), size, 0.0))
        if not len(found):
            break
        pairs, p = np.vstack([pairs, found]), np.append(p, adjusted[found[:, 0], found[:, 1]])
        reached = float(p.max())
        left[found[:, 0]] = False
        left[:, found[:, 1]] = False
    return pairs, p


def _match_many(
    comparison: Comparison,
    observed: NDArray[np.float64],
    size: NDArray[np.float64],
    alive: NDArray[np.bool_],
    allowed: NDArray[np.bool_],
    level: float,
    n_null: int,
    generator: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The same for many documents.

    Pairs that no permutation reaches need none, the others are compared with permutations of the
    topics that are left.
    """
    assert comparison.spread is not None
    assert comparison.skewness is not None
    statistic = minus_log_p(
        observed * np.sqrt(max(comparison.compared - 1, 1)), comparison.skewness
    )
    least = 1 / (1 + n_null)
    pairs, p, left = np.zeros((0, 2), dtype=np.int64), np.zeros(0), alive.copy()
    while (left & allowed).any():
        far = least_out_of_reach(
            comparison.spread, comparison.skewness, comparison.compared, left, n_null
        )
        found = assign(np.where(left & allowed & (statistic >= far), size, 0.0))
        if not len(found):
            break
        pairs, p = np.vstack([pairs, found]), np.append(p, np.full(len(found), least))
        left[found[:, 0]] = False
        left[:, found[:, 1]] = False
    if (left & allowed).any():
        rows, columns = np.flatnonzero(left.any(1)), np.flatnonzero(left.any(0))
        at, rest = np.ix_(rows, columns), only_topics(comparison, rows, columns)
        scaled = tail_scale(rest, observed[at], rest.permuted(n_null, generator))
        found, more = _step_down(
            *scaled, size[at], left[at], allowed[at], level, len(rows), float(p.max(initial=0.0))
        )
        pairs, p = (
            np.vstack([pairs, np.column_stack([rows[found[:, 0]], columns[found[:, 1]]])]),
            np.append(p, more),
        )
    return pairs, p


def _occupied(topics: Topics) -> NDArray[np.bool_]:
    return np.bincount(topics.hard[topics.hard >= 0], minlength=topics.n_topics) > 0


def _check(n_null: int, level: float, minimum: float) -> None:
    if n_null < 1:
        message = f"n_null is the number of permutations and must be at least 1; got {n_null}."
        raise UsageError(message)
    if not 0 < level <= 1:
        message = f"level must lie in (0, 1]; got {level}."
        raise UsageError(message)
    if level * (1 + n_null) < 1:
        message = (
            f"With {n_null} permutations no p is below {1 / (1 + n_null):.3g}, so nothing could "
            f"match at level {level}; raise n_null."
        )
        raise UsageError(message)
    if not 0 <= minimum < 1:
        message = f"minimum must lie in [0, 1); got {minimum}."
        raise UsageError(message)
