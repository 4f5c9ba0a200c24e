"""The specification curve and its overview.

What is drawn is what was given, and nothing overlaps.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from gallery import check, texts_of
from made import make_specifications

import trends.plots as plots
from trends.errors import DataError, UsageError


@pytest.mark.parametrize(
    ("venue", "width"),
    [
        ("report", "full"),
        ("icml", "column"),
        *(pytest.param(v, "full", marks=pytest.mark.slow) for v in ("acl", "nature")),
    ],
)
@pytest.mark.parametrize("seeds", [pytest.param(1, marks=pytest.mark.slow), 5])
def test_texts_neither_overlap_nor_leave_the_page(venue, width, seeds):
    rows, claims = make_specifications(seeds=seeds)
    with plots.style(venue, width=width):
        check(plots.curve(rows[rows["topic"] == 0], claims[claims["topic"] == 0]).figure)
        check(plots.overview(rows, claims).figure)


def test_the_curve_draws_every_change_in_order_and_counts_the_rest():
    rows, claims = make_specifications()
    drawn = plots.curve(rows[rows["topic"] == 1], claims[claims["topic"] == 1])
    shown = drawn.data[drawn.data["change"].notna()]
    assert shown["change"].is_monotonic_increasing
    points = np.concatenate(
        [line.get_ydata() for line in drawn.figure.axes[0].lines if line.get_linestyle() == "None"]
    )
    assert np.allclose(np.sort(points), shown["change"])
    missing = rows.loc[rows["topic"] == 1, "change"].isna().sum()
    assert f"{missing} specifications without a matching topic" in drawn.caption
    assert f"{(shown['finding'] == 'rising').sum()} rising" in drawn.caption


def test_each_specification_has_one_mark_per_choice():
    rows, claims = make_specifications(seeds=2)
    drawn = plots.curve(rows[rows["topic"] == 0], claims[claims["topic"] == 0])
    shown = drawn.data[drawn.data["change"].notna()].reset_index(drop=True)
    axes = drawn.figure.axes[1]
    names = [t.get_text() for t in axes.get_yticklabels()]
    marks = {
        (int(seg[0][0]), round(float(seg[:, 1].mean()), 6))
        for part in axes.collections
        for seg in part.get_segments()
    }
    assert len(marks) == 5 * len(shown)
    at = dict(zip([n.partition(": ")[2] or n for n in names], axes.get_yticks(), strict=True))
    for i, row in shown.iterrows():
        for level in (row["backend"], row["theta"], row["period_length"]):
            assert (i, round(at[level], 6)) in marks


def test_the_overview_has_one_row_per_claim_with_finding_and_stability():
    rows, claims = make_specifications()
    drawn = plots.overview(rows, claims)
    texts = " ".join(t for t, *_ in texts_of(drawn.figure))
    for words in (*claims["finding"], *claims["stability"]):
        assert words in texts
    assert texts.count(", 90%") == 3
    assert len(drawn.data) == len(rows)


def test_wrong_tables_are_refused():
    rows, claims = make_specifications()
    with pytest.raises(UsageError, match="about one topic"):
        plots.curve(rows, claims[:1])
    with pytest.raises(DataError, match="p_adjusted"):
        plots.curve(rows.drop(columns="p_adjusted"), claims[:1])
    with pytest.raises(UsageError, match="no curve"):
        plots.curve(rows[rows["topic"] == 0].assign(change=np.nan), claims[:1])
    one = rows[rows["topic"] == 0]
    with pytest.raises(DataError, match="repeat"):
        plots.curve(pd.concat([one, one]), claims[:1])


@pytest.mark.slow
def test_where_the_venue_is_low_choices_of_many_levels_give_way_and_the_caption_says_so():
    rows, claims = make_specifications(40, seeds=12)
    one = rows[rows["topic"] == 0]
    with plots.style("slides"):
        drawn = plots.curve(one, claims[:1])
        with pytest.raises(plots.TooTallError, match="40 claims do not fit") as caught:
            plots.overview(rows, claims)
        plots.overview(rows, claims.head(caught.value.most))
    assert "No room for the choice of seed" in drawn.caption
    assert "No room" not in plots.curve(one, claims[:1]).caption
    assert not any(text.startswith("seed") for text, *_ in texts_of(drawn.figure))
