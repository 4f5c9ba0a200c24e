"""Figures as a reader meets them.

Nothing overlaps, nothing is cut, and what is drawn is what was given.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from gallery import PLACES, SHAPES, check, measure, of_shape, texts_of
from matplotlib.collections import PathCollection

import trends.plots as plots
from trends.errors import DataError, UsageError
from trends.plots import declare

#: Every figure once, over all shapes, venues and widths in turn, beside test_contract.py;
#: `python tests/plots/gallery.py` goes over the whole product.
SAMPLE = [
    (list(SHAPES)[i % len(SHAPES)], name, *PLACES[i % len(PLACES)])
    for i, name in enumerate(of_shape("news"))
]


def test_every_figure_of_the_package_is_in_the_gallery(figures):
    assert {name.partition(" ")[0] for name in of_shape("news")} == set(figures)


def test_the_sample_goes_everywhere():
    shapes, names, *_ = (set(part) for part in zip(*SAMPLE, strict=True))
    assert shapes == set(SHAPES) and names == set(of_shape("news"))
    assert {(venue, width) for *_, venue, width in SAMPLE} == set(PLACES)


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_texts_neither_overlap_nor_leave_the_page_nor_are_small(shape):
    found = measure([combination for combination in SAMPLE if combination[0] == shape])
    assert (
        found.loc[found["first"] != "", ["figure", "venue", "width", "first"]].to_numpy().tolist()
        == []
    )


@pytest.mark.slow
@pytest.mark.parametrize(("venue", "width"), [("acl", "full"), ("icml", "column")])
def test_a_real_run_neither_overlaps_nor_leaves_the_page(venue, width, root):
    folder = root / "experiments" / "daily_papers" / "results"
    table = {
        name: pd.read_csv(folder / f"{name}.csv")
        for name in ("prevalence", "trends", "topics", "alignment")
    }
    shares = table["prevalence"].query("backend == 'gibbs-lda'")
    with plots.style(venue, width=width):
        check(plots.changes(table["trends"].query("backend == 'gibbs-lda'")).figure)
        check(plots.prevalence(shares, period="month", top=9).figure)
        check(plots.agreement(table["alignment"], table["topics"], table["trends"]).figure)


@pytest.mark.parametrize(
    ("periods", "freq"),
    [
        pytest.param(1, "YS", marks=pytest.mark.slow),
        (1, "MS"),
        pytest.param(2, "6MS", marks=pytest.mark.slow),
        pytest.param(3, "MS", marks=pytest.mark.slow),
        pytest.param(14, "MS", marks=pytest.mark.slow),
        pytest.param(40, "MS", marks=pytest.mark.slow),
        (9, "7D"),
        pytest.param(6, "D", marks=pytest.mark.slow),
        pytest.param(30, "YS", marks=pytest.mark.slow),
    ],
)
def test_few_and_many_periods_of_every_length(periods, freq, each_figure):
    figures = each_figure(2, None, periods, freq)
    for stem in ("prevalence", "heatmap", "coverage"):
        check(figures[stem]().figure)


def test_the_overlap_check_sees_an_overlap():
    from matplotlib.figure import Figure

    figure = Figure()
    figure.text(0.5, 0.5, "one")
    figure.text(0.51, 0.5, "two")
    with pytest.raises(AssertionError, match="overlap"):
        check(figure)
    figure = Figure()
    figure.text(0.99, 0.5, "leaves the page")
    figure.text(0.1, 0.1, "tiny", fontsize=4.5)
    with pytest.raises(AssertionError, match=r"tiny.* in 4.5 points; .*is cut"):
        check(figure)


def test_prevalence_draws_what_it_was_given(tables):
    frame = tables["prevalence"](6)
    before = frame.copy(deep=True)
    drawn = plots.prevalence(frame, period="half-year")
    pd.testing.assert_frame_equal(frame, before)
    keys = ["topic", "period"]
    pd.testing.assert_frame_equal(
        drawn.data.sort_values(keys).reset_index(drop=True),
        frame.sort_values(keys).reset_index(drop=True),
        check_dtype=False,
    )
    # The lines themselves, panel by panel.
    for axes, (_, rows) in zip(
        drawn.figure.axes, drawn.data.groupby("topic", sort=False), strict=False
    ):
        np.testing.assert_allclose(axes.lines[0].get_ydata(), rows["share"].to_numpy())


def test_incomplete_periods_are_hollow_and_named(tables):
    drawn = plots.prevalence(tables["prevalence"](2), period="half-year")
    dots = [c for c in drawn.figure.axes[0].collections if isinstance(c, PathCollection)]
    full, hollow = (len(dot.get_offsets()) for dot in dots)
    assert (full, hollow) == (12, 1) and (dots[1].get_facecolor() == 1).all()
    assert "Hollow: 2025 H2" in drawn.caption


def test_captions_say_how_many_when_and_of_what(tables):
    frame = tables["prevalence"](4)
    n = int(frame.drop_duplicates("period")["n_docs"].sum())
    drawn = plots.prevalence(
        frame, period="half-year", interval="95% bootstrap interval", denominator="all dated papers"
    )
    for words in (
        f"{n:,} dated documents",
        "14 half-years from 2019 H1 to 2025 H2",
        "95% bootstrap interval",
        "all dated papers",
    ):
        assert words in drawn.caption
    assert f"{n:,} documents" in drawn.alt and "%" in drawn.alt


def test_top_draws_the_largest_and_says_so(tables):
    frame = tables["prevalence"](8)
    size = (
        (frame["share"] * frame["n_docs"])
        .groupby(frame["topic"])
        .sum()
        .drop(-1)
        .sort_values(ascending=False)
    )
    for draw in (plots.prevalence, plots.heatmap):
        drawn = draw(frame, top=3)
        assert set(drawn.data["topic"]) - {-1} == set(size.index[:3])
        assert re.search("3 (largest )?of 8 topics", drawn.caption)


def test_what_was_found_and_the_fastest_riser_are_drawn_first_and_the_rest_is_named(tables):
    frame, trends = tables["prevalence"](8), tables["trends"](8)
    trends["ratio"] = 1.0
    size = (frame["share"] * frame["n_docs"]).groupby(frame["topic"]).sum().drop(-1)
    trends["finding"] = "no change detected"
    found, fastest = (int(t) for t in size.sort_values().index[:2])
    trends.loc[found, "finding"], trends.loc[fastest, "ratio"] = "falling", 3.0
    drawn = plots.prevalence(frame, trends=trends, top=3)
    assert drawn.data["topic"].unique().tolist() == [found, int(size.idxmax()), fastest, -1]
    left = set(frame["label"]) - set(drawn.data["label"])
    said = drawn.caption.partition("Not drawn, with no change detected: ")[2]
    assert len(left) == 5 and all(label in said for label in left)


def test_panels_draw_the_fitted_curve_over_shares_sized_by_documents(tables):
    frame, curves = tables["prevalence"](4), tables["curves"](4)
    drawn = plots.prevalence(frame, trends=tables["trends"](4), curves=curves)
    topic = int(drawn.data["topic"].iloc[0])
    axes = drawn.figure.axes[0]
    mine, fitted = (t[t["topic"] == topic].sort_values("period") for t in (frame, curves))
    np.testing.assert_allclose(axes.lines[0].get_ydata(), fitted["fitted"])
    np.testing.assert_allclose(drawn.data.query("topic == @topic")["fitted_upper"], fitted["upper"])
    full = next(c for c in axes.collections if isinstance(c, PathCollection))
    whole = mine[mine["complete"] & mine["share"].notna()]
    assert (np.argsort(full.get_sizes()) == np.argsort(whole["n_docs"])).all()
    assert "the fitted curve" in drawn.caption and "at each half-year by itself" in drawn.caption
    # A curve that may bend and jump takes the cubic's place, and its band is said to be another.
    whole_curve = {"smooth": 0.05, "smooth_lower": 0.01, "smooth_upper": 0.11}
    bent = plots.prevalence(frame, trends=tables["trends"](4), curves=curves.assign(**whole_curve))
    assert "for all half-years at once" in bent.caption
    assert set(bent.data["fitted"].dropna()) == {0.05}
    # A period of a handful of documents does not set the scale, and is still shown.
    thin = frame.copy()
    thin.loc[thin["period"] == thin["period"].min(), ["n_docs", "share", "upper"]] = [2, 1.0, 1.0]
    again = plots.prevalence(thin, trends=tables["trends"](4), curves=curves)
    top = again.figure.axes[0].get_ylim()[1]
    assert top < 1
    assert "beyond the scale, of periods with fewer than 20 documents" in again.caption


def test_alternative_text_counts_topics_and_says_what_was_found(tables):
    frame, trends = tables["prevalence"](5), tables["trends"](5)
    alt = plots.prevalence(frame, trends=trends).alt
    assert "one for each of 5 topics" in alt and "one for documents without a topic" in alt
    for row in trends.itertuples():
        assert f"{row.label}: {row.finding}" in alt


@pytest.mark.slow
def test_twelve_topics_fit_on_a_slide(tables):
    names = [f"a label of some length that needs two lines {i}" for i in range(12)]
    with plots.style("slides"):
        drawn = plots.prevalence(tables["prevalence"](12, labels=names), trends=tables["trends"]())
    check(drawn.figure)
    assert set(drawn.data["topic"]) == set(range(12)) and "for each of 12 topics" in drawn.alt
    assert "without a topic" not in drawn.alt


@pytest.mark.slow
def test_the_scale_of_the_heatmap_fits_its_data(tables):
    for seed in range(3):
        drawn = plots.heatmap(tables["prevalence"](12, seed=seed))
        data = drawn.data[drawn.data["n_docs"] * drawn.data["mean_share"] >= 1]
        cells = data["log2_ratio"][np.isfinite(data["log2_ratio"])].abs()
        ends = drawn.figure.axes[-1].get_xlim()
        assert (cells > ends[1]).sum() <= 0.01 * len(cells) + 1


def test_heatmap_holds_the_ratio_to_the_mean(tables):
    frame = tables["prevalence"](5)
    before = frame.copy(deep=True)
    data = plots.heatmap(frame).data
    pd.testing.assert_frame_equal(frame, before)
    for topic, rows in frame[frame["topic"] >= 0].groupby("topic"):
        known = rows.dropna(subset=["share"])
        mean = np.average(known["share"], weights=known["n_docs"])
        mine = data[data["topic"] == topic]
        assert mine["mean_share"].unique() == pytest.approx([mean])
        with np.errstate(divide="ignore"):
            np.testing.assert_allclose(
                mine["log2_ratio"], np.log2(rows.sort_values("period")["share"] / mean)
            )


@pytest.mark.slow
def test_heatmap_rows_run_from_early_to_late():
    rows = [
        (t, f"topic {t}", p, 10, s, True)
        for t, peak in ((0, 2), (1, 0), (2, 1))
        for p, s in zip(pd.date_range("2020", periods=3, freq="YS"), np.eye(3)[peak], strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["topic", "label", "period", "n_docs", "share", "complete"])
    assert plots.heatmap(frame).data["topic"].unique().tolist() == [1, 2, 0]


def test_changes_are_sorted_and_drawn_as_found():
    frame = pd.DataFrame(
        {
            "topic": [0, 1, 2, 3],
            "label": ["a", "b", "c", "d"],
            "finding": ["falling", "rising", "no change detected", "not tested"],
            "change": [-1.0, 2.0, 0.5, np.nan],
            "change_lower": [-1.5, 1.0, 0.1, np.nan],
            "change_upper": [-0.5, 3.0, 0.9, np.nan],
            "p_adjusted": [0.01, 0.001, 0.2, np.nan],
            "note": ["", "", "", "too few documents"],
        }
    )
    before = frame.copy(deep=True)
    drawn = plots.changes(frame, spans=("2019 to 2020", "2023 to 2024"))
    pd.testing.assert_frame_equal(frame, before)
    assert drawn.data["topic"].tolist() == [1, 2, 0, 3]
    assert "from 2019–2020 to 2023–2024, in percentage points" in drawn.caption
    assert "1 rising, 1 falling and 1 no change detected." in drawn.caption
    assert "1 topic not tested" in drawn.caption and drawn.alt.endswith(
        "b +2.00 points and a −1.00 points."
    )
    assert any("too few documents" in text for text, *_ in texts_of(drawn.figure))


def test_nothing_detected_is_said(tables):
    drawn = plots.changes(tables["trends"](4).assign(finding="no change detected"))
    assert "4 no change detected" in drawn.caption and "No change is detected." in drawn.alt


def test_panels_state_finding_and_change(tables):
    trends = tables["trends"](6)
    drawn = plots.prevalence(tables["prevalence"](6), trends=trends, spans=("2019", "2025"))
    texts = {text for text, *_ in texts_of(drawn.figure)}
    for row in trends.itertuples():
        said = [t for t in texts if t.startswith(row.finding)]
        assert said, row
    assert "turned: rose until about 2021, then fell" in texts or "turned" in " ".join(texts)
    assert "the change from 2019 to 2025 in percentage points" in drawn.caption


def test_agreement_draws_pairs_and_counts_the_rest(tables):
    both = pd.concat([tables["trends"](5), tables["trends"](5, None, "bertopic", 1)])
    alignment = tables["alignment"](5)
    before = alignment.copy(deep=True)
    drawn = plots.agreement(alignment, both[["backend", "topic", "label"]], both)
    pd.testing.assert_frame_equal(alignment, before)
    assert drawn.data["similarity"].is_monotonic_decreasing and len(drawn.data) == 4
    assert "1 topic of gibbs-lda and 1 of bertopic have no partner" in drawn.caption
    changes = both.set_index(["backend", "topic"])["change"]
    for row in drawn.data.itertuples():
        assert row.change_b == pytest.approx(changes["bertopic", row.topic_b], nan_ok=True)
    with pytest.raises(DataError, match="No topic"):
        plots.agreement(alignment[alignment["topic_b"] < 0], both[["backend", "topic", "label"]])


def test_coverage_counts_documents_and_undated(tables):
    frame = tables["coverage"](5)
    drawn = plots.coverage(frame, dates=tables["dates"](), period="half-year")
    assert (
        f"{frame['n_docs'].sum()} dated documents" in drawn.caption
        and "1 undated document" in drawn.caption
    )
    heights = [bar.get_height() for bar in drawn.figure.axes[0].patches]
    assert heights == frame["n_docs"].tolist()
    widths = sorted(bar.get_width() for bar in drawn.figure.axes[2].patches)
    assert widths == sorted(tables["dates"]()["n_docs"])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Glyph")
def test_labels_from_outside_are_drawn_as_text(tables, monkeypatch):
    monkeypatch.setattr(declare, "installed", lambda letters: ())  # as on a machine without faces
    names = ["$\\frac{1}$", "a\nb\tc\x00d", "模型 100%", "_^{}&#~\\", "<script>alert(1)</script>"]
    for draw in (plots.prevalence, plots.heatmap):
        with pytest.warns(UserWarning, match=r"letters 型模; install Noto Sans CJK SC.*tr\.style"):
            drawn = draw(tables["prevalence"](5, labels=names))
        shown = {text for text, *_ in texts_of(drawn.figure)}
        assert "$\\frac{1}$" in shown and "a b cd" in shown and "模型 100%" in shown
        assert "face lacks" in drawn.caption
        assert set(names) <= set(drawn.data["label"])


def test_shortened_labels_stay_apart(tables):
    names = [f"{'very long label about the same thing ' * 2}{i}" for i in range(4)]
    with plots.style("icml", width="column"):
        drawn = plots.heatmap(tables["prevalence"](4, labels=names))
    shown = [text for text, *_ in texts_of(drawn.figure) if text.startswith("very")]
    assert len(shown) == 4 == len(set(shown)) and all(
        re.search(r"… \(\d\)$", text) for text in shown
    )
    assert drawn.data["label"].nunique() == 4


@pytest.mark.slow
def test_a_figure_too_tall_for_its_venue_says_how_many_fit(tables):
    frame = tables["prevalence"](40, 4)
    for draw in (plots.prevalence, plots.heatmap):
        with plots.style("nature", width="column"):
            with pytest.raises(UsageError, match="nature") as caught:
                draw(frame)
            fits = int(re.search(r"top=(\d+)", str(caught.value))[1])
            draw(frame, top=fits - 1)


def test_tables_of_another_shape_are_refused(tables):
    frame = tables["prevalence"](3)
    with pytest.raises(DataError, match="missing: share"):
        plots.prevalence(frame.drop(columns="share"))
    with pytest.raises(DataError, match="without rows"):
        plots.heatmap(frame.iloc[:0])
    with pytest.raises(DataError, match="repeat"):
        plots.prevalence(pd.concat([frame, frame]))
    with pytest.raises(UsageError, match="one backend"):
        plots.prevalence(pd.concat([frame, frame.assign(backend="lda")]))
    with pytest.raises(UsageError, match="half-year"):
        plots.prevalence(frame, period="halfyear")
