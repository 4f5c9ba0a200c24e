"""Word and document intrusion: whether people find what does not belong to a topic."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from trends.analysis.trend.multiplicity import adjust
from trends.core.computing.rng import Rng, generator_from
from trends.errors import UsageError


def intrusion_items(
    weights: ArrayLike, *, own: int = 5, pool: int = 50, rng: Rng | None = None
) -> pd.DataFrame:
    """One question a topic: its best words (or documents), and one of another topic among them.

    Parameters
    ----------
    weights : array-like, shape (topics, candidates)
        How much each candidate, a word or a document, belongs to each topic, such as φ, or θ
        transposed.
    own : int
        Candidates of the topic itself that are shown.
    pool : int
        The intruder is drawn among so many of the best candidates of other topics, of those that
        belong to this topic less than most candidates do.
    rng : int or numpy.random.Generator
        Of the intruders, the places and the order of the questions.

    Returns
    -------
    pandas.DataFrame
        One row a topic, shuffled: ``topic``, ``options`` (tuple of numbers of candidates, in the
        order shown) and ``intruder`` (its place, from 1).

    Raises
    ------
    UsageError
        If there are fewer than two topics, or too few candidates.

    References
    ----------
    Chang, Boyd-Graber, Gerrish, Wang and Blei (2009), Reading Tea Leaves, NeurIPS; Hoyle et al.
    (2021), arXiv 2107.02173.

    Examples
    --------
    >>> import numpy as np
    >>> from trends.analysis.annotation.intrusion import intrusion_items
    >>> intrusion_items(np.eye(2).repeat(4, 1), own=3, pool=2, rng=1)["options"].map(len).tolist()
    [4, 4]
    """
    weights = np.asarray(weights, dtype=float)
    topics, candidates = weights.shape
    if topics < 2 or candidates < 2 * own:
        message = (
            f"Intrusion needs two topics and {2 * own} words or documents; there are {topics} and "
            f"{candidates}."
        )
        raise UsageError(message)
    draw, order = generator_from(rng), np.argsort(-weights, axis=1, kind="stable")
    rows = []
    for k in draw.permutation(topics):
        best = order[k, :own]
        rank = np.empty(candidates, dtype=int)
        rank[order[k]] = np.arange(candidates)
        others = np.unique(np.delete(order[:, :pool], k, axis=0))
        foreign = others[(rank[others] >= candidates // 2) & ~np.isin(others, best)]
        if not len(foreign):  # topics that share nearly all: the least of what others have
            rest = np.setdiff1d(others, best)
            foreign = rest[np.argsort(-rank[rest])][:1]
        if not len(foreign):
            message = f"No other topic has a word or document that topic {k} does not show itself."
            raise UsageError(message)
        shown = draw.permutation([*best, draw.choice(foreign)])
        place = int(np.flatnonzero(~np.isin(shown, best))[0]) + 1
        rows.append({"topic": int(k), "options": tuple(map(int, shown)), "intruder": place})
    return pd.DataFrame(rows)


def intrusion_scores(
    found: ArrayLike, topic: ArrayLike, *, options: int = 6, level: float = 0.95
) -> pd.DataFrame:
    """How often people found the intruder of each topic, against guessing.

    Parameters
    ----------
    found : array-like of bool, shape (answers,)
        Whether an answer named the intruder.
    topic : array-like, shape (answers,)
    options : int
        Options of a question: guessing finds one in so many.
    level : float
        Of the exact (Clopper–Pearson) interval.

    Returns
    -------
    pandas.DataFrame
        One row a topic: ``topic``, ``answers``, ``found``, ``score`` (the share that found it, the
        model precision of Chang et al.) with ``lower`` and ``upper``, ``p`` of an exact one-sided
        binomial test against guessing, ``p_adjusted`` over topics.

    Examples
    --------
    >>> from trends.analysis.annotation.intrusion import intrusion_scores
    >>> intrusion_scores([True] * 4 + [False] * 2, [0, 0, 0, 1, 1, 1])["score"].round(2).tolist()
    [1.0, 0.33]
    """
    answers = pd.DataFrame({"topic": np.asarray(topic), "found": np.asarray(found, bool)})
    rows = []
    for name, here in answers.groupby("topic")["found"]:
        test = stats.binomtest(int(here.sum()), len(here), 1 / options, alternative="greater")
        sides = stats.binomtest(int(here.sum()), len(here)).proportion_ci(level, method="exact")
        rows.append((name, len(here), int(here.sum()), float(here.mean()), *sides, test.pvalue))
    columns = ["topic", "answers", "found", "score", "lower", "upper", "p"]
    table = pd.DataFrame(rows, columns=columns)
    p: NDArray[np.float64] = table["p"].to_numpy(dtype=float)
    return table.assign(p_adjusted=adjust(p))
