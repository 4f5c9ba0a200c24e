"""Figures on the page: outlined words are text again, maps of shares are small, and nothing needs a style."""

from __future__ import annotations

import re
from collections import Counter

import pandas as pd
import pytest

import trends.plots as plots
from trends.plots.output.saving import encoded
from trends.reports.svg.inline import inline


@pytest.fixture(scope="module")
def outlined(tables):
    """A map of shares with its letters as outlines, as runs keep it, and the same on the page."""
    frame = tables(16, 10)["prevalence"]
    drawn = plots.heatmap(frame[frame["backend"] == "lda"], period="half-year", stem="heatmap-lda")
    before = encoded(drawn, "svg", svg_text="path").decode("utf-8")
    return before, str(inline(before, "f-", "x"))


def test_outlined_words_are_text_of_the_same_width(outlined):
    before, after = outlined
    words = [w for w in re.findall(r"<!-- (.*?) -->", before) if "$" not in w]
    assert sorted(words) == sorted(re.findall(r"<text[^>]*>([^<]*)</text>", after))
    assert after.count("textLength") >= len([w for w in words if len(w) > 1])
    widths = {
        word: float(width)
        for width, word in re.findall(r'textLength="([\d.]+)"[^>]*>([^<]*)<', after)
    }
    assert widths["topic about 10"] > widths["topic about 1"] > 20
    assert len(after) < 0.25 * len(before)


def test_a_letter_that_only_ends_words_keeps_its_width():
    frame = pd.DataFrame(
        {"period": pd.date_range("2020", periods=3, freq="YS"), "label": "a", "n_docs": [1, 2, 3]}
    )
    drawn = plots.mix(pd.concat([frame, frame.assign(label="b")]))
    after = str(inline(encoded(drawn, "svg", svg_text="path").decode("utf-8"), "f-", "x"))
    size, wide = re.search(r'font-size="([\d.]+)" textLength="([\d.]+)">0%<', after).groups()
    # Advances of the two letters in DejaVu Sans, in thousandths of the size.
    assert float(wide) == pytest.approx(float(size) * (0.636 + 0.950), rel=0.01)


def test_hatching_is_kept():
    frame = pd.DataFrame(
        {"period": pd.date_range("2020", periods=3, freq="YS"), "label": "a", "n_docs": [3, 2, 1]}
    )
    more = [frame.assign(label=name, n_docs=n) for n, name in enumerate("bcde", 1)]
    drawn = plots.mix(pd.concat([frame, *more]))
    after = str(inline(encoded(drawn, "svg").decode("utf-8"), "f-", "x"))
    patterns = set(re.findall(r'<pattern id="([^"]+)"', after))
    assert len(patterns) == 3 and set(re.findall(r"url\(#([^)]+)\)", after)) >= patterns
    # Five labels in three periods, and five patches beside them, none without a fill.
    assert len(re.findall(r'fill="url\(', after)) >= 3 and len(after) < 20_000


def test_cells_of_one_colour_are_one_path_and_none_is_lost(outlined):
    before, after = outlined
    cell = re.compile(r"m-?[\d.]+ ?-?[\d.]+h[\d.]+v-?[\d.]+h-[\d.]+z")
    fills = Counter()
    for path, fill in re.findall(r'<path d="([^"]+)" fill="([^"]+)"/>', after):
        fills[fill] += len(cell.findall(path))
    assert sum(fills.values()) >= 160
    assert len(re.findall(r"#[0-9a-f]{6}", after)) < len(re.findall(r"#[0-9a-f]{6}", before))


def test_boxes_that_overlap_keep_their_order():
    boxes = "".join(
        f'<path d="M {i} 0 L {i + 5} 0 L {i + 5} 5 L {i} 5 z" style="fill: #00000{i % 2}"/>'
        for i in range(120)
    )
    text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><g>{boxes.replace("fill:", "stroke: #fff; fill:")}</g></svg>'
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
