"""The grid of specifications, what each choice does to a claim, and the joint test."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from trends.analysis.robustness.multiverse import (
    CHOICES,
    choice_that_matters,
    enumerate_specifications,
    influence,
    joint_test,
    simplified,
)
from trends.errors import UsageError

LEVELS = {
    "backend": ["lda", "bertopic"],
    "n_topics": [4, 6],
    "seed": [1, 2, 3],
    "embedding": ["minilm", "lsa"],
    "theta": ["hard", "mean"],
    "period_length": ["half-year", "year"],
    "denominator": ["all", "assigned"],
    "deduplicate": [False, True],
    "length": ["as-is", "matched"],
    "split": [0.0],
    "edits": ["as-fitted"],
}


def simple(cell, **facts):
    return simplified(cell, needs_embeddings=cell.backend == "bertopic", **facts)


def test_the_grid_has_every_combination_once():
    grid = enumerate_specifications(LEVELS)
    assert len(grid) == len(set(grid)) == np.prod([len(v) for v in LEVELS.values()])
    assert len({g.name for g in grid}) == len(grid)


@pytest.mark.parametrize("change", [{"theta": []}, {"theta": ["hard", "hard"]}, {"thta": ["hard"]}])
def test_a_choice_without_levels_or_with_an_unknown_name_is_refused(change):
    with pytest.raises(UsageError, match="theta"):
        enumerate_specifications({**LEVELS, **change})


def test_choices_that_cannot_matter_do_not_multiply_specifications():
    grid = enumerate_specifications(LEVELS)
    lda, bertopic = ([g for g in grid if g.backend == b] for b in ("lda", "bertopic"))
    # LDA sees no vectors; a clustering of vectors sees no counts.
    assert len({simple(g) for g in lda}) == len(lda) // 2
    assert len({simple(g) for g in bertopic}) == len(bertopic) // 2
    assert len({simple(g, duplicates=False) for g in lda}) == len(lda) // 4
    assert len({simple(g, duplicates=False, one_hot=True) for g in bertopic}) == len(bertopic) // 8
    assert len({simple(g, duplicates=False, all_assigned=True) for g in lda}) == len(lda) // 8
    # A fit knows nothing of the estimator.
    assert len({simple(g).fit for g in lda}) == 2 * 3 * 2 * 2


def test_edits_are_a_choice_where_any_of_them_applies():
    grid = enumerate_specifications({**LEVELS, "edits": ["curated", "as-fitted"]})
    once = len({simple(g) for g in enumerate_specifications(LEVELS)})
    assert len({simple(g) for g in grid}) == 2 * once
    assert len({simple(g, edited=False) for g in grid}) == once
    assert len({g.name for g in grid}) == len(grid)
    # Both are estimated from one fit.
    assert len({simple(g).fit for g in grid}) == len({simple(g).fit for g in grid[::2]})


def test_a_split_is_had_with_the_plain_documents_only():
    grid = enumerate_specifications({**LEVELS, "split": [0.0, 0.5]})
    assert len(grid) == 2 * len(enumerate_specifications(LEVELS))
    lda, bertopic = (
        {simple(g, own_embedding="minilm") for g in grid if g.backend == b}
        for b in ("lda", "bertopic")
    )
    cut = {g for g in lda | bertopic if g.split}
    assert {(g.deduplicate, g.length) for g in cut} == {(False, "as-is")}
    assert {g.embedding for g in cut} == {"none", "minilm"}
    # numbers of topics × seeds × theta × periods × denominators, for each backend
    assert len(cut) == 2 * 2 * 3 * 2 * 2 * 2
    assert len({g.fit for g in cut}) == 2 * 2 * 3
    # Without a split nothing is taken away, and names are those of a grid that does not know the
    # choice.
    whole = [g for g in grid if not g.split]
    assert whole == enumerate_specifications(LEVELS)
    assert {simple(g, own_embedding="minilm") for g in whole} == {simple(g) for g in whole}
    assert {g.name.count("/") for g in whole} == {len(CHOICES) - 3}  # no split, no edits
    assert {g.name.rpartition("/")[2] for g in cut} == {"split-0.5"}


def grid_of(function) -> pd.DataFrame:
    """A grid whose slope is a function of the choices."""
    cells = [
        dict(zip(CHOICES, c, strict=True)) for c in itertools.product(*(LEVELS[c] for c in CHOICES))
    ]
    return pd.DataFrame([{**c, "topic": 0, "label": "a", "slope": function(c)} for c in cells])


def test_influence_finds_the_planted_main_effect():
    table = influence(
        grid_of(lambda c: {4: 1.0, 6: 2.0}[c["n_topics"]] + 0.1 * c["seed"])
    ).set_index("choice")
    variance = {"n_topics": 0.25, "seed": 0.01 * 2 / 3}
    assert "split" not in table.index  # one level
    for choice in table.index:
        expected = variance.get(choice, 0.0) / sum(variance.values())
        assert table.at[choice, "eta_squared"] == pytest.approx(expected, abs=1e-12)
        assert table.at[choice, "total_effect"] == pytest.approx(expected, abs=1e-12)
    assert table.at["n_topics", "range"] == pytest.approx(1.0)
    assert (table.at["n_topics", "lowest_level"], table.at["n_topics", "highest_level"]) == (
        "4",
        "6",
    )
    assert choice_that_matters(influence(grid_of(lambda c: float(c["n_topics"])))) == {
        0: "n_topics"
    }


def test_an_interaction_counts_in_the_total_effect_only():
    # The sign of the slope depends on the seed within each backend in opposite ways: no main effect
    # at all.
    slope = lambda c: (1.0 if c["backend"] == "lda" else -1.0) * (c["seed"] - 2)  # noqa: E731
    table = influence(grid_of(slope)).set_index("choice")
    assert table.at["backend", "eta_squared"] == pytest.approx(0, abs=1e-12)
    assert table.at["backend", "total_effect"] == pytest.approx(1)
    assert table.at["seed", "total_effect"] == pytest.approx(1)
    assert table.at["period_length", "total_effect"] == pytest.approx(0, abs=1e-12)


def test_influence_without_variation_or_without_a_match():
    flat = influence(grid_of(lambda c: 0.5))
    assert flat["total_effect"].isna().all()
    assert choice_that_matters(flat) == {0: ""}
    none = influence(grid_of(lambda c: np.nan))
    assert (none["cells"] == 0).all()
    assert none["eta_squared"].isna().all()


def slow_joint(z, votes):
    """The definition, one claim and one shuffle at a time."""
    out = []
    for k in range(z.shape[2]):
        sizes = []
        for b in range(z.shape[1]):
            rows = [i for i in range(len(z)) if np.isfinite(z[i, b, k])]
            total = sum(votes[i] for i in rows)
            sizes.append(abs(sum(votes[i] * z[i, b, k] for i in rows) / total))
        out.append((1 + sum(s >= sizes[0] - 1e-12 for s in sizes[1:])) / len(sizes))
    return np.array(out)


def test_the_joint_test_is_its_definition():
    rng = np.random.default_rng(4)
    z = rng.normal(size=(7, 1 + 39, 3))
    z[:, 0, 1] += 2
    z[2, :, 0] = np.nan
    votes = rng.dirichlet(np.ones(7))
    average, p = joint_test(z, votes)
    assert np.allclose(p, slow_joint(z, votes)) and p.argmin() == 1
    assert average[1] == pytest.approx(votes @ z[:, 0, 1])


def test_the_joint_test_of_a_claim_that_no_specification_has():
    z = np.full((3, 20, 2), np.nan)
    z[:, :, 0] = np.random.default_rng(0).normal(size=(3, 20))
    average, p = joint_test(z, np.ones(3))
    assert np.isfinite([average[0], p[0]]).all() and np.isnan([average[1], p[1]]).all()


def test_the_joint_p_is_uniform_without_a_trend():
    # Real dates are one more shuffle: the p-values of many claims are uniform on their grid,
    # dependence or not.
    rng = np.random.default_rng(8)
    common = rng.normal(size=(1, 20, 3000))
    z = common + 0.5 * rng.normal(size=(5, 20, 3000))
    _, p = joint_test(z, np.array([1.0, 1.0, 1.0, 0.5, 3.0]))
    assert (
        stats.chisquare(np.bincount((p * 20).round().astype(int), minlength=21)[1:]).pvalue > 0.001
    )
