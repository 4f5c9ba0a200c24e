"""How far two fits say the same about the same documents."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import (
    adjusted_mutual_info_score,
    adjusted_rand_score,
    normalized_mutual_info_score,
)

from trends.core.alignment import Alignment
from trends.core.topics import Topics
from trends.errors import DataError


@dataclass(frozen=True)
class Agreement:
    """Agreement of two fits on the documents that both assign.

    Parameters
    ----------
    ari : float
        Adjusted Rand index of the hard labels (Hubert and Arabie, 1985): 1 for the same partition,
        0 in expectation for unrelated ones.
    nmi, ami : float
        Mutual information of the hard labels, normalised by the mean entropy; the same adjusted for
        chance (Vinh et al., 2010).
    same : float
        Share of the documents that lie in matched topics on both sides.
    n_documents : int
        Documents that both fits know and assign.
    n_unassigned : int
        Documents that both fits know and at least one of them leaves unassigned; they enter no
        other figure.
    n_matched : int
        Matched pairs of topics.
    """

    ari: float
    nmi: float
    ami: float
    same: float
    n_documents: int
    n_unassigned: int
    n_matched: int

    def summary(self) -> dict[str, float | int]:
        """All figures by name."""
        return asdict(self)

    def _repr_html_(self) -> str:
        return (
            f"<b>Agreement</b>: adjusted Rand index {self.ari:.2f}, {self.same:.0%} of "
            f"{self.n_documents:,} documents in matched topics of both fits"
        )


def agreement(left: Topics, right: Topics, alignment: Alignment) -> Agreement:
    """Compare the hard labels of two fits.

    Parameters
    ----------
    left, right : Topics
        The fits; documents are matched by id.
    alignment : Alignment
        Of ``left`` with ``right``.

    Raises
    ------
    DataError
        If the alignment is about other numbers of topics. Fits without a document in common give
        NaN and counts of zero.
    """
    if (alignment.n_left, alignment.n_right) != (left.n_topics, right.n_topics):
        message = (
            f"The alignment is about fits of {alignment.n_left} and {alignment.n_right} topics; "
            f"these have {left.n_topics} and {right.n_topics}."
        )
        raise DataError(message)
    a, b, n_unassigned = hard_labels(left, right)
    table = np.zeros((left.n_topics, right.n_topics), dtype=np.int64)
    np.add.at(table, (a, b), 1)
    matched = table[alignment.pairs[:, 0], alignment.pairs[:, 1]].sum()
    same = float(matched / len(a)) if len(a) else float("nan")
    return Agreement(*partition_scores(a, b), same, len(a), n_unassigned, len(alignment.pairs))


def common_labels(left: Topics, right: Topics) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Hard labels of the documents that both fits know, in the order of the first (-1: none)."""
    index = {doc: i for i, doc in enumerate(right.doc_ids)}
    rows = [(i, index[doc]) for i, doc in enumerate(left.doc_ids) if doc in index]
    both = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return left.hard[both[:, 0]], right.hard[both[:, 1]]


def hard_labels(left: Topics, right: Topics) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Hard labels of the documents that both fits assign to topics, and the number left out.

    Left out are documents that both fits know and at least one leaves unassigned.

    Outliers are left out rather than taken for one more topic: they are what is alike in nothing,
    and two fits with large outlier classes would seem to agree.
    """
    a, b = common_labels(left, right)
    assigned = (a >= 0) & (b >= 0)
    return a[assigned], b[assigned], int((~assigned).sum())


def partition_scores(a: NDArray[np.int64], b: NDArray[np.int64]) -> tuple[float, float, float]:
    """Adjusted Rand index, normalised and adjusted mutual information; NaN without documents."""
    if not len(a):
        return float("nan"), float("nan"), float("nan")
    scores = (
        adjusted_rand_score(a, b),
        normalized_mutual_info_score(a, b),
        adjusted_mutual_info_score(a, b),
    )
    return float(scores[0]), float(scores[1]), float(scores[2])


def frame(left: Topics, right: Topics, alignment: Alignment) -> pd.DataFrame:
    """The alignment as rows of ``alignment.csv``, topics without a partner included.

    Returns
    -------
    pandas.DataFrame
        Columns ``backend_a``, ``topic_a``, ``backend_b``, ``topic_b``, ``similarity``, ``null_p``.
        Where there is no partner the topic is -1, similarity and p are NaN.
    """
    rows = alignment.frame()
    rows.insert(0, "backend_a", left.backend)
    rows.insert(2, "backend_b", right.backend)
    return rows
