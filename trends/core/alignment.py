"""Alignment: which topics of two fits are the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.core.checks import read_only
from trends.errors import DataError


@dataclass(frozen=True)
class Alignment:
    """A one-to-one match of topics of two fits; every topic is matched or unmatched.

    Parameters
    ----------
    pairs : ndarray of int, shape (matched, 2)
        Topic of the first fit, topic of the second.
    similarity : ndarray of float, shape (matched,)
        Between 0 and 1.
    null_p : ndarray of float, shape (matched,)
        Share of permuted fits whose similarity is at least as large.
    n_left, n_right : int
        Number of topics of the two fits.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> one, other = (tr.fit(corpus, "nmf", n_topics=4, rng=seed) for seed in (7, 8))
    >>> alignment = tr.align(one, other, rng=7)
    >>> alignment.n_left, alignment.n_right
    (4, 4)
    """

    pairs: NDArray[np.int64]
    similarity: NDArray[np.float64]
    null_p: NDArray[np.float64]
    n_left: int
    n_right: int
    settings: dict[str, Any] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        pairs = np.asarray(self.pairs, dtype=np.int64).reshape(-1, 2)
        similarity, null_p = (
            np.asarray(self.similarity, dtype=float),
            np.asarray(self.null_p, dtype=float),
        )
        if not len(pairs) == len(similarity) == len(null_p):
            message = "Every pair needs a similarity and a null p."
            raise DataError(message)
        for side, n in ((0, self.n_left), (1, self.n_right)):
            column = pairs[:, side]
            if len(np.unique(column)) != len(column) or (
                len(column) and (column.min() < 0 or column.max() >= n)
            ):
                message = "An alignment is one-to-one between existing topics."
                raise DataError(message)
        order = np.argsort(pairs[:, 0], kind="stable")
        object.__setattr__(self, "pairs", read_only(pairs[order]))
        object.__setattr__(self, "similarity", read_only(similarity[order]))
        object.__setattr__(self, "null_p", read_only(null_p[order]))

    @property
    def unmatched_left(self) -> list[int]:
        """Topics of the first fit without a partner."""
        return sorted(set(range(self.n_left)) - set(self.pairs[:, 0].tolist()))

    @property
    def unmatched_right(self) -> list[int]:
        """Topics of the second fit without a partner."""
        return sorted(set(range(self.n_right)) - set(self.pairs[:, 1].tolist()))

    def partner(self, left: int) -> int | None:
        """The partner of a topic of the first fit, or ``None``."""
        hit = np.flatnonzero(self.pairs[:, 0] == left)
        return int(self.pairs[hit[0], 1]) if len(hit) else None

    def frame(self) -> pd.DataFrame:
        """One row per topic of either side; -1 stands where there is no partner."""
        rows = [
            (int(a), int(b), s, p)
            for (a, b), s, p in zip(self.pairs, self.similarity, self.null_p, strict=True)
        ]
        rows += [(a, -1, np.nan, np.nan) for a in self.unmatched_left]
        rows += [(-1, b, np.nan, np.nan) for b in self.unmatched_right]
        return pd.DataFrame(rows, columns=["topic_a", "topic_b", "similarity", "null_p"])

    def _repr_html_(self) -> str:
        return f"<b>Alignment</b>: {len(self.pairs)} matched" + self.frame().to_html(
            index=False, float_format="{:.2f}".format
        )
