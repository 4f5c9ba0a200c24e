"""Figures on the page: words are text, maps of shares are small, and nothing needs a style."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import trends.plots as plots
from trends.reports.svg.inline import inline


@pytest.fixture(scope="module")
def shares(tables):
    """A map of shares as a run keeps it, and on the page."""
    frame = tables(16, 10)["prevalence"]
    drawn = plots.heatmap(frame[frame["backend"] == "lda"], period="half-year", stem="heatmap-lda")
    before = plots.svg_text(drawn)
    return before, str(inline(before, "f-", "x"))


def test_words_stay_text(shares):
    before, after = shares
    words = re.findall(r"<text[^>]*>([^<]*)</text>", before)
    assert "topic about 10" in words
    assert words == re.findall(r"<text[^>]*>([^<]*)</text>", after)
    assert len(after) < 0.4 * len(before)


def test_hatching_is_kept():
    frame = pd.DataFrame(
        {"period": pd.date_range("2020", periods=3, freq="YS"), "label": "a", "n_docs": [3, 2, 1]}
    )
    more = [frame.assign(label=name, n_docs=n) for n, name in enumerate("bcde", 1)]
    drawn = plots.mix(pd.concat([frame, *more]))
    after = str(inline(drawn.encoded("svg").decode("utf-8"), "f-", "x"))
    patterns = set(re.findall(r'<pattern id="([^"]+)"', after))
    assert len(patterns) == 3 and set(re.findall(r"url\(#([^)]+)\)", after)) >= patterns
    # Five labels in three periods, and five patches beside them, none without a fill.
    assert len(re.findall(r'fill="url\(', after)) >= 3 and len(after) < 20_000


def test_cells_are_boxes_and_none_is_lost(shares):
    before, after = shares
    boxes = re.findall(r"M[\d.]+ [\d.]+H[\d.]+V[\d.]+H[\d.]+z", after)
    assert len(boxes) >= 160
    assert after.count("<path") == before.count("<path")


def test_boxes_that_overlap_keep_their_order():
    boxes = "".join(
        f'<path d="M {i} 0 L {i + 5} 0 L {i + 5} 5 L {i} 5 z" style="fill: #00000{i % 2}"/>'
        for i in range(120)
    )
    text = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 '
        f'9"><g>{boxes.replace("fill:", "stroke: #fff; fill:")}</g></svg>'
    )
    assert inline(text, "f-", "x").count("<path") == 120


def test_styles_become_attributes():
    text = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text style="font: italic 700 '
        "8px 'STIXGeneral'; "
        'text-anchor: end; background: red" x="1">A</text></svg>'
    )
    out = inline(text, "f-", "x")
    assert "style" not in out.replace("font-style", "") and "background" not in out
    for wanted in (
        'font-size="8px"',
        'font-style="italic"',
        'font-weight="700"',
        'text-anchor="end"',
        "serif",
    ):
        assert wanted in out
