"""The number of topics chosen by what recurs.

The rule on made-up curves, and the whole on fits that merge and split known topics.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from trends.analysis.quality.fits_alike import COLUMNS, compare
from trends.analysis.quality.topic_number import (
    RULE,
    choose,
    default_candidates,
    search,
)
from trends.core import TermCounts, Topics
from trends.errors import UsageError

GRID = (4, 6, 8, 11, 16, 23, 32, 45, 64)


def curve(
    counts: dict[str, list[float]],
    agreement: list[float] | None = None,
    grid: tuple[int, ...] = GRID,
) -> pd.DataFrame:
    """A curve with these numbers of recurring topics and this agreement of two backends."""
    rows = []
    for backend, recurring in counts.items():
        for k, r in zip(grid, recurring, strict=True):
            rows.append(
                (k, "seeds", backend, backend, 3, r / k, 0.01, r, int(r), int(np.ceil(r)), 0.1)
            )
    names = list(counts)
    for k, a in zip(grid, agreement or [], strict=True) if agreement else ():
        rows.append(
            (
                k,
                "families",
                names[0],
                names[1],
                9,
                a,
                0.01,
                a * k,
                int(a * k),
                int(a * k) + 1,
                np.nan,
            )
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def split_and_merged(
    label: np.ndarray, n_topics: int, seed: int, backend: str = "made", *, habit: bool = False
) -> Topics:
    """A fit that finds the true groups where it may, merges random ones where it must, and gives
    random documents to topics beyond them.

    With ``habit`` topics beyond the true ones are halves of groups, the same halves for every seed.
    """
    rng = np.random.default_rng(seed)
    true = int(label.max()) + 1
    hard = label.copy()
    if n_topics <= true:
        hard = np.concatenate([np.arange(n_topics), rng.integers(n_topics, size=true - n_topics)])[
            rng.permutation(true)
        ][label]
    elif habit:
        for new in range(true, n_topics):
            rows = np.flatnonzero(hard == np.bincount(hard).argmax())
            hard[rows[::2]] = new
    else:
        taken = rng.choice(len(label), int(0.3 * len(label)), replace=False)
        hard[taken] = rng.integers(true, n_topics, size=len(taken))
    theta = np.zeros((len(label), n_topics))
    theta[np.arange(len(label)), hard] = 1.0
    ids, words = tuple(f"d{i}" for i in range(len(label))), tuple(f"w{j}" for j in range(n_topics))
    return Topics(
        theta,
        np.zeros(len(label)),
        np.eye(n_topics),
        words,
        ids,
        {"backend": backend, "seed": seed},
    )


@pytest.fixture(scope="module")
def label() -> np.ndarray:
    return np.random.default_rng(1).permutation(np.arange(900) % 9)


def test_the_level_at_rest_is_the_number() -> None:
    found = choose(curve({"lda": [2, 4, 6, 9, 12, 18.6, 20, 20.3, 19.8]}))
    assert found.n_topics == 20
    assert found.settled
    assert found.levels["lda"] == pytest.approx(np.mean([18.6, 20, 20.3, 19.8]))
    assert found.low <= 20 <= found.high


def test_a_count_that_grows_on_has_no_say() -> None:
    growing = [4, 6, 8, 10, 14, 20, 27, 36, 48]
    found = choose(
        curve(
            {"lda": [4, 5, 5, 5.3, 5, 5, 5, 5, 5], "clusters": growing},
            [0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.3, 0.2, 0.2],
        )
    )
    assert found.n_topics == 5
    assert set(found.levels) == {"lda"}
    assert any("clusters" in r and "does not level off" in r for r in found.reasons)


@pytest.mark.parametrize(
    ("agreement", "expected"),
    [
        ([0.4, 0.4, 0.5, 0.8, 0.6, 0.5, 0.5, 0.4, 0.4], 10),
        ([0.3, 0.4, 0.4, 0.5, 0.6, 0.8, 0.7, 0.3, 0.1], 24),
    ],
)
def test_where_two_families_come_to_rest_their_agreement_decides(
    agreement: list[float], expected: int
) -> None:
    counts = {
        "lda": [4, 5, 7, 10, 10, 10, 10, 10, 10],
        "clusters": [4, 6, 8, 11, 16, 22, 24, 24, 24],
    }
    found = choose(curve(counts, agreement))
    assert found.n_topics == expected
    assert any("decides" in r for r in found.reasons)


def test_where_nothing_comes_to_rest_it_is_said() -> None:
    growing = [3, 4, 6, 8, 12, 18, 25, 36, 51]
    found = choose(
        curve({"a": growing, "b": growing}, [0.2, 0.3, 0.4, 0.9, 0.5, 0.4, 0.3, 0.2, 0.1])
    )
    assert not found.settled
    assert (found.low, found.n_topics, found.high) == (8, 11, 16)
    assert "fallback" in found.reasons[-1]


def test_few_topics_that_agree_for_being_few_do_not_win_without_a_rest() -> None:
    growing = [3, 4, 6, 8, 12, 18, 25, 36, 51]
    found = choose(
        curve({"a": growing, "b": growing}, [0.7, 0.5, 0.4, 0.35, 0.45, 0.3, 0.25, 0.2, 0.15])
    )
    assert found.n_topics == 16


def test_a_rest_far_from_where_the_families_agree_does_not_count() -> None:
    counts = {
        "lda": [4, 5, 6, 8, 11, 16, 22, 31, 44],
        "clusters": [4, 6, 8, 11, 16, 22, 24, 24, 24],
    }
    found = choose(curve(counts, [0.4, 0.7, 0.6, 0.5, 0.4, 0.2, 0.1, 0.1, 0.1]))
    assert not found.settled
    assert found.n_topics == 6


def test_no_room_is_no_rest() -> None:
    """The largest candidates all recur: there may be more topics than were asked for."""
    assert not choose(curve({"lda": [4, 6, 8, 11, 16, 23, 32, 45, 64]})).settled


@settings(deadline=None, max_examples=30)
@given(st.integers(3, 25), st.integers(0, 10_000))
def test_any_noisy_curve_that_saturates_gives_its_level(true: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    recurring = [min(0.8 * k, true) * rng.uniform(0.97, 1.03) for k in GRID]
    found = choose(curve({"lda": recurring}))
    assert abs(found.n_topics - true) <= max(1, 0.1 * true)


def test_rows_do_not_depend_on_their_order() -> None:
    rows = curve(
        {"lda": [2, 4, 6, 9, 12, 18.6, 20, 20.3, 19.8], "b": [4, 6, 8, 9, 9, 9, 9, 9, 9]},
        [0.1, 0.2, 0.3, 0.4, 0.5, 0.4, 0.3, 0.2, 0.1],
    )
    shuffled = rows.sample(frac=1, random_state=1)
    assert choose(rows).n_topics == choose(shuffled).n_topics


@pytest.mark.slow
def test_search_finds_the_planted_number_and_stops_early(label: np.ndarray) -> None:
    asked: list[int] = []

    def fit(k: int) -> dict[str, list[Topics]]:
        asked.append(k)
        return {"made": [split_and_merged(label, k, seed) for seed in range(3)]}

    found = search(fit, GRID, early=True, rng=1)
    assert found.n_topics == 9
    assert asked == list(GRID[: len(asked)])
    assert max(asked) < max(GRID)
    assert search(fit, GRID, early=False, rng=1).n_topics == 9
    assert (
        found.curve["recurring"].is_monotonic_increasing
        or found.curve["recurring"].max() <= 1.2 * 9
    )


def test_where_families_find_the_same_topics_their_number_is_found_between_candidates() -> None:
    label, asked = np.random.default_rng(1).permutation(np.arange(300) % 5), []

    def fit(k: int) -> dict[str, list[Topics]]:
        asked.append(k)
        return {
            "lda": [split_and_merged(label, k, seed, "lda") for seed in range(3)],
            "clusters": [
                split_and_merged(label, k, 100 + seed, "clusters", habit=True) for seed in range(3)
            ],
        }

    found = search(fit, GRID, early=True, rng=1)
    assert found.n_topics == 5 and found.settled and "find the same topics" in found.reasons[0]
    assert 5 in asked and not set(asked) <= set(GRID)
    assert len(asked) <= 2 * len(set(asked) & set(GRID))
    assert found.curve["n_topics"].is_monotonic_increasing
    # Numbers that the user gave are all that is tried.
    assert set(search(fit, (4, 6), early=False, rng=1).curve["n_topics"]) == {4, 6}


@pytest.mark.slow
def test_splits_by_habit_do_not_pass_for_topics(label: np.ndarray) -> None:
    """One family splits arbitrarily, the other by habit.

    The habit's count has no say, and the first decides.
    """

    def fit(k: int) -> dict[str, list[Topics]]:
        return {
            "lda": [split_and_merged(label, k, seed, "lda") for seed in range(3)],
            "clusters": [
                split_and_merged(label, k, 100 + seed, "clusters", habit=True) for seed in range(3)
            ],
        }

    found = search(fit, GRID, early=False, rng=1)
    assert set(found.levels) == {"lda"}
    assert found.n_topics == 9
    families = found.curve[found.curve["compared"] == "families"].set_index("n_topics")[
        "similarity"
    ]
    assert families.idxmax() in (8, 11)


def test_identical_fits_recur_whole_and_unrelated_ones_not(label: np.ndarray) -> None:
    same = compare(
        {"made": [split_and_merged(label, 9, 1), split_and_merged(label, 9, 2)]}, 9, rng=1
    ).iloc[0]
    assert same["recurring"] == 9
    assert same["similarity"] == pytest.approx(1)
    other = split_and_merged(np.random.default_rng(5).permutation(label), 9, 1)
    unrelated = compare({"made": [split_and_merged(label, 9, 1), other]}, 9, rng=1).iloc[0]
    assert unrelated["recurring"] == 0
    assert unrelated["similarity"] < 0.05


def test_coherence_is_read_off_the_reference(label: np.ndarray) -> None:
    n = len(label)
    ids = tuple(f"d{i}" for i in range(n))
    matrix = sparse.csr_matrix((np.ones(n, dtype=np.int32), (np.arange(n), label)), shape=(n, 9))
    counts = TermCounts(matrix, tuple(f"w{j}" for j in range(9)), ids)
    fits = {"made": [split_and_merged(label, 9, s) for s in range(2)]}
    assert np.isfinite(compare(fits, 9, reference=counts, rng=1)["npmi"].item())
    assert np.isnan(compare(fits, 9, rng=1)["npmi"].item())


def test_a_candidate_does_not_depend_on_the_others(label: np.ndarray) -> None:
    fits = {"made": [split_and_merged(label, 6, s) for s in range(3)]}
    pd.testing.assert_frame_equal(compare(fits, 6, rng=3), compare(fits, 6, rng=3))


def test_nothing_fitted_is_an_error() -> None:
    with pytest.raises(UsageError, match="None of the candidates 4, 6 could be fitted"):
        search(lambda _: {}, (4, 6), early=True, rng=1)


def test_default_candidates() -> None:
    assert default_candidates(356) == (4, 6, 8, 11, 16, 23, 32)
    assert default_candidates(15) == (2,)
    assert max(default_candidates(10**7)) <= 400
    assert all(
        1.3 < b / a < 1.6
        for a, b in zip(default_candidates(5000), default_candidates(5000)[1:], strict=False)
    )


def test_the_rule_is_one_sentence() -> None:
    assert RULE.count(". ") == 0
    assert RULE.endswith(".")
