"""The figure of measured error rates: every cell is a dot, what lies outside its range is told apart, and texts do not collide."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import trends.plots as plots
from trends.errors import DataError, UsageError

gallery = importlib.util.spec_from_file_location("gallery", Path(__file__).with_name("test_gallery.py"))
assert gallery is not None and gallery.loader is not None
_module = importlib.util.module_from_spec(gallery)
gallery.loader.exec_module(_module)
check = _module.check


def cells(panels: int = 2, rows: int = 4, each: int = 3) -> pd.DataFrame:
    made = [
        (f"rate {p}", f"a row with some words, {r}", 0.04 + 0.004 * i, 0.002, 0.05, np.nan, 0.0479)
        for p in range(panels)
        for r in range(rows)
        for i in range(each)
    ]
    return pd.DataFrame(made, columns=["panel", "row", "value", "se", "nominal", "low", "high"])


@pytest.mark.parametrize(
    ("venue", "width"), [("a4", "full"), ("acl", "full"), ("nature", "full"), ("slides", "full"), ("report", "full")]
)
@pytest.mark.parametrize("panels", [1, 3])
def test_texts_neither_overlap_nor_leave_the_page(venue: str, width: str, panels: int) -> None:
    with plots.style(venue, width=width):
        check(plots.calibration(cells(panels)).figure)


def test_every_cell_is_a_dot_and_those_outside_are_hollow() -> None:
    frame = cells()
    before = frame.copy(deep=True)
    drawn = plots.calibration(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert list(drawn.data["value"]) == list(frame["value"])
    assert list(drawn.data["within"]) == [True, True, False] * 8
    dots = [line for axes in drawn.figure.axes for line in axes.lines if line.get_marker() == "o"]
    assert [float(line.get_xdata()[0]) for line in dots] == list(frame["value"])
    assert [line.get_markerfacecolor() == "white" for line in dots] == [False, False, True] * 8
    assert "16 of 24 lie in it" in drawn.caption and "24 simulated settings" in drawn.caption
    assert "rate 0 from 0.040 to 0.048" in drawn.alt


def test_where_all_lie_in_their_range_the_caption_says_so() -> None:
    assert "all lie in it" in plots.calibration(cells().assign(high=np.nan)).caption


def test_bad_tables() -> None:
    with pytest.raises(DataError, match="missing: se"):
        plots.calibration(cells().drop(columns="se"))
    with pytest.raises(UsageError, match="room for 3 panels"):
        plots.calibration(cells(4))
    with plots.style("slides"), pytest.raises(UsageError, match="rows do not fit"):
        plots.calibration(cells(1, 60, 1))
