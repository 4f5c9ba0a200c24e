"""Ranks: right on clear cases, honest on ties, and inside their bounds as often as promised."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from trends.analysis.prevalence.ranks import ranks
from trends.errors import UsageError


def table(counts: np.ndarray, n: int) -> pd.DataFrame:
    """One period: shares with Wilson's interval of 95 %."""
    rows = []
    for topic, count in enumerate(counts):
        low, high = (
            stats.binomtest(int(count), n).proportion_ci(method="wilson") if n else (np.nan, np.nan)
        )
        rows.append(
            (
                topic,
                f"t{topic}",
                pd.Timestamp("2020-01-01"),
                n,
                count / n if n else np.nan,
                low,
                high,
                True,
            )
        )
    rows.append((-1, "unassigned", pd.Timestamp("2020-01-01"), n, 0.5, np.nan, np.nan, True))
    return pd.DataFrame(
        rows, columns=["topic", "label", "period", "n_docs", "share", "lower", "upper", "complete"]
    )


def test_clear_differences_have_one_rank_each():
    out = ranks(table(np.array([100, 600, 300]), 1000))
    assert out["topic"].tolist() == [0, 1, 2]
    for column in ("rank", "best", "worst"):
        assert out[column].tolist() == [3, 1, 2]


def test_ties_share_a_rank_and_leave_it_open():
    out = ranks(table(np.array([50, 50, 900]), 1000))
    assert out["rank"].tolist() == [2.5, 2.5, 1]
    assert out["best"].tolist() == [2, 2, 1] and out["worst"].tolist() == [3, 3, 1]


def test_no_documents_no_ranks():
    out = ranks(table(np.array([0, 0]), 0))
    assert out[["rank", "best", "worst"]].isna().all().all()
    with pytest.raises(UsageError, match="between 0 and 1"):
        ranks(table(np.array([1, 2]), 3), level=95)


@given(st.lists(st.integers(0, 200), min_size=1, max_size=12))
def test_bounds_hold_the_rank_and_cover_each_place(counts):
    out = ranks(table(np.array(counts), max(sum(counts), 1)))
    k = len(counts)
    assert (out["best"] >= 1).all() and (out["worst"] <= k).all()
    assert (out["best"] <= out["rank"]).all() and (out["rank"] <= out["worst"]).all()
    # Some topic may take every place.
    for place in range(1, k + 1):
        assert ((out["best"] <= place) & (place <= out["worst"])).any()


@pytest.mark.slow
def test_all_ranks_of_a_period_are_inside_their_bounds_together():
    """300 corpora of 400 documents and ten topics, two pairs of them equally large.

    At least 95 % are wholly right.
    """
    rng = np.random.default_rng(7)
    true = np.array([0.2, 0.15, 0.15, 0.12, 0.1, 0.1, 0.08, 0.05, 0.03, 0.02])
    best = np.array([1 + (true > share).sum() for share in true])
    worst = np.array([(true >= share).sum() for share in true])
    right = 0
    for _ in range(300):
        out = ranks(table(rng.multinomial(400, true), 400))
        # A topic that ties with another has all the ranks of the tie; the bounds must reach one of
        # them.
        right += bool(((out["best"].to_numpy() <= worst) & (out["worst"].to_numpy() >= best)).all())
    assert right >= 0.95 * 300
