"""How alike fits with the same number of topics are, over seeds and over families of models."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.alignment.hungarian import align
from trends.analysis.quality.coherence import cooccurrence, npmi
from trends.core import TermCounts, Topics
from trends.core.computing.rng import Rng, seed_from

#: Correlation of the documents of two topics from which on a topic is the same in both fits.
SAME = 0.5

COLUMNS = (
    "n_topics",
    "compared",
    "backend_a",
    "backend_b",
    "pairs",
    "similarity",
    "similarity_se",
    "recurring",
    "recurring_low",
    "recurring_high",
    "npmi",
)

#: Fits of one candidate: backend → one fit per seed.
Fits = Mapping[str, Sequence[Topics]]


def compare(
    fits: Fits, n_topics: int, *, reference: TermCounts | None = None, n_null: int = 19, rng: Rng
) -> pd.DataFrame:
    """The rows of the curve that are about one candidate.

    Parameters
    ----------
    fits : mapping of str to sequence of Topics
        Backend → its fits with several seeds. Backends of one family are better left out: their
        agreement says less.
    n_topics : int
        The candidate.
    reference : TermCounts, optional
        For NPMI of the ten first terms; without it, NaN.
    n_null : int
        Permutations of each alignment.
    rng : int or numpy.random.Generator
        Seed of the permutations; rows of a candidate do not depend on the other candidates.

    Returns
    -------
    pandas.DataFrame
        One row per backend with two fits or more, and one per pair of backends; columns as in
        :class:`~trends.analysis.quality.topic_number.Choice`.
    """
    stream = np.random.default_rng([seed_from(rng), n_topics])
    rows: list[tuple[Any, ...]] = []
    for backend, own in fits.items():
        if len(own) > 1:
            rows.append(
                (
                    n_topics,
                    "seeds",
                    backend,
                    backend,
                    *_alike(list(itertools.combinations(own, 2)), n_null, stream),
                    _coherence(own, reference),
                )
            )
    for (a, left), (b, right) in itertools.combinations(fits.items(), 2):
        rows.append(
            (
                n_topics,
                "families",
                a,
                b,
                *_alike(list(itertools.product(left, right)), n_null, stream),
                np.nan,
            )
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _alike(
    pairs: Sequence[tuple[Topics, Topics]], n_null: int, rng: np.random.Generator
) -> tuple[int, float, float, float, int, int]:
    similarity, recurring = np.empty(len(pairs)), np.empty(len(pairs), dtype=np.int64)
    for i, (left, right) in enumerate(pairs):
        found = align(left, right, n_null=n_null, rng=rng)
        similarity[i] = found.similarity.sum() / max(left.n_topics, right.n_topics)
        recurring[i] = (found.similarity >= SAME).sum()
    return (
        len(pairs),
        float(similarity.mean()),
        _standard_error(similarity),
        float(recurring.mean()),
        int(recurring.min()),
        int(recurring.max()),
    )


def _standard_error(values: NDArray[np.float64]) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")


def _coherence(fits: Sequence[Topics], reference: TermCounts | None) -> float:
    if reference is None:
        return float("nan")
    terms = [words for fit in fits for words in fit.top_terms(10)]
    return float(
        np.nanmean(npmi(terms, cooccurrence(reference, {w for words in terms for w in words})))
    )
