"""The figure of measured error rates.

Every cell is a dot, what lies outside its range is told apart, and texts do not collide.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from gallery import check
from made import make_cells

import trends.plots as plots
from trends.errors import DataError, UsageError


@pytest.mark.parametrize(
    ("venue", "width"),
    [
        ("report", "full"),
        ("nature", "full"),
        *(pytest.param(v, "full", marks=pytest.mark.slow) for v in ("a4", "acl", "slides")),
    ],
)
@pytest.mark.parametrize("panels", [pytest.param(1, marks=pytest.mark.slow), 3])
def test_texts_neither_overlap_nor_leave_the_page(venue: str, width: str, panels: int) -> None:
    with plots.style(venue, width=width):
        check(plots.calibration(make_cells(panels)).figure)


def test_every_cell_is_a_dot_and_those_outside_are_hollow() -> None:
    frame = make_cells()
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
    assert "all lie in it" in plots.calibration(make_cells().assign(high=np.nan)).caption


def test_bad_tables() -> None:
    with pytest.raises(DataError, match="missing: se"):
        plots.calibration(make_cells().drop(columns="se"))
    with pytest.raises(UsageError, match="room for 3 panels"):
        plots.calibration(make_cells(4))
    with (
        plots.style("slides"),
        pytest.raises(plots.TooTallError, match="rows do not fit") as caught,
    ):
        plots.calibration(make_cells(1, 60, 1))
    with plots.style("slides"):
        plots.calibration(make_cells(1, caught.value.most, 1))
