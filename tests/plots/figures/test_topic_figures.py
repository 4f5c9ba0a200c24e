"""Composition, terms, seeds, flows and the map.

What is drawn is what was given, and the words say it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from gallery import check
from matplotlib.patches import PathPatch

import trends.plots as plots
from trends.errors import DataError


def names(k: int, *backends: str) -> pd.DataFrame:
    return pd.DataFrame(
        [(b, t, f"{b} {t}") for b in backends for t in range(k)],
        columns=["backend", "topic", "label"],
    )


def test_terms_keep_their_order_and_both_shares(tables):
    frame = tables["words"](4)
    drawn = plots.terms(frame, n_terms=5)
    assert len(drawn.data) == 20 and drawn.data.groupby("topic")["place"].max().eq(5).all()
    axes = drawn.figure.axes[1]
    rows = drawn.data[drawn.data["topic"] == 1]
    np.testing.assert_allclose(axes.lines[1].get_xdata(), rows["in_topic"])
    shown = [tick.get_text() for tick in axes.get_yticklabels()]
    assert all(
        term.startswith(text.rstrip("…")) for text, term in zip(shown, rows["term"], strict=True)
    )
    assert "5 terms" in drawn.caption and "times" in drawn.caption
    with pytest.raises(DataError, match="repeat"):
        plots.terms(pd.concat([frame, frame]))


def test_seeds_are_sorted_by_the_median_without_partner_as_zero():
    rows = [
        (0, "a", 1, 0.9),
        (0, "a", 2, np.nan),
        (0, "a", 3, np.nan),
        (1, "b", 1, 0.5),
        (1, "b", 2, 0.6),
        (1, "b", 3, 0.7),
    ]
    drawn = plots.seeds(pd.DataFrame(rows, columns=["topic", "label", "seed", "similarity"]))
    assert drawn.data["topic"].unique().tolist() == [1, 0]
    assert drawn.data.drop_duplicates("topic")["median"].tolist() == [0.6, 0.0]
    right = drawn.figure.axes[0].child_axes[0]
    assert [t.get_text() for t in right.get_yticklabels()] == ["3 of 3", "1 of 3"]
    assert "no partner counts 0" in drawn.caption


def test_flows_count_every_document_and_say_what_is_left_out(tables):
    frame = tables["crossed"](6)
    before = frame.copy(deep=True)
    matched = pd.DataFrame({"topic_a": [0, 1, -1], "topic_b": [0, 1, 3]})
    drawn = plots.flows(frame, names(6, "gibbs-lda", "bertopic"), matched)
    pd.testing.assert_frame_equal(frame, before)
    data, n = drawn.data, int(frame["n_docs"].sum())
    assert (
        data["n_docs"].sum() == n
        and f"{n} documents" in drawn.caption
        and "2 pairs" in drawn.caption
    )
    ribbons = [p for p in drawn.figure.axes[0].patches if isinstance(p, PathPatch)]
    assert len(ribbons) == data["drawn"].sum()
    assert data.loc[data["matched"], ["topic_a", "topic_b"]].to_numpy().tolist() == [[0, 0], [1, 1]]
    left = data.loc[~data["drawn"], "n_docs"].sum()
    assert f"({100 * left / n:.1f}% of the documents)" in drawn.caption
    # A ribbon is as high at either end as its documents are of the block.
    row = data[data["matched"]].iloc[0]
    heights = {round(float(np.ptp(p.get_path().vertices[[0, 7], 1])), 6) for p in ribbons}
    block = next(r for r in drawn.figure.axes[0].patches if not isinstance(r, PathPatch))
    sizes = data[data["n_docs"] > 0].groupby("topic_a")["n_docs"].sum().drop(-1)
    biggest = int(sizes.index[sizes.to_numpy().argmax()])
    share = data[(data["topic_a"] == biggest) & (data["topic_b"] == biggest)]["share_a"].iloc[0]
    assert any(abs(h - share * block.get_height()) < 1e-5 for h in heights) and row["n_docs"] > 0
    with pytest.raises(DataError, match="without documents"):
        plots.flows(frame.assign(n_docs=0), names(6, "gibbs-lda", "bertopic"))


def test_map_draws_every_document_once(tables):
    frame = tables["map"](6, 300)
    drawn = plots.documents(frame, names(6, "bertopic"), top=4)
    offsets = [c.get_offsets() for c in drawn.figure.axes[0].collections]
    assert sum(len(o) for o in offsets) == 300
    placed, spans = np.vstack(offsets), np.ptp(frame[["x", "y"]].to_numpy(), axis=0)
    # One scale in both directions: the cloud keeps its shape.
    np.testing.assert_allclose(
        np.ptp(placed, axis=0)[0] / np.ptp(placed, axis=0)[1], spans[0] / spans[1]
    )
    assert (
        "the 4 largest of 6 topics" in drawn.caption and "distances between groups" in drawn.caption
    )
    with pytest.raises(DataError, match="1 have none"):
        plots.documents(frame.assign(x=[np.nan, *frame["x"][1:]]), names(6, "bertopic"))


def test_labels_of_a_map_stand_on_their_topics_and_apart(tables):
    frame = tables["map"](12, 600)
    for venue, width in (("report", "full"), ("icml", "column")):
        with plots.style(venue, width=width):
            drawn = plots.documents(frame, names(12, "bertopic"))
        check(drawn.figure)
        axes = drawn.figure.axes[0]
        assert not axes.lines  # nothing leads from a label to its topic
        assert len(axes.texts) == 12 or "largest of 12 topics" in drawn.caption
        assert len({text.get_color() for text in axes.texts}) == len(axes.texts)


def test_coverage_marks_where_the_source_changes(tables):
    drawn = plots.coverage(tables["coverage"](6), marks=tables["marks"](6), period="half-year")
    assert (
        "from a to b" in drawn.caption and "2019 H2" in drawn.caption and "from a to b" in drawn.alt
    )
    dashed = [line for line in drawn.figure.axes[0].lines if line.get_linestyle() == "--"]
    assert [float(line.get_xdata()[0]) for line in dashed] == pytest.approx(
        [2019.4959, 2020.0], abs=1e-3
    )
    assert "Dashed" not in plots.coverage(tables["coverage"](6)).caption
